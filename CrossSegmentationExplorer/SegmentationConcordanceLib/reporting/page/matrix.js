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

function drawMatrix(state) {
  const { view } = state;
  const unknown = new Set(view.gaps.map((gap) => gap.cell));
  const models = view.models.filter((model) => view.structures.some((one) => cellAt(view, one, model)));
  const redraw = () => drawMatrix(state);
  const head = element("tr", {}, sortHeading("Structure", null, state, redraw));
  for (const model of models) head.append(sortHeading(model, model, state, redraw, view.looks.get(model)));
  head.append(sortHeading("Worst of all", "worst", state, redraw));
  const body = matrixOrder(state).map((structure) => matrixRow(state, unknown, models, structure));
  redrawTable(byId("matrix"), () => {
    byId("matrix").tHead.replaceChildren(head);
    byId("matrix").tBodies[0].replaceChildren(...body);
  });
  byId("matrix-note").textContent = view.structures.length || !view.table.count ? exclusionNote(view) : NOTHING_PASSES;
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
function matrixOrder({ sort, descending, view }) {
  if (sort === null) return descending ? [...view.structures].reverse() : view.structures;
  const sign = descending ? -1 : 1;
  const worst = new Map(view.worst.map((structure, rank) => [structure.id, rank]));
  const key = (one) => (sort === "worst" ? worst.get(one.id) : cellAt(view, one, sort)?.median ?? null);
  return view.structures.toSorted((one, other) => {
    const [a, b] = [key(one), key(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * (a - b);
  });
}

function matrixRow(state, unknown, models, structure) {
  const { view } = state;
  const line = element("tr", {}, element("th", { scope: "row" }, readable(structure.name)));
  let worst = null;
  for (const model of models) {
    const cell = cellAt(view, structure, model);
    const number = structure.number * view.table.models.length + view.table.modelNumber.get(model);
    line.append(cell ? matrixCell(state, cell) : gapCell(unknown.has(number)));
    if (cell && (worst === null || isWorse(view.table, cell.worst, worst))) worst = cell.worst;
  }
  line.append(worst === null ? element("td") : worstCell(state, rowAt(view.table, worst)));
  return line;
}

function gapCell(isUnknown) {
  return element("td", { class: "gap" }, isUnknown ? "not in model" : "\u2013");
}

function matrixCell(state, cell) {
  const worst = rowAt(state.view.table, cell.worst);
  const lost = [cell.none ? `${cell.none} missing` : "", cell.empty ? `${cell.empty} empty` : ""].filter(Boolean);
  const lowest = hasNoOverlap(worst) ? lost.join(", ") : `worst ${fixed(worst.dice, 3)}`;
  const below = element("small", lost.length ? { class: "lost" } : {}, `${lowest} \u00b7 n ${cell.cases}`);
  const button = element("button", { type: "button" }, cell.n ? fixed(cell.median, 3) : "\u2013", below);
  button.title =
    `${worst.model}, ${readable(worst.structure)}: median ${fixed(cell.median, 3)}, ` +
    `worst in ${state.view.caseFacts.label(worst.case)}. Shows this structure alone.`;
  button.addEventListener("click", () => showStructure(state.change, worst.structureId));
  return element("td", cell.n ? { class: diceClass(cell.median) } : {}, button);
}

function worstCell(state, row) {
  const text = hasNoOverlap(row) ? STATUS_WORDS[row.status] : fixed(row.dice, 3);
  const where = element("small", {}, `${whoIsWorst(row)}, ${state.view.caseFacts.label(row.case)}`);
  const button = element("button", { type: "button", title: "Shows this row's values" }, text, where);
  button.addEventListener("click", () => state.change((choice) => selectRow(choice, row)));
  return element("td", { class: "worst" }, button);
}

/** An empty consensus is that of all models, and says nothing about the one whose row it is. */
function whoIsWorst(row) {
  return row.status === "empty_consensus" ? "all models" : row.model;
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
  const others = view.table.consensuses.filter(
    (one) => one !== consensus && one.startsWith("intersection"),
  );
  for (const other of others) parts.push(...comparedConsensus(view, other));
  return parts.join(" ");
}

/** Means over the rows that both ways of making the consensus have. */
function comparedConsensus(view, other) {
  const { table } = view;
  const { dice } = table.numbers;
  const { texts, index } = table.texts.consensus;
  const number = texts.indexOf(other);
  const width = table.structures.length * table.cases.length;
  const key = (row) => table.modelOf[row] * width + table.placeOf[row];
  const hasDice = (row) => !Number.isNaN(dice[row]);
  const here = new Map();
  for (const row of view.compared) if (hasDice(row)) here.set(key(row), dice[row]);
  const there = numbersThatPass(table.count, (row) => index[row] === number && hasDice(row) && view.passes(row)).filter(
    (row) => here.has(key(row)),
  );
  if (there.length === 0) return [];
  const own = mean(Array.from(there, (row) => here.get(key(row))));
  const others = mean(valuesAt(dice, there));
  const rows = capitalized(`the same ${plural(there.length, "row")}`);
  return [`${rows}: mean Dice ${fixed(own, 3)} with "${view.choice.consensus}", ${fixed(others, 3)} with "${other}".`];
}

function matrixCsv(view) {
  const header = ["structure", "model", "cases", "n", "mean", "median", "q1", "q3", "lowest", "highest"];
  const lines = [];
  for (const structure of view.structures) {
    for (const model of view.models) {
      const cell = cellAt(view, structure, model);
      if (!cell) continue;
      const { n, mean: average, median, lower, upper, lowest, highest } = cell;
      const numbers = [cell.cases, n, average, median, lower, upper, lowest, highest, cell.none, cell.empty];
      lines.push([structure.name, model, ...numbers, rowAt(view.table, cell.worst).case]);
    }
  }
  return [[...header, "missing", "empty_consensus", "worst_case"], ...lines];
}
