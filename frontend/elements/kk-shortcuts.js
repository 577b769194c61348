import { send } from "./request.js";

// <kk-shortcuts><dialog>…<dl class="keys">…</dialog></kk-shortcuts>
// data-key on a link, button or field of the page is its shortcut: "c", "g p" (one after the
// other), "ctrl+k" (also Cmd). Single keys work outside of fields only; data-off switches them off.
// "?" lists what this page offers; a <template data-keys> adds the keys of an element, as <dt> and <dd>.
const BETWEEN = 900; // ms between the keys of a sequence
const FALLBACKS = { "/": "search", c: "new" }; // what the palette does where the page does not

class Shortcuts extends HTMLElement {
  connectedCallback() {
    this.before = "";
    this.stop = new AbortController();
    const { signal } = this.stop;
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    document.addEventListener("click", (event) => event.target.closest("[data-action=shortcuts]") && this.help(), { signal });
    this.addEventListener("change", ({ target }) => target.matches("[data-action=single-keys]") && this.switch(target), { signal });
    this.dialog = this.querySelector("dialog");
    this.fixed = [...(this.querySelector(".keys")?.children ?? [])];
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  key(event) {
    if (event.defaultPrevented || event.isComposing) return;
    const modified = event.ctrlKey || event.metaKey;
    if (modified && event.key === "Enter") {
      event.target.form?.requestSubmit();
      return;
    }
    const pressed = (modified ? "ctrl+" : "") + event.key.toLowerCase();
    if (!modified && (this.hasAttribute("data-off") || event.altKey || writing(event.target))) return;
    if (modified && pressed.startsWith("ctrl+arrow") && writing(event.target)) return; // word by word
    if (document.querySelector("dialog[open]") && pressed !== "ctrl+k") return;
    if (event.key === "?") return this.help();
    const target = this.find(`${this.before} ${pressed}`.trim()) ?? this.find(pressed);
    clearTimeout(this.timer);
    this.before = target || event.key.length > 1 ? "" : pressed;
    this.timer = setTimeout(() => (this.before = ""), BETWEEN);
    if (!target && !FALLBACKS[pressed]) return;
    event.preventDefault();
    if (!target) return document.dispatchEvent(new CustomEvent("palette:open", { detail: FALLBACKS[pressed] }));
    target.matches("input, select, textarea") ? target.focus() : target.click();
  }

  switch({ checked, dataset }) {
    this.toggleAttribute("data-off", !checked);
    send("POST", dataset.url, { source: this, values: { single_keys: checked ? "on" : "off" } });
  }

  find(keys) {
    return all().find((element) => element.dataset.key === keys);
  }

  help() {
    const lines = new Map(all().map((element) => [element.dataset.key, name(element)]));
    for (const [key, what] of Object.entries(FALLBACKS)) if (!lines.has(key)) lines.set(key, this.dataset[what]);
    const rows = [...lines].flatMap(([keys, label]) => {
      const term = Object.assign(document.createElement("dt"), { textContent: label });
      const keyList = document.createElement("dd");
      keys.split(/[ +]/).forEach((key, index) => {
        if (index) keyList.append(" ");
        keyList.append(Object.assign(document.createElement("kbd"), { textContent: keyName(key) }));
      });
      return [term, keyList];
    });
    const more = [...document.querySelectorAll("template[data-keys]")].map((one) => one.content.cloneNode(true));
    this.querySelector(".keys").replaceChildren(...rows, ...more, ...this.fixed);
    this.dialog.showModal();
  }
}

export function keyName(key) {
  if (key === "ctrl" && document.documentElement.lang === "de") return "Strg";
  if (key.startsWith("arrow")) return { arrowleft: "←", arrowright: "→", arrowup: "↑", arrowdown: "↓" }[key];
  return key.length > 1 ? key[0].toUpperCase() + key.slice(1) : key;
}

function all() {
  // What stands behind "more" can be done too.
  const shown = (element) => (element.closest(".menu[popover]")?.parentElement ?? element).checkVisibility?.() ?? true;
  return [...document.querySelectorAll("[data-key]")].filter(shown);
}

function name(element) {
  return (element.ariaLabel || element.querySelector(".label")?.textContent || element.title || element.textContent || element.placeholder || "").trim();
}

function writing(target) {
  return target.isContentEditable || target.matches?.("select, textarea, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
}

customElements.define("kk-shortcuts", Shortcuts);
