import { send } from "./request.js";

// <kk-inline-edit data-url><span class="value">…</span><button class="edit">…</button></kk-inline-edit>
// GET data-url answers a <form> with the field; POST saves and answers the new content of this
// element. 422 answers the form again with its errors. Enter saves, Escape cancels, leaving the
// field saves what was changed; where somebody else has changed it too, only a choice does.
class InlineEdit extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.addEventListener("click", (event) => {
      if (!this.form && !event.target.closest("a")) this.edit();
    });
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.save(event.submitter);
    });
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("change", (event) => event.target.matches("select, [type=checkbox]") && this.save());
    this.addEventListener("focusout", (event) => {
      if (!this.form || this.contains(event.relatedTarget) || this.busy || this.dispute) return;
      this.changed ? this.save() : this.cancel();
    });
  }

  get form() {
    return this.querySelector("form");
  }

  get dispute() {
    return this.querySelector(".difference");
  }

  get changed() {
    return this.typed() !== this.initial;
  }

  typed() {
    return new URLSearchParams(new FormData(this.form)).toString();
  }

  async edit() {
    if (this.busy) return;
    this.before = [...this.childNodes];
    await this.request("GET", {});
    if (!this.form) return;
    this.initial = this.typed();
    this.focusField();
  }

  async save(button) {
    if (this.busy) return;
    if (!this.changed && !this.dispute) return this.cancel();
    const { ok } = await this.request("POST", Object.fromEntries(new FormData(this.form, button)));
    if (this.form) return this.focusField(); // refused: the form stays with what was typed
    if (ok) {
      this.classList.add("saved");
      setTimeout(() => this.classList.remove("saved"), 1300);
      this.querySelector(".edit")?.focus({ preventScroll: true });
    }
  }

  cancel() {
    if (!this.before) return;
    this.busy = true; // removing the field fires focusout once more
    this.replaceChildren(...this.before);
    this.busy = false;
  }

  async request(method, values) {
    this.busy = true;
    this.classList.toggle("saving", method === "POST");
    const answer = await send(method, this.dataset.url, { source: this, values, swap: "innerHTML" });
    this.classList.remove("saving");
    this.busy = false;
    return answer;
  }

  key(event) {
    if (!this.form) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.cancel();
      this.querySelector(".edit")?.focus();
    } else if (event.key === "Enter" && !event.target.matches(".difference") && (!event.target.matches("textarea, button") || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.save();
    }
  }

  // Both values are read before anything is chosen: Enter pressed twice overwrites nothing.
  focusField() {
    if (this.dispute) return this.dispute.focus();
    const field = this.querySelector("input:not([type=hidden]), select, textarea");
    field?.focus();
    field?.select?.();
  }
}

// data-edits="owner_id" on a button changes that fact.
addEventListener("click", ({ target }) => {
  const name = target.closest?.("[data-edits]")?.dataset.edits;
  const fact = name && document.querySelector(`kk-inline-edit[data-url$="/edit/${name}/"]`);
  fact?.closest("details")?.setAttribute("open", "");
  fact?.scrollIntoView({ block: "nearest" });
  fact?.edit();
});

customElements.define("kk-inline-edit", InlineEdit);
