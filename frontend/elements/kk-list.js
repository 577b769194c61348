// <kk-list> around a table whose rows carry data-url. j/k or arrows move, Enter opens, x selects,
// Shift+click selects a range. An element .bulk-bar inside shows while rows are selected; the
// number goes into its [data-count], and its .whole may hold that all which match are chosen. The
// keys of its buttons do the same with the focused row alone.
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
    else if (row && this.bar?.hidden && this.action(event.key)) this.act(row, event.key);
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

  get bar() {
    return this.querySelector(".bulk-bar");
  }

  action(key) {
    return this.bar.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }

  /** What the bar offers, for one row alone. */
  act(row, key) {
    this.toggle(row);
    this.action(key).click();
  }

  click(event) {
    if (event.target.closest("[data-unchoose]")) return this.choose(false);
    const box = event.target.closest(".check input[type=checkbox]");
    if (box?.closest("thead")) {
      return this.choose(box.checked);
    }
    if (box) return this.range(box, event.shiftKey);
    const row = event.target.closest("tbody tr[data-url]");
    const selecting = getSelection().toString() !== "";
    if (!row || selecting || event.target.closest("a, button, input, select, label, summary, kk-menu, kk-inline-edit, kk-grid, .check")) return;
    event.ctrlKey || event.metaKey ? window.open(row.dataset.url) : this.open(row);
  }

  choose(all) {
    for (const box of this.boxes) box.checked = all;
    this.count();
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
    const bar = this.bar;
    if (!bar) return;
    bar.hidden = chosen === 0;
    // All that match are chosen only while all that are seen are.
    if (chosen < boxes.length) bar.querySelector(".whole")?.replaceChildren();
    const number = bar.querySelector("[data-count]");
    if (number) number.textContent = chosen.toLocaleString(document.documentElement.lang);
  }
}

customElements.define("kk-list", List);
