// kk-offer.js: the dialogue of an offer, loaded when one is due. Every word is set as text.
import { COLOURS, element, shadow } from "./dom.js";
import { CSS } from "./dialogue-css.js";

const WORDS = {
  de: { close: "Schließen", code: "Ihr Gutscheincode", copy: "Kopieren", copied: "Kopiert", later: "Nein, danke", go: "Weiter" },
  en: { close: "Close", code: "Your voucher code", copy: "Copy", copied: "Copied", later: "No, thanks", go: "Continue" },
};

/**
 * Opens the dialogue and gives the focus back afterwards.
 * @param {{title, text, button, url, voucher, legal, language}} content plain texts
 * @param {function(string): void} report told "Offer Clicked" or "Offer Closed", once
 * @returns {boolean} true once it is open
 */
function open(content, report) {
  const language = content.language || document.documentElement.lang;
  const words = /^de/i.test(language) ? WORDS.de : WORDS.en;
  const before = document.activeElement;
  let clicked = false;
  const click = () => {
    clicked = true;
    report("Offer Clicked");
    dialog.close();
  };
  const address = webAddress(content.url);
  const label = content.button || words.go;
  const go = address
    ? element("a", { className: "go", href: address, onclick: click }, label)
    : element("button", { className: "go", type: "button", onclick: click }, label);
  const close = () => dialog.close();
  const dialog = element(
    "dialog",
    { lang: language, "aria-labelledby": "title", "aria-describedby": "text" },
    element(
      "article",
      {},
      element("button", { className: "x", type: "button", onclick: close, "aria-label": words.close }),
      element("h2", { id: "title" }, content.title),
      element("p", { id: "text" }, content.text || ""),
      content.voucher && ticket(content.voucher, words),
      go,
      element("button", { className: "later", type: "button", onclick: close }, words.later),
      content.legal && element("small", {}, content.legal),
    ),
  );
  const host = shadow("kk-offer", COLOURS + CSS, dialog);
  dialog.addEventListener("click", (event) => event.target == dialog && close()); // the backdrop
  dialog.onclose = () => {
    host.remove();
    if (!clicked) report("Offer Closed");
    if (before && before.isConnected) before.focus({ preventScroll: true });
  };
  document.body.append(host);
  dialog.showModal();
  go.focus({ preventScroll: true });
  return true;
}

function ticket(voucher, words) {
  const code = element("code", {}, voucher);
  const said = element("span", { role: "status" });
  const copy = element("button", { type: "button" }, words.copy);
  copy.onclick = async () => {
    try {
      await navigator.clipboard.writeText(voucher);
      copy.textContent = said.textContent = words.copied;
    } catch {
      getSelection().selectAllChildren(code); // no clipboard: one key press is left to do
    }
  };
  return element("div", { className: "ticket" }, element("span", {}, words.code), code, copy, said);
}

/** Only http(s): a stored "javascript:" must never become a link in a customer's shop. */
function webAddress(url) {
  try {
    return /^https?:$/.test(new URL(url, location.href).protocol) && url;
  } catch {
    return null;
  }
}

window.kk.dialogue = open;
