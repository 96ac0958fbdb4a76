"use strict";
// Agreement: structures by models, each cell the median, the worst case and the number of cases.

function makeMatrix(change) {
  const state = { sort: null, descending: false, change, view: null };
  const draw = (view) => {
    state.view = view;
    drawMatrix(state);
  };
  return { id: "matrix", draw, csv: (view) => matrixCsv(view), picture: () => tableSvg(byId("matrix")) };
}

/** Cells by structure and model, as numbers in rows. */
function matrixCells(view) {
  const cells = new Map();
  for (const [cell, rows] of groupBy(view.compared, (row) => row.cell)) {
    const values = rows.filter((row) => row.dice != null);
    const worst = rows.reduce((a, b) => (badness(b) < badness(a) ? b : a));
    const none = rows.filter((row) => row.status === "missing").length;
    const empty = rows.filter((row) => row.status === "empty_consensus").length;
    cells.set(cell, { ...distribution(values.map((row) => row.dice)), worst, none, empty, cases: rows.length });
  }
  return cells;
}

function cellAt(view, cells, structure, model) {
  const { structureNumber, modelNumber, models } = view.table;
  return cells.get(structureNumber.get(structure.id) * models.length + modelNumber.get(model));
}

function drawMatrix(state) {
  const { view } = state;
  const cells = matrixCells(view);
  const unknown = new Set(view.gaps.map((gap) => gap.cell));
  const models = view.models.filter((model) => view.structures.some((one) => cellAt(view, cells, one, model)));
  const redraw = () => drawMatrix(state);
  const head = element("tr", {}, sortHeading("Structure", null, state, redraw));
  for (const model of models) head.append(sortHeading(model, model, state, redraw, view.looks.get(model)));
  head.append(sortHeading("Worst of all", "worst", state, redraw));
  const body = matrixOrder(state, cells).map((structure) => matrixRow(state, cells, unknown, models, structure));
  byId("matrix").tHead.replaceChildren(head);
  byId("matrix").tBodies[0].replaceChildren(...body);
  rove(byId("matrix"));
  byId("matrix-note").textContent = exclusionNote(view);
}

function sortHeading(text, key, state, redraw, look, isNumber = false) {
  const button = element("button", { type: "button" }, ...(look ? [symbolPicture(look)] : []), text);
  button.addEventListener("click", () => {
    state.descending = state.sort === key && !state.descending;
    state.sort = key;
    redraw();
  });
  const direction = state.descending ? "descending" : "ascending";
  const sorted = state.sort === key && (key !== null || state.descending);
  const name = isNumber ? { class: "number" } : {};
  return element("th", { scope: "col", ...name, "aria-sort": sorted ? direction : "none" }, button);
}

/** As in the tables, or by the median of a model; structures without one come last. */
function matrixOrder({ sort, descending, view }, cells) {
  if (sort === null) return descending ? [...view.structures].reverse() : view.structures;
  const sign = descending ? -1 : 1;
  const worst = new Map(view.worst.map((structure, rank) => [structure.id, rank]));
  const key = (one) => (sort === "worst" ? worst.get(one.id) : cellAt(view, cells, one, sort)?.median ?? null);
  return view.structures.toSorted((one, other) => {
    const [a, b] = [key(one), key(other)];
    if (a === null || b === null) return (a === null) - (b === null);
    return sign * (a - b);
  });
}

function matrixRow(state, cells, unknown, models, structure) {
  const { view } = state;
  const line = element("tr", {}, element("th", { scope: "row" }, readable(structure.name)));
  let worst = null;
  for (const model of models) {
    const cell = cellAt(view, cells, structure, model);
    const { structureNumber, modelNumber } = view.table;
    const number = structureNumber.get(structure.id) * view.table.models.length + modelNumber.get(model);
    line.append(cell ? matrixCell(state, cell) : gapCell(unknown.has(number)));
    if (cell && (!worst || badness(cell.worst) < badness(worst))) worst = cell.worst;
  }
  line.append(worst ? worstCell(state, worst) : element("td"));
  return line;
}

