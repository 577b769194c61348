import { corners, Drawing } from "./map-drawing.js";
import { Ground } from "./map-ground.js";
import { heat } from "./map-heat.js";

// <kk-map data-points data-land data-states data-names data-bounds data-areas data-tiles> with a
// .map-canvas, a select of layers, and buttons for heat and for drawing an area. The server counts what
// is to be seen in the window ({dots: [{at, n, name, url}], areas}); a dot of several leads nearer, or
// to their list; one leads to its record.
const MIDDLE = [[47, 6], [55, 15]];
const NOTHING = { dots: [] };

class KkMap extends HTMLElement {
  async connectedCallback() {
    if (this.map) return;
    this.canvas = this.querySelector(".map-canvas");
    this.leaflet = await import("./leaflet.js");
    if (!this.isConnected) return;
    const { canvas, layerGroup, map, tileLayer } = this.leaflet;
    this.map = map(this.canvas, { renderer: canvas({ padding: 0.3 }), zoomControl: true, minZoom: 2, maxZoom: 17, worldCopyJump: true, zoomAnimation: !this.still(), fadeAnimation: !this.still() });
    this.map.attributionControl.setPrefix("").addAttribution(this.dataset.credit);
    this.over = layerGroup().addTo(this.map);
    this.own = layerGroup().addTo(this.map);
    if (this.dataset.tiles) tileLayer(this.dataset.tiles, { attribution: this.dataset.tilesCredit }).addTo(this.map);
    this.where();
    this.map.on("moveend", () => this.moved());
    this.querySelector("[data-heat]")?.addEventListener("click", (event) => this.toggleHeat(event.currentTarget));
    this.querySelector("[data-layer]")?.addEventListener("change", () => this.draw());
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.addEventListener("change", this);
    document.addEventListener("themechange", this);
    this.watch = new ResizeObserver(() => this.map?.invalidateSize());
    this.watch.observe(this.canvas);
    this.ground = new Ground(this, this.map, this.leaflet);
    const pen = this.querySelector("[data-draw]");
    if (pen) new Drawing(this, this.map, this.leaflet, pen);
    await this.ground.load();
    this.drawing?.paint();
    await this.draw();
    this.dataset.ready = "";
  }

  disconnectedCallback() {
    this.watch?.disconnect();
    this.dark?.removeEventListener("change", this);
    document.removeEventListener("themechange", this);
    this.map?.remove();
    this.map = null;
  }

  handleEvent() {
    this.ground?.paint();
    this.drawing?.paint();
    this.draw();
  }

  still() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  /** Where one was, by the end of the address; else all that there is. */
  where() {
    const [zoom, latitude, longitude] = location.hash.slice(1).split("/").map(Number);
    if (Number.isFinite(longitude)) return this.map.setView([latitude, longitude], zoom);
    const [west, south, east, north] = JSON.parse(this.dataset.bounds || "null") ?? [];
    const all = north === undefined ? MIDDLE : [[south, west], [north, east]];
    const drawn = corners(this.closest(".map-frame").querySelector(".map-drawing textarea")?.value ?? "");
    if (drawn?.length) return this.map.fitBounds(drawn, { maxZoom: 12, padding: [40, 40] });
    const [{ circle } = {}] = JSON.parse(this.dataset.areas || "[]");
    const [latitude0, longitude0, km] = circle ?? [];
    const far = km / 111;
    const shown = km && km < 400 ? [[latitude0 - far, longitude0 - 1.6 * far], [latitude0 + far, longitude0 + 1.6 * far]] : all;
    this.map.fitBounds(shown, { maxZoom: 12, padding: [24, 24] });
  }

  moved() {
    const { lat, lng } = this.map.getCenter();
    history.replaceState(history.state, "", `#${this.map.getZoom()}/${lat.toFixed(4)}/${lng.toFixed(4)}`);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.draw(), 120);
  }

  colour(token) {
    const probe = document.createElement("span");
    this.append(probe);
    probe.style.color = `var(${token})`;
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  }

  toggleHeat(button) {
    this.hot = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(this.hot));
    return this.draw();
  }

  async draw() {
    this.asked?.abort();
    this.asked = new AbortController();
    const chosen = this.querySelector("[data-layer]")?.value ?? "";
    try {
      const { dots: found } = await this.ask(this.dataset.points, this.hot);
      const further = chosen ? await this.ask(this.dataset.layerPoints + chosen, false) : NOTHING;
      if (!this.map) return;
      this.own.clearLayers();
      this.over.clearLayers();
      if (this.hot) heat(found, this.map.getZoom(), this.colour("--accent"), this.leaflet).addTo(this.own);
      else for (const dot of found) this.dot(dot, "").addTo(this.own);
      for (const dot of further.dots) this.dot(dot, "layer").addTo(this.over);
      for (const area of further.areas ?? []) this.ground.area(area, this.colour("--amber"), this.over);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  async ask(url, hot) {
    const bounds = this.map.getBounds().pad(0.1);
    const asked = new URLSearchParams({ box: bounds.toBBoxString(), zoom: this.map.getZoom(), ...(hot ? { heat: "1" } : {}) });
    const answer = await fetch(`${url}${url.includes("?") ? "&" : "?"}${asked}`, { headers: { Accept: "application/json" }, signal: this.asked.signal });
    return answer.ok ? answer.json() : NOTHING;
  }

  dot({ at, n, name, url }, kind) {
    const text = n > 1 ? n.toLocaleString(document.documentElement.lang) : "";
    const size = n > 1 ? Math.round(22 + 7 * Math.log10(n)) : 12;
    const shown = document.createElement("span");
    shown.textContent = text;
    const icon = this.leaflet.divIcon({ className: `map-dot ${n > 1 ? "several" : "one"} ${kind}`, html: shown, iconSize: [size, size] });
    const said = n > 1 ? [text, name].filter(Boolean).join(" · ") : name;
    const made = this.leaflet.marker(at, { icon, title: said, alt: said, keyboard: true, riseOnHover: true });
    const go = () => {
      const near = this.map.getZoom() >= 11 || n === 1;
      if (url && near) location.assign(url);
      else this.map.setView(at, Math.min(this.map.getZoom() + 2, 17));
    };
    made.on("click", go);
    made.on("add", () => {
      made.getElement().setAttribute("aria-label", said);
      made.getElement().addEventListener("keydown", (event) => event.key === "Enter" && go());
    });
    return made;
  }
}

customElements.define("kk-map", KkMap);
