// The inputs of one condition: each takes the stored value, and tells `changed` the new one.
// The values are those of kernel/conditions/README.md ("Operands", "INPUT").

/** An element with properties, attributes (data-, aria-) and children. */
export function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties))
    name.includes("-") ? made.setAttribute(name, value) : (made[name] = value);
  made.append(...children.filter((child) => child != null));
  return made;
}

/** A name made for programs as people would write it, like `readable` in kernel/text.py. */
export function readable(name) {
  const spaced = name.includes(" ") ? name : name.replace(/(?<=[a-z0-9])([A-Z])(?=[a-z])/g, (hump) => ` ${hump.toLowerCase()}`);
  const words = spaced.replace(/[_.-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1) || name;
}

/**
 * A select over [{value, label, group?, hint?}]; options with a group are gathered under it. A hint
 * (the name behind a label) shows on hovering, and beside the label where labels are alike.
 */
export function select(options, value, label, changed) {
  const groups = new Map();
  const hint = () => (made.title = made.selectedOptions[0]?.title ?? "");
  const made = make("select", { "aria-label": label, onchange: () => (hint(), changed(made.value)) });
  const alike = (one) => options.some((other) => other !== one && other.label === one.label && other.group === one.group);
  for (const option of options) {
    let into = made;
    if (option.group) {
      into = groups.get(option.group) ?? make("optgroup", { label: option.group });
      if (!groups.has(option.group)) made.append(into);
      groups.set(option.group, into);
    }
    const text = option.hint && alike(option) ? `${option.label} (${option.hint})` : option.label;
    into.append(make("option", { value: option.value, selected: String(option.value) === String(value), title: option.hint ?? "" }, text));
  }
  hint();
  return made;
}

// Inputs in which somebody is typing a name of their own, by node: they stay so when drawn again.
const own = new WeakMap();

/** A select over suggested names; the last choice makes room for a name of one's own. */
function chooser(value, asked, words, changed, node) {
  const options = asked.suggestions.map((one) => ({ ...one, hint: one.value }));
  if (value && !options.some((one) => one.value === value)) options.push({ value, label: readable(value), hint: value });
  const made = select([...options, { value: "", label: words.other }], value, asked.label, (chosen) => {
    changed(chosen);
    if (chosen) return;
    own.set(node, new Set([...(own.get(node) ?? []), asked.name]));
    const typed = field("text", "", asked.label, changed);
    made.replaceWith(typed);
    typed.focus();
  });
  return made;
}

function field(type, value, label, changed, more = {}) {
  const made = make("input", { type, value: value ?? "", "aria-label": label, ...more });
  made.oninput = () => changed(made.value);
  return made;
}

/**
 * A number as people type it in the language of the page, undefined for none: what `parse_number`
 * in records/parsing.py reads, so "18.400,50" in German and "2.5", too.
 */
export function figure(text, language = document.documentElement.lang) {
  const [group, point] = language.startsWith("de") ? [".", ","] : [",", "."];
  let plain = text.replace(/[\s'’€$£]/g, "").replace("−", "-");
  if (new RegExp(`^[-+]?\\d{1,3}(\\${group}\\d{3})+(\\${point}\\d+)?$`).test(plain)) plain = plain.replaceAll(group, "");
  else if (!plain.includes(point) && plain.split(group).length === 2) plain = plain.replace(group, point);
  plain = plain.replace(point, ".");
  return /^[-+]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : undefined;
}

function shown(number, language = document.documentElement.lang) {
  return typeof number === "number" ? number.toLocaleString(language, { useGrouping: false, maximumFractionDigits: 9 }) : "";
}

const whole = (text) => (text === "" ? undefined : Number(text));

/** An input of a number: a text, because browsers read numbers in their own language, not the page's. */
function number(value, label, changed) {
  const made = field("text", shown(value), label, (text) => {
    const known = figure(text);
    made.setAttribute("aria-invalid", String(known === undefined && text.trim() !== ""));
    changed(known);
  }, { inputMode: "decimal" });
  return made;
}

export function duration(value, words, label, changed, optional) {
  const state = { n: value?.n ?? "", unit: value?.unit ?? "hours" };
  const tell = () => changed(state.n === "" && optional ? undefined : { n: Number(state.n), unit: state.unit });
  const units = words.units.map((unit) => ({ value: unit.name, label: unit.label }));
  return [
    field("number", state.n, label, (n) => ((state.n = n), tell()), { min: 1, placeholder: optional ? "∞" : "" }),
    select(units, state.unit, label, (unit) => ((state.unit = unit), tell())),
  ];
}

export function money(value, label, changed) {
  const state = { amount: value ? value.minor / 100 : undefined, currency: value?.currency ?? "EUR" };
  const minor = () => Math.round(state.amount * 100);
  const tell = () => changed(state.amount === undefined ? undefined : { minor: minor(), currency: state.currency });
  return [
    number(state.amount, label, (amount) => ((state.amount = amount), tell())),
    select(["EUR", "CHF", "GBP", "USD"].map((code) => ({ value: code, label: code })), state.currency, label, (code) => ((state.currency = code), tell())),
  ];
}

/** One value of a field's kind. */
export function one(kind, value, described, label, changed) {
  if (described?.choices?.length) {
    if (value === undefined) changed(described.choices[0].value);
    return [select(described.choices, value, label, changed)];
  }
  if (kind === "boolean") {
    if (value === undefined) changed(true);
    const made = make("input", { type: "checkbox", checked: value ?? true, "aria-label": label });
    made.onchange = () => changed(made.checked);
    return [made];
  }
  if (kind === "money") return money(value, label, changed);
  if (kind === "number") return [number(value, label, changed)];
  if (kind === "time") return [field("time", value, label, changed)];
  if (kind === "date" || kind === "datetime") return [field("date", value?.slice?.(0, 10), label, changed)];
  if (kind === "reference") return [number(value, label, changed)];
  return [field("text", value, label, changed)];
}

/** Several of some choices, as boxes to tick; what was chosen once stays to be seen. */
function several(choices, value, label, changed) {
  const chosen = new Set(Array.isArray(value) ? value : []);
  const gone = [...chosen].filter((one) => !choices.some((choice) => choice.value === one));
  const boxes = [...choices, ...gone.map((one) => ({ value: one, label: one }))].map((choice) => {
    const box = make("input", { type: "checkbox", checked: chosen.has(choice.value) });
    box.onchange = () => (box.checked ? chosen.add(choice.value) : chosen.delete(choice.value), changed([...chosen]));
    return make("label", { className: "word" }, box, " ", choice.label);
  });
  return make("span", { className: "several", role: "group", "aria-label": label }, ...boxes);
}

/** The right side of a comparison, by its operator's operand. */
export function operand(kind, operator, value, described, words, label, changed) {
  if (operator.operand === "none") return [];
  if (operator.operand === "duration") return duration(value, words, label, changed);
  if (operator.operand === "period") {
    const periods = words.periods.map((period) => ({ value: period.name, label: period.label }));
    if (!periods.some((period) => period.value === value)) changed(periods[0].value);
    return [select(periods, value, label, changed)];
  }
  if (operator.operand === "many" && described?.choices?.length) return [several(described.choices, value, label, changed)];
  if (operator.operand === "many") {
    const text = Array.isArray(value) ? value.join(", ") : "";
    const parts = (said) => said.split(",").map((part) => part.trim()).filter(Boolean);
    return [field("text", text, label, (said) => changed(kind === "number" ? parts(said).map(Number) : parts(said)), { placeholder: "a, b, c" })];
  }
  if (operator.operand === "range") {
    const state = { from: value?.from, to: value?.to };
    const part = (name) => one(kind, state[name], described, label, (got) => ((state[name] = got), changed({ ...state })));
    return [...part("from"), make("span", { className: "word" }, "–"), ...part("to")];
  }
  return one(kind, value, described, label, changed);
}

/** An input of a node type, with its label as a word before it. */
export function input(asked, node, words, changed, tree) {
  const set = (value) => {
    if (value === undefined || value === "" || value === false) delete node[asked.name];
    else node[asked.name] = value;
    changed();
  };
  if (node[asked.name] === undefined && asked.default !== undefined) node[asked.name] = asked.default;
  const value = node[asked.name];
  const word = asked.quiet ? "" : make("span", { className: "word" }, asked.label);
  switch (asked.kind) {
    case "text":
      if (!asked.suggestions?.length || own.get(node)?.has(asked.name)) return [word, field("text", value, asked.label, set)];
      if (value === undefined) node[asked.name] = asked.suggestions[0].value;
      return [word, chooser(node[asked.name], asked, words, set, node)];
    case "choice":
      if (value === undefined && asked.choices.length) node[asked.name] = asked.choices[0].value;
      return [word, select(asked.choices, value, asked.label, set)];
    case "choices":
      return [word, ...asked.choices.map((choice) => {
        const made = make("input", { type: "checkbox", checked: (value ?? []).includes(choice.value) });
        made.onchange = () => set(made.checked ? [...(node[asked.name] ?? []), choice.value] : node[asked.name].filter((one) => one !== choice.value));
        return make("label", { className: "word" }, made, " ", choice.label);
      })];
    case "integer":
      return [word, field("number", value, asked.label, (text) => set(whole(text)), { min: asked.min ?? "", max: asked.max ?? "" })];
    case "number":
      return [word, number(value, asked.label, set)];
    case "money":
      return [word, ...money(value, asked.label, set)];
    case "duration":
      return [word, ...duration(value, words, asked.label, set, asked.optional)];
    case "flag": {
      const made = make("input", { type: "checkbox", checked: Boolean(value) });
      made.onchange = () => set(made.checked);
      return [make("label", { className: "word" }, made, " ", asked.label)];
    }
    case "tree":
      return [tree(asked, node)];
  }
  return [];
}
