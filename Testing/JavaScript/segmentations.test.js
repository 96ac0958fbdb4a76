import assert from "node:assert/strict";
import { test } from "node:test";
import { plain, viewerScripts } from "./page_scripts.js";

const byOutput = viewerScripts("segmentations.js")("byOutput");

function seg(id, part, name = "Mine") {
  const AlgorithmParameters = JSON.stringify({ model: name, ...(part && { part }) });
  const segment = {
    SegmentNumber: 1, SegmentAlgorithmName: name, SegmentationAlgorithmIdentificationSequence: { AlgorithmParameters },
  };
  return { displaySetInstanceUID: id, segMetadata: { data: [null, segment] } };
}

const idsOf = (...segs) => plain(byOutput(segs)).map((parts) => parts.map((one) => one.displaySetInstanceUID));

test("the parts of an output are together, and what is no part is alone", () => {
  assert.deepEqual(idsOf(seg("a1", [1, 2]), seg("b"), seg("a2", [2, 2]), seg("c")), [["a1", "a2"], ["b"], ["c"]]);
});

test("two runs of one name, both in parts, are two outputs", () => {
  const [a1, a2, b1, b2] = [seg("a1", [1, 2]), seg("a2", [2, 2]), seg("b1", [1, 2]), seg("b2", [2, 2])];
  assert.deepEqual(idsOf(a1, a2, b1, b2), [["a1", "a2"], ["b1", "b2"]]);
  assert.deepEqual(idsOf(a1, b1, a2, b2), [["a1", "a2"], ["b1", "b2"]]);
});
