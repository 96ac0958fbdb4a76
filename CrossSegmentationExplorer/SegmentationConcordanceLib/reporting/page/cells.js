"use strict";
// The cells of structure and model: how the cases of each are spread. The matrix and the Dice plot show them.

/** Cells of a view by their number; made once per view. */
function cellsOf(view) {
  view.cells ??= makeCells(view);
  return view.cells;
}

function makeCells({ table, structures, models, cellAtNumber }) {
  const cells = new Map();
  for (const structure of structures) {
    for (const model of models) {
      const number = structure.number * table.models.length + table.modelNumber.get(model);
      const cell = cellAtNumber(number);
      if (cell) cells.set(number, cell);
    }
  }
  return cells;
}

/**
 * From the number of a cell to the cell; null where it has no rows. Which models and structures are chosen takes cells
 * away and leaves the others as they are, so they are kept: those of the first choice of cases, and of the last one.
 */
function cellsOfChoice(table, { cells: kept, compared }, passes) {
  const key = passes.keyOfCells;
  if (!kept.has(key)) {
    for (const former of [...kept.keys()].slice(1)) kept.delete(former);
    const rows = () => (passes.areAllInCells ? compared : numbersThatPass(compared, passes.inCell));
    kept.set(key, cellsOfRows(table, rows));
  }
  return kept.get(key);
}

function cellsOfRows(table, rows) {
  const count = table.structures.length * table.models.length;
  const made = new Map();
  let rowsOf = null;
  return (number) => {
    rowsOf ??= rowsByNumber(rows(), table.cellOf, count);
    if (!made.has(number)) {
      const own = rowsOf(number);
      made.set(number, own.length ? makeCell(table, number, own) : null);
    }
    return made.get(number);
  };
}

/**
 * n counts the cases with a Dice, of which those without consensus are 0; none the missing ones, that have none;
 * missing: their rows.
 */
function makeCell(table, cell, rows) {
  const { dice } = table.numbers;
  const values = valuesAt(dice, numbersThatPass(rows, (row) => !Number.isNaN(dice[row])));
  const missing = numbersThatPass(rows, (row) => table.missing[row] === 1);
  const none = missing.length;
  let lost = 0;
  for (let at = 0; at < rows.length; at += 1) lost += table.lost[rows[at]];
  const model = cell % table.models.length;
  return {
    ...distribution(values),
    cell,
    missing,
    structure: table.structures[(cell - model) / table.models.length],
    model: table.models[model],
    worst: worstRow(table, rows),
    none,
    empty: lost - none,
    isLost: lost === rows.length,
    cases: rows.length,
  };
}

function cellAt(view, structure, model) {
  const { modelNumber, models } = view.table;
  return cellsOf(view).get(structure.number * models.length + modelNumber.get(model));
}
