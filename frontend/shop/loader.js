// kk.js: what a shop includes. README.md says what it stores, sends and offers to the page.
import { askConsent } from "./banner.js";
import { now, read, uuid, write } from "./device.js";
import { offers } from "./offers.js";
import { outbox } from "./outbox.js";
import { listen } from "./signals.js";
import { TEXT_VERSION, language } from "./texts.js";

const tag = document.currentScript;
const early = window.kk || [];
if (tag && tag.dataset.key && !early.track) start(new URL(tag.src).origin, tag.dataset.key, tag.dataset.privacy);
else if (!early.track) console.warn("kk: the script tag needs data-key");

function start(edge, key, privacy) {
  const { put, flush } = outbox(edge, key);
  const decisions = offers(edge, key, id, put, (event, properties) => record("track", { event, properties }));
  let listening = false;

  function state() {
    const objects = navigator.globalPrivacyControl || navigator.doNotTrack == "1";
    return (read("consent") || (objects ? "denied" : "unknown")).split(" ")[0];
  }

  /** The visitor's id, null without consent. */
  function id() {
    return state() == "granted" ? read("id") : null;
  }

  /** Puts an event into the queue; without consent it is forgotten at once. */
  function record(type, fields) {
    const anonymousId = id();
    if (!anonymousId) return;
    const userId = read("user") || undefined;
    const event = { type, messageId: uuid(), anonymousId, userId, ...fields, context: context(), timestamp: now() };
    let size = Infinity;
    try {
      size = JSON.stringify(event).length;
    } catch {
      // circular: not worth an error in the shop's own code
    }
    if (size > 32000) console.warn("kk: too large", fields);
    else put("/v1/batch", event);
  }

  /** A page view, with what the page says about itself. */
  function view(name, properties) {
    if (!id()) return;
    record("page", { name, properties });
    decisions.view();
    if (!listening) {
      listening = true;
      listen(api.track);
    }
  }

  function tellConsent(granted, anonymousId, at, textVersion, words) {
    put("/v1/consent", { anonymousId, granted, textVersion, language: words, at, pageUrl: address(location.href) });
  }

  function answer(granted) {
    const known = id();
    if (granted) {
      if (!known) {
        write("consent", ["granted", now(), TEXT_VERSION, language()].join(" "));
        renew();
        view();
      }
      return;
    }
    decisions.stop();
    ["id", "user", "outbox", "visit"].forEach((name) => write(name, null));
    write("consent", "denied");
    if (known) tellConsent(false, known, now(), TEXT_VERSION, language());
  }

  /** Starts a new id under the consent already given. */
  function renew() {
    write("id", uuid());
    tellConsent(true, id(), ...read("consent").split(" ").slice(1));
  }

  const open = () => askConsent(privacy, true, answer);

  const api = {
    track(event, properties) {
      record("track", { event, properties });
      decisions.soon();
    },
    page: view,
    identify(userId, traits, token) {
      if (id()) write("user", String(userId));
      record("identify", { traits, token });
    },
    reset() {
      write("user", null);
      if (id()) renew();
    },
    anonymousId: id,
    consent: { open, state },
    push(...calls) {
      for (const [name, ...values] of calls) {
        const call = name.split(".").reduce((object, part) => object && object[part], api);
        if (call) call(...values);
      }
    },
  };

  function begin() {
    if (isNewVisit()) {
      // Counts without any id, so that a report can say which share of visits it covers.
      fetch(edge + "/v1/count", { method: "POST", body: JSON.stringify({ writeKey: key }), credentials: "omit", keepalive: true }).catch(() => {});
      if (id()) write("visit", null);
    }
    addEventListener("click", (event) => {
      if (event.target.closest && event.target.closest("[data-kk-consent]")) {
        event.preventDefault();
        open();
      }
    });
    addEventListener("pagehide", () => flush(true));
    document.addEventListener("visibilitychange", () => document.hidden && flush(true)); // phones often skip pagehide
    addEventListener("pageshow", (event) => event.persisted && view());
    window.kk = api;
    view();
    api.push(...early);
    flush();
    if (state() == "unknown") askConsent(privacy, false, answer);
  }

  const once = (event) => document.addEventListener(event, begin, { once: true });
  if (document.prerendering) once("prerenderingchange");
  else if (document.readyState == "loading") once("DOMContentLoaded");
  else begin();
}

function isNewVisit() {
  const [entry] = performance.getEntriesByType("navigation");
  if (entry && entry.type != "navigate") return false; // reload, or a step in the history
  return !document.referrer || new URL(document.referrer).origin != location.origin;
}

/** An address without query and fragment: they carry search words, tokens and e-mail addresses. */
function address(url) {
  return url.replace(/[?#].*/, "");
}

function context() {
  const campaign = {};
  new URLSearchParams(location.search).forEach((value, name) => {
    if (name.startsWith("utm_")) campaign[name == "utm_campaign" ? "name" : name.slice(4)] = value;
  });
  return {
    page: { url: address(location.href), path: location.pathname, title: document.title, referrer: address(document.referrer) },
    locale: document.documentElement.lang || navigator.language,
    campaign: location.search.includes("utm_") ? campaign : undefined,
  };
}
