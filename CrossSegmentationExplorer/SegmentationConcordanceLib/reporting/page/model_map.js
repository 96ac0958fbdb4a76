"use strict";
// The map of the first screen: models by structures, worst first, with a mark on each failure.

const NARROW = matchMedia("(max-width: 700px)");
const MAP_NAME_WIDTH = 190;
const MAP_CELL_WIDTH = 22;
const MAP_LINES_ON_PHONES = 14;
const PRINTED_COLUMNS = 40;

/** What a mark says; findings tell which model has it. The first that applies is shown. */
const MARKS = [
  { sign: "\u2715", words: "found nothing" },
  { sign: "+", words: "found alone" },
  { sign: "!", words: "named in a finding" },
  { sign: "\u2205", words: "no voxel in the consensus" },
];
/** Of a finding that names several models and blames none. */
const ONE_OF_THESE = { sign: "?", words: "named in a finding that blames nobody" };

function makeModelMap(findings, change) {
  const state = { named: new Map(), change, view: null, worst: [], whole: false, columns: 0 };
  const choose = (view) => {
    state.view = view;
    state.named = namedInFindings(findings.filter((one) => rowsOfFinding(view.table, one).some(view.passes)));
    state.worst = structuresOfMap(view, findings);
    state.ofOne = knownToOne(view, findings);
  };
  const draw = (view) => {
    choose(view);
    drawModelMap(state);
  };
  byId("map-all").addEventListener("click", () => {
    state.whole = !state.whole;
    drawModelMap(state);
  });
  const again = () => state.view && drawModelMap(state);
  NARROW.addEventListener("change", again);
  window.addEventListener("resize", () => mapColumns(state) !== state.columns && again());
  byId("map-legend").append(...mapLegend(namedInFindings(findings)));
  const box = byId("map-of-one");
  let wasOpen = box.open;
  const print = (on) => {
    state.printed = on;
    if (on) wasOpen = box.open;
    box.open = on || wasOpen;
    again();
  };
  const csv = (view) => {
    choose(view);
    return modelMapCsv(state);
  };
  return { id: "map", draw, print, csv, picture: () => tablesSvg(allOf("#map table, #map-of-one[open] table")) };
}

/** By structure and model, whether a finding names them, of which kind, and whether it blames them. */
function namedInFindings(findings) {
  const named = new Map();
  for (const { structures, in_doubt: models, suspects, is_blamed: isBlamed, is_cut: isCut, kind, text } of findings) {
    if (!isBlamed && (models.length < 2 || isCut)) continue;
    for (const structure of structures) {
      for (const model of models) {
        const key = pairKey(structure, model);
        const against = suspects.includes(model) ? [] : suspects;
        const fact = { kind, text, isBlamed, against };
        if (!named.has(key) || (isBlamed && !named.get(key).isBlamed)) named.set(key, fact);
      }
    }
  }
  return named;
}

function mapLegend(named) {
  const isDoubtful = [...named.values()].some(({ isBlamed }) => !isBlamed);
  const signs = [...MARKS, ...(isDoubtful ? [ONE_OF_THESE] : [])].map(({ sign, words }) =>
    element("span", {}, element("b", { class: "sign" }, sign), ` ${words}`),
  );
  const cut = element("span", {}, element("b", { class: "sign cut" }, "\u00a0"), " truncated by the field of view");
  const gap = element("span", {}, element("b", { class: "sign" }, "\u00b7"), " not in model");
  const absent = element("span", {}, element("b", { class: "sign" }, "\u2013"), " found by few");
  return [...signs, absent, cut, gap].flatMap((one) => [one, " "]);
}

/** How many structures stand beside each other. */
function mapColumns(state) {
  if (state.printed) return PRINTED_COLUMNS;
  return Math.max(8, Math.floor((byId("map").clientWidth - MAP_NAME_WIDTH) / MAP_CELL_WIDTH));
}

