// The consent question: not modal, both answers alike in weight, size and effort.
import { COLOURS, element, shadow } from "./dom.js";
import { TEXTS, language } from "./texts.js";

const CSS =
  COLOURS +
  "section{position:fixed;z-index:2147483000;inset:auto 16px 16px auto;width:min(27rem,calc(100% - 32px));max-height:calc(100% - 32px);overflow:auto;" +
  "padding:20px;border-radius:14px;background:var(--bg);color:var(--ink);font-size:14px;line-height:1.5;" +
  "box-shadow:0 0 0 1px var(--line),0 16px 48px -8px rgb(0 0 0/.3);animation:in .25s ease-out}" +
  "h2{font-size:16px;line-height:1.3;font-weight:600;letter-spacing:-.01em;margin-bottom:6px}" +
  "p{color:var(--soft)}p a{color:var(--ink);text-underline-offset:2px}" +
  "div{display:grid;grid-template-columns:1fr 1fr;gap:8px;margin-top:16px}" +
  "button{min-height:44px;padding:0 12px;border:1px solid var(--ink);border-radius:9px;background:none;font-weight:600}" +
  "button:hover{background:var(--well)}" +
  "@keyframes in{from{opacity:0;transform:translateY(8px)}}" +
  "@media(max-width:480px){section{inset:auto 8px 8px;width:auto;padding:16px;font-size:13px}}" +
  "@media(prefers-reduced-motion:reduce){section{animation:none}}";

let host;

/**
 * Asks the visitor; calls `answer(true | false)` on a choice. Esc puts the question away unanswered.
 * @param {string|null} privacy address of the privacy policy
 * @param {boolean} byHand opened by the visitor: takes the focus and gives it back
 */
export function askConsent(privacy, byHand, answer) {
  const before = document.activeElement;
  const text = TEXTS[language()];
  if (!host) {
    const choose = (granted) => {
      close();
      answer(granted);
    };
    const close = () => {
      host.remove();
      host = null;
      if (byHand && before) before.focus();
    };
    const link = privacy && element("a", { href: privacy }, text.privacy);
    const box = element(
      "section",
      { role: "dialog", lang: language(), tabIndex: -1, "aria-labelledby": "t", "aria-describedby": "d" },
      element("h2", { id: "t" }, text.title),
      element("p", { id: "d" }, text.text + " ", link),
      element(
        "div",
        {},
        element("button", { type: "button", onclick: () => choose(false) }, text.reject),
        element("button", { type: "button", onclick: () => choose(true) }, text.accept),
      ),
    );
    box.addEventListener("keydown", (event) => event.key == "Escape" && close());
    host = shadow("kk-consent", CSS, box);
    document.body.prepend(host); // first in the tab order
  }
  if (byHand) host.shadowRoot.firstChild.focus();
}
