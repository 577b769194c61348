import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { TEXTS, TEXT_VERSION } from "./texts.js";

// Every version of the question that a visitor may have agreed to, for ever.
const VERSIONS = {
  "2026-11": "090352c0e1efa724",
};

test("changed words have a new version", () => {
  const hash = createHash("sha256").update(JSON.stringify(TEXTS)).digest("hex").slice(0, 16);
  assert.equal(VERSIONS[TEXT_VERSION], hash, "texts.js changed: give it a new TEXT_VERSION and add it here");
});

test("both languages say the same things", () => {
  assert.deepEqual(Object.keys(TEXTS.de), Object.keys(TEXTS.en));
});
