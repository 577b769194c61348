import { send } from "./request.js";

// <kk-toast data-undo data-close data-failed data-offline>: short messages at the lower edge.
// Sources: Django's messages in the page; the answer header HX-Trigger: {"toast": {"text": …,
// "tone": "success" | "error", "undo_url": …}}; toast() of request.js; failed requests.
const STAY = 6000;
const STAY_WITH_UNDO = 12000;
const MOST = 3;

class Toast extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    document.addEventListener("toast", (event) => this.show(event.detail), { signal });
    document.addEventListener("htmx:sendError", () => this.show({ tone: "error", text: this.dataset.offline }), { signal });
    document.addEventListener("htmx:responseError", ({ detail }) => {
      if (!(detail.xhr.getResponseHeader("HX-Trigger") ?? "").includes("toast")) this.show({ tone: "error" });
    }, { signal });
    const waiting = [...this.querySelectorAll(":scope > .toast")];
    for (const toast of waiting) {
      const { undoUrl } = toast.dataset;
      if (undoUrl) toast.append(this.undoButton(toast, undoUrl));
      this.arm(toast, undoUrl ? STAY_WITH_UNDO : STAY);
    }
    if (waiting.length) this.raise();
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  show({ text = this.dataset.failed, tone = "", undo_url = "" } = {}) {
    const toast = document.createElement("div");
    toast.className = `toast ${tone}`;
    toast.dataset.undoUrl = undo_url;
    const words = Object.assign(document.createElement("span"), { className: "text", textContent: text });
    toast.append(this.mark(tone), words);
    if (undo_url) toast.append(this.undoButton(toast, undo_url));
    this.append(toast);
    const shown = [...this.querySelectorAll(":scope > .toast:not(.leaving)")];
    shown.slice(0, -MOST).forEach((old) => this.leave(old));
    this.raise();
    this.arm(toast, undo_url ? STAY_WITH_UNDO : STAY);
  }

  // The top layer is ordered by time of opening: above a dialog only when opened again.
  raise() {
    if (this.matches(":popover-open")) this.hidePopover();
    this.showPopover();
  }

  arm(toast, stay) {
    const close = this.button("", "small ghost icon-only", () => this.leave(toast));
    close.ariaLabel = this.dataset.close;
    close.append(this.mark("close"));
    toast.append(close);
    let timer = setTimeout(() => this.leave(toast), stay);
    toast.addEventListener("pointerenter", () => clearTimeout(timer));
    toast.addEventListener("focusin", () => clearTimeout(timer));
    toast.addEventListener("pointerleave", () => (timer = setTimeout(() => this.leave(toast), 2500)));
  }

  async undo(toast, url) {
    const { ok } = await send("POST", url, { source: this });
    if (ok) this.leave(toast);
  }

  undoButton(toast, url) {
    return this.button(this.dataset.undo, "small", () => this.undo(toast, url), "z");
  }

  leave(toast) {
    toast.classList.add("leaving");
    setTimeout(() => {
      toast.remove();
      if (!this.querySelector(":scope > .toast") && this.matches(":popover-open")) this.hidePopover();
    }, 200);
  }

  mark(name) {
    return this.querySelector(`template[data-for="${name}"]`)?.content.cloneNode(true) ?? "";
  }

  button(label, kind, act, key) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: `button ${kind}`, textContent: label });
    if (key) button.dataset.key = key;
    button.addEventListener("click", act);
    return button;
  }
}

customElements.define("kk-toast", Toast);
