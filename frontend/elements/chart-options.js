// From the plain value of ui/charts.py (kind, axis, labels, series, format) to ECharts options.

/** Writes figures of a format ("number", "percent", "money:EUR" in minor units) for the language. */
export function formatter(format = "number", language = "de") {
  const [kind, currency] = format.split(":");
  if (kind === "percent") {
    const words = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
    return { long: (value) => words.format(value), short: (value) => words.format(value) };
  }
  if (kind === "money") {
    const digits = new Intl.NumberFormat(language, { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
    const options = { style: "currency", currency, currencyDisplay: "narrowSymbol", maximumFractionDigits: 0 };
    const long = new Intl.NumberFormat(language, options);
    const short = new Intl.NumberFormat(language, { ...options, notation: "compact", maximumFractionDigits: 1, useGrouping: "always" });
    return { long: (value) => long.format(value / 10 ** digits), short: (value) => short.format(value / 10 ** digits) };
  }
  const long = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1, useGrouping: "always" });
  return { long: (value) => long.format(value), short: (value) => short.format(value) };
}

/** `colour(token)` gives a token's present value, `write` is a formatter; still = no animation. */
export function options(chart, colour, write, { still = false, short = false } = {}) {
  const font = { fontFamily: "Inter Variable, system-ui, sans-serif", fontSize: 11.5, color: colour("--ink-3") };
  const tones = ["blue", "violet", "green", "amber", "red"];
  const shades = chart.series.map(({ tone }, index) => {
    const name = tone ?? tones[index % tones.length];
    return colour({ blue: "--accent", "": "--icon" }[name] ?? `--${name}`);
  });
  const many = chart.series.length > 1;
  const bars = chart.kind === "bar" || chart.kind === "stacked";
  return {
    animation: !still,
    animationDuration: 260,
    animationDurationUpdate: 180,
    textStyle: font,
    grid: { left: 4, right: 8, top: many ? 30 : 10, bottom: 2, containLabel: true },
    legend: { show: many, data: chart.series.map(({ name }) => name), left: 0, top: 0, icon: "roundRect", itemWidth: 9, itemHeight: 9, itemGap: 14, textStyle: { ...font, color: colour("--ink-2") } },
    tooltip: {
      trigger: "axis",
      confine: true,
      axisPointer: bars ? { type: "shadow", z: 0, shadowStyle: { color: colour("--bg-3") } } : { type: "line", lineStyle: { color: colour("--line-2") } },
      backgroundColor: colour("--raised"),
      borderColor: colour("--line-2"),
      padding: [7, 10],
      formatter: (points) => tip(chart, points, shades, write),
    },
    xAxis: { type: "category", data: chart.labels, boundaryGap: bars, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--line-2") } }, axisLabel: { ...font, hideOverlap: true } },
    yAxis: { type: "value", splitNumber: short ? 2 : 4, splitLine: { lineStyle: { color: colour("--line") } }, axisLabel: { ...font, hideOverlap: true, formatter: write.short } },
    series: chart.series.flatMap((series, index) => drawn(chart, series, shades[index])),
  };
}

function drawn(chart, series, color) {
  const base = { name: series.name, data: series.values, itemStyle: { color }, emphasis: { disabled: true } };
  const interval = series.low && series.high;
  if (chart.kind === "bar" || chart.kind === "stacked") {
    const stack = chart.kind === "stacked" ? "all" : undefined;
    const bar = { ...base, type: "bar", stack, barMaxWidth: 22, barCategoryGap: "45%", itemStyle: { color, borderRadius: stack ? 0 : [3, 3, 0, 0] } };
    return interval ? [bar, whiskers(series, color)] : [bar];
  }
  const line = { ...base, type: "line", symbol: "circle", symbolSize: 5, showSymbol: chart.labels.length < 3, lineStyle: { width: 2, color }, areaStyle: chart.kind === "area" ? { color, opacity: 0.1 } : undefined };
  return interval ? [...band(series, color), line] : [line];
}

// An interval around a line: an invisible line at its lower edge, and the width stacked on it.
function band({ name, low, high }, color) {
  const edge = { type: "line", stack: `interval ${name}`, stackStrategy: "all", symbol: "none", silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false }, z: 1 };
  return [
    { ...edge, data: low },
    { ...edge, data: high.map((value, index) => (value === null ? null : value - low[index])), areaStyle: { color, opacity: 0.14 } },
  ];
}

function whiskers({ low, high }, color) {
  return {
    type: "custom", silent: true, z: 5, tooltip: { show: false },
    data: low.map((value, index) => [index, value, high[index]]),
    renderItem(_, api) {
      const [x, bottom] = api.coord([api.value(0), api.value(1)]);
      const top = api.coord([api.value(0), api.value(2)])[1];
      const stroke = { stroke: color, lineWidth: 1.5, opacity: 0.65 };
      const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: stroke });
      return { type: "group", children: [line(x, bottom, x, top), line(x - 4, top, x + 4, top), line(x - 4, bottom, x + 4, bottom)] };
    },
  };
}

// An element, not text with style attributes: those would offend the content security policy.
function tip(chart, points, shades, write) {
  const box = Object.assign(document.createElement("div"), { className: "chart-tip" });
  const index = points[0]?.dataIndex ?? 0;
  box.append(Object.assign(document.createElement("b"), { textContent: chart.labels[index] }));
  chart.series.forEach((series, position) => {
    const value = series.values[index];
    if (value === null || value === undefined) return;
    const row = document.createElement("div");
    const dot = Object.assign(document.createElement("span"), { className: "dot" });
    dot.style.background = shades[position];
    const interval = series.low?.[index] != null ? ` (${write.long(series.low[index])} … ${write.long(series.high[index])})` : "";
    const figure = Object.assign(document.createElement("span"), { className: "end", textContent: write.long(value) + interval });
    row.append(dot, series.name, figure);
    box.append(row);
  });
  return box;
}
