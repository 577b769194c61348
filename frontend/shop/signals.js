// Signals that the shop gives anyway: attributes on elements, and the dataLayer of other tools.
const NAMES = {
  __proto__: null, // so that no word of the language itself is an event
  view_item_list: "Product List Viewed",
  view_item: "Product Viewed",
  search: "Products Searched",
  add_to_cart: "Product Added",
  remove_from_cart: "Product Removed",
  view_cart: "Cart Viewed",
  begin_checkout: "Checkout Started",
  purchase: "Order Completed",
};
const ONE_EACH = /^(view_item|add_to_cart|remove_from_cart)$/;

/** Translates one dataLayer event; returns a list of [event, properties]. */
export function translate(name, ecommerce) {
  const event = NAMES[name];
  if (!event) return [];
  const { items, transaction_id: order_id, search_term: query, value, event: _, ...rest } = ecommerce || {};
  const products = [].concat(items || []).map(({ item_id, item_name, item_brand, item_category, item_variant, ...more }) => ({
    product_id: item_id,
    name: item_name,
    brand: item_brand,
    category: item_category,
    variant: item_variant,
    ...more,
  }));
  if (ONE_EACH.test(name)) return products.map((product) => [event, { ...rest, ...product }]);
  return [[event, { ...rest, query, order_id, [order_id ? "total" : "value"]: value, products: items && products }]];
}

/**
 * Listens to the page from now on and reads what its dataLayer holds already.
 * @param {function(string, object): void} track
 */
export function listen(track) {
  const onElement = (event) => {
    const node = event.target.closest && event.target.closest("[data-track]");
    if (!node || (node.tagName == "FORM") != (event.type == "submit")) return;
    let properties;
    try {
      properties = JSON.parse(node.dataset.trackProperties || "{}");
    } catch {
      console.warn("kk: data-track-properties is not JSON", node);
    }
    track(node.dataset.track, properties);
  };
  addEventListener("click", onElement, true);
  addEventListener("submit", onElement, true);

  const layer = (window.dataLayer = window.dataLayer || []);
  const take = (entry) => {
    if (!entry) return;
    const [name, data] = entry[0] == "event" ? [entry[1], entry[2]] : [entry.event, entry.ecommerce || entry];
    for (const [event, properties] of translate(name, data)) track(event, properties);
  };
  Array.from(layer).forEach(take);
  const push = layer.push;
  layer.push = (...entries) => {
    const length = push.apply(layer, entries);
    entries.forEach(take);
    return length;
  };
}
