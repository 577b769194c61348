// Native dialogs without a script per page:
//   data-opens="id" on a button     opens that dialog
//   data-closes on a button         closes the dialog around it
//   <dialog data-open>              opens by itself, also when htmx brings it (into #dialogs)
//   HX-Trigger: {"dialog:close": ""} closes all
addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  if (event.target.matches?.("dialog.dialog") && outside(event)) event.target.close();
});

document.addEventListener("htmx:load", ({ detail }) => open(detail.elt));
document.addEventListener("dialog:close", () => document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close()));
document.addEventListener("close", ({ target }) => {
  if (target.matches?.("#dialogs > dialog")) target.remove(); // fetched for this once
}, true);

function open(root) {
  const dialogs = root.matches?.("dialog[data-open]") ? [root] : root.querySelectorAll?.("dialog[data-open]") ?? [];
  for (const dialog of dialogs) if (!dialog.open) dialog.showModal();
}

function outside({ target, clientX: x, clientY: y }) {
  const box = target.getBoundingClientRect();
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}
