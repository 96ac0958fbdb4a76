"use strict";
// The cells of structure and model: how the cases of each are spread. The matrix and the Dice plot show them.

/** Cells of a view by their number; made once per view. */
function cellsOf(view) {
  view.cells ??= makeCells(view);
  return view.cells;
}

function makeCells({ table, compared }) {
  const count = table.structures.length * table.models.length;
  const rowsOf = rowsByNumber(compared, table.cellOf, count);
  const cells = new Map();
  for (let cell = 0; cell < count; cell += 1) {
    const rows = rowsOf(cell);
    if (rows.length) cells.set(cell, makeCell(table, cell, rows));
  }
  return cells;
}

/** n counts the cases with a Dice, of which those without consensus are 0; none the missing ones, that have none. */
function makeCell(table, cell, rows) {
  const { dice } = table.numbers;
  const values = valuesAt(dice, rows).filter((value) => !Number.isNaN(value));
  let [none, lost] = [0, 0];
  for (const row of rows) {
    none += table.missing[row];
    lost += table.lost[row];
  }
  const model = cell % table.models.length;
  return {
    ...distribution(values),
    cell,
    rows,
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
