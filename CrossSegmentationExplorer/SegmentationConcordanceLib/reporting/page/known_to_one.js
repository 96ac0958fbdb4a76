"use strict";
// The structures that one model alone knows, for the map: there is no Dice, and no other model to hold it against.

/** Those that pass the filters, in the order of the findings that name them, then of the table; and their cells. */
function knownToOne(view, findings) {
  const { table } = view;
  const cells = new Map([...rowsOfOne(view)].map(([number, rows]) => [number, makeCell(table, number, rows)]));
  const named = findings.flatMap(({ structures }) => structures);
  const rank = ({ id }) => (named.includes(id) ? named.indexOf(id) : named.length);
  const structures = distinct([...cells.values()].map(({ structure }) => structure));
  structures.sort((a, b) => rank(a) - rank(b) || a.number - b.number);
  const cellAt = ({ number }, model) => cells.get(number * table.models.length + table.modelNumber.get(model));
  return { structures, cellAt };
}

/** By the number of the cell. A structure that is compared in one of the cases that pass is not among them. */
function rowsOfOne({ table, rows, structures }) {
  const models = numbersOfTable(table, "n_models");
  if (!models) return new Map();
  const compared = new Set(structures.map(({ number }) => number));
  const ofOne = numbersThatPass(rows, (row) => models[row] === 1 && !compared.has(table.structureOf[row]));
  return groupBy([...ofOne], (row) => table.cellOf[row]);
}
