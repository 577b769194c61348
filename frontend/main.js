// Everything a staff page loads. Charts and drag and drop come as separate parts when a page needs them.
import "./elements/htmx.js";
import "./elements/morphing.js";
import "./elements/busy.js";
import "./elements/dialogs.js";
import "./elements/panels.js";
import "./elements/kk-board.js";
import "./elements/kk-chart.js";
import "./elements/kk-conditions.js";
import "./elements/kk-inline-edit.js";
import "./elements/kk-list.js";
import "./elements/kk-menu.js";
import "./elements/kk-offer-preview.js";
import "./elements/kk-palette.js";
import "./elements/kk-shortcuts.js";
import "./elements/kk-theme.js";
import "./elements/kk-time.js";
import "./elements/kk-toast.js";
