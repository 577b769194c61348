import assert from "node:assert/strict";
import { test } from "node:test";
import { parsed, quoted } from "./tsv.js";

const CASES = {
  "one cell": ["Optik", [["Optik"]]],
  "rows by Windows, with the break at the end": ["A\t1\r\nB\t2\r\n", [["A", "1"], ["B", "2"]]],
  "rows by Unix, the last one empty on purpose": ["A\n\n", [["A"], [""]]],
  "empty cells": ["\t\tC\n\t\t", [["", "", "C"], ["", "", ""]]],
  "lines, tabs and quotes in a cell": ['"a\nb"\t"c\td"\t"say ""hi"""', [["a\nb", "c\td", 'say "hi"']]],
  "a quote that only begins a cell": ['12" rack\t"x', [['12" rack', '"x']]],
  "rows of different lengths": ["A\tB\nC", [["A", "B"], ["C"]]],
  "nothing": ["", []],
};

for (const [name, [text, cells]] of Object.entries(CASES)) test(name, () => assert.deepEqual(parsed(text), cells));

test("what is copied is read again as it was", () => {
  const cells = [["a\tb", 'x"y', "two\nlines", "", "plain"], ['"', " ", "1.250,00 €", "\r", "end"]];
  assert.deepEqual(parsed(cells.map((row) => row.map(quoted).join("\t")).join("\r\n")), cells);
});
