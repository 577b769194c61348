import { send } from "./request.js";

// <kk-composer data-draft="/…/draft/"><form>kinds, <textarea>, <div class="mentions">, fields</form>
// Choosing a kind goes on writing; "@" offers colleagues, who stand in select[name=owner_id]; what
// is typed is kept on the server, so that a reload or another device has it.
const REST = 700; // ms without a key before a draft is kept
const NAME = /(?:^|\s)@([\p{L}\p{M}'. -]{0,40})$/u;
const OFFERED = 6;

class Composer extends HTMLElement {
  connectedCallback() {
    this.text = this.querySelector("textarea");
    this.list = this.querySelector(".mentions");
    this.stop = new AbortController();
    const { signal } = this.stop;
    // A click on a label comes as one on its input, also when that is chosen already; the arrow keys
    // stay among the kinds.
    // It stays open: closing when the pointer goes elsewhere would move what it points at.
    this.addEventListener("focusin", () => this.setAttribute("open", ""), { signal });
    this.addEventListener("keydown", ({ key }) => (this.walking = key.startsWith("Arrow")), { signal });
    this.addEventListener("click", ({ target }) => target.name === "kind" && !this.walking && this.text.focus(), { signal });
    this.addEventListener("keyup", () => (this.walking = false), { signal });
    this.addEventListener("input", () => this.typed(), { signal });
    this.text.addEventListener("keydown", (event) => this.key(event), { signal });
    this.list.addEventListener("pointerdown", (event) => this.take(event), { signal });
    this.addEventListener("submit", () => clearTimeout(this.timer), { signal });
    addEventListener("pagehide", () => this.timer && navigator.sendBeacon(this.dataset.draft, new FormData(this.form)), { signal });
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.stop.abort();
  }

  get form() {
    return this.querySelector("form");
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), REST);
    const begun = NAME.exec(this.text.value.slice(0, this.text.selectionStart))?.[1];
    this.offer(begun === undefined ? [] : this.colleagues(begun), begun);
  }

  keep() {
    this.timer = null;
    const values = Object.fromEntries(new FormData(this.form));
    send("POST", this.dataset.draft, { source: this, values });
  }

  colleagues(begun) {
    const names = [...(this.querySelector("select[name=owner_id]")?.options ?? [])].map(({ text }) => text.trim());
    const wanted = begun.toLowerCase();
    return names.filter((name) => name.toLowerCase() !== wanted && ` ${name.toLowerCase()}`.includes(` ${wanted}`)).slice(0, OFFERED);
  }

  offer(names, begun = "") {
    this.begun = begun;
    this.list.replaceChildren(...names.map((name, index) => {
      const option = Object.assign(document.createElement("div"), { className: "menu-item", textContent: name });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", index === 0);
      return option;
    }));
    this.list.hidden = !names.length;
  }

  key(event) {
    if (this.list.hidden || event.isComposing) return;
    const options = [...this.list.children];
    const at = options.findIndex((option) => option.ariaSelected === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) options.forEach((option, index) => option.setAttribute("aria-selected", index === (at + step + options.length) % options.length));
    else if (event.key === "Escape") this.offer([]);
    else if (["Enter", "Tab"].includes(event.key) && !event.ctrlKey && !event.metaKey) this.mention(options[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(event) {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    this.mention(option);
  }

  mention(option) {
    const end = this.text.selectionStart;
    this.text.setRangeText(`${option.textContent} `, end - this.begun.length, end, "end");
    this.text.focus();
    this.typed();
  }
}

customElements.define("kk-composer", Composer);
