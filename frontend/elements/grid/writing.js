import htmx from "../htmx.js";
import { send } from "../request.js";
import { editable } from "./marks.js";

const MOST = 500; // cells in one request; the server refuses more

// What was typed into a kk-grid goes to the server, one request after the other; the answer brings
// the rows anew, and says of each cell that was refused why: it keeps what was typed.
export class Writing {
  constructor(grid) {
    this.grid = grid;
    this.queue = new Set();
    this.undos = [];
  }

  // False when it is more than can be sent: then nothing is changed.
  put(changes) {
    const { marks, dataset } = this.grid;
    if (changes.length > MOST) return marks.tell(dataset.large), false;
    for (const change of changes) {
      const { cell } = change;
      if (change.text === cell.dataset.value && cell.dataset.typed === undefined) continue;
      marks.typed(cell, change);
      const locked = marks.locked(cell);
      marks.show(cell, locked ? "failed" : cell.closest(".new-row") ? "draft" : "saving", locked);
      if (cell.matches(".saving")) this.queue.add(cell);
    }
    this.flush();
    return true;
  }

  // A new row is sent when it is left, if it says all that a record needs.
  leave(cell, next) {
    const row = cell?.closest(".new-row");
    if (!row || next.closest("tr") === row || !row.querySelector(".draft")) return;
    const needed = row.dataset.required.split(" ").filter(Boolean).map((name) => row.querySelector(`[data-name="${name}"]`));
    const missing = needed.filter((one) => !one.dataset.typed);
    for (const one of missing) this.grid.marks.typed(one, { text: "", label: "" }), this.grid.marks.show(one, "failed", this.grid.dataset.needed);
    if (missing.length) return;
    for (const one of row.querySelectorAll("[data-typed]")) this.grid.marks.show(one, "saving"), this.queue.add(one);
    this.flush();
  }

  async flush() {
    if (this.sending || !this.queue.size) return;
    const sent = new Set([...this.queue].slice(0, MOST));
    const rows = {};
    for (const cell of sent) {
      this.queue.delete(cell);
      const { name, typed, value, held, chosen } = cell.dataset;
      const { pk } = cell.parentElement.dataset;
      (rows[pk] ??= { pk, cells: {} }).cells[name] = { text: typed, seen: held ?? value, chosen: chosen !== undefined };
    }
    this.sending = true;
    const values = { rows: JSON.stringify(Object.values(rows)) };
    const answer = await send("POST", `${this.grid.dataset.url}cells/${location.search}`, { source: this.grid, values });
    this.sending = false;
    if (answer.ok) this.apply(JSON.parse(answer.text), sent);
    else for (const cell of sent) this.grid.marks.show(cell, "failed", this.grid.dataset.unsaved);
    this.flush();
  }

  apply({ rows, made, failed, ask, text, undo_url: undo }, sent) {
    const { marks } = this.grid;
    for (const [pk, html] of Object.entries(rows)) {
      const fresh = Object.assign(document.createElement("template"), { innerHTML: html }).content.firstElementChild;
      const row = this.grid.querySelector(`tr[data-pk="${pk}"]`);
      row ? this.renew(row, fresh, sent) : this.grid.querySelector(".new-row").before(fresh);
    }
    for (const cell of sent) {
      const { pk } = cell.parentElement.dataset;
      const why = failed[pk]?.[cell.dataset.name];
      if (this.queue.has(cell)) continue; // typed into again meanwhile
      if (why) marks.show(cell, "failed", why);
      else if (pk !== "0" || made.length) marks.saved(cell);
      else marks.show(cell, "draft");
    }
    if (undo) this.undos.push(undo);
    if (undo && this.grid.dataset.totals) this.sumUp();
    if (sent.size > 1 || made.length) marks.tell(text, undo);
    else marks.say(failed && Object.values(failed).length ? Object.values(Object.values(failed)[0])[0] : text);
    if (ask) htmx.ajax("POST", ask.url, { values: ask.values, target: "#dialogs", swap: "innerHTML" });
    this.grid.settle();
  }

  // Counts and sums of the list follow, once nothing was typed for a moment.
  sumUp() {
    clearTimeout(this.waiting);
    const url = `${this.grid.dataset.url}totals/${location.search}`;
    // Of the count, not of the grid: htmx lets requests of one element wait for each other.
    const source = document.getElementById("list-count") ?? document.body;
    this.waiting = setTimeout(() => htmx.ajax("GET", url, { source, swap: "none" }), 1500);
  }

  // Puts what the server has into a row; where something else was typed, behind that.
  renew(row, fresh, sent) {
    for (const [place, cell] of [...fresh.cells].entries()) {
      const old = row.cells[place];
      if (old.matches(".check") || old === this.grid.editor.cell) continue;
      const typed = old.dataset.typed !== undefined;
      if (typed) old.stored = [...cell.childNodes];
      else old.replaceChildren(...cell.childNodes);
      if (typed && !sent.has(old)) continue; // its user has not seen any other value
      for (const name of ["value", "held"]) {
        if (cell.dataset[name] === undefined) delete old.dataset[name];
        else old.dataset[name] = cell.dataset[name];
      }
    }
  }

  async undo() {
    if (this.sending || this.queue.size || !this.undos.length) return;
    const url = this.undos.pop();
    const button = document.querySelector(`.toast[data-undo-url="${url}"] [data-key="z"]`);
    if (button) return button.click();
    this.sending = true; // one request at a time: htmx would drop one of several
    await send("POST", url, { source: this.grid });
    this.sending = false;
    this.flush();
  }

  // Of any request of the page: another list would take away what was typed into this one.
  before(event) {
    const { elt, target, requestConfig } = event.detail;
    this.undos = this.undos.filter((url) => url !== requestConfig.path);
    const same = elt.matches("#list > [hidden]"); // the same list anew keeps it
    if (!target?.matches("#list, #page") || same || !this.grid.marks.waiting) return;
    event.preventDefault();
    this.grid.marks.tell(this.grid.dataset.waiting);
  }
}
