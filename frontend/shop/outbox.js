// What must reach the edge: one ordered list on the device, sent at least once.
import { now, readList, uuid, write } from "./device.js";

const EVENTS = "/v1/batch";
const MOST_KEPT = 100;
const MOST_IN_A_BATCH = 10;
const KEEPALIVE_CHARS = 30000; // browsers allow 64 KB for all keepalive requests together

/**
 * @param {string} edge origin of the edge
 * @param {string} writeKey public key of this shop
 * @returns {{put: function(string, object): void, flush: function(boolean=): void}}
 */
export function outbox(edge, writeKey) {
  let timer;
  let sending = []; // ids on the way
  let notBefore = 0; // ms: back-off or the edge's Retry-After
  let failures = 0;

  /** Adds an item; `body` without writeKey and sentAt. */
  function put(path, body) {
    const items = readList("outbox");
    items.push([uuid(), path, body]);
    while (items.length > MOST_KEPT) {
      // The oldest event goes first: losing a consent would lose everything behind it.
      items.splice(Math.max(0, items.findIndex((item) => item[1] == EVENTS)), 1);
    }
    write("outbox", JSON.stringify(items));
    plan(items.length < MOST_IN_A_BATCH ? 100 : 0);
  }

  function plan(delay) {
    clearTimeout(timer);
    timer = setTimeout(flush, Math.max(delay, notBefore - Date.now()));
  }

  /** Sends the head of the list; when the page is being left, all of it at once. */
  async function flush(leaving) {
    if (sending.length && leaving !== true) return;
    if (Date.now() < notBefore) return plan(0); // timers may come a moment early
    const items = readList("outbox").filter((item) => !sending.includes(item[0]));
    if (!items.length) return;
    const [[, path, body]] = items;
    let count = 1;
    if (path == EVENTS) {
      while (count < MOST_IN_A_BATCH && items[count] && items[count][1] == EVENTS) count++;
    }
    const group = items.slice(0, count);
    const ids = group.map((item) => item[0]);
    sending = sending.concat(ids);
    const answer = post(path, path == EVENTS ? { batch: group.map((item) => item[2]) } : body, leaving === true);
    if (leaving === true) flush(true);
    const wait = await answer;
    sending = sending.filter((id) => !ids.includes(id));
    if (wait) {
      notBefore = Date.now() + wait;
    } else {
      failures = notBefore = 0;
      // Read again: another tab or a withdrawal may have changed the list meanwhile.
      const rest = readList("outbox").filter((item) => !ids.includes(item[0]));
      write("outbox", rest.length ? JSON.stringify(rest) : null);
      if (!rest.length) return;
    }
    plan(0);
  }

  /** Returns 0 when the item is done, else the milliseconds to wait before the next try. */
  async function post(path, body, leaving) {
    const text = JSON.stringify({ writeKey, sentAt: now(), ...body });
    let asked = 0;
    try {
      if (leaving && !("keepalive" in Request.prototype)) {
        navigator.sendBeacon(edge + path, text);
        return 1000; // no answer to read: stays in the list
      }
      const answer = await fetch(edge + path, {
        method: "POST",
        body: text,
        credentials: "omit",
        keepalive: text.length < KEEPALIVE_CHARS,
      });
      if (answer.ok) return 0;
      if (answer.status < 500 && answer.status != 429 && answer.status != 408) {
        console.warn("kk: refused", path, answer.status);
        return 0;
      }
      const after = answer.headers.get("Retry-After");
      asked = isNaN(after) ? Date.parse(after) - Date.now() : after * 1000;
    } catch {
      // offline, or the page is going away
    }
    const backoff = Math.min(60000, 500 * 2 ** failures++) * (0.5 + Math.random() / 2);
    return Math.max(backoff, Math.min(asked || 0, 600000));
  }

  return { put, flush };
}
