// Segment's own client for servers, unchanged, reporting to our collector.
//   node analytics_node.mjs HOST WRITE_KEY VISITOR CUSTOMER COUNT
import { Analytics } from "@segment/analytics-node";

const [host, writeKey, visitor, customer, count] = process.argv.slice(2);
const analytics = new Analytics({ writeKey, host, maxEventsInBatch: 25, flushInterval: 100, maxRetries: 12 });
const seen = { requests: 0, errors: [] };
analytics.on("http_request", () => seen.requests++);
analytics.on("error", (error) => seen.errors.push(String(error.reason || error.code)));

analytics.page({ anonymousId: visitor, name: "Home", properties: { url: "https://shop.example/" } });
for (let number = 0; number < Number(count); number++) {
  analytics.track({
    anonymousId: visitor,
    event: "Product Added",
    properties: { cart_id: "c1", name: "Lesebrille “Köln”", price: 19.99, quantity: 2, currency: "EUR" },
  });
}
analytics.identify({ anonymousId: visitor, userId: customer, traits: { firstName: "Jürgen", createdAt: new Date(0) } });
analytics.group({ userId: customer, groupId: "optik-ag", traits: { name: "Optik AG" } });
analytics.screen({ userId: customer, name: "Profile" });
analytics.alias({ userId: customer, previousId: visitor });
analytics.track({
  userId: customer,
  event: "Order Completed",
  properties: { order_id: `order of ${customer}`, total: 39.98, tax: 6.38, currency: "EUR", products: [{ sku: "L-1", quantity: 2, price: 16.8 }] },
  timestamp: new Date(Date.now() - 60000),
});
await analytics.closeAndFlush({ timeout: 20000 });
console.log(JSON.stringify(seen));
