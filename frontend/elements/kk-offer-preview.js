// <kk-offer-preview data-form="offer-form" data-language="de"> around a button: opens the offer as
// visitors will see it (of several in a form the one with data-prefix), with the words that stand in the form right now, by the very same script.
class OfferPreview extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
  }

  async handleEvent() {
    window.kk ??= {};
    await import("../shop/dialogue.js");
    window.kk.dialogue(this.content(), () => {});
  }

  content() {
    const { form, language, prefix = "" } = this.dataset;
    const fields = new FormData(document.getElementById(form));
    const said = (name) => fields.get(`${prefix}${name}_${language}`) || fields.get(prefix + name) || "";
    const names = ["title", "text", "button", "url", "voucher", "legal"];
    return { ...Object.fromEntries(names.map((name) => [name, said(name)])), language };
  }
}

customElements.define("kk-offer-preview", OfferPreview);
