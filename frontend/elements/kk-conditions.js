import { input, make, operand, readable, select } from "../condition-inputs.js";

// <kk-conditions data-count="URL" data-words="…"> edits a tree of conditions: a hidden input holds
// the definition as JSON, `data-words` what may be asked as JSON (kernel/conditions/README.md).
// Every change is sent to `data-count`, whose answer says how many it are, or what is wrong where.
class Conditions extends HTMLElement {
  connectedCallback() {
    if (this.words) return;
    this.words = JSON.parse(this.dataset.words);
    this.field = this.querySelector("input[type=hidden]");
    this.text = this.dataset; // labels of our own, translated by the page
    const stored = JSON.parse(this.field.value || "{}").where;
    const isGroup = stored && ["all", "any"].includes(stored.type);
    this.tree = isGroup ? stored : { type: "all", children: stored ? [stored] : [] };
    this.place = make("div");
    this.append(this.place);
    this.draw();
  }

  // Everything anew; whoever works with the keyboard goes on where they were, or at `focus`.
  draw(focus = this.focused()) {
    this.place.replaceChildren(this.group(this.tree, this.words, null, "where"));
    this.changed();
    for (let path = focus?.path; path; path = path.replace(/\.?[^.]*$/, "")) {
      const found = controls(this.querySelector(`[data-path="${path}"]`));
      if (found.length) return found.at(path === focus.path ? focus.place : -1)?.focus();
    }
  }

  focused() {
    const part = document.activeElement.closest("[data-path]");
    return this.contains(part) ? { path: part.dataset.path, place: controls(part).indexOf(document.activeElement) } : null;
  }

  changed() {
    this.field.value = JSON.stringify({ v: this.words.v, where: this.tree });
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.count(), 300);
  }

  async count() {
    const asked = new URLSearchParams({ definition: this.field.value });
    const answer = await fetch(`${this.dataset.count}?${asked}`, { headers: { Accept: "application/json" } });
    const said = answer.ok || answer.status === 422 ? await answer.json() : { text: "" };
    this.dispatchEvent(new CustomEvent("conditions:counted", { detail: said, bubbles: true }));
    const output = this.parentElement.querySelector("output");
    if (output) output.textContent = said.text;
    for (const row of this.querySelectorAll(".condition")) {
      const wrong = said.path && said.path.startsWith(row.dataset.path);
      row.classList.toggle("invalid", Boolean(wrong));
    }
  }

  /** A group: its joiner, its rows, and what can be added. */
  group(node, words, remove, path) {
    const choices = words.groups.map((group) => ({ value: group.type, label: group.label }));
    const head = make("div", { className: "conditions-head" }, select(choices, node.type, this.text.joiner, (type) => ((node.type = type), this.changed())), remove && this.remover(remove));
    const rows = node.children.map((child, at) => this.node(child, words, () => (node.children.splice(at, 1), this.draw({ path: `${path}.children.${at}`, place: -1 })), `${path}.children.${at}`));
    const add = (added) => this.draw({ path: `${path}.children.${node.children.push(added) - 1}`, place: 0 });
    return make("div", { className: "conditions", "data-path": path }, head, ...rows, this.adder(words, add));
  }

  node(node, words, remove, path) {
    if (node.children) return this.group(node, words, remove, path);
    const row = make("div", { className: "condition", "data-path": path });
    if (node.type === "not") {
      const inner = this.node(node.child, words, remove, `${path}.child`);
      row.append(make("span", { className: "joiner" }, this.text.not), inner);
      return row;
    }
    row.append(...(node.type === "compare" ? this.comparison(node, words) : this.special(node, words, path)), this.remover(remove));
    return row;
  }

  comparison(node, words) {
    const known = words.families.flatMap((family) => family.known.map((one) => ({ ...one, group: family.label, hint: one.key })));
    const fields = [...words.fields, ...known];
    if (!fields.some((field) => field.name === node.field) && node.field) {
      const [prefix, kind, ...rest] = node.field.split(".");
      const key = rest.join(".");
      const family = words.families.find((one) => one.prefix === prefix);
      fields.push({ name: node.field, kind, label: readable(key), hint: key, group: family?.label });
    }
    const field = fields.find((one) => one.name === node.field) ?? fields[0];
    const operators = field.operators ?? words.kinds[field.kind].operators;
    const operator = operators.find((one) => one.name === node.op) ?? operators[0];
    node.field = field.name;
    node.op = operator.name;
    const again = (change) => (change(), delete node.value, this.draw());
    const set = (value) => (value === undefined ? delete node.value : (node.value = value), this.changed());
    return [
      select(fields.map((one) => ({ ...one, value: one.name })), field.name, this.text.field, (name) => again(() => ((node.field = name), delete node.op))),
      select(operators.map((one) => ({ value: one.name, label: one.label })), operator.name, this.text.operator, (name) => again(() => (node.op = name))),
      ...operand(field.kind, operator, node.value, field, words, this.text.value, set),
    ];
  }

  special(node, words, path) {
    const kind = words.nodes.find((one) => one.type === node.type);
    if (!kind) return [make("span", { className: "word" }, node.type)];
    const inner = (asked, owner) => {
      const held = owner[asked.name];
      if (!held) return make("button", { type: "button", className: "button ghost small", onclick: () => ((owner[asked.name] = { type: "all", children: [] }), this.draw()) }, `+ ${asked.label}`);
      const tree = held.children ? held : (owner[asked.name] = { type: "all", children: [held] });
      return this.group(tree, asked.vocabulary, () => (delete owner[asked.name], this.draw()), `${path}.${asked.name}`);
    };
    return [make("strong", {}, kind.label), ...kind.inputs.flatMap((asked) => input(asked, node, words, () => this.changed(), inner))];
  }

  adder(words, add) {
    const first = words.fields[0] ?? words.families.flatMap((family) => family.known)[0];
    const options = [
      { value: "", label: `+ ${this.text.add}` },
      ...(first ? [{ value: "compare", label: this.text.compare }] : []),
      ...words.nodes.map((node) => ({ value: node.type, label: node.label })),
      { value: "group", label: this.text.group },
    ];
    const chosen = (type) => {
      if (type === "compare") add({ type, field: first.name });
      else if (type === "group") add({ type: "any", children: [] });
      else if (type) add({ type, ...this.begun(words.nodes.find((node) => node.type === type)) });
    };
    return make("div", { className: "conditions-add" }, select(options, "", this.text.add, chosen));
  }

  /** A tree that a node cannot be without begins with one comparison. */
  begun(kind) {
    const trees = kind.inputs.filter((asked) => asked.kind === "tree" && !asked.optional && asked.vocabulary.fields.length);
    return Object.fromEntries(trees.map(({ name, vocabulary }) => [name, { type: "all", children: [{ type: "compare", field: vocabulary.fields[0].name }] }]));
  }

  remover(remove) {
    return make("button", { type: "button", className: "button ghost icon-only small remove", "aria-label": this.text.remove, title: this.text.remove, onclick: remove }, "×");
  }
}

// What can be used in a row or group, without what belongs to rows in it.
function controls(part) {
  return [...(part?.querySelectorAll("select, input, button") ?? [])].filter((one) => one.closest("[data-path]") === part);
}

customElements.define("kk-conditions", Conditions);
