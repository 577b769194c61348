import { keyName } from "./kk-shortcuts.js";

// <kk-palette><dialog><input hx-get><div class="palette-here"></div><div role="listbox"></div>…
// The palette: what the server finds, below it what this page offers: its title bar, also behind
// "more", and whatever has a key. Before anything is typed that comes first of what is no record of
// one's own: whoever asks on a page mostly means it. Arrow keys choose, Enter opens, Escape closes.
// Opened like any dialog (data-opens="palette").
const ACTIONS = ".bar .actions :is(a.button, button.button:not([aria-haspopup]), .menu-item), #page [data-key]:not(input, select, textarea)";

class Palette extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.field = this.querySelector("input");
    this.hits = this.querySelector(".palette-hits");
    this.here = this.querySelector(".palette-here");
    this.stop = new AbortController();
    const { signal } = this.stop;
    // At once: the event "toggle" comes after the first letters, which opened() would select.
    this.opening = new MutationObserver(() => this.dialog.open && this.opened());
    this.opening.observe(this.dialog, { attributeFilter: ["open"] });
    document.addEventListener("palette:open", ({ detail }) => this.open(detail === "new" ? this.dataset.new : ""), { signal });
    this.field.addEventListener("keydown", (event) => this.key(event), { signal });
    this.field.addEventListener("input", () => this.asked(), { signal });
    this.addEventListener("htmx:beforeSwap", () => this.swapped(), { signal });
    this.addEventListener("htmx:afterSettle", ({ detail }) => this.answered(detail.requestConfig.parameters.q), { signal });
    this.addEventListener("pointermove", ({ target }) => this.choose(target.closest("[role=option]")), { signal });
  }

  disconnectedCallback() {
    this.stop.abort();
    this.opening.disconnect();
  }

  // "/" and "c" end here on pages that have no list of their own.
  open(word) {
    if (!this.dialog.open) this.dialog.showModal();
    this.field.value = word;
  }

  opened() {
    this.field.select();
    this.field.dispatchEvent(new CustomEvent("palette"));
    this.asked();
  }

  // Until the answer is there nothing is chosen: what stands there answers another question.
  asked() {
    this.forget();
    this.offer();
  }

  forget() {
    this.chosen = null;
    this.field.removeAttribute("aria-activedescendant");
  }

  swapped() {
    this.hits.append(this.here); // else it would go with what stood there
    this.forget();
  }

  answered(question) {
    this.known = question;
    if (this.known !== this.field.value) return;
    this.offer(); // not what was found already
    this.choose(this.options()[0]);
    if (this.enter === this.known) this.chosen?.click();
    this.enter = null;
  }

  // What can be done on this page, from its own buttons.
  offer() {
    const wanted = this.field.value.trim().toLowerCase();
    const known = new Set([...this.querySelectorAll("#palette-found a[role=option]")].map(name));
    const offered = new Map([...document.querySelectorAll(ACTIONS)].map((button) => [name(button), button]));
    const found = [...offered].filter(([label]) => label && label.toLowerCase().includes(wanted) && !known.has(label)).map(([, button]) => button);
    const label = Object.assign(document.createElement("div"), { className: "menu-label", textContent: this.dataset.here });
    this.here.replaceChildren(label, ...found.map((button) => this.option(button)));
    this.here.ariaLabel = this.dataset.here;
    this.here.hidden = !found.length;
    if (!wanted) this.querySelector("[data-anywhere]")?.before(this.here);
  }

  option(button) {
    const option = Object.assign(document.createElement("button"), { type: "button", className: "menu-item", tabIndex: -1 });
    option.setAttribute("role", "option");
    const icon = button.querySelector("svg")?.cloneNode(true);
    option.append(...(icon ? [icon] : []), Object.assign(document.createElement("span"), { className: "label", textContent: name(button) }));
    if (button.dataset.key) option.append(keys(button.dataset.key));
    option.addEventListener("click", () => {
      this.dialog.close();
      button.click();
    });
    return option;
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const options = this.options();
    const at = options.indexOf(this.chosen);
    if (step && options.length) {
      this.choose(options[(at + step + options.length) % options.length]);
      this.chosen.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Escape") {
      this.dialog.close(); // the field alone would only empty itself
    } else if (event.key === "Enter") {
      if (this.known !== this.field.value) this.enter = this.field.value;
      else if (this.chosen?.isConnected) this.chosen.click();
    } else {
      return;
    }
    event.preventDefault();
  }

  choose(option) {
    if (!option) return;
    this.chosen?.setAttribute("aria-selected", "false");
    this.chosen = option;
    option.id ||= `palette-${this.options().indexOf(option)}-${Date.now()}`;
    option.setAttribute("aria-selected", "true");
    this.field.setAttribute("aria-activedescendant", option.id);
  }

  options() {
    return [...this.querySelectorAll("[role=option]")].filter((option) => option.checkVisibility());
  }
}

function keys(text) {
  const hint = Object.assign(document.createElement("span"), { className: "keys-hint" });
  hint.append(...text.split(/[ +]/).map((key) => Object.assign(document.createElement("kbd"), { textContent: keyName(key) })));
  return hint;
}

function name(button) {
  return (button.querySelector(".label")?.textContent || button.ariaLabel || button.textContent).trim();
}

customElements.define("kk-palette", Palette);
