// <kk-shares> in a form: <b data-field="…"> show what share of all people each group of a campaign
// gets, while weights and the control group's per cent are typed.
class Shares extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.form.addEventListener("input", this);
  }

  disconnectedCallback() {
    this.form.removeEventListener("input", this);
  }

  handleEvent() {
    const typed = new FormData(this.form);
    const number = (name, most, otherwise) => Math.max(0, Math.min(most, Number(typed.get(name) || otherwise) || 0));
    const control = number("control_percent", 100, 0) / 100;
    const weight = (name) => number(name, 50, 1);
    const parts = [...this.querySelectorAll("b")].map((part) => [part, part.dataset.field]);
    const offers = parts.filter(([, name]) => name !== "control_percent");
    const total = offers.reduce((sum, [, name]) => sum + weight(name), 0) || 1;
    const format = new Intl.NumberFormat(document.documentElement.lang, {
      style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1,
    });
    for (const [part, name] of parts) {
      const share = name === "control_percent" ? control : ((1 - control) * weight(name)) / total;
      part.textContent = format.format(share);
    }
  }
}

customElements.define("kk-shares", Shares);
