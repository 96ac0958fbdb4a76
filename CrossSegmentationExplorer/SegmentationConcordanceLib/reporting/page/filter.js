"use strict";
// From the choice to the rows that every view shows.

const STRUCTURES_AT_ONCE = 40;
const WORST = 12;

/** All that the views need to know of what is chosen. */
function makeView(table, caseFacts, choice, cache) {
  const models = table.models.filter((model) => !choice.without.has(model));
  const passes = rowFilter(table, caseFacts, choice);
  const ofConsensus = cached(cache, choice.consensus, () => rowsOfConsensus(table, choice.consensus));
  const rows = ofConsensus.rows.filter(passes);
  const compared = rows.filter(isCompared);
  const present = new Set(compared.map((row) => row.structureNumber));
  const structures = table.structures.filter((_, number) => present.has(number));
  const worst = structuresWorstFirst(compared).map((number) => table.structures[number]);
  return {
    table,
    caseFacts,
    choice,
    models,
    structures,
    rows,
    compared,
    passes,
    looks: table.looks,
    unfiltered: ofConsensus.rows,
    gaps: ofConsensus.gaps.filter((gap) => passes(gap)),
    worst,
    drawn: structures,
  };
}

function cached(cache, key, make) {
  if (!cache.has(key)) cache.set(key, make());
  return cache.get(key);
}

function rowsOfConsensus(table, consensus) {
  const rows = table.rows.filter((row) => row.consensus === consensus);
  return { rows, gaps: vocabularyGaps(rows, table) };
}

/** A test of rows; rows of vocabulary gaps stand for several cases and pass for any. */
function rowFilter(table, caseFacts, choice) {
  const model = table.models.map((name) => !choice.without.has(name));
  const structure = table.structures.map(({ id }) => !choice.structure || choice.structure.has(id));
  const ofCase = casesThatPass(table, caseFacts, choice);
  const { status } = choice;
  return (row) =>
    model[row.modelNumber] &&
    structure[row.structureNumber] &&
    (row.caseNumber === undefined || ofCase[row.caseNumber]) &&
    (!status || status.has(row.status));
}

function casesThatPass(table, caseFacts, choice) {
  const wanted = Object.entries(choice.attributes);
  return table.cases.map(
    (name) =>
      (!choice.case || choice.case.has(name)) &&
      wanted.every(([attribute, values]) => values.has(caseFacts.value(name, attribute) || NOT_KNOWN)),
  );
}

/** Numbers of the structures, the one with the lowest Dice first; no overlap counts as 0. */
function structuresWorstFirst(rows) {
  const lowest = new Map();
  for (const row of rows) {
    const dice = badness(row);
    if (!(lowest.get(row.structureNumber) <= dice)) lowest.set(row.structureNumber, dice);
  }
  return [...lowest].sort(([, a], [, b]) => a - b).map(([number]) => number);
}
