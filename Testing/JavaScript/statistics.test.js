import assert from "node:assert/strict";
import { test } from "node:test";
import { pageScripts, plain } from "./page_scripts.js";

const at = pageScripts("columns.js", "statistics.js");
const [quantile, mean, distribution, clusterOrder] = ["quantile", "mean", "distribution", "clusterOrder"].map(at);

test("a quantile is linear between its neighbours", () => {
  // numpy.quantile([1, 2, 4, 8], p)
  assert.equal(quantile([1, 2, 4, 8], 0.25), 1.75);
  assert.equal(quantile([1, 2, 4, 8], 0.5), 3);
  assert.equal(quantile([1, 2, 4, 8], 1), 8);
  assert.equal(quantile([5], 0.75), 5);
});

test("a distribution sorts its numbers and leaves its input alone", () => {
  const values = [0.9, 0.5, 0.7];
  assert.deepEqual(plain(distribution(values)), {
    n: 3, lowest: 0.5, lower: 0.6, median: 0.7, upper: 0.8, highest: 0.9, mean: mean([0.5, 0.7, 0.9]),
  });
  assert.deepEqual(values, [0.9, 0.5, 0.7]);
});

test("nothing has no distribution", () => {
  assert.equal(distribution([]), null);
});

test("those that are near stand side by side", () => {
  // 0 and 2 are near, 1 and 3 are; the ends that meet are the nearest of all: 2 and 1.
  const apart = new Map([["02", 0.1], ["13", 0.1], ["12", 0.4], ["01", 0.8], ["03", 0.9], ["23", 0.7]]);
  const distance = (a, b) => apart.get([a, b].sort().join(""));
  assert.ok(["0,2,1,3", "3,1,2,0"].includes(clusterOrder(4, distance).join()));
});

test("a distance that is not known counts as 1", () => {
  const order = clusterOrder(3, (a, b) => (a + b === 2 ? 0.5 : null));
  assert.ok(Math.abs(order.indexOf(0) - order.indexOf(2)) === 1);
  assert.deepEqual(plain(clusterOrder(0, () => 0)), []);
});
