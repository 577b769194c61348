// <kk-menu data-place="above|below"><button>…</button><div class="menu" popover>…</div></kk-menu>
// The popover brings Escape, closing on a click outside and aria-expanded; this adds its place
// beside the button and the arrow keys.
const GAP = 4;
const EDGE = 8;

class Menu extends HTMLElement {
  connectedCallback() {
    this.trigger = this.querySelector("button");
    this.menu = this.querySelector(".menu");
    if (!this.trigger || !this.menu || this.ready) return;
    this.ready = true;
    this.trigger.popoverTargetElement = this.menu;
    this.menu.addEventListener("toggle", (event) => this.toggled(event.newState === "open"));
    this.addEventListener("keydown", (event) => this.key(event));
    this.menu.addEventListener("click", (event) => {
      if (event.target.closest(".menu-item")) this.menu.hidePopover();
    });
  }

  toggled(open) {
    this.menu.toggleAttribute("data-placed", open);
    if (open) this.place();
  }

  place() {
    const at = this.trigger.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.menu;
    const below = at.bottom + GAP;
    const above = at.top - GAP - height;
    const fitsBelow = below + height <= innerHeight - EDGE;
    const top = (this.dataset.place === "above" && above >= EDGE) || (!fitsBelow && above >= EDGE) ? above : below;
    const left = at.left + width <= innerWidth - EDGE ? at.left : at.right - width;
    this.menu.style.top = `${Math.max(EDGE, Math.min(top, innerHeight - EDGE - height))}px`;
    this.menu.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - EDGE - width))}px`;
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    if (!this.menu.matches(":popover-open")) {
      this.menu.showPopover({ source: this.trigger });
      return this.items()[step > 0 ? 0 : this.items().length - 1]?.focus();
    }
    const items = this.items();
    const next = items.indexOf(document.activeElement) + step;
    items[(next + items.length) % items.length]?.focus();
  }

  items() {
    return [...this.menu.querySelectorAll("a[href], button:not(:disabled)")];
  }
}

customElements.define("kk-menu", Menu);
