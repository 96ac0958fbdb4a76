"use strict";
// The table of all rows and of the vocabulary gaps: find, sort, and the first lines of what is left.

const ROWS_AT_FIRST = 100;
// More would fill more paper than anybody reads; the table as CSV has them all.
const ROWS_ON_PAPER = 5000;
const TEXT_COLUMNS = [
  { name: "case", heading: "Case" },
  { name: "structure", heading: "Structure", text: (row) => readable(row.structure) },
  { name: "model", heading: "Model" },
  { name: "status", heading: "Status", text: (row) => STATUS_WORDS[row.status] },
];
// The rest of the measures follow as agreement/measures.py has them.
const MEASURES_FIRST = ["dice", "volume_ratio", "volume_ml", "consensus_volume_ml", "hd95_mm", "assd_mm", "nsd"];
// What follows from another column is in the table that is saved.
const MEASURES_SAVED_ONLY = ["jaccard", "nsd_tolerance_mm"];
const SHOWN_AS = new Map([
  ["volume_ratio", { heading: "Consensus share (%)", number: percent }],
  ["volume_ml", { number: milliliters }],
  ["consensus_volume_ml", { heading: "Consensus (ml)", number: milliliters }],
]);
const MODELS_COLUMN = {
  name: "n_models",
  heading: "Models",
  number: (value) => (value == null ? "" : String(value)),
};

/** The columns of the table: texts, the measures that its rows have, and how many models know the structure. */
function columnsOf({ measures, packed }) {
  const rank = (name) => (MEASURES_FIRST.includes(name) ? MEASURES_FIRST.indexOf(name) : MEASURES_FIRST.length);
  const numbers = measures
    .filter(({ name }) => packed[name] && !MEASURES_SAVED_ONLY.includes(name))
    .sort((a, b) => rank(a.name) - rank(b.name))
    .map(({ name, heading, digits, sentence }) => ({
      name,
      heading,
      sentence,
      number: (value) => fixed(value, digits),
      ...SHOWN_AS.get(name),
    }));
  return [...TEXT_COLUMNS, ...numbers, ...(packed.n_models ? [MODELS_COLUMN] : [])];
}

function percent(value) {
  return value == null ? "" : fixed(100 * value, 1);
}

/** The table as a view; it finds words in what the filters of the page let pass. */
function makeTable(change) {
  const state = { sort: null, descending: false, limit: ROWS_AT_FIRST, change };
  const show = () => {
    state.found = foundLines(state, state.limit);
    showTable(state);
  };
  byId("find").addEventListener("input", () => {
    state.limit = ROWS_AT_FIRST;
    show();
  });
  byId("show-all").addEventListener("click", () => {
    state.limit = Infinity;
    show();
  });
  const draw = (view) => {
    state.view = view;
    state.columns = columnsOf(view.table);
    makeHead(state, show);
    show();
  };
  const select = (view) => {
    state.view = view;
    showTable(state);
  };
  const print = (on) => {
    state.found = foundLines(state, on ? Math.max(ROWS_ON_PAPER, state.limit) : state.limit);
    showTable(state);
  };
  return { id: "rows", draw, select, print, csv: () => rowsCsv(state) };
}

function rowsCsv(state) {
  const names = ["series_uid", "structure_key", "consensus", "jaccard", "nsd_tolerance_mm"];
  const header = [...columnsOf(state.view.table).map(({ name }) => name), ...names];
  const { lines } = foundLines(state, Infinity);
  return [header, ...lines.map((row) => header.map((name) => row[name]))];
}

function makeHead(state, show) {
  const headings = state.columns.map((column) => {
    const button = element("button", { type: "button" }, column.heading);
    button.addEventListener("click", () => {
      state.descending = state.sort === column && !state.descending;
      state.sort = column;
      show();
    });
    const title = column.sentence ? { title: column.sentence } : {};
    return element("th", { scope: "col", class: column.number ? "number" : "text", ...title }, button);
  });
  byId("rows").tHead.replaceChildren(element("tr", {}, ...headings));
}

function showTable(state) {
  const { lines: shown, count } = state.found;
  const all = state.view.rows.length + state.view.gaps.length;
  const isEmpty = shown.length === 0 && state.view.table.count > 0;
  const body = isEmpty ? [emptyRow(state.columns.length)] : shown.map((row) => tableRow(row, state));
  redrawTable(byId("rows"), () => byId("rows").tBodies[0].replaceChildren(...body));
  [...byId("rows").tHead.rows[0].cells].forEach((cell, index) => {
    const direction = state.descending ? "descending" : "ascending";
    cell.setAttribute("aria-sort", state.columns[index] === state.sort ? direction : "none");
  });
  const order = state.sort ? "" : ", worst first";
  const part = shown.length < count ? `; the first ${shown.length} are shown` : "";
  byId("row-count").textContent =
    `${count.toLocaleString("en")} of ${plural(all, "row")}${order}${part}.`;
  byId("show-all").hidden = shown.length === count;
  byId("show-all").textContent = `Show all ${plural(count, "row")}`;
}

/** What stands in a table that shows nothing, and how to see something again. */
function emptyRow(columns) {
  const words = byId("find").value.trim();
  const said = words ? `Nothing has the words \u201c${words}\u201d. Empty the field to see all rows.` : NOTHING_PASSES;
  return element("tr", { class: "nothing-found" }, element("td", { colspan: columns }, said));
}

