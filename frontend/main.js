// Everything a staff page loads. Charts and drag and drop come as separate parts when a page needs them.
import "./elements/htmx.js";
