// What lies below the dots of a map: land, states with their names, and the areas a list is narrowed to.
const ROOM = 84; // pixels that the name of a state takes at least

export class Ground {
  constructor(element, map, leaflet) {
    Object.assign(this, { element, map, leaflet, layer: leaflet.layerGroup().addTo(map), names: leaflet.layerGroup().addTo(map) });
    map.on("zoomend", () => this.name());
  }

  async load() {
    const { land, states } = this.element.dataset;
    [this.land, this.states] = await Promise.all([land, states].map(read));
    this.paint();
  }

  /** Everything in the colours of the theme. */
  paint() {
    const { geoJSON } = this.leaflet;
    const { dataset } = this.element;
    this.layer.clearLayers();
    const style = { color: this.element.colour("--line-2"), weight: 1, fillColor: this.element.colour("--bg"), fillOpacity: 1 };
    const shown = dataset.tiles ? [] : [...Object.values(this.states ?? {}).map((some) => [some, 1]), [this.land?.coordinates ?? [], 1.75]];
    for (const [coordinates, weight] of shown) geoJSON({ type: "MultiPolygon", coordinates }, { style: { ...style, weight }, interactive: false }).addTo(this.layer);
    this.name();
    for (const area of JSON.parse(dataset.areas || "[]")) this.area(area, this.element.colour("--red"), this.layer);
  }

  /** An area as the server tells it: states by code, a circle, an outline. */
  area({ states = [], circle, outline, spots = [] }, color, layer) {
    const style = { color, weight: 1.5, fillOpacity: 0.06, interactive: false };
    for (const code of states) if (this.states?.[code]) this.leaflet.geoJSON({ type: "MultiPolygon", coordinates: this.states[code] }, { style }).addTo(layer);
    if (circle) this.leaflet.circle([circle[0], circle[1]], { ...style, radius: circle[2] * 1000 }).addTo(layer);
    if (outline && !this.element.drawing?.on) this.leaflet.polygon(outline, style).addTo(layer);
    for (const at of spots) this.leaflet.circle(at, { ...style, radius: 2500, stroke: false, fillOpacity: 0.28 }).addTo(layer);
  }

  /** The names of those states that have room for them. */
  name() {
    this.names.clearLayers();
    if (this.element.dataset.tiles) return;
    const named = JSON.parse(this.element.dataset.names || "{}");
    for (const [code, polygons] of Object.entries(this.states ?? {})) {
      const { middle, west, east } = this.widest(polygons);
      if (east.x - west.x < ROOM) continue;
      const text = document.createElement("span");
      text.textContent = named[code] ?? "";
      text.setAttribute("aria-hidden", "true");
      const icon = this.leaflet.divIcon({ className: "map-name", html: text, iconSize: [0, 0] });
      this.leaflet.marker(middle, { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(this.names);
    }
  }

  /** Where the greatest part of a state is: its middle, and its ends in pixels. */
  widest(polygons) {
    const boxes = polygons.map(([ring]) => [Math.min(...ring.map(([x]) => x)), Math.max(...ring.map(([x]) => x)), Math.min(...ring.map(([, y]) => y)), Math.max(...ring.map(([, y]) => y))]);
    const [west, east, south, north] = boxes.reduce((one, other) => ((other[1] - other[0]) * (other[3] - other[2]) > (one[1] - one[0]) * (one[3] - one[2]) ? other : one));
    const middle = [(south + north) / 2, (west + east) / 2];
    const pixel = (longitude) => this.map.latLngToLayerPoint([middle[0], longitude]);
    return { middle, west: pixel(west), east: pixel(east) };
  }
}

async function read(url) {
  const answer = url ? await fetch(url) : null;
  return answer?.ok ? answer.json() : null;
}
