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

/** Fill the table and its filters; returns a function that shows other rows. */
function makeTable(looks) {
  const state = { rows: [], sort: null, descending: false, limit: ROWS_AT_FIRST };
  const show = () => showTable(state, looks);
  for (const id of ["find", "table-model", "table-structure", "table-status"]) {
    byId(id).addEventListener("input", () => {
      state.limit = ROWS_AT_FIRST;
      show();
    });
  }
  byId("show-all").addEventListener("click", () => {
    state.limit = Infinity;
    show();
  });
  return (rows) => {
    state.rows = rows.toSorted(worstFirst);
    state.columns = COLUMNS.filter(({ name }) => rows.some((row) => row[name] != null));
    fillTableFilters(rows);
    makeHead(state, show);
    show();
  };
}

function fillTableFilters(rows) {
  const structures = new Map(rows.map((row) => [row.structureId, readable(row.structure)]));
  const fill = (id, all, choices) => {
    byId(id).replaceChildren(option("", all), ...choices.map(([value, text]) => option(value, text)));
  };
  fill("table-model", "all", distinct(rows.map((row) => row.model)).map((model) => [model, model]));
  fill("table-structure", "all", [...structures]);
  fill("table-status", "all", distinct(rows.map((row) => row.status)).map((status) => [status, STATUS_WORDS[status]]));
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

function showTable(state, looks) {
  const found = sorted(state.rows.filter(tableFilter()), state);
  const shown = found.slice(0, state.limit);
  byId("rows").tBodies[0].replaceChildren(...shown.map((row) => tableRow(row, state.columns, looks)));
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

function tableFilter() {
  const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const [model, structure, status] = ["table-model", "table-structure", "table-status"].map((id) => byId(id).value);
  return (row) => {
    if ((model && row.model !== model) || (status && row.status !== status)) return false;
    if (structure && row.structureId !== structure) return false;
    const text = [row.case, row.structure, readable(row.structure), row.model, STATUS_WORDS[row.status], row.status];
    const where = text.join(" ").toLowerCase();
    return words.every((word) => where.includes(word));
  };
}

/** Empty cells come last in either direction. */
function sorted(rows, { sort, descending }) {
  if (!sort) return rows;
  const sign = descending ? -1 : 1;
  const collator = new Intl.Collator("en", { numeric: true });
  return rows.toSorted((rowA, rowB) => {
    const [a, b] = [rowA[sort.name], rowB[sort.name]];
    if (a == null || b == null) return (a == null) - (b == null);
    return sign * (sort.number ? a - b : collator.compare(a, b));
  });
}

function tableRow(row, columns, looks) {
  const cells = columns.map((column) => {
    if (column.number) {
      const value = row[column.name];
      return element("td", { class: "number", title: value ?? "no value" }, column.number(value));
    }
    const cell = element("td", {}, column.text ? column.text(row) : row[column.name]);
    if (column.name === "model") cell.prepend(symbolPicture(looks.get(row.model)));
    if (column.name === "structure") cell.title = [row.structure, row.structure_key].filter(Boolean).join(" ");
    if (column.name === "case" && row.series_uid) cell.title = row.series_uid;
    return cell;
  });
  return element("tr", { class: `status-${row.status}` }, ...cells);
}
