import htmx from "./htmx.js";

const STEP = 16;
const PADDING = 24; // of a head, both sides
const AFTER = 400; // ms after the last key: several make one change

// <kk-columns data-url> around a table whose heads have data-column and end in an .edge. Dragging
// the edge, or the arrow keys on it, sets the column's width; a double click or Enter lets it be as
// wide as its content again. The page is then fetched anew at data-url with `columns=name,email:180`.
class Columns extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.addEventListener("pointerdown", (event) => this.grab(event));
    this.addEventListener("dblclick", (event) => event.target.closest(".edge") && this.free(event.target.closest("th")));
    this.addEventListener("keydown", (event) => this.key(event));
    // The edge lies in a head that may be a link, or be dragged by others.
    this.addEventListener("click", (event) => event.target.closest(".edge") && event.preventDefault());
    this.measure();
  }

  get heads() {
    return [...this.querySelectorAll("thead th[data-column]")];
  }

  measure() {
    for (const head of this.heads) head.querySelector(".edge")?.setAttribute("aria-valuenow", head.offsetWidth);
  }

  grab(event) {
    const edge = event.target.closest(".edge");
    if (!edge || event.button !== 0) return;
    event.preventDefault();
    const head = edge.closest("th");
    const [from, was] = [event.clientX, head.offsetWidth];
    let moved = false;
    const move = ({ clientX }) => {
      if (!moved && Math.abs(clientX - from) < 3) return;
      moved = true;
      this.set(head, was + clientX - from);
    };
    const done = () => {
      edge.removeEventListener("pointermove", move);
      edge.classList.remove("dragged");
      if (moved) this.keep();
    };
    edge.setPointerCapture(event.pointerId);
    edge.classList.add("dragged");
    edge.addEventListener("pointermove", move);
    edge.addEventListener("lostpointercapture", done, { once: true });
  }

  key(event) {
    const edge = event.target.closest(".edge");
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (!edge || !(step || event.key === "Enter")) return;
    event.preventDefault();
    event.stopPropagation();
    const head = edge.closest("th");
    if (!step) return this.free(head);
    this.set(head, (Number(head.getAttribute("width")) || head.offsetWidth) + step);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.keep(), AFTER);
  }

  set(head, wanted) {
    const edge = head.querySelector(".edge");
    const width = Math.round(Math.max(edge.ariaValueMin, Math.min(wanted, edge.ariaValueMax)));
    head.setAttribute("width", width);
    head.querySelector(".spacer").setAttribute("width", Math.max(width - PADDING, 0));
    edge.setAttribute("aria-valuenow", width);
    for (const row of head.closest("table").rows) row.cells[head.cellIndex]?.classList.add("sized");
  }

  free(head) {
    head.removeAttribute("width");
    this.keep();
  }

  keep() {
    const columns = this.heads.map((head) => [head.dataset.column, head.getAttribute("width")].filter(Boolean).join(":"));
    const url = `${this.dataset.url}${this.dataset.url.includes("?") ? "&" : "?"}columns=${columns.map(encodeURIComponent).join(",").replaceAll("%3A", ":")}`;
    history.replaceState(history.state, "", url);
    htmx.ajax("GET", url, { source: this, target: "#page", select: "#page", swap: "morph:outerHTML" }).then(() => this.measure());
  }
}

customElements.define("kk-columns", Columns);
