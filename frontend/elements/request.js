import htmx from "./htmx.js";

/**
 * Send through htmx, so that CSRF header, swaps and toasts of the answer apply as everywhere.
 * Resolves, never rejects: {ok, status, text, explained}. `explained` says that the answer itself
 * tells the user what happened (a toast, or a form put elsewhere on the page).
 */
export function send(method, url, { source, values = {}, target = source, swap = "none" }) {
  return new Promise((resolve) => {
    const done = (event) => {
      const { elt, requestConfig: sent } = event.detail;
      if (elt !== source && sent?.elt !== source) return;
      if (sent?.path !== url || sent.verb.toLowerCase() !== method.toLowerCase()) return; // another one of the same element
      source.removeEventListener("htmx:afterRequest", done);
      const { xhr } = event.detail;
      const header = (name) => xhr.getResponseHeader(name) ?? "";
      resolve({
        ok: xhr.status >= 200 && xhr.status < 300,
        status: xhr.status,
        text: xhr.responseText,
        explained: header("HX-Trigger").includes("toast") || header("HX-Retarget") !== "",
      });
    };
    source.addEventListener("htmx:afterRequest", done);
    htmx.ajax(method, url, { source, values, target, swap }).catch(() => {}); // the event has told
  });
}

/** Show a toast: {text, tone, undo_url}. Without a text the general "did not work" is shown. */
export function toast(detail) {
  document.dispatchEvent(new CustomEvent("toast", { detail }));
}