function gapCell(isUnknown) {
  return element("td", { class: "gap" }, isUnknown ? "not in model" : "\u2013");
}

function matrixCell(state, cell) {
  const { worst } = cell;
  const lost = [cell.none ? `${cell.none} missing` : "", cell.empty ? `${cell.empty} empty` : ""].filter(Boolean);
  const lowest = hasNoOverlap(worst) ? lost.join(", ") : `worst ${fixed(worst.dice, 3)}`;
  const below = element("small", lost.length ? { class: "lost" } : {}, `${lowest} \u00b7 n ${cell.cases}`);
  const button = element("button", { type: "button" }, cell.n ? fixed(cell.median, 3) : "\u2013", below);
  button.title =
    `${worst.model}, ${readable(worst.structure)}: median ${fixed(cell.median, 3)}, ` +
    `worst in ${state.view.caseFacts.label(worst.case)}. Shows this structure alone.`;
  button.addEventListener("click", () => showStructure(state.change, worst.structureId));
  const made = element("td", {}, button);
  made.style.backgroundColor = cell.n ? diceColor(cell.median) : "";
  return made;
}

function worstCell(state, row) {
  const text = hasNoOverlap(row) ? STATUS_WORDS[row.status] : fixed(row.dice, 3);
  const where = element("small", {}, `${row.model}, ${state.view.caseFacts.label(row.case)}`);
  const button = element("button", { type: "button", title: "Shows this row's values" }, text, where);
  button.addEventListener("click", () => state.change((choice) => selectRow(choice, row)));
  return element("td", { class: "worst" }, button);
}

/** One structure alone, or all again when it is alone already. */
function showStructure(change, id) {
  change((choice) => {
    const alone = choice.structure?.size === 1 && choice.structure.has(id);
    choice.structure = alone ? null : new Set([id]);
  });
}

/** What leaving models out did, measured where the tables hold the intersection with and without them. */
function exclusionNote(view) {
  const { consensus } = view.choice;
  const parts = view.choice.without.size
    ? [
        `${listed([...view.choice.without])}: left out of the view, not of the consensus, which can't be made again ` +
          "from a table.",
      ]
    : [];
  if (!consensus.startsWith("intersection")) return parts.join(" ");
  const others = distinct(view.table.rows.map((row) => row.consensus)).filter(
    (one) => one !== consensus && one.startsWith("intersection"),
  );
  for (const other of others) parts.push(...comparedConsensus(view, other));
  return parts.join(" ");
}

/** Means over the rows that both ways of making the consensus have. */
function comparedConsensus(view, other) {
  const width = view.table.structures.length * view.table.cases.length;
  const key = (row) => row.modelNumber * width + row.place;
  const here = new Map(view.compared.filter((row) => row.dice != null).map((row) => [key(row), row.dice]));
  const passes = (row) => row.consensus === other && row.dice != null && here.has(key(row)) && view.passes(row);
  const there = view.table.rows.filter(passes);
  if (there.length === 0) return [];
  const [own, others] = [mean(there.map((row) => here.get(key(row)))), mean(there.map((row) => row.dice))];
  const rows = `the same ${plural(there.length, "row")}`;
  return [`${rows}: mean Dice ${fixed(own, 3)} with "${view.choice.consensus}", ${fixed(others, 3)} with "${other}".`]
    .map(capitalized);
}

function matrixCsv(view) {
  const cells = matrixCells(view);
  const header = ["structure", "model", "cases", "n", "mean", "median", "q1", "q3", "lowest", "highest"];
  const lines = [];
  for (const structure of view.structures) {
    for (const model of view.models) {
      const cell = cellAt(view, cells, structure, model);
      if (!cell) continue;
      const { n, mean: average, median, lower, upper, lowest, highest } = cell;
      const numbers = [cell.cases, n, average, median, lower, upper, lowest, highest, cell.none, cell.empty];
      lines.push([structure.name, model, ...numbers, cell.worst.case]);
    }
  }
  return [[...header, "missing", "empty_consensus", "worst_case"], ...lines];
}
