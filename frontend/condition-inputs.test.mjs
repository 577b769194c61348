import assert from "node:assert/strict";
import { test } from "node:test";
import { figure, readable } from "./condition-inputs.js";

// The same cases as `test_text.py`: a name reads alike wherever it is made readable.
const NAMES = { cart_id: "Cart id", firstName: "First name", "newsletter-signup": "Newsletter signup", "Loyalty Card Shown": "Loyalty Card Shown", userID: "UserID", _: "_" };

test("names made for programs are made readable", () => {
  for (const [name, said] of Object.entries(NAMES)) assert.equal(readable(name), said);
});

// As in records/tests/test_parsing.py: what is typed means the same here and there.
const TYPED = {
  de: { "20.000": 20000, "20000,50": 20000.5, "1.234.567,8": 1234567.8, "2.5": 2.5, "1.000": 1000, "-3": -3, "1,5": 1.5, "": undefined, "zwei": undefined, "1,2,3": undefined },
  en: { "20,000": 20000, "20000.50": 20000.5, "2,5": 2.5, "1,000": 1000, "x": undefined },
};

test("numbers are read in the language of the page", () => {
  for (const [language, typed] of Object.entries(TYPED))
    for (const [text, number] of Object.entries(typed)) assert.equal(figure(text, language), number, `${language} ${text}`);
});
