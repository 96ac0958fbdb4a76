"use strict";
// Columns as they are in the page: base64 of little-endian numbers. Plain loops: the arrays' own from, map and filter
// take several times as long on a million rows.

const INDEX_ARRAYS = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array };

function bytesOf(base64) {
  // @ts-ignore: newer than what the checker knows
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** A column of texts: the different ones, and the number of each row's. */
function textColumn(column) {
  return { texts: column.texts, index: new INDEX_ARRAYS[column.bits](bytesOf(column.index).buffer) };
}

/** A column of whole numbers. */
function wholeColumn(base64) {
  return new Uint32Array(bytesOf(base64).buffer);
}

/** A column of numbers, NaN where there is none. */
function numberColumn(base64) {
  const given = new Float32Array(bytesOf(base64).buffer);
  const found = new Float64Array(given.length);
  for (let at = 0; at < given.length; at += 1) found[at] = sevenDigits(given[at]);
  return found;
}

/** The decimal number that a 32-bit float was made from: 0.8 for 0.800000011920929. */
function sevenDigits(value) {
  if (value === 0 || Number.isNaN(value)) return value;
  const size = Math.abs(value);
  const scale = size >= 0.1 && size < 1 ? 1e7 : 10 ** (6 - Math.floor(Math.log10(size)));
  return Math.round(value * scale) / scale;
}

/** A typed array with a number for each of an index, e.g. for each row that of its text. */
function numbersByIndex(made, index, numberOf) {
  for (let at = 0; at < index.length; at += 1) made[at] = numberOf[index[at]];
  return made;
}

/** The numbers below count, or of a typed array, that pass a test. */
function numbersThatPass(from, passes) {
  const isCount = typeof from === "number";
  const all = isCount ? from : from.length;
  const found = new Uint32Array(all);
  let count = 0;
  for (let at = 0; at < all; at += 1) {
    const number = isCount ? at : from[at];
    if (passes(number)) found[count++] = number;
  }
  return found.slice(0, count);
}

/**
 * Rows by a number that each has, from 0 to groups - 1.
 * @returns a function from that number to its rows, in the order of the list; the rows are not to be changed.
 */
function rowsByNumber(rows, numberOf, groups) {
  const start = new Uint32Array(groups + 1);
  for (let at = 0; at < rows.length; at += 1) start[numberOf[rows[at]] + 1] += 1;
  for (let group = 0; group < groups; group += 1) start[group + 1] += start[group];
  const next = start.slice();
  const ordered = new Uint32Array(rows.length);
  for (let at = 0; at < rows.length; at += 1) ordered[next[numberOf[rows[at]]]++] = rows[at];
  return (group) => ordered.subarray(start[group], start[group + 1]);
}

/** The numbers below count. */
function allNumbers(count) {
  const all = new Uint32Array(count);
  for (let at = 0; at < count; at += 1) all[at] = at;
  return all;
}

/** The values of some rows. */
function valuesAt(values, rows) {
  const found = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at += 1) found[at] = values[rows[at]];
  return found;
}

function lowestOf(values, from = Infinity) {
  let lowest = from;
  for (let at = 0; at < values.length; at += 1) if (values[at] < lowest) lowest = values[at];
  return lowest;
}

function highestOf(values, from = -Infinity) {
  let highest = from;
  for (let at = 0; at < values.length; at += 1) if (values[at] > highest) highest = values[at];
  return highest;
}
