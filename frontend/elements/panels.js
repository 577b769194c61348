// Related records open beside the page: a click on a link to a record within a record page, Space
// on a row of a list. The panel stands in the address (?panel=…), so that it can be reloaded, sent
// and left with Back or Escape. On phones a link is a link.
import htmx from "./htmx.js";

const WIDE = matchMedia("(min-width: 901px)");
const RECORD = /^\/(crm|engage)\/[a-z-]+\/\d+\/$/;

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(":is(.record, .record-panel) a[href]:not([data-page])");
  const plain = !event.defaultPrevented && !event.button && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || !plain || link.host !== location.host || !open(link.pathname)) return;
  event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  const row = event.target.matches?.("tr[data-url]") && event.target;
  if (event.key !== " " || event.defaultPrevented || !row || !open(new URL(row.dataset.url, location).pathname)) return;
  event.preventDefault();
});

document.addEventListener("close", ({ target }) => {
  if (!target.matches?.(".record-panel") || !wanted()) return;
  history.state?.panel ? history.go(-history.state.panel) : history.replaceState(history.state, "", address(""));
}, true);

addEventListener("popstate", follow);
follow();

function wanted() {
  const path = new URLSearchParams(location.search).get("panel") ?? "";
  return RECORD.test(path) ? path : "";
}

function address(path) {
  const url = new URL(location);
  path ? url.searchParams.set("panel", path) : url.searchParams.delete("panel");
  return url;
}

// `history.state.panel` counts the panels that were opened one from the other: closing leaves all.
function open(path) {
  if (!WIDE.matches || !RECORD.test(path)) return false;
  history.pushState({ panel: (history.state?.panel ?? 0) + 1 }, "", address(path));
  show(path);
  return true;
}

function follow() {
  const path = wanted();
  if (path && !WIDE.matches) return location.replace(path);
  path ? show(path) : document.querySelector(".record-panel")?.close();
}

function show(path) {
  htmx.ajax("GET", `${path}panel/`, { target: "#dialogs", swap: "innerHTML" });
}
