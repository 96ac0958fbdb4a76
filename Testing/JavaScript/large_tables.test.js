import assert from "node:assert/strict";
import { test } from "node:test";
import { pageScripts, plain } from "./page_scripts.js";

const scripts = ["columns", "statistics", "rows", "cells", "elements", "case_facts", "table"];
const at = pageScripts(...scripts.map((name) => `${name}.js`));
const lowestKeys = (keys, limit) => plain(at("lowestKeys")(Float64Array.from(keys), limit));

/** Numbers that look drawn, the same at every run. */
function drawn(count, different) {
  let state = 1;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return state % different;
  });
}

test("the lowest keys come in rising order, equal ones as they stand", () => {
  for (const keys of [drawn(5000, 40), drawn(5000, 1e6), drawn(5000, 1), drawn(5000, 1e6).sort((a, b) => b - a)]) {
    const all = keys.map((_, row) => row).sort((a, b) => keys[a] - keys[b] || a - b);
    assert.deepEqual(lowestKeys(keys, 100), all.slice(0, 100));
  }
});

test("keys that are no number come last, and only where there is room", () => {
  assert.deepEqual(lowestKeys([NaN, 3, NaN, 1], 2), [3, 1]);
  assert.deepEqual(lowestKeys([NaN, 3, NaN, 1], 3), [3, 1, 0]);
  assert.deepEqual(lowestKeys([NaN, NaN, NaN, 5], 2), [3, 0]);
  assert.deepEqual(lowestKeys([2, NaN, 1], 9), [2, 0, 1]);
});

test("a list or a count is passed through a test, into numbers", () => {
  const odd = (number) => number % 2 === 1;
  assert.deepEqual(plain(Array.from(at("numbersThatPass")(6, odd))), [1, 3, 5]);
  assert.deepEqual(plain(Array.from(at("numbersThatPass")(Uint32Array.of(9, 4, 7), odd))), [9, 7]);
});

/** Two structures by two models on three cases; the Dice of the last row is not known. */
function smallTable() {
  return {
    models: ["A", "B"], modelNumber: new Map([["A", 0], ["B", 1]]), structures: [{ number: 0 }, { number: 1 }],
    cellOf: Uint32Array.of(0, 1, 2, 3, 0, 1, 2, 3, 0), place: Float64Array.of(5, 4, 3, 2, 1, 0, 6, 7, 8),
    numbers: { dice: Float64Array.of(0.5, 0.9, 0.8, 0.7, 0.25, NaN, 0.6, 0.5, 0.75) },
    missing: Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0), lost: Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0),
  };
}

test("cells are kept while only models and structures change, and made anew for other cases", () => {
  const table = smallTable();
  const ofConsensus = { cells: new Map(), compared: Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8) };
  const every = { keyOfCells: "all", areAllInCells: true, inCell: () => true };
  const cellAt = at("cellsOfChoice")(table, ofConsensus, every);
  const cell = cellAt(0);
  assert.deepEqual([cell.n, cell.median, cell.lowest, cell.worst], [3, 0.5, 0.25, 4]);
  assert.deepEqual([cellAt(1).n, cellAt(1).none, Array.from(cellAt(1).missing)], [1, 1, [5]]);
  assert.equal(at("cellsOfChoice")(table, ofConsensus, every)(0), cell);
  const first = { keyOfCells: "first", areAllInCells: false, inCell: (row) => row < 4 };
  assert.equal(at("cellsOfChoice")(table, ofConsensus, first)(0).median, 0.5);
  assert.equal(at("cellsOfChoice")(table, ofConsensus, first)(0).n, 1);
  const none = { keyOfCells: "none", areAllInCells: false, inCell: () => false };
  assert.equal(at("cellsOfChoice")(table, ofConsensus, none)(0), null);
  assert.equal(at("cellsOfChoice")(table, ofConsensus, every)(0), cell);
  assert.equal(ofConsensus.cells.size, 2);
});

test("the numbers of an index are those of its texts", () => {
  const made = at("numbersByIndex")(new Int32Array(3), Uint8Array.of(2, 0, 2), [7, 8, -1]);
  assert.deepEqual(Array.from(made), [-1, 7, -1]);
});
