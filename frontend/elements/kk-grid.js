import { Editor } from "./grid/editor.js";
import { editable, Marks } from "./grid/marks.js";
import { Range } from "./grid/range.js";
import { Writing } from "./grid/writing.js";

const PAGE = 10; // rows
const PHONE = matchMedia("(max-width: 900px)");

// <kk-grid data-url …> around a table whose rows have data-pk and whose editable cells have data-name
// and data-value; a <template data-name> per column holds what its cells are edited with. One cell is
// active (roving tabindex). Arrows, Home, End, PageUp/Down move, with Shift they select a range; Tab
// goes on to the next cell. Enter, F2 or a double click edit, typing replaces. In the editor Enter
// saves and goes down, Tab saves and goes on, Escape gives up. Ctrl+C/X/V, Ctrl+D fills down, Delete
// empties, Ctrl+Z takes back, Ctrl+Enter opens the record, Shift+Space selects it. Escape leaves.
class Grid extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.marks = new Marks(this);
    this.range = new Range(this);
    this.editor = new Editor(this);
    this.writing = new Writing(this);
    const { signal } = (this.stop = new AbortController());
    this.addEventListener("keydown", (event) => (this.editor.cell ? this.editor.key(event) : this.key(event)));
    this.addEventListener("mousedown", (event) => this.press(event));
    this.addEventListener("mouseover", (event) => event.buttons === 1 && this.dragging && this.go(this.cellAt(event), true));
    this.addEventListener("click", (event) => this.pick(event));
    this.addEventListener("dblclick", (event) => this.cellAt(event) && this.editor.open(this.cellAt(event)));
    this.addEventListener("focusin", ({ target }) => target !== this.active && target.matches("td[data-name]") && this.go(target));
    for (const name of ["copy", "cut", "paste"]) this.addEventListener(name, (event) => !this.editor.cell && this.range[name](event));
    document.addEventListener("htmx:beforeSwap", () => (this.focused = this.contains(document.activeElement)), { signal });
    document.addEventListener("htmx:afterSettle", () => this.settle(), { signal });
    document.addEventListener("htmx:beforeRequest", (event) => this.writing.before(event), { signal });
    addEventListener("beforeunload", (event) => this.marks.waiting && event.preventDefault(), { signal });
    this.settle();
  }

  disconnectedCallback() {
    this.stop.abort();
    this.ready = false;
  }

  get rows() {
    return [...this.querySelectorAll("tbody tr[data-pk]")].map((row) => [...row.cells].filter((cell) => !cell.matches(".check")));
  }

  // The server knows nothing of what is active; what it sends is made fit for the keyboard again.
  settle() {
    for (const link of this.querySelectorAll("tbody a[href]")) link.tabIndex = -1;
    if (!this.active?.isConnected) this.active = this.querySelector("tbody td[data-value]") ?? this.querySelector("tbody td:not(.check)");
    this.active?.setAttribute("tabindex", "0");
    this.range.paint();
    this.marks.count();
    if (this.focused && document.activeElement === document.body) this.active.focus({ preventScroll: true }); // its row has moved
    this.marks.explain(this.active === document.activeElement ? this.active : null);
  }

  go(cell, extend = false) {
    if (!cell) return;
    if (cell !== this.active) {
      this.active?.removeAttribute("tabindex");
      this.writing.leave(this.active, cell);
      this.active = cell;
      cell.tabIndex = 0;
      cell.ariaReadOnly = editable(cell) ? null : "true";
    }
    this.range.reach(cell, extend);
    cell.focus({ preventScroll: true });
    this.range.reveal(cell);
    this.marks.explain(cell);
  }

  key(event) {
    const { key, shiftKey } = event;
    if (event.target !== this.active || event.isComposing) return;
    const command = (event.ctrlKey || event.metaKey) && !event.getModifierState("AltGraph");
    const next = key === "Tab" ? this.beside(shiftKey ? -1 : 1) : this.toward(key, command);
    if (next) this.go(next, shiftKey && key !== "Tab");
    else if (key === "Enter" && command) this.record(this.active);
    else if (key === "Enter" || key === "F2") this.editor.open(this.active);
    else if (key === "Delete" || key === "Backspace") this.range.empty();
    else if (key === "Escape") this.escape();
    else if (key === " " && shiftKey) this.active.parentElement.querySelector(".check input")?.click();
    else if (command && key === "d") this.range.fill();
    else if (command && key === "z") this.writing.undo();
    else if (command && key === "a") this.range.all();
    else if (!command && !event.altKey && (key.length === 1 || key === "Dead" || key === "Process")) {
      event.stopPropagation(); // no shortcut of the page; the field that opens gets the character
      if (this.editor.open(this.active, true)) return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  toward(key, far = false) {
    const rows = this.rows;
    const row = rows.findIndex((cells) => cells.includes(this.active));
    const column = rows[row]?.indexOf(this.active);
    const [bottom, right] = [rows.length - 1, rows[row]?.length - 1];
    const [r, c] = {
      ArrowUp: [far ? 0 : row - 1, column], ArrowDown: [far ? bottom : row + 1, column],
      ArrowLeft: [row, far ? 0 : column - 1], ArrowRight: [row, far ? right : column + 1],
      PageUp: [Math.max(row - PAGE, 0), column], PageDown: [Math.min(row + PAGE, bottom), column],
      Home: [far ? 0 : row, 0], End: [far ? bottom : row, right],
    }[key] ?? [];
    return rows[r]?.[c];
  }

  beside(step) {
    const cells = this.rows.flat();
    return cells[cells.indexOf(this.active) + step];
  }

  cellAt({ target }) {
    const cell = target.closest?.("tbody tr[data-pk] > td:not(.check)");
    return this.contains(cell) ? cell : null;
  }

  press(event) {
    const cell = this.cellAt(event);
    this.dragging = Boolean(cell) && event.button === 0 && cell !== this.editor.cell;
    if (!this.dragging || PHONE.matches) return;
    event.preventDefault(); // no text is selected while a range is
    this.editor.commit();
    this.go(cell, event.shiftKey);
  }

  // A click chooses a cell; the link in it opens where nothing can be edited, or with Ctrl.
  pick(event) {
    const cell = this.cellAt(event);
    if (!cell || cell === this.editor.cell) return;
    const link = event.target.closest("a[href]");
    if (link && !event.shiftKey && (event.ctrlKey || event.metaKey || !editable(cell))) return;
    event.preventDefault();
    if (PHONE.matches) this.editor.sheet(cell);
  }

  record(cell) {
    const { url } = cell.parentElement.dataset;
    if (url) location.assign(url);
  }

  escape() {
    if (this.active.matches(".failed, .draft") && this.marks.restore(this.active)) return;
    if (this.range.collapse(this.active)) return;
    document.querySelector("[data-grid-switch]")?.focus();
  }
}

customElements.define("kk-grid", Grid);
