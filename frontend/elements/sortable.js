// Loaded when the first board appears. Only the part of SortableJS that boards use.
import Sortable, { AutoScroll } from "sortablejs/modular/sortable.core.esm.js";

Sortable.mount(new AutoScroll());
export default Sortable;
