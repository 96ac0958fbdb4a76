"use strict";
// What the reader has chosen, kept in the address of the page. A set that is null lets everything pass.

function firstChoice(table) {
  const consensus = table.consensuses[0] ?? "";
  const attributes = new Map();
  return { consensus, without: new Set(), structure: null, case: null, status: null, attributes, selected: null };
}

/** The fragment of the address, without "#"; what is as at first is not in it. */
function choiceToHash(choice, first) {
  const words = new URLSearchParams();
  if (choice.consensus !== first.consensus) words.append("consensus", choice.consensus);
  for (const model of choice.without) words.append("without", model);
  for (const name of ["structure", "case", "status"]) appendSet(words, name, choice[name]);
  for (const [name, values] of choice.attributes) appendSet(words, `where ${name}`, values);
  if (choice.selected) words.append("selected", JSON.stringify(choice.selected));
  return words.toString();
}

/** An empty set is one empty word, as no word at all means everything. */
function appendSet(words, name, set) {
  if (!set) return;
  for (const value of set.size ? set : [""]) words.append(name, value);
}

/** Names that the tables do not have are passed over: an address may come from another report. */
function choiceFromHash(hash, table, attributes) {
  const words = new URLSearchParams(hash);
  const choice = firstChoice(table);
  const read = (name, known) => {
    if (!words.has(name)) return null;
    return new Set(words.getAll(name).filter((value) => known.has(value)));
  };
  const consensus = words.get("consensus");
  if (table.consensuses.includes(consensus)) choice.consensus = consensus;
  choice.without = read("without", table.modelNumber) ?? new Set();
  choice.structure = read("structure", table.structureNumber);
  choice.case = read("case", table.caseNumber);
  choice.status = read("status", new Map(Object.entries(STATUS_WORDS)));
  for (const { name, values } of attributes) {
    const chosen = read(`where ${name}`, new Map(values.map((value) => [value, true])));
    if (chosen) choice.attributes.set(name, chosen);
  }
  choice.selected = readSelected(words.get("selected"), table);
  return choice;
}

/** [case, structure or null, model or null] */
function readSelected(text, table) {
  try {
    const [name, structure, model] = JSON.parse(text ?? "null") ?? [];
    if (!table.caseNumber.has(name)) return null;
    return [name, table.structureNumber.has(structure) ? structure : null, table.modelNumber.has(model) ? model : null];
  } catch {
    return null;
  }
}

/** The row that is selected, of the chosen consensus. */
function selectedRow(table, choice) {
  const [name, structure, model] = choice.selected ?? [];
  if (!structure || !model) return null;
  return rowsOfCaseNow(table, choice, name).find((row) => row.structureId === structure && row.model === model) ?? null;
}

/** The rows of one case with the chosen consensus. */
function rowsOfCaseNow(table, choice, name) {
  return [...table.rowsOfCase(table.caseNumber.get(name))]
    .map((row) => rowAt(table, row))
    .filter((row) => row.consensus === choice.consensus);
}
