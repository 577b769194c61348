// Drawing an area on a map: by clicks, by dragging its corners, by keys, or as a list of corners.
//   on the map   click, Enter or space (in the middle) adds a corner; Backspace or Ctrl+Z takes back; Esc closes
//   on a corner  drag or arrows move it (with shift less far), Delete removes it; the ones between divide a side
// The form .map-drawing beside the map keeps the list, so that the server reads what a hand may write.
const STEP = 12; // pixels that an arrow moves a corner
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const NUMBER = "([+-]?\\d{1,3}(?:[.,]\\d+)?)";
const CORNER = new RegExp(`^${NUMBER}\\s*[,\\s]\\s*${NUMBER}$`);
const MOST = 100;

/** The corners of a text, or null where it cannot be read: like `corners` in places/corners.py. */
export function corners(text) {
  const parts = text.split(/[;\n]+/).map((part) => part.trim()).filter(Boolean);
  const found = parts.map((part) => part.match(CORNER)?.slice(1).map((one) => Number(one.replace(",", "."))));
  return found.every((one) => one && Math.abs(one[0]) <= 90 && Math.abs(one[1]) <= 180) ? found : null;
}

export class Drawing {
  constructor(element, map, leaflet, button) {
    Object.assign(this, { element, map, leaflet, button, on: false, past: [] });
    element.drawing = this;
    this.form = element.closest(".map-frame").querySelector(".map-drawing");
    this.list = this.form.querySelector("textarea");
    this.layer = leaflet.layerGroup().addTo(map);
    this.corners = corners(this.list.value) ?? [];
    button.addEventListener("click", () => this.toggle());
    this.list.addEventListener("input", () => this.typed());
    this.form.addEventListener("click", ({ target }) => this[target.closest("[data-act]")?.dataset.act]?.());
    map.on("click", ({ latlng }) => this.on && this.add(latlng));
    element.canvas.addEventListener("keydown", (event) => this.on && this.key(event));
    if ("open" in this.form.dataset) this.toggle();
  }

  /** Begin, or leave it; what was drawn stays in the list. */
  toggle() {
    this.on = !this.on;
    this.button.setAttribute("aria-expanded", String(this.on));
    this.form.hidden = !this.on;
    this.element.classList.toggle("drawing", this.on);
    this.map.doubleClickZoom[this.on ? "disable" : "enable"]();
    this.element.handleEvent();
    (this.on ? this.element.canvas : this.button).focus({ preventScroll: true });
  }

  key(event) {
    const { key, target, ctrlKey, metaKey } = event;
    if (key === "Escape") this.toggle();
    else if (key === "Backspace" || (key === "z" && (ctrlKey || metaKey))) this.undo();
    else if (target === this.element.canvas && (key === "Enter" || key === " ")) this.middle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  middle() {
    this.add(this.map.getCenter());
  }

  add(latlng) {
    if (this.corners.length < MOST) this.change([...this.corners, this.at(latlng)]);
  }

  undo() {
    if (this.past.length) this.take(this.past.pop());
  }

  clear() {
    if (this.corners.length) this.change([]);
  }

  change(corners, focused) {
    this.past.push(this.corners);
    this.take(corners, focused);
  }

  take(corners, focused) {
    this.corners = corners;
    this.list.value = corners.map((one) => one.map((degrees) => degrees.toFixed(4)).join(" ")).join("\n");
    this.list.removeAttribute("aria-invalid");
    this.paint();
    if (focused !== undefined) this.layer.getLayers().find((one) => one.number === focused)?.getElement()?.focus();
  }

  typed() {
    const read = corners(this.list.value);
    this.list.setAttribute("aria-invalid", String(!read));
    if (!read) return this.allow(false);
    this.past.push(this.corners);
    this.corners = read;
    this.paint();
  }

  allow(may) {
    for (const button of this.form.querySelectorAll("[data-ready]")) button.disabled = !may;
    this.form.querySelector('[data-act="undo"]').disabled = !this.past.length;
    this.form.querySelector("output").textContent = this.element.dataset.corner.replace("{n}", this.corners.length);
  }

  paint() {
    this.layer.clearLayers();
    this.allow(this.corners.length >= 3);
    if (!this.on) return;
    const color = this.element.colour("--accent");
    this.shape = this.leaflet.polygon(this.corners, { color, weight: 2, fillOpacity: 0.1, interactive: false }).addTo(this.layer);
    this.corners.forEach((one, number) => this.corner(one, number));
    if (this.corners.length > 1) this.corners.forEach((one, number) => this.between(one, number));
  }

  corner(at, number) {
    const made = this.marker(at, "map-corner", `${this.element.dataset.cornerName.replace("{n}", number + 1)} (${at.join(", ")})`);
    made.number = number;
    made.on("drag", ({ latlng }) => this.shape.setLatLngs(this.corners.with(number, this.at(latlng))));
    made.on("dragend", () => this.change(this.corners.with(number, this.at(made.getLatLng()))));
    this.keys(made, (event) => {
      if (event.key === "Delete") return this.change(this.corners.toSpliced(number, 1), Math.max(number - 1, 0));
      const [x, y] = ARROWS[event.key] ?? [];
      if (x === undefined) return false;
      const step = event.shiftKey ? 1 : STEP;
      const pixel = this.map.latLngToContainerPoint(at).add([x * step, y * step]);
      this.change(this.corners.with(number, this.at(this.map.containerPointToLatLng(pixel))), number);
    });
  }

  /** The middle of a side: dragged or pressed, it is a corner more. */
  between([up, along], number) {
    const [north, east] = this.corners[(number + 1) % this.corners.length];
    const made = this.marker([(up + north) / 2, (along + east) / 2], "map-corner between", this.element.dataset.between);
    const insert = (latlng) => this.change(this.corners.toSpliced(number + 1, 0, this.at(latlng)), number + 1);
    made.on("dragend", () => insert(made.getLatLng()));
    made.on("click", () => insert(made.getLatLng()));
    this.keys(made, ({ key }) => key === "Enter" && insert(made.getLatLng()));
  }

  marker(at, className, said) {
    const icon = this.leaflet.divIcon({ className, html: "", iconSize: className.includes(" ") ? [9, 9] : [14, 14] });
    return this.leaflet.marker(at, { icon, draggable: true, keyboard: true, title: said, alt: said, bubblingMouseEvents: false }).addTo(this.layer);
  }

  keys(marker, act) {
    marker.getElement().setAttribute("aria-label", marker.options.alt);
    marker.getElement().addEventListener("keydown", (event) => {
      if (act(event) === false) return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  at({ lat, lng }) {
    return [lat, lng].map((degrees) => Math.round(degrees * 1e4) / 1e4);
  }
}
