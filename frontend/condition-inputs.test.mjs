import assert from "node:assert/strict";
import { test } from "node:test";
import { readable } from "./condition-inputs.js";

// The same cases as `test_text.py`: a name reads alike wherever it is made readable.
const NAMES = { cart_id: "Cart id", firstName: "First name", "newsletter-signup": "Newsletter signup", "Loyalty Card Shown": "Loyalty Card Shown", userID: "UserID", _: "_" };

test("names made for programs are made readable", () => {
  for (const [name, said] of Object.entries(NAMES)) assert.equal(readable(name), said);
});