function drawModelMap(state) {
  const { view } = state;
  state.columns = mapColumns(state);
  state.found = foundByMost(view);
  const all = state.whole || state.printed;
  showMapParts(byId("map"), state, state.worst, all);
  const left = state.worst.length - mapStep(state);
  byId("map-all").hidden = left <= 0;
  byId("map-all").setAttribute("aria-expanded", String(state.whole));
  byId("map-all").textContent = state.whole
    ? "Show the worst alone"
    : `Show ${plural(left, "more structure")}`;
  const isEmpty = state.worst.length + state.ofOne.structures.length === 0;
  byId("map-note").textContent = isEmpty && view.table.count ? NOTHING_PASSES : "";
  showKnownToOne(state);
}

/** What one model alone knows: folded, as nothing can be held against them but that model itself. */
function showKnownToOne(state) {
  const { structures } = state.ofOne;
  const box = byId("map-of-one");
  const named = structures.filter(({ id }) => state.view.models.some((model) => state.named.has(pairKey(id, model))));
  const said = named.length ? `, ${named.length} of them named in a finding` : "";
  box.hidden = structures.length === 0;
  const count = plural(structures.length, "structure");
  box.querySelector("summary").textContent = `${count} known to one model alone${said}`;
  showMapParts(box.querySelector(".map-parts"), state, structures, true);
}

/** How many structures a part of the map holds that is not shown as a whole. */
function mapStep(state) {
  return isUpright(state) ? MAP_LINES_ON_PHONES : state.columns;
}

function isUpright(state) {
  return NARROW.matches && !state.printed;
}

/** Tables of these structures: on phones one, else one for so many as stand beside each other. */
function showMapParts(place, state, shown, all) {
  const upright = isUpright(state);
  const step = upright && all ? Infinity : mapStep(state);
  const parts = [];
  for (let from = 0; from < shown.length && (all || from === 0); from += step) {
    const structures = shown.slice(from, from + step);
    parts.push(upright ? mapOnPhone(state, structures) : mapInRows(state, structures, shown.length));
  }
  place.replaceChildren(...parts);
  for (const table of parts) rove(table);
}

/** A row for each model, a column for each structure. */
function mapInRows(state, structures, count) {
  const { view } = state;
  const head = element("tr", {}, element("td"), ...structures.map((one) => structureHeading(state, one, "col")));
  const body = view.models.map((model) =>
    element("tr", {}, modelHeading(view, model, "row"), ...structures.map((one) => mapCell(state, one, model))),
  );
  // Parts of the map have columns of one width, and few structures do not fill the page.
  const share = structures.length / Math.min(state.columns, count);
  const width = `min(calc(11.5rem + (100% - 11.5rem) * ${share}), calc(11.5rem + ${2.8 * structures.length}rem))`;
  const look = { class: "model-map", style: `width: ${width}` };
  return element("table", look, element("thead", {}, head), element("tbody", {}, ...body));
}

/** A row for each structure, a column for each model. */
function mapOnPhone(state, structures) {
  const { view } = state;
  const head = element("tr", {}, element("td"), ...view.models.map((model) => modelHeading(view, model, "col")));
  const body = structures.map((one) =>
    element("tr", {}, structureHeading(state, one, "row"), ...view.models.map((model) => mapCell(state, one, model))),
  );
  const table = { class: "model-map on-phone" };
  return element("table", table, element("thead", {}, head), element("tbody", {}, ...body));
}

function modelHeading(view, model, scope) {
  const name = element("span", { class: "name" }, model);
  const symbol = symbolPicture(view.looks.get(model));
  const parts = scope === "row" ? [symbol, name] : [name, symbol];
  return element("th", { scope, class: "of-model", title: model }, ...parts);
}

function structureHeading(state, structure, scope) {
  const name = readable(structure.name);
  const button = element("button", { type: "button", title: `${name}. Shows this structure alone.` }, name);
  button.addEventListener("click", () => showStructure(state.change, structure.id));
  return element("th", { scope, class: "of-structure" }, button);
}

