import { send } from "./request.js";

// <kk-theme data-url><button value="light|dark|system">…</kk-theme>: takes effect at once, is stored by POST.
class Theme extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
    this.mark();
    document.addEventListener("themechange", this);
  }

  disconnectedCallback() {
    document.removeEventListener("themechange", this);
  }

  handleEvent(event) {
    if (event.type === "themechange") return this.mark();
    const chosen = event.target.closest("button")?.value;
    if (!chosen) return;
    document.documentElement.dataset.theme = chosen;
    document.dispatchEvent(new CustomEvent("themechange"));
    if (this.dataset.url) send("POST", this.dataset.url, { source: this, values: { theme: chosen } });
  }

  mark() {
    const current = document.documentElement.dataset.theme;
    for (const button of this.querySelectorAll("button")) button.ariaPressed = String(button.value === current);
  }
}

customElements.define("kk-theme", Theme);
