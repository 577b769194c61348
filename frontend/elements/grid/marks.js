import { toast } from "../request.js";

export const editable = (cell) => cell?.dataset.value !== undefined;

// What a kk-grid shows of cells that are not what the server has: still being saved, refused and why.
export class Marks {
  constructor(grid) {
    this.grid = grid;
    grid.addEventListener("scroll", () => this.bubble.hidePopover(), true);
    grid.addEventListener("click", ({ target }) => this.press(target.closest("[data-failed]")?.dataset.failed));
  }

  get bubble() {
    return this.grid.querySelector(".grid-why");
  }

  get failed() {
    return [...this.grid.querySelectorAll("td.failed")];
  }

  get waiting() {
    return this.grid.querySelector("td:is(.failed, .saving, .draft)") !== null;
  }

  // What was typed stands in the cell, as `state`: "draft", "saving" or, with a reason, "failed".
  show(cell, state, why = "") {
    cell.classList.remove("draft", "saving", "failed", "saved");
    cell.classList.add(state);
    cell.ariaInvalid = why ? "true" : null;
    cell.dataset.why = cell.title = cell.ariaDescription = why;
    if (cell === this.grid.active) this.explain(cell);
    this.count();
  }

  typed(cell, { text, label, chosen }) {
    if (cell.dataset.typed === undefined) cell.stored = [...cell.childNodes];
    cell.textContent = label;
    cell.dataset.typed = text;
    cell.toggleAttribute("data-chosen", Boolean(chosen));
  }

  // Back to what the server has; false when there is nothing to give up.
  restore(cell) {
    if (!cell || cell.dataset.typed === undefined) return false;
    cell.replaceChildren(...cell.stored);
    cell.stored = null;
    for (const name of ["typed", "why", "chosen"]) delete cell.dataset[name];
    cell.ariaInvalid = null;
    for (const name of ["title", "aria-description"]) cell.removeAttribute(name);
    cell.classList.remove("failed", "saving", "draft");
    if (cell === this.grid.active) this.explain(cell);
    this.count();
    return true;
  }

  saved(cell) {
    this.restore(cell);
    cell.classList.add("saved");
    setTimeout(() => cell.classList.remove("saved"), 1300);
  }

  // Why nothing can be typed into a cell, if so.
  locked(cell) {
    if (cell.parentElement.dataset.locked !== undefined) return this.grid.dataset.locked;
    return editable(cell) ? "" : this.grid.dataset.readonly;
  }

  refuses(cell) {
    const why = this.locked(cell);
    if (why) this.tell(why);
    return Boolean(why);
  }

  press(what) {
    const failed = this.failed;
    if (what === "next") this.grid.go(failed[(failed.indexOf(this.grid.active) + 1) % failed.length]);
    if (what !== "discard") return;
    for (const cell of this.grid.querySelectorAll("td:is(.failed, .draft)")) this.restore(cell);
    this.grid.active.focus();
  }

  count() {
    const bar = this.grid.querySelector(".grid-failed");
    const { length } = this.failed;
    bar.hidden = !length;
    bar.querySelector("[data-count]").textContent = length.toLocaleString(document.documentElement.lang);
  }

  explain(cell) {
    const { bubble } = this;
    bubble.textContent = cell?.dataset.why ?? "";
    if (!bubble.textContent) return bubble.hidePopover();
    bubble.showPopover();
    this.say(bubble.textContent);
    const at = cell.getBoundingClientRect();
    const below = at.bottom + 2;
    bubble.style.left = `${Math.max(8, Math.min(at.left, innerWidth - bubble.offsetWidth - 8))}px`;
    bubble.style.top = `${below + bubble.offsetHeight > innerHeight ? at.top - 2 - bubble.offsetHeight : below}px`;
  }

  say(text) {
    this.grid.querySelector("[aria-live]").textContent = text;
  }

  tell(text, undo_url = "") {
    toast({ text, undo_url }); // is read out as well
  }
}
