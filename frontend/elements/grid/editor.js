import htmx from "../htmx.js";
import { editable } from "./marks.js";

// The one cell of a kk-grid that is being edited, with a copy of its column's field.
export class Editor {
  constructor(grid) {
    this.grid = grid;
    this.cell = null;
    grid.addEventListener("focusout", ({ relatedTarget }) => this.cell && !this.cell.contains(relatedTarget) && this.commit());
    grid.addEventListener("change", ({ target }) => target === this.field && target.matches("select") && this.commit(true)?.focus());
  }

  of(name) {
    return this.grid.querySelector(`template[data-name="${name}"]`)?.content;
  }

  // `replace` is what typing does. Whether the cell is edited now.
  open(cell, replace = false) {
    if (!editable(cell) && !replace) cell.querySelector("a[href]")?.click();
    if (this.grid.marks.refuses(cell)) return false;
    // Above what stands in the cell, so that no column changes its width.
    this.box = Object.assign(document.createElement("div"), { className: "cell-editor" });
    this.box.append(this.of(cell.dataset.name).cloneNode(true));
    this.field = this.box.querySelector("input, select, textarea");
    Object.assign(this, { cell, replacing: replace });
    cell.classList.add("editing");
    cell.append(this.box);
    const chosen = this.field.matches("select");
    this.field.value = replace && !chosen ? "" : cell.dataset.typed ?? cell.dataset.value;
    htmx.process(this.box);
    this.field.focus({ preventScroll: true });
    if (!chosen) this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    else if (!replace && navigator.userActivation?.isActive) this.field.showPicker?.();
    return true;
  }

  // `meant`: by a key, not by leaving; what was refused is then tried again as it stands.
  commit(meant = false) {
    const { cell, field } = this;
    if (!cell) return null;
    const chosen = field.matches("select");
    const text = field.value;
    const label = chosen ? field.selectedOptions[0]?.label ?? "" : text;
    this.close();
    const same = text === (cell.dataset.typed ?? cell.dataset.value);
    if (!same || (meant && cell.matches(".failed"))) this.grid.writing.put([{ cell, text, chosen, label }]);
    return cell;
  }

  close() {
    const { cell } = this;
    this.cell = null;
    cell.classList.remove("editing");
    this.box.remove();
    return cell;
  }

  key(event) {
    const { key, shiftKey } = event;
    event.stopPropagation();
    if (event.isComposing) return;
    const { grid, field } = this;
    const leaves = key.startsWith("Arrow") && this.replacing && field.matches("input:not([list])");
    if (key === "Escape") this.close().focus();
    else if (key === "Enter" && field.matches("textarea") && (event.altKey || shiftKey)) return;
    else if (key === "Enter" || key === "Tab" || leaves) {
      const cell = this.commit(true);
      const next = key === "Enter" ? (shiftKey ? "ArrowUp" : "ArrowDown") : key;
      grid.go((key === "Tab" ? grid.beside(shiftKey ? -1 : 1) : grid.toward(next)) ?? cell);
    } else return;
    event.preventDefault();
  }

  // On a phone the record's own form opens at that field.
  sheet(cell) {
    if (!editable(cell) || this.grid.marks.refuses(cell)) return;
    const url = `${this.grid.dataset.url}${cell.parentElement.dataset.pk}/cell/${cell.dataset.name}/`;
    htmx.ajax("GET", url, { source: this.grid, target: "#dialogs", swap: "innerHTML" });
  }
}