/** Rows and gaps in which all words are found, in order, at most so many of them, and how many there are. */
function foundLines(state, limit) {
  const { view } = state;
  const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = words.length ? numbersThatPass(view.rows, wordFilter(view, words)) : view.rows;
  const gaps = view.gaps.filter((gap) => {
    const text = [gap.case, gap.structure, readable(gap.structure), gap.model, STATUS_WORDS[gap.status]].join(" ");
    return words.every((word) => text.toLowerCase().includes(word));
  });
  const count = rows.length + gaps.length;
  const keys = new Float64Array(count);
  const keyOf = lineKey(state);
  for (let at = 0; at < rows.length; at += 1) keys[at] = keyOf(rows[at]);
  gaps.forEach((gap, at) => {
    keys[rows.length + at] = lineKeyOfGap(state, gap);
  });
  const first = lowestKeys(keys, limit);
  return { count, lines: first.map((at) => (at < rows.length ? rowAt(view.table, rows[at]) : gaps[at - rows.length])) };
}

/** Whether a row has all words, found once in each of the different names. */
function wordFilter({ table, caseFacts }, words) {
  const { case: names, structure, model, status } = table.texts;
  const columns = [
    [names, (text) => `${text} ${caseFacts.label(text)}`],
    [structure, (text) => `${text} ${readable(text)}`],
    [model, (text) => text],
    [status, (text) => `${text} ${STATUS_WORDS[text]}`],
  ];
  const has = columns.map(([{ texts }, whole]) => {
    const lower = texts.map((text) => whole(text).toLowerCase());
    return words.map((word) => Uint8Array.from(lower, (text) => Number(text.includes(word))));
  });
  return (row) => words.every((_, word) => columns.some(([{ index }], column) => has[column][word][index[row]]));
}

/**
 * A number by which rows are put in order. Without a column: worst first, then what is not in the model. NaN comes last
 * in either direction.
 */
function lineKey({ sort, descending, view }) {
  const { table } = view;
  if (!sort) return (row) => table.place[row];
  const sign = descending ? -1 : 1;
  if (sort.number) {
    const values = numbersOfTable(table, sort.name);
    return (row) => sign * values[row];
  }
  const { texts, index } = table.texts[sort.name];
  const rank = ranksOf(texts);
  return (row) => sign * rank[index[row]];
}

function lineKeyOfGap({ sort, descending, view }, gap) {
  if (!sort) return view.table.count;
  if (sort.number) return NaN;
  const { texts } = view.table.texts[sort.name];
  const before = texts.filter((text) => naturalOrder(text, gap[sort.name]) < 0).length;
  const rank = texts.includes(gap[sort.name]) ? before : before - 0.5;
  return descending ? -rank : rank;
}

function ranksOf(texts) {
  const ranks = new Float64Array(texts.length);
  texts
    .map((text, number) => [text, number])
    .sort(([a], [b]) => naturalOrder(a, b))
    .forEach(([, number], rank) => {
      ranks[number] = rank;
    });
  return ranks;
}

/** Where the lowest keys are, in rising order; equal ones as they come. Only so many are put in order. */
function lowestKeys(keys, limit) {
  // Infinity minus Infinity is no order.
  const rising = (a, b) => (keys[a] === keys[b] ? a - b : keys[a] - keys[b]);
  for (let at = 0; at < keys.length; at += 1) if (Number.isNaN(keys[at])) keys[at] = Infinity;
  if (limit >= keys.length) return Array.from(keys, (_, at) => at).sort(rising);
  // The lowest so far, now and then put in order and cut; what is above the last of them is passed over.
  let lowest = [];
  let border = NaN;
  for (let at = 0; at < keys.length; at += 1) {
    if (keys[at] >= border) continue;
    lowest.push(at);
    if (lowest.length < 2 * limit) continue;
    lowest = lowest.sort(rising).slice(0, limit);
    border = keys[lowest[limit - 1]];
  }
  return lowest.sort(rising).slice(0, limit);
}

function tableRow(row, { columns, view, change }) {
  const cells = columns.map((column) => {
    if (column.number) {
      const value = row[column.name];
      return element("td", { class: "number", title: value ?? "no value" }, column.number(value));
    }
    const cell = element("td", {}, column.text ? column.text(row) : row[column.name]);
    if (column.name === "model") cell.prepend(symbolPicture(view.looks.get(row.model)));
    if (column.name === "structure") cell.title = [row.structure, row.structure_key].filter(Boolean).join(" ");
    if (column.name === "case" && row.index !== undefined) cell.replaceChildren(rowButton(row, view, change));
    return cell;
  });
  const [name, structure, model] = view.choice.selected ?? [];
  const chosen = row.case === name && row.structureId === structure && row.model === model;
  return element("tr", { class: `status-${row.status}${chosen ? " selected" : ""}` }, ...cells);
}

function rowButton(row, view, change) {
  const button = element(
    "button",
    { type: "button", title: row.series_uid || "Shows all values" },
    view.caseFacts.label(row.case),
  );
  button.addEventListener("click", () => change((choice) => selectRow(choice, row)));
  return button;
}
