"use strict";
// The table of all rows: filter, sort, and the first rows of what is left.

const ROWS_AT_FIRST = 200;
const COLUMNS = [
  { name: "case", heading: "Case" },
  { name: "structure", heading: "Structure", text: (row) => readable(row.structure) },
  { name: "model", heading: "Model" },
  { name: "status", heading: "Status", text: (row) => STATUS_WORDS[row.status] },
  { name: "dice", heading: "Dice", number: (value) => fixed(value, 3) },
  { name: "volume_ratio", heading: "Consensus share (%)", number: percent },
  { name: "volume_ml", heading: "Volume (ml)", number: milliliters },
  { name: "consensus_volume_ml", heading: "Consensus (ml)", number: milliliters },
  { name: "hd95_mm", heading: "HD95 (mm)", number: (value) => fixed(value, 1) },
  { name: "assd_mm", heading: "ASSD (mm)", number: (value) => fixed(value, 2) },
  { name: "nsd", heading: "NSD", number: (value) => fixed(value, 3) },
  { name: "n_models", heading: "Models", number: (value) => (value == null ? "" : String(value)) },
];

function percent(value) {
  return value == null ? "" : fixed(100 * value, 1);
}

/** The table as a view; it finds words in what the filters of the page let pass. */
function makeTable(change) {
  const state = { rows: [], sort: null, descending: false, limit: ROWS_AT_FIRST, change };
  const show = () => showTable(state);
  byId("find").addEventListener("input", () => {
    state.limit = ROWS_AT_FIRST;
    show();
  });
  byId("show-all").addEventListener("click", () => {
    state.limit = Infinity;
    show();
  });
  const draw = (view) => {
    const rows = [...view.rows, ...view.gaps];
    state.view = view;
    state.rows = rows.sort(worstFirst);
    state.columns = COLUMNS.filter(({ name }) => rows.some((row) => row[name] != null));
    makeHead(state, show);
    show();
  };
  const select = (view) => {
    state.view = view;
    show();
  };
  return { id: "rows", draw, select, csv: () => rowsCsv(state) };
}

function rowsCsv(state) {
  const names = ["series_uid", "structure_key", "consensus", "jaccard", "nsd_tolerance_mm"];
  const header = [...COLUMNS.map(({ name }) => name), ...names];
  return [
    header,
    ...sorted(state.rows.filter(tableFilter(state)), state).map((row) => header.map((name) => row[name])),
  ];
}

function makeHead(state, show) {
  const headings = state.columns.map((column) => {
    const button = element("button", { type: "button" }, column.heading);
    button.addEventListener("click", () => {
      state.descending = state.sort === column && !state.descending;
      state.sort = column;
      show();
    });
    return element("th", { scope: "col", class: column.number ? "number" : "text" }, button);
  });
  byId("rows").tHead.replaceChildren(element("tr", {}, ...headings));
}

function showTable(state) {
  const found = sorted(state.rows.filter(tableFilter(state)), state);
  const shown = found.slice(0, state.limit);
  byId("rows").tBodies[0].replaceChildren(...shown.map((row) => tableRow(row, state)));
  [...byId("rows").tHead.rows[0].cells].forEach((cell, index) => {
    const direction = state.descending ? "descending" : "ascending";
    cell.setAttribute("aria-sort", state.columns[index] === state.sort ? direction : "none");
  });
  const order = state.sort ? "" : ", worst first";
  const part = shown.length < found.length ? `; the first ${shown.length} are shown` : "";
  byId("row-count").textContent =
    `${found.length.toLocaleString("en")} of ${plural(state.rows.length, "row")}${order}${part}.`;
  byId("show-all").hidden = shown.length === found.length;
  byId("show-all").textContent = `Show all ${plural(found.length, "row")}`;
}

function tableFilter({ view }) {
  const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return (row) => {
    const name = view.caseFacts.label(row.case);
    const text = [
      row.case,
      name,
      row.structure,
      readable(row.structure),
      row.model,
      STATUS_WORDS[row.status],
      row.status,
    ];
    const where = text.join(" ").toLowerCase();
    return words.every((word) => where.includes(word));
  };
}

/** Empty cells come last in either direction. */
function sorted(rows, { sort, descending }) {
  if (!sort) return rows;
  const sign = descending ? -1 : 1;
  return rows.toSorted((rowA, rowB) => {
    const [a, b] = [rowA[sort.name], rowB[sort.name]];
    if (a == null || b == null) return (a == null) - (b == null);
    return sign * (sort.number ? a - b : naturalOrder(a, b));
  });
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
