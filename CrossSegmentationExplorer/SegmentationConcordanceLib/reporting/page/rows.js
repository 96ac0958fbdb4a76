"use strict";
// The rows of the agreement table as objects, and what follows from them alone.

const NOT_IN_MODEL = "not_in_model";
const GRAVITY = { missing: 0, empty_consensus: 1, truncated: 2, ok: 2, not_in_model: 4 };

/** Rows, and the models, structures and cases in them. Rows hold the numbers of these, by which they are grouped. */
function tableFromColumns(columns) {
  const rows = rowsFromColumns(columns);
  const looks = looksOfModels(distinct(rows.map((row) => row.model)));
  const models = [...looks.keys()];
  const cases = distinct(rows.map((row) => row.case));
  const names = new Map();
  for (const row of rows) if (!names.has(row.structureId)) names.set(row.structureId, row.structure);
  const structures = [...names].map(([id, name]) => ({ id, name, group: groupOfStructure(name) }));
  const [modelNumber, caseNumber] = [numbersOf(models), numbersOf(cases)];
  const structureNumber = numbersOf([...names.keys()]);
  rows.forEach((row, index) => {
    row.index = index;
    row.modelNumber = modelNumber.get(row.model);
    row.caseNumber = caseNumber.get(row.case);
    row.structureNumber = structureNumber.get(row.structureId);
    row.cell = row.structureNumber * models.length + row.modelNumber;
    row.place = row.caseNumber * structures.length + row.structureNumber;
  });
  return { rows, looks, models, cases, structures, modelNumber, caseNumber, structureNumber };
}

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

function numbersOf(names) {
  return new Map(names.map((name, number) => [name, number]));
}

function distinct(values) {
  return [...new Set(values)];
}

function groupBy(rows, keyOf) {
  const groups = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

function hasNoOverlap(row) {
  return row.status === "missing" || row.status === "empty_consensus";
}

function isCompared(row) {
  return row.dice != null || hasNoOverlap(row);
}

/** The Dice that orders rows from bad to good: no overlap counts as 0. */
function badness(row) {
  return hasNoOverlap(row) ? 0 : row.dice;
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
function vocabularyGaps(rows, table) {
  const gaps = new Map();
  const width = table.models.length;
  for (const ofCase of groupBy(rows, (row) => row.caseNumber).values()) {
    const models = distinct(ofCase.map((row) => row.modelNumber));
    const present = new Set(ofCase.map((row) => row.cell));
    for (const structure of distinct(ofCase.map((row) => row.structureNumber))) {
      for (const model of models) {
        const cell = structure * width + model;
        if (present.has(cell)) continue;
        if (!gaps.has(cell)) gaps.set(cell, []);
        gaps.get(cell).push(ofCase[0].case);
      }
    }
  }
  return [...gaps].map(([cell, cases]) => gapRow(table, cell, cases));
}

function gapRow(table, cell, cases) {
  const modelNumber = cell % table.models.length;
  const structureNumber = (cell - modelNumber) / table.models.length;
  const { id, name } = table.structures[structureNumber];
  return {
    structureId: id,
    structure: name,
    model: table.models[modelNumber],
    structureNumber,
    modelNumber,
    cell,
    status: NOT_IN_MODEL,
    case: cases.length === 1 ? cases[0] : `${cases.length} cases`,
  };
}
