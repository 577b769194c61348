import { formatter, options } from "./chart-options.js";

// <kk-chart data-url> with a .canvas, the figures as <script type="application/json"> (or at
// data-url), and the same figures as a table for everyone who cannot see the drawing.
// Colours are read from the tokens and read again when the theme changes.
class Chart extends HTMLElement {
  async connectedCallback() {
    if (this.drawing) return;
    this.canvas = this.querySelector(".canvas");
    const [chart, { init }] = await Promise.all([this.figures(), import("./echarts.js")]);
    if (!chart || !this.isConnected) return;
    this.chart = chart;
    this.drawing = init(this.canvas, null, { renderer: "canvas" });
    this.draw();
    this.watch = new ResizeObserver(() => this.drawing?.resize());
    this.watch.observe(this.canvas);
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.addEventListener("change", this);
    document.addEventListener("themechange", this);
  }

  disconnectedCallback() {
    this.watch?.disconnect();
    this.dark?.removeEventListener("change", this);
    document.removeEventListener("themechange", this);
    this.drawing?.dispose();
    this.drawing = null;
  }

  handleEvent() {
    this.draw();
  }

  async figures() {
    if (!this.dataset.url) return JSON.parse(this.querySelector("script[type='application/json']")?.textContent ?? "null");
    const answer = await fetch(this.dataset.url, { headers: { Accept: "application/json" } });
    return answer.ok ? answer.json() : null;
  }

  draw() {
    const probe = document.createElement("span");
    this.append(probe);
    const colour = (token) => {
      probe.style.color = `var(${token})`;
      return getComputedStyle(probe).color;
    };
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const write = formatter(this.chart.format, document.documentElement.lang);
    this.drawing.setOption(options(this.chart, colour, write, still), true);
    probe.remove();
  }
}

customElements.define("kk-chart", Chart);
