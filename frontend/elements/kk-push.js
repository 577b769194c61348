// <kk-push data-key="…" data-url="/inbox/push/" data-worker="/push-worker.js"> with a button to have
// news pushed to this browser, and one to end it; hidden where a browser cannot.
import { send, toast } from "./request.js";

class Push extends HTMLElement {
  async connectedCallback() {
    if (!("serviceWorker" in navigator) || !("PushManager" in window)) return;
    this.addEventListener("click", this);
    this.hidden = false;
    this.show(await this.subscription());
  }

  disconnectedCallback() {
    this.removeEventListener("click", this);
  }

  async subscription() {
    const registration = await navigator.serviceWorker.getRegistration(this.dataset.worker);
    return (await registration?.pushManager.getSubscription()) ?? null;
  }

  show(subscription) {
    this.querySelector("[data-on]").hidden = Boolean(subscription);
    this.querySelector("[data-off]").hidden = !subscription;
  }

  handleEvent(event) {
    if (event.target.closest("[data-on]")) this.begin();
    if (event.target.closest("[data-off]")) this.end();
  }

  async begin() {
    try {
      const registration = await navigator.serviceWorker.register(this.dataset.worker);
      await navigator.serviceWorker.ready;
      const made = await registration.pushManager.subscribe({
        userVisibleOnly: true, applicationServerKey: this.dataset.key,
      });
      const { endpoint, keys } = made.toJSON();
      const values = { endpoint, key: keys.p256dh, auth: keys.auth };
      const { ok } = await send("POST", this.dataset.url, { source: this, values });
      if (!ok) await made.unsubscribe();
      this.show(ok ? made : null);
    } catch {
      toast({ text: this.dataset.refused, tone: "error" });
    }
  }

  async end() {
    const known = await this.subscription();
    if (!known) return;
    await send("POST", this.dataset.url, { source: this, values: { endpoint: known.endpoint, end: "1" } });
    await known.unsubscribe();
    this.show(null);
  }
}

customElements.define("kk-push", Push);
