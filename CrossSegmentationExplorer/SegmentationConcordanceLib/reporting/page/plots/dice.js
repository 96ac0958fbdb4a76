"use strict";
// Dice per structure: one row of the plot per structure, one lane per model, around the centre of the row.

declarePlot({
  id: "dice",
  order: 1,
  title: "Dice per structure",
  short: "Dice",
  caption:
    "Marks: one model on one case, against the consensus. Black bars: the median; rings: the mean; lines: the range; " +
    "boxes, from five cases on: the quartiles. A click selects the case everywhere.",
  switches: [
    { id: "dice-full", text: "Full axis, 0 to 1" },
    { id: "draw-all", text: "Draw all structures" },
  ],
  isOfModels: true,
  needsVolumes: false,
  build: buildDicePlot,
  csv: rowsOfPlotCsv,
});

const REFERENCE_DICE = [0.9, 0.75];
const MARGIN_COLUMNS = ["missing", "empty_consensus"];
const MARGIN_COLUMN_WIDTH = 74;
const NARROW_MARGIN_COLUMN_WIDTH = 56;
const STRUCTURES_IN_SIGHT = 10;
const BOX_CASES = 5;

/** What the library draws of view.drawn, how high, and what the note under the plot says. */
function buildDicePlot(view, width) {
  const { table } = view;
  const rowOf = rowsOfStructures(view);
  const rows = rowsInPlot(view, view.compared, rowOf);
  const lost = numbersThatPass(rows, (row) => table.lost[row] === 1);
  const marks = diceDistributions(view);
  const layout = diceLayout(view, rows, lost, marks, width);
  const place = placeOfDice(view, rowOf, layout, lost);
  const overlapping = lost.length ? numbersThatPass(rows, (row) => table.lost[row] === 0) : rows;
  const shown = marksOnce(view, overlapping, layout);
  const [inAxis, atMargin] = [shown, lost].map((some) => rowsByNumber(some, table.modelOf, table.models.length));
  const layers = view.models.flatMap((model) =>
    diceLayers(view, layout, { model, rowOf, place, marks, inAxis, atMargin }),
  );
  return {
    height: layout.height,
    rowHeight: layout.rowHeight,
    option: {
      animation: false,
      textStyle: { fontFamily: pageFont() },
      grid: layout.grids,
      ...diceAxes(view, layout),
    },
    layers: [
      { series: structureStripes(view, layout.names, referenceLines(layout)) },
      ...layers,
      ringLayer(IN_AXIS),
      ringLayer(AT_MARGIN),
    ],
    place,
    ringSize: layout.large ? 9 : layout.laneHeight >= 11 ? 14 : 11,
    note: diceNote(view, rows, lost, shown, layout),
  };
}

const AXIS_STEPS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
// A number on the axis and the gap to the next one.
const TICK_WIDTH = 30;

function diceLayout(view, rows, lost, marks, width) {
  const count = view.drawn.length;
  const lanes = Math.max(view.models.length, 1);
  const laneHeight = count <= 2 ? 22 : count <= 6 ? 15 : count <= 15 ? 11 : 8;
  const names = placeOfNames(view, width);
  const rowHeight = Math.max(lanes * laneHeight + 10, 22) + names.above;
  const statuses = new Set(Array.from(lost, (row) => rowAt(view.table, row).status));
  const columns = MARGIN_COLUMNS.filter((status) => statuses.has(status));
  const marginWidth = columns.length * (names.above ? NARROW_MARGIN_COLUMN_WIDTH : MARGIN_COLUMN_WIDTH);
  const labelled = names.width + 18;
  const top = columns.length || count > STRUCTURES_IN_SIGHT ? 54 : 26;
  const plotHeight = Math.max(count, 1) * rowHeight;
  const left = labelled + (marginWidth ? marginWidth + 26 : 0);
  return {
    columns,
    large: rows.length > LARGE_PLOT,
    laneStep: laneHeight / rowHeight,
    shift: names.above / 2 / rowHeight,
    laneHeight,
    rowHeight,
    names,
    labelGap: left - names.width - 8,
    height: top + plotHeight + 46,
    hasTopAxis: count > STRUCTURES_IN_SIGHT,
    range: diceRange(view, rows, marks, Math.min(10, Math.floor((width - left - 24) / TICK_WIDTH))),
    grids: [
      { left, right: 24, top, height: plotHeight },
      { left: labelled, width: marginWidth, top, height: plotHeight, show: false },
    ],
  };
}

/** From a round number below the lowest mark to one above the highest, or 0 to 1; in so many steps at most. */
function diceRange({ table }, rows, marks, steps) {
  const intervalOf = (range) => AXIS_STEPS.find((step) => range <= (steps + 0.001) * step) ?? AXIS_STEPS.at(-1);
  const whole = { min: 0, max: 1, interval: intervalOf(1) };
  if (byId("dice-full").checked) return whole;
  let [lowest, highest] = [Infinity, -Infinity];
  const widen = (value) => {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  };
  const { dice } = table.numbers;
  for (let at = 0; at < rows.length; at += 1) if (!table.lost[rows[at]]) widen(dice[rows[at]]);
  for (const { median } of marks) if (median > 0) widen(median);
  if (highest < 0) return whole;
  const interval = intervalOf(highest - lowest);
  const pad = interval / 4;
  return {
    min: Math.max(0, Math.floor((lowest - pad) / interval) * interval),
    max: Math.min(1, Math.ceil((highest + pad) / interval) * interval),
    interval,
  };
}

