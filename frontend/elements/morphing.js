// What a morphing swap (hx-swap="morph") must not undo: what the user is doing right now, and what
// elements have added to themselves in the browser.
import { Idiomorph } from "idiomorph/dist/idiomorph-ext.esm.js";

const OURS = new Set(["popovertarget", "open", "data-placed"]);

Idiomorph.defaults.ignoreActiveValue = true; // a search goes on while its answer comes

Object.assign(Idiomorph.defaults.callbacks, {
  beforeNodeMorphed(old, fresh) {
    if (!(old instanceof HTMLElement)) return true;
    if (old.matches("kk-grid td:is(.editing, .draft, .saving, .failed)")) return old.dataset.typed === fresh.dataset?.value;
    if (old.matches("kk-inline-edit:has(form), kk-composer:has(textarea:not(:placeholder-shown)), #timeline-panel:has(select > option:not(:first-child):checked, input:not(:placeholder-shown)), form:has(kk-conditions), kk-board.dragging *, .menu:popover-open, .check > input")) return false;
    if (old.matches("kk-chart") && fresh.matches("kk-chart")) {
      old.refresh(fresh);
      return false;
    }
    return true;
  },
  beforeNodeRemoved: (node) => !node.matches?.("kk-grid tr:has(td:is(.editing, .draft, .saving, .failed))"),
  beforeAttributeUpdated: (name) => !OURS.has(name),
});