function mapCell(state, structure, model) {
  const cell = cellOfMap(state, structure, model);
  const unknown = { class: "gap", title: `${model} does not know ${readable(structure.name)}` };
  if (!cell) return element("td", unknown, "\u00b7");
  const row = rowAt(state.view.table, cell.worst);
  const fact = factOfCell(state, cell, row);
  const button = element("button", { type: "button", title: fact.said, "aria-label": fact.said }, fact.sign);
  button.addEventListener("click", () => state.change((choice) => selectRow(choice, row)));
  return element("td", { class: fact.look }, button);
}

function cellOfMap({ view, ofOne }, structure, model) {
  return cellAt(view, structure, model) ?? ofOne.cellAt(structure, model);
}

/** The mark of a cell, its look, and all of it in words. */
function factOfCell(state, cell, row) {
  const { view } = state;
  const isOfOne = row.n_models === 1;
  const value = isOfOne ? null : heldAgainst(view.table, cell.worst);
  const hasFailed = cell.missing.some(state.found);
  const finding = state.named.get(pairKey(cell.structure.id, cell.model));
  const mark =
    hasFailed
      ? MARKS[0]
      : finding
        ? markOfFinding(finding)
        : row.status === "empty_consensus" && !view.table.packed.dice_others
          ? MARKS[3]
          : null;
  const isCut = !mark && isCutRow(row);
  // Nobody fails who finds nothing where most others find nothing.
  const isAbsent = !mark && cell.none > 0;
  const where = `${cell.model}, ${readable(cell.structure.name)}, ${view.caseFacts.label(row.case)}`;
  const number = isOfOne ? "known to no other model" : value === null ? "" : `Dice ${fixed(value, 3)}`;
  const absent = isAbsent ? "found nothing, as most others" : "";
  const cut = isCut ? "truncated by the field of view" : "";
  const said = [number, mark?.words, absent, cut, finding?.text].filter(Boolean).join("; ");
  if (isAbsent) return { sign: "\u2013", look: "gap", said: `${where}: ${said}` };
  const color = diceClass(value ?? (mark && !isOfOne ? 0 : 1));
  const look = mark ? `${color} marked` : isCut ? "cut" : color;
  return { sign: mark?.sign ?? "", look, said: `${where}: ${said}` };
}

function markOfFinding({ kind, isBlamed, against }) {
  const words = against.length ? `held against ${listed(against)} in a finding that blames nobody` : ONE_OF_THESE.words;
  if (!isBlamed) return { ...ONE_OF_THESE, words };
  return MARKS[kind === "found_alone" ? 1 : 2];
}

/** Whether at least half of the models that know a row's structure found it in its case. */
function foundByMost({ table, compared }) {
  const places = table.cases.length * table.structures.length;
  const [missing, all] = [new Uint16Array(places), new Uint16Array(places)];
  for (let at = 0; at < compared.length; at += 1) {
    const place = table.placeOf[compared[at]];
    all[place] += 1;
    missing[place] += table.missing[compared[at]];
  }
  return (row) => 2 * missing[table.placeOf[row]] <= all[table.placeOf[row]];
}

/** What the models are held against: the others where the tables hold it, as one failing model lowers all others. */
function heldAgainst(table, row) {
  const value = (numbersOfTable(table, "dice_others") ?? table.numbers.dice)[row];
  return Number.isNaN(value) || value === undefined ? null : value;
}

function isCutRow(row) {
  return row.status === "truncated";
}

function modelMapCsv(state) {
  const { view } = state;
  const lines = [...state.worst, ...state.ofOne.structures].flatMap((structure) =>
    view.models.map((model) => {
      const cell = cellOfMap(state, structure, model);
      const row = cell && rowAt(view.table, cell.worst);
      const value = cell && heldAgainst(view.table, cell.worst);
      return [structure.name, model, cell ? row.status : NOT_IN_MODEL, value, row?.case];
    }),
  );
  return [["structure", "model", "status", "dice", "worst_case"], ...lines];
}