/** Where a row's mark is: { x, y, margin }; null where the plot does not show it. */
function placeOfDice(view, rowOf, layout, lost) {
  const { table } = view;
  const across = marginPlaces(view, lost, layout.columns);
  const lane = lanesOf(view);
  const spread = layout.large ? 0.6 * layout.laneStep : 0;
  return (row) => {
    const centre = rowOf[table.structureOf[row]];
    if (centre < 0 || Number.isNaN(table.badness[row])) return null;
    const y = centre + layout.shift + lane[table.modelOf[row]] * layout.laneStep;
    if (table.lost[row]) return { x: across.get(row), y, margin: true };
    return { x: table.numbers.dice[row], y: y + spread * scatterOf(table.caseOf[row]), margin: false };
  };
}

/** By the number of a model its distance from the centre of the row, in lanes. */
function lanesOf(view) {
  const middle = (view.models.length - 1) / 2;
  return view.table.models.map((model) => view.models.indexOf(model) - middle);
}

/** Of a large plot the marks that do not lie upon each other. */
function marksOnce({ table }, rows, layout) {
  if (!layout.large) return rows;
  const { min, max } = layout.range;
  const step = (SPOTS_ACROSS - 1) / (max - min);
  const { caseOf, cellOf, numbers } = table;
  const spotOf = (row) => {
    const down = Math.floor((scatterOf(caseOf[row]) + 0.5) * LANE_SPOTS);
    const across = Math.round((numbers.dice[row] - min) * step);
    return (cellOf[row] * LANE_SPOTS + down) * SPOTS_ACROSS + across;
  };
  return oncePerSpot(rows, spotOf, table.structures.length * table.models.length * LANE_SPOTS * SPOTS_ACROSS);
}

function diceAxes(view, layout) {
  const digits = layout.range.interval < 0.01 ? 3 : layout.range.interval < 0.1 ? 2 : 1;
  const axisLabel = { color: tone("quiet"), fontSize: 12, formatter: (value) => value.toFixed(digits) };
  const dice = { ...layout.range, axisLabel };
  return {
    xAxis: [
      valueAxis("Dice with the consensus", { ...dice, splitLine: { lineStyle: { color: tone("grid") } } }),
      marginAxis(layout.columns),
      // Seen from above, the axis of a long plot is out of sight. It leaves room for the reference lines' labels.
      {
        ...PLAIN_AXIS,
        type: "value",
        ...dice,
        position: "top",
        offset: 14,
        show: layout.hasTopAxis,
      },
    ],
    yAxis: [
      structureAxis(view, layout.names.width, layout.labelGap),
      { ...structureRows(view), gridIndex: 1 },
    ],
  };
}

function marginAxis(columns) {
  return {
    ...PLAIN_AXIS,
    type: "value",
    gridIndex: 1,
    position: "top",
    min: 0,
    max: Math.max(columns.length, 1),
    axisLabel: {
      customValues: columns.map((_, index) => index + 0.5),
      formatter: (value) => STATUS_WORDS[columns[Math.floor(value)]].replace(" ", "\n"),
      color: tone("bad"),
      fontSize: 11,
      lineHeight: 13,
    },
  };
}

function referenceLines(layout) {
  const { min, max, interval } = layout.range;
  const inRange = REFERENCE_DICE.filter((dice) => dice > min && dice < max);
  const isTick = (dice) => Math.abs(dice / interval - Math.round(dice / interval)) < 1e-6;
  const formatter = ({ value }) => (layout.hasTopAxis && isTick(value) ? "" : String(value));
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: tone("quiet"), width: 1.2, type: "dashed" },
    label: { position: "start", formatter, color: tone("quiet"), fontSize: 12 },
    data: inRange.map((dice) => ({ xAxis: dice })),
  };
}

function diceLayers(view, layout, { model, rowOf, place, marks, inAxis, atMargin }) {
  const number = view.table.modelNumber.get(model);
  const lane = lanesOf(view)[number];
  const look = view.looks.get(model);
  const size = layout.laneHeight >= 11 ? 8 : 6;
  const mark = { type: "scatter", symbol: `path://${look.path}`, symbolKeepAspect: true };
  const filled = { color: look.color, opacity: 0.75, borderColor: tone("edge"), borderWidth: 0.4 };
  const own = marks.filter((one) => one.model === model);
  const offset = layout.shift + lane * layout.laneStep;
  const points = {
    ...mark,
    symbolSize: layout.large ? 3 : size,
    itemStyle: layout.large ? { color: look.color, opacity: 0.45 } : filled,
    id: `points ${model}`,
    z: layout.large ? 2 : 3,
  };
  const margin = {
    ...mark,
    id: `margin ${model}`,
    z: 3,
    xAxisIndex: 1,
    yAxisIndex: 1,
    symbolSize: size,
    itemStyle: { color: "rgba(255,255,255,0.01)", borderColor: look.color, borderWidth: 1.5 },
  };
  return [
    distributionLayer(model, look, layout, own, (structure) => rowOf[structure] + offset),
    rowLayer(points, inAxis(number), layout.large, place),
    rowLayer(margin, atMargin(number), false, place),
  ];
}

