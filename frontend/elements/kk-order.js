// <kk-order data-up data-down data-at> around <ol class="choices"><li class="choice">…</li></ol>:
// the items are put in order by dragging their grip or with a pair of buttons each. The texts are
// for screen readers; {name}, {n} and {all} are filled in.
class Order extends HTMLElement {
  async connectedCallback() {
    if (this.list) return;
    this.list = this.querySelector("ol");
    this.voice = Object.assign(document.createElement("div"), { className: "hidden-text", ariaLive: "polite" });
    this.append(this.voice);
    for (const item of this.list.children) {
      const grip = Object.assign(document.createElement("span"), { className: "grip", ariaHidden: "true" });
      item.prepend(grip);
      item.append(this.mover(item, this.dataset.up, "↑", -1), this.mover(item, this.dataset.down, "↓", 1));
    }
    const { default: Sortable } = await import("./sortable.js");
    if (!this.isConnected) return;
    this.sortable = new Sortable(this.list, { draggable: ".choice", handle: ".grip", animation: 140, forceFallback: true, ghostClass: "ghost", scroll: true });
  }

  disconnectedCallback() {
    this.sortable?.destroy();
  }

  mover(item, label, sign, step) {
    const name = item.querySelector("label").textContent.trim();
    const button = Object.assign(document.createElement("button"), {
      type: "button", className: "button ghost small icon-only", textContent: sign, title: label.replace("{name}", name), ariaLabel: label.replace("{name}", name),
    });
    button.onclick = () => this.move(item, step, name, button);
    return button;
  }

  move(item, step, name, button) {
    const beside = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!beside) return;
    step < 0 ? beside.before(item) : beside.after(item);
    button.focus();
    item.scrollIntoView({ block: "nearest" });
    const items = [...this.list.children];
    const said = { name, n: items.indexOf(item) + 1, all: items.length };
    this.voice.textContent = this.dataset.at.replace(/\{(\w+)\}/g, (_, key) => said[key]);
  }
}

customElements.define("kk-order", Order);
