"use strict";
// The agreement table by columns, and a row of it as an object where one is looked at.

const NOT_IN_MODEL = "not_in_model";
const TEXTS = ["case", "series_uid", "structure", "structure_key", "model", "status", "consensus"];
const OFTEN = ["dice", "volume_ml", "volume_ratio"];

/**
 * The table: a row is a number, by which the columns of table.numbers and table.texts are read. Models, cases and
 * structures have numbers of their own; a cell is a structure and a model, a place a case and a structure.
 */
function tableFromColumns(columns, measures) {
  const { count } = columns;
  giveRowsNumbers(["n_models", ...measures.map(({ name }) => name)]);
  const texts = Object.fromEntries(Object.entries(columns.texts).map(([name, one]) => [name, textColumn(one)]));
  const none = { texts: [], index: new Uint8Array(0) };
  for (const name of TEXTS) texts[name] ??= none;
  const { texts: cases, index: caseOf } = texts.case;
  const { looks: given } = columns;
  const table = { count, given, texts, measures, packed: columns.numbers, numbers: {}, cases, caseOf };
  table.consensuses = texts.consensus.texts;
  for (const name of OFTEN) table.numbers[name] = numbersOfTable(table, name) ?? new Float64Array(count).fill(NaN);
  numberModels(table);
  numberStructures(table);
  table.caseNumber = numbersOf(table.cases);
  table.cellOf = new Uint32Array(count);
  table.placeOf = new Uint32Array(count);
  const { cellOf, placeOf, structureOf, modelOf } = table;
  const [models, structures] = [table.models.length, table.structures.length];
  for (let row = 0; row < count; row += 1) {
    cellOf[row] = structureOf[row] * models + modelOf[row];
    placeOf[row] = caseOf[row] * structures + structureOf[row];
  }
  judge(table);
  let ofCase = null;
  table.rowsOfCase = (number) => {
    ofCase ??= rowsByNumber(allNumbers(count), caseOf, table.cases.length);
    return ofCase(number);
  };
  return table;
}

/** A column of numbers; null where the tables have none. Columns that only details show are read when they do. */
function numbersOfTable(table, name) {
  if (!table.numbers[name] && table.packed[name]) table.numbers[name] = numberColumn(table.packed[name]);
  return table.numbers[name] ?? null;
}

function numberModels(table) {
  const { texts, index } = table.texts.model;
  table.looks = looksOfModels(table.given);
  table.models = [...table.looks.keys()];
  table.modelNumber = numbersOf(table.models);
  const number = texts.map((name) => table.modelNumber.get(name));
  table.modelOf = numbersByIndex(new Uint16Array(index.length), index, number);
}

/** Structures are the same by their codes; the name serves where a table has no codes. */
function numberStructures(table) {
  const { structure, structure_key: key } = table.texts;
  const found = new Map();
  const numberOfPair = new Int32Array(Math.max(key.texts.length, 1) * structure.texts.length).fill(-1);
  table.structures = [];
  table.structureOf = new Uint32Array(table.count);
  for (let row = 0; row < table.count; row += 1) {
    const pair = key.index[row] * structure.texts.length + structure.index[row];
    let number = numberOfPair[pair];
    if (number < 0) {
      const name = structure.texts[structure.index[row]];
      const id = key.texts[key.index[row]] || name;
      if (!found.has(id)) found.set(id, table.structures.push({ id, name, number: found.size }) - 1);
      number = found.get(id);
      numberOfPair[pair] = number;
    }
    table.structureOf[row] = number;
  }
  table.structureNumber = found;
}

/**
 * lost: no overlap; badness: the Dice, 0 without overlap, NaN where nothing can be compared; place: in the order "worst
 * first", which agreement/severity.py makes.
 */
function judge(table) {
  const { texts, index } = table.texts.status;
  const isLost = texts.map((status) => Number(status === "missing" || status === "empty_consensus"));
  const isMissing = texts.map((status) => Number(status === "missing"));
  const { dice } = table.numbers;
  table.lost = numbersByIndex(new Uint8Array(index.length), index, isLost);
  table.missing = numbersByIndex(new Uint8Array(index.length), index, isMissing);
  table.badness = dice.slice();
  for (let row = 0; row < table.count; row += 1) if (table.lost[row]) table.badness[row] = 0;
  table.place = numbersOfTable(table, "worst_first") ?? new Float64Array(table.count);
}

/** One row as an object; a value that the table does not have is null. */
class Row {
  constructor(table, index) {
    this.table = table;
    this.index = index;
  }

  get modelNumber() {
    return this.table.modelOf[this.index];
  }

  get structureNumber() {
    return this.table.structureOf[this.index];
  }

  get structureId() {
    return this.table.structures[this.structureNumber].id;
  }

  get cell() {
    return this.table.cellOf[this.index];
  }
}

for (const name of TEXTS) {
  Object.defineProperty(Row.prototype, name, {
    get() {
      const { texts, index } = this.table.texts[name];
      return texts[index[this.index]];
    },
  });
}
/** A row's values of the measures, by their names. */
function giveRowsNumbers(names) {
  for (const name of names) {
    Object.defineProperty(Row.prototype, name, {
      configurable: true,
      get() {
        const value = numbersOfTable(this.table, name)?.[this.index];
        return value === undefined || Number.isNaN(value) ? null : value;
      },
    });
  }
}

/**
 * @typedef {Row & {
 *   case: string, series_uid: string, structure: string, structure_key: string, model: string, status: string,
 *   consensus: string, n_models: number | null, volume_ml: number | null, consensus_volume_ml: number | null,
 *   dice: number | null, jaccard: number | null, volume_ratio: number | null, hd95_mm: number | null,
 *   assd_mm: number | null, nsd: number | null, nsd_tolerance_mm: number | null,
 * }} TableRow
 */

/** @returns {TableRow} */
function rowAt(table, index) {
  return /** @type {TableRow} */ (new Row(table, index));
}

function numbersOf(names) {
  return new Map(names.map((name, number) => [name, number]));
}

function distinct(values) {
  return [...new Set(values)];
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function hasNoOverlap(row) {
  return row.status === "missing" || row.status === "empty_consensus";
}

/** Of some rows, the first in the order "worst first". */
function worstRow(table, rows) {
  let worst = rows[0];
  for (let at = 1; at < rows.length; at += 1) if (isWorse(table, rows[at], worst)) worst = rows[at];
  return worst;
}

function isWorse({ place }, row, other) {
  return place[row] < place[other];
}
