import assert from "node:assert/strict";
import { test } from "node:test";
import { translate } from "./signals.js";

test("an article put into the cart is one event with its own properties", () => {
  const items = [{ item_id: "p1", item_name: "Lupe", item_category: "Sehen", sku: "S1", price: 47.6, quantity: 2 }];
  const [[event, properties], ...more] = translate("add_to_cart", { currency: "EUR", value: 95.2, cart_id: "c-1", items });
  assert.equal(event, "Product Added");
  assert.deepEqual(JSON.parse(JSON.stringify(properties)), {
    currency: "EUR", cart_id: "c-1", product_id: "p1", name: "Lupe", category: "Sehen", sku: "S1", price: 47.6, quantity: 2,
  });
  assert.equal(more.length, 0);
});

test("several articles put into the cart are several events", () => {
  const events = translate("add_to_cart", { cart_id: "c-1", items: [{ item_id: "a" }, { item_id: "b" }] });
  assert.deepEqual(events.map(([, properties]) => properties.product_id), ["a", "b"]);
  assert.ok(events.every(([, properties]) => properties.cart_id == "c-1"));
});

test("an order is one event with all its articles", () => {
  const events = translate("purchase", { transaction_id: "B1", value: 10, currency: "EUR", items: [{ item_id: "a" }] });
  assert.equal(events.length, 1);
  const [event, { order_id, total, products }] = events[0];
  assert.deepEqual([event, order_id, total, products[0].product_id], ["Order Completed", "B1", 10, "a"]);
});

test("a search keeps its words and not the name of the entry", () => {
  const [[event, properties]] = translate("search", { event: "search", search_term: "Lupe" });
  assert.equal(event, "Products Searched");
  assert.deepEqual(JSON.parse(JSON.stringify(properties)), { query: "Lupe" });
});

test("what is not known, and what is malformed, is left alone", () => {
  assert.deepEqual(translate("gtm.js", {}), []);
  assert.deepEqual(translate(undefined, undefined), []);
  assert.deepEqual(translate("add_to_cart", {}), []);
  assert.deepEqual(translate("toString", {}), []);
  assert.equal(translate("view_cart", undefined).length, 1);
});
