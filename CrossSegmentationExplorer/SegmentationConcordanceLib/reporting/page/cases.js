"use strict";
// One line per case: what is known of it, its findings, how many structures agree little, and its worst structure.

const LOW_DICE = 0.75;
const CASES_AT_FIRST = 50;

function makeCaseTable(findings, change) {
  const state = { sort: "worst", descending: false, limit: CASES_AT_FIRST, change, view: null };
  const linesOf = (view) => caseLines(view, findingsByCase(view, findings));
  byId("all-cases").addEventListener("click", () => {
    state.limit = Infinity;
    drawCases(state);
  });
  const draw = (view) => {
    state.view = view;
    state.lines = linesOf(view);
    drawCases(state);
  };
  const select = (view) => {
    state.view = view;
    drawCases(state);
  };
  const print = (on) => {
    state.printed = on;
    drawCases(state);
  };
  const csv = (view) => casesCsv(view, linesOf(view));
  return { id: "cases", draw, select, print, csv, picture: () => tableSvg(byId("case-table")) };
}

/** By the number of a case, how many of the findings are about it; of those about a model and structure that pass. */
function findingsByCase({ table, passes }, findings) {
  const count = new Uint32Array(table.cases.length);
  for (const finding of findings) {
    const rows = rowsOfFinding(table, finding).filter(passes);
    for (const number of distinct(rows.map((row) => table.caseOf[row]))) count[number] += 1;
  }
  return count;
}

function caseLines(view, findings) {
  const { table } = view;
  const ofCase = rowsByNumber(view.compared, table.caseOf, table.cases.length);
  const lines = [];
  for (let number = 0; number < table.cases.length; number += 1) {
    const rows = ofCase(number);
    if (rows.length) lines.push(new CaseLine(table, table.cases[number], rows, findings[number]));
  }
  return lines;
}

/** What only shown lines tell, or all when they are put in order by it, is worked out when it is asked for. */
class CaseLine {
  constructor(table, name, rows, findings) {
    this.table = table;
    this.name = name;
    this.rows = rows;
    this.findings = findings;
    this.worst = worstRow(table, rows);
    this.lowest = table.badness[this.worst];
    this.lows = null;
    this.middle = null;
  }

  get series() {
    return rowAt(this.table, this.rows[0]).series_uid;
  }

  /** Structures that a model missed, that have no consensus, or a Dice below 0.75 with any model. */
  get low() {
    const { badness } = this.table;
    this.lows ??= this.different(numbersThatPass(this.rows, (row) => badness[row] < LOW_DICE));
    return this.lows;
  }

  get structures() {
    return this.different(this.rows);
  }

  get median() {
    this.middle ??= distribution(valuesAt(this.table.badness, this.rows)).median;
    return this.middle;
  }

  different(rows) {
    return new Set(valuesAt(this.table.structureOf, rows)).size;
  }
}

function caseColumns(view) {
  const facts = view.caseFacts;
  const known = facts.columns.map((name) => ({
    key: name,
    heading: capitalized(readable(name)),
    value: (line) => facts.value(line.name, name),
  }));
  return [
    { key: "case", heading: "Case", value: (line) => facts.label(line.name) },
    ...known,
    { key: "findings", heading: "Findings", number: true, value: (line) => line.findings },
    { key: "low", heading: "Dice < 0.75", number: true, value: (line) => line.low, text: lowOfAll },
    { key: "median", heading: "Median Dice", number: true, value: (line) => line.median, text: medianInWords },
    { key: "worst", heading: "Worst structure", value: (line) => line.lowest, number: true },
  ];
}

function lowOfAll({ low, structures }) {
  return `${low} of ${structures}`;
}

function medianInWords({ median }) {
  return fixed(median, 3);
}

function drawCases(state) {
  const { view } = state;
  const columns = caseColumns(view);
  const lines = sortedCases(state.lines, columns, state);
  const shown = lines.slice(0, state.printed ? Infinity : state.limit);
  const head = columns.map(({ key, heading, number }) =>
    sortHeading(heading, key, state, () => drawCases(state), null, number && key !== "worst"),
  );
  redrawTable(byId("case-table"), () => {
    byId("case-table").tHead.replaceChildren(element("tr", {}, ...head));
    byId("case-table").tBodies[0].replaceChildren(...shown.map((line) => caseRow(state, columns, line)));
  });
  const part = shown.length < lines.length ? `; the first ${shown.length} are shown` : "";
  byId("cases-note").textContent = lines.length ? `${plural(lines.length, "case")}${part}.` : NOTHING_PASSES;
  byId("all-cases").hidden = shown.length === lines.length;
  byId("all-cases").textContent = `Show all ${plural(lines.length, "case")}`;
}

function sortedCases(lines, columns, { sort, descending }) {
  const column = columns.find(({ key }) => key === sort) ?? columns[0];
  const sign = descending ? -1 : 1;
  const order = column.number ? (a, b) => a - b : naturalOrder;
  return lines.sort((a, b) => sign * order(column.value(a), column.value(b)));
}

function caseRow(state, columns, line) {
  const { selected } = state.view.choice;
  const chosen = selected?.[0] === line.name;
  const made = element("tr", chosen ? { class: "selected", "aria-selected": "true" } : {});
  for (const column of columns) made.append(caseCell(state, column, line));
  return made;
}

function caseCell(state, column, line) {
  if (column.key === "case") {
    const chosen = state.view.choice.selected?.[0] === line.name;
    const button = element("button", { type: "button", "aria-pressed": String(chosen) }, column.value(line));
    button.title = `${line.series ? `Series ${line.series}. ` : ""}Rings its marks in every plot.`;
    button.addEventListener("click", () => state.change((choice) => selectCase(choice, line.name)));
    return element("td", {}, button);
  }
  if (column.key === "worst") {
    const worst = rowAt(state.view.table, line.worst);
    const text = hasNoOverlap(worst) ? STATUS_WORDS[worst.status] : fixed(worst.dice, 3);
    const button = element("button", { type: "button" }, `${readable(worst.structure)}, ${whoIsWorst(worst)}: ${text}`);
    button.addEventListener("click", () => state.change((choice) => selectRow(choice, worst)));
    return element("td", {}, button);
  }
  const text = column.text ? column.text(line) : column.value(line);
  return element("td", column.number ? { class: "number" } : {}, text);
}

function casesCsv(view, all) {
  const names = view.caseFacts.columns;
  const header = ["case", "series_uid", ...names, "findings", "low_structures", "structures", "median_dice"];
  const lines = all.map((line) => {
    const worst = rowAt(view.table, line.worst);
    return [
      line.name,
      line.series,
      ...names.map((name) => view.caseFacts.value(line.name, name)),
      line.findings,
      line.low,
      line.structures,
      line.median,
      worst.structure,
      worst.model,
      worst.dice,
      worst.status,
    ];
  });
  return [[...header, "worst_structure", "worst_model", "worst_dice", "worst_status"], ...lines];
}
