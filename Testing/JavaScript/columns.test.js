import assert from "node:assert/strict";
import { test } from "node:test";
import { pageScripts, plain } from "./page_scripts.js";

const at = pageScripts("columns.js");
const base64 = (array) => Buffer.from(array.buffer).toString("base64");

test("a column of texts has an index for each row", () => {
  const { texts, index } = at("textColumn")({
    texts: ["a", "b"], bits: 16, index: base64(new Uint16Array([1, 0, 1])),
  });
  assert.deepEqual([...index].map((number) => texts[number]), ["b", "a", "b"]);
});

test("a 32-bit float is the decimal number that it was made from", () => {
  const made = [0.8, 1 / 3, 1234.567, 1e-9, 0, -0.1, NaN];
  const read = [...at("numberColumn")(base64(new Float32Array(made)))];
  assert.deepEqual(read, [0.8, 0.3333333, 1234.567, 1e-9, 0, -0.1, NaN]);
});

test("rows are handed out by the number that each has, in their order", () => {
  const rowsOf = at("rowsByNumber")([3, 1, 2, 0], [7, 0, 2, 0], 8);
  assert.deepEqual([0, 2, 5, 7].map((number) => plain(Array.from(rowsOf(number)))), [[3, 1], [2], [], [0]]);
});

test("of no numbers the lowest is infinite", () => {
  assert.equal(at("lowestOf")([]), Infinity);
  assert.equal(at("highestOf")([2, 9, 4]), 9);
});