function diceNote(view, rows, lost, shown, layout) {
  const models = new Uint8Array(view.table.models.length);
  for (let at = 0; at < rows.length; at += 1) models[view.table.modelOf[rows[at]]] = 1;
  const drawn =
    `${plural(rows.length, "mark")} of ${plural(models.reduce((a, b) => a + b, 0), "model")} and ` +
    `${plural(view.drawn.length, "structure")}.`;
  const part =
    view.drawn.length < view.structures.length
      ? ` Drawn are the ${view.drawn.length} structures with the lowest Dice, of ${view.structures.length}.`
      : "";
  const apart = lost.length;
  const margin = apart
    ? ` ${apart.toLocaleString("en")} without overlap, at the left margin; a Dice of 0 counts in the median.`
    : "";
  const without = view.rows.length - view.compared.length;
  const alone = without
    ? ` Not drawn: ${plural(without, "row")} without a Dice, mostly of structures that one model alone knows.`
    : "";
  const dots = layout.large ? ` With so many, dots stand for the symbols${uponEachOther(rows, lost, shown)}.` : "";
  return `${drawn}${part}${dots}${margin}${alone} The table below holds every value.`;
}

function uponEachOther(rows, lost, shown) {
  const hidden = rows.length - lost.length - shown.length;
  return hidden > 0 ? `, and of dots upon each other (${hidden.toLocaleString("en")}) one is drawn` : "";
}

/** What is drawn of cells: nothing where no case has any overlap, as a median of 0 would only stretch the axis. */
function diceDistributions(view) {
  const { table } = view;
  const drawn = new Set(view.drawn);
  const cells = [...cellsOf(view).values()].filter((cell) => drawn.has(cell.structure) && cell.n && !cell.isLost);
  const worstCase = ({ worst }) => view.caseFacts.label(rowAt(table, worst).case);
  return cells.map((cell) => ({ ...cell, worstCase: worstCase(cell) }));
}

/** Range as a line, quartiles as a box, the median as a bar across the lane, the mean as a ring. */
function distributionLayer(model, look, layout, marks, height) {
  const series = {
    id: `distribution ${model}`,
    type: "custom",
    clip: true,
    z: layout.large ? 4 : 2,
    encode: { x: 0, y: 1 },
    data: marks.map((one, at) => [
      one.median,
      height(one.structure.number),
      one.lower,
      one.upper,
      one.lowest,
      one.highest,
      one.n,
      one.mean,
      at,
    ]),
    renderItem: (params, api) => distributionMark(api, look.color, layout),
  };
  return { series, hover: (data) => hoverOfDistribution(marks[data[data.length - 1]]) };
}

function distributionMark(api, color, layout) {
  const [median, y] = api.coord([api.value(0), api.value(1)]);
  const across = (dimension) => api.coord([api.value(dimension), api.value(1)])[0];
  const [lower, upper, lowest, highest, average] = [2, 3, 4, 5, 7].map(across);
  const half = layout.laneHeight * 0.4;
  const line = (x1, y1, x2, y2, width, stroke) => ({
    type: "line",
    shape: { x1, y1, x2, y2 },
    style: { stroke, lineWidth: width },
  });
  const box = {
    type: "rect",
    shape: { x: lower, y: y - half, width: Math.max(upper - lower, 1), height: 2 * half },
    style: { fill: layout.large ? "rgba(255,255,255,0.7)" : color, opacity: layout.large ? 1 : 0.22 },
  };
  const edge = { ...box, style: { fill: "none", stroke: color, lineWidth: 1 } };
  const ring = {
    type: "circle",
    shape: { cx: average, cy: y, r: half + 1 },
    style: { fill: "none", stroke: color, lineWidth: 1.5 },
  };
  // Quartiles of a few cases would only repeat their marks.
  const quartiles = api.value(6) < BOX_CASES ? [] : [box, edge];
  const bar = line(median, y - half - 0.5, median, y + half + 0.5, 2.5, tone("text"));
  return { type: "group", children: [line(lowest, y, highest, y, 1, color), ...quartiles, ring, bar] };
}

/** By row its place across the margin: the cases of one cell and status side by side, so that none hides another. */
function marginPlaces(view, rows, columns) {
  const { table } = view;
  const status = (row) => columns.indexOf(rowAt(table, row).status);
  const places = new Map();
  for (const group of groupBy(rows, (row) => table.cellOf[row] * columns.length + status(row)).values()) {
    group.forEach((row, index) => places.set(row, status(row) + (index + 1) / (group.length + 1)));
  }
  return places;
}
