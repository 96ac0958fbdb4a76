"use strict";
// From the choice to the rows that every view shows.

const STRUCTURES_AT_ONCE = 40;
const WORST = 12;

/** All that the views need to know of what is chosen; rows are numbers of rows of the table. */
function makeView(table, caseFacts, choice, cache) {
  const models = table.models.filter((model) => !choice.without.has(model));
  const passes = choiceFilter(table, caseFacts, choice);
  const ofConsensus = cached(cache, choice.consensus, () => rowsOfConsensus(table, choice.consensus));
  const rows = passes.areAll ? ofConsensus.rows : numbersThatPass(ofConsensus.rows, passes.row);
  const compared = passes.areAll ? ofConsensus.compared : comparedRows(table, rows);
  const worst = structuresWorstFirst(table, compared);
  const present = new Set(worst);
  const structures = table.structures.filter((one) => present.has(one));
  return {
    table,
    caseFacts,
    choice,
    models,
    structures,
    rows,
    compared,
    passes: passes.row,
    looks: table.looks,
    gaps: ofConsensus.gaps.filter(passes.gap),
    worst,
    drawn: structures,
    cellAtNumber: cellsOfChoice(table, ofConsensus, passes),
    cells: null,
  };
}

function cached(cache, key, make) {
  if (!cache.has(key)) cache.set(key, make());
  return cache.get(key);
}

function rowsOfConsensus(table, consensus) {
  const { texts, index } = table.texts.consensus;
  const number = texts.indexOf(consensus);
  const isOnly = texts.length === 1;
  const rows = isOnly ? allNumbers(table.count) : numbersThatPass(table.count, (row) => index[row] === number);
  return { rows, gaps: vocabularyGaps(table, rows), compared: comparedRows(table, rows), cells: new Map() };
}

function comparedRows({ badness }, rows) {
  return numbersThatPass(rows, (row) => !Number.isNaN(badness[row]));
}

/** Tests of rows and of vocabulary gaps; a gap stands for several cases and passes for any. */
function choiceFilter(table, caseFacts, choice) {
  const { modelOf, structureOf, caseOf } = table;
  const model = Uint8Array.from(table.models, (name) => Number(!choice.without.has(name)));
  const structure = structuresThatPass(table, choice);
  const ofCase = casesThatPass(table, caseFacts, choice);
  const status = Uint8Array.from(table.texts.status.texts, (one) => Number(!choice.status || choice.status.has(one)));
  const statusOf = table.texts.status.index;
  return {
    areAll: [model, structure, ofCase, status].every(isEveryOne),
    row: (row) =>
      (model[modelOf[row]] & structure[structureOf[row]] & ofCase[caseOf[row]] & status[statusOf[row]]) === 1,
    areAllInCells: [ofCase, status].every(isEveryOne),
    inCell: (row) => (ofCase[caseOf[row]] & status[statusOf[row]]) === 1,
    keyOfCells: `${ofCase.join("")} ${status.join("")}`,
    gap: (gap) =>
      model[gap.modelNumber] && structure[gap.structureNumber] && (!choice.status || choice.status.has(NOT_IN_MODEL)),
  };
}

function isEveryOne(marks) {
  return marks.every((mark) => mark === 1);
}

function structuresThatPass(table, choice) {
  return Uint8Array.from(table.structures, ({ id }) => Number(!choice.structure || choice.structure.has(id)));
}

function casesThatPass(table, caseFacts, choice) {
  const wanted = [...choice.attributes];
  return Uint8Array.from(table.cases, (name) =>
    Number(
      (!choice.case || choice.case.has(name)) &&
        wanted.every(([attribute, values]) => values.has(caseFacts.value(name, attribute) || NOT_KNOWN)),
    ),
  );
}

/** The structures of these rows that can be compared, worst first: in the order of the first row of each. */
function structuresWorstFirst(table, rows) {
  const lowest = new Float64Array(table.structures.length).fill(Infinity);
  const { structureOf, place, badness } = table;
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at];
    const isFirst = place[row] < lowest[structureOf[row]] && !Number.isNaN(badness[row]);
    if (isFirst) lowest[structureOf[row]] = place[row];
  }
  return table.structures
    .filter(({ number }) => lowest[number] < Infinity)
    .sort((a, b) => lowest[a.number] - lowest[b.number]);
}
