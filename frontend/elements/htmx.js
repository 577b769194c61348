// htmx with morphing. Its options stand in the page's <meta name="htmx-config"> (ui/base.html): of the
// attributes it carries over for a transition only classes, since a style attribute that a script or
// the browser has set may not be written again under our content security policy.
import htmx from "htmx.org";
import "idiomorph/dist/idiomorph-ext.esm.js";

window.htmx = htmx;
export default htmx;
