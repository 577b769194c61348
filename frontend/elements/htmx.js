// htmx with morphing. Its options stand in the page's <meta name="htmx-config"> (ui/base.html).
import htmx from "htmx.org";
import "idiomorph/dist/idiomorph-ext.esm.js";

window.htmx = htmx;
export default htmx;
