// Asks the edge for decisions and deals with one offer per page view.
import { now, readList, write } from "./device.js";
import { element } from "./dom.js";
import { language } from "./texts.js";

const AFTER_A_TRACK = [400, 1000, 2000, 5000]; // ms: membership takes up to a second
const STALE = 10000; // ms: an older decision is asked for again before it is used

/**
 * @param {string} edge origin of the edge
 * @param {string} key public key of the shop
 * @param {function(): string|null} id the visitor's id while consent is granted
 * @param {function(string, object): void} put sends durably
 * @param {function(string, object): void} record records an event without asking again
 */
export function offers(edge, key, id, put, record) {
  let timers = [];
  let again;
  let free = true; // one offer per page view
  let script;

  const after = (delay) => setTimeout(ask, delay);
  const stop = () => [...timers, again].forEach(clearTimeout);

  /** A new page view: asks at once. */
  function view() {
    free = true;
    ask();
  }

  /** After an event: asks until the membership that it causes is known. */
  function soon() {
    timers.forEach(clearTimeout);
    timers = AFTER_A_TRACK.map(after);
  }

  async function ask() {
    const visitor = id();
    if (!visitor || !free) return;
    try {
      const query = new URLSearchParams({ k: key, a: visitor, l: language() });
      const answer = await fetch(edge + "/v1/decide?" + query, { credentials: "omit" });
      if (!answer.ok) return;
      const decision = await answer.json();
      clearTimeout(again);
      if (decision.again) again = after(Math.min(3600, decision.again) * 1000 + 500);
      const seen = readList("visit");
      const offer = (decision.offers || []).find(
        ({ campaign, repeat }) => repeat == "page" || !seen.includes(campaign),
      );
      if (offer && free) deal(offer, Date.now());
    } catch {
      // no decision is no offer; the next page view asks again
    }
  }

  async function deal(offer, asked) {
    free = false;
    stop();
    try {
      await (script = script || load(edge + "/kk-offer.js")); // control too: equal conditions for both
    } catch {
      script = null;
      free = true;
      return;
    }
    while (busy()) await new Promise((done) => setTimeout(done, 300));
    if (!id()) return;
    if (Date.now() - asked > STALE) {
      free = true;
      return ask();
    }
    const { campaign, variant, exposure, show, content } = offer;
    write("visit", JSON.stringify([...readList("visit"), campaign].slice(-30)));
    const report = (event) => record(event, { campaign, variant });
    let shown = false;
    try {
      shown = show === true && window.kk.dialogue(content, report);
    } catch (error) {
      console.warn("kk:", error);
    }
    put("/v1/exposure", { token: exposure, shown: !!shown, at: now() });
  }

  return { view, soon, stop };
}

/** Nobody would see an offer now, or it would interrupt someone writing. */
function busy() {
  const focus = document.activeElement;
  return (
    document.visibilityState != "visible" ||
    document.querySelector("kk-consent") ||
    (focus && focus.matches(":read-write,select"))
  );
}

function load(src) {
  return new Promise((onload, onerror) => document.head.append(element("script", { src, onload, onerror })));
}
