// Elements without innerHTML, in a shadow tree that the page's CSS does not reach.

/** Creates an element: properties are set as properties, names with "-" and "role" as attributes. */
export function element(name, properties, ...children) {
  const node = document.createElement(name);
  for (const key in properties) {
    if (/-|role/.test(key)) node.setAttribute(key, properties[key]);
    else node[key] = properties[key];
  }
  node.append(...children.filter(Boolean));
  return node;
}

/** Puts content into a new shadow tree; the sheet is constructed, which a strict CSP allows. */
export function shadow(name, css, content) {
  const host = element(name);
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.append(content);
  return host;
}

// System colours follow the page's own light or dark scheme, and forced colours too.
export const COLOURS =
  ":host{all:initial;color-scheme:inherit;font-family:inherit;--bg:Canvas;--ink:CanvasText;" +
  "--soft:color-mix(in srgb,CanvasText 72%,Canvas);--line:color-mix(in srgb,CanvasText 17%,Canvas);--well:color-mix(in srgb,CanvasText 6%,Canvas)}" +
  "*{box-sizing:border-box;margin:0}button,a{font:inherit;color:inherit;cursor:pointer}" +
  ":focus-visible{outline:2px solid var(--ink);outline-offset:2px}";
