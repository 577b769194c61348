// <kk-list> around a table whose rows carry data-url. j/k or arrows move, Enter opens, x selects,
// Shift+click selects a range. An element .bulk-bar inside shows while rows are selected; the
// number goes into its [data-count].
class List extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.stop = new AbortController();
    document.addEventListener("keydown", (event) => this.key(event), { signal: this.stop.signal });
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("change", () => this.count());
    this.addEventListener("htmx:afterSettle", () => this.count());
    this.count();
  }

  disconnectedCallback() {
    this.stop.abort();
    this.ready = false;
  }

  get rows() {
    return [...this.querySelectorAll("tbody tr[data-url]")];
  }

  get boxes() {
    return [...this.querySelectorAll("tbody .check input[type=checkbox]")];
  }

  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches?.("input:not([type=checkbox]), select, textarea") || event.target.isContentEditable) return;
    const grid = this.querySelector("kk-grid"); // has keys of its own
    if (grid) return event.target === document.body && event.key.startsWith("Arrow") && grid.go(grid.active);
    const inList = this.contains(document.activeElement);
    const step = { j: 1, k: -1, ...(inList && { ArrowDown: 1, ArrowUp: -1 }) }[event.key];
    const row = document.activeElement?.closest("tbody tr[data-url]");
    if (step) this.move(row, step);
    else if (event.key === "Enter" && row === document.activeElement) this.open(row);
    else if (event.key === "x" && row) this.toggle(row);
    else return;
    event.preventDefault();
  }

  move(row, step) {
    const rows = this.rows;
    const next = rows[row ? rows.indexOf(row) + step : 0];
    if (!next) return;
    next.tabIndex = 0;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  open(row) {
    const link = row.querySelector("a[href]");
    link ? link.click() : location.assign(row.dataset.url);
  }

  toggle(row) {
    const box = row.querySelector(".check input");
    if (!box) return;
    box.checked = !box.checked;
    this.last = box;
    this.count();
  }

  click(event) {
    const box = event.target.closest(".check input[type=checkbox]");
    if (box?.closest("thead")) {
      for (const other of this.boxes) other.checked = box.checked;
      return this.count();
    }
    if (box) return this.range(box, event.shiftKey);
    const row = event.target.closest("tbody tr[data-url]");
    const selecting = getSelection().toString() !== "";
    if (!row || selecting || event.target.closest("a, button, input, select, label, summary, kk-menu, kk-inline-edit, kk-grid, .check")) return;
    event.ctrlKey || event.metaKey ? window.open(row.dataset.url) : this.open(row);
  }

  range(box, extend) {
    const boxes = this.boxes;
    const [from, to] = [boxes.indexOf(this.last), boxes.indexOf(box)].sort((a, b) => a - b);
    if (extend && from >= 0) for (const other of boxes.slice(from, to + 1)) other.checked = box.checked;
    this.last = box;
    this.count();
  }

  count() {
    const boxes = this.boxes;
    const chosen = boxes.filter((box) => box.checked).length;
    const head = this.querySelector("thead .check input");
    if (head) Object.assign(head, { checked: chosen > 0 && chosen === boxes.length, indeterminate: chosen > 0 && chosen < boxes.length });
    const bar = this.querySelector(".bulk-bar");
    if (!bar) return;
    bar.hidden = chosen === 0;
    const number = bar.querySelector("[data-count]");
    if (number) number.textContent = chosen.toLocaleString(document.documentElement.lang);
  }
}

customElements.define("kk-list", List);
