import assert from "node:assert/strict";
import { test } from "node:test";
import { pageScripts, plain } from "./page_scripts.js";

const at = pageScripts("columns.js", "elements.js", "rows.js", "choice.js");
const HOSTILE = ["__proto__", "constructor", "toString"];
const names = new Map(HOSTILE.map((name, number) => [name, number]));
const table = {
  consensuses: ["intersection", "majority"], modelNumber: names, structureNumber: names, caseNumber: names,
};
const attributes = HOSTILE.map((name) => ({ name, values: HOSTILE }));

function again(alter) {
  const first = at("firstChoice")(table);
  const choice = at("firstChoice")(table);
  alter(choice);
  const hash = at("choiceToHash")(choice, first);
  return [hash, at("choiceFromHash")(hash, table, attributes)];
}

test("what is as at first is not in the address", () => {
  assert.equal(again(() => {})[0], "");
});

test("a choice comes back from the address, whatever the names are", () => {
  const [, read] = again((choice) => {
    choice.consensus = "majority";
    choice.without.add("constructor");
    choice.structure = new Set(["__proto__"]);
    choice.case = new Set();
    choice.attributes.set("__proto__", new Set(["toString"]));
    choice.selected = ["__proto__", "constructor", "toString"];
  });
  assert.equal(read.consensus, "majority");
  assert.deepEqual([...read.without], ["constructor"]);
  assert.deepEqual([...read.structure], ["__proto__"]);
  assert.equal(read.case.size, 0);
  assert.deepEqual([...read.attributes.get("__proto__")], ["toString"]);
  assert.deepEqual(plain(read.selected), ["__proto__", "constructor", "toString"]);
});

test("names that the tables do not have are passed over", () => {
  const read = at("choiceFromHash")("consensus=other&structure=x&status=nonsense&selected=%5B", table, attributes);
  assert.equal(read.consensus, "intersection");
  assert.equal(read.structure.size, 0);
  assert.equal(read.status.size, 0);
  assert.equal(read.selected, null);
});
