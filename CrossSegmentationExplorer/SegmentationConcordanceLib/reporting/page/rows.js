"use strict";
// The rows of the agreement table as objects, and what follows from them alone.

const NOT_IN_MODEL = "not_in_model";
const GRAVITY = { missing: 0, empty_consensus: 1, truncated: 2, ok: 2, not_in_model: 4 };

function rowsFromColumns(columns) {
  const names = Object.keys(columns);
  const count = columns.case ? columns.case.index.length : 0;
  const cell = (column, index) => (column.texts ? column.texts[column.index[index]] : column[index]);
  return Array.from({ length: count }, (_, index) => {
    const row = {};
    for (const name of names) row[name] = cell(columns[name], index);
    // Structures are the same by their codes; the name serves where a table has no codes.
    row.structureId = row.structure_key || row.structure;
    return row;
  });
}

function distinct(values) {
  return [...new Set(values)];
}

function groupBy(rows, keyOf) {
  const groups = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  }
  return groups;
}

function hasNoOverlap(row) {
  return row.status === "missing" || row.status === "empty_consensus";
}

function isCompared(row) {
  return row.dice != null || hasNoOverlap(row);
}

/** Missing, no overlap, rising Dice, no Dice, not in the model. */
function worstFirst(a, b) {
  const gravity = rankOf(a) - rankOf(b);
  return gravity || (a.dice ?? 2) - (b.dice ?? 2);
}

function rankOf(row) {
  return row.dice == null && !hasNoOverlap(row) && row.status !== NOT_IN_MODEL ? 3 : GRAVITY[row.status];
}

/**
 * The structures that a model does not know, one row per structure and model.
 * A model that knows a structure has a row in every case where somebody found it, so that a lacking row in a case
 * where the model took part says that it does not know the structure.
 */
function vocabularyGaps(rows) {
  const gaps = new Map();
  for (const [name, ofCase] of groupBy(rows, (row) => row.case)) {
    const models = distinct(ofCase.map((row) => row.model));
    for (const [id, ofStructure] of groupBy(ofCase, (row) => row.structureId)) {
      const present = new Set(ofStructure.map((row) => row.model));
      for (const model of models.filter((one) => !present.has(one))) {
        const key = JSON.stringify([id, model]);
        if (!gaps.has(key)) gaps.set(key, { structureId: id, structure: ofStructure[0].structure, model, cases: [] });
        gaps.get(key).cases.push(name);
      }
    }
  }
  return [...gaps.values()].map(({ cases, ...gap }) => ({
    ...gap,
    status: NOT_IN_MODEL,
    case: cases.length === 1 ? cases[0] : `${cases.length} cases`,
  }));
}
