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
    const chart = answer.ok ? await answer.json() : null;
    if (chart) this.tabulate(chart);
    return chart;
  }

  /** Take over the figures of a newer copy of this element that a morphing swap brings. */
  async refresh(fresh) {
    for (const part of ["script[type='application/json']", "table"]) {
      const newer = fresh.querySelector(part);
      if (newer) this.querySelector(part)?.replaceWith(newer.cloneNode(true));
    }
    this.chart = (await this.figures()) ?? this.chart;
    if (this.drawing) this.draw();
  }

  tabulate({ axis, labels, series, format }) {
    const write = formatter(format, document.documentElement.lang);
    const row = (cells, kind) => {
      const line = document.createElement("tr");
      cells.forEach((text, index) => {
        const cell = document.createElement(index ? kind : "th");
        line.append(Object.assign(cell, { textContent: text, className: index ? "numeric" : "" }));
      });
      return line;
    };
    const head = document.createElement("thead");
    head.append(row([axis, ...series.map(({ name }) => name)], "th"));
    const body = document.createElement("tbody");
    labels.forEach((label, index) => body.append(row([label, ...series.map(({ values }) => (values[index] == null ? "–" : write.long(values[index])))], "td")));
    this.querySelector("table")?.replaceChildren(head, body);
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
    this.drawing.setOption(options(this.chart, colour, write, { still, short: this.matches(".short") }), true);
    probe.remove();
  }
}

customElements.define("kk-chart", Chart);
