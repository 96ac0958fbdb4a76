"use strict";
// Dice per structure: one row of the plot per structure, one lane per model, around the centre of the row.

const REFERENCE_DICE = [0.9, 0.75];
const MARGIN_COLUMNS = ["missing", "empty_consensus"];
const MARGIN_COLUMN_WIDTH = 74;
const STRUCTURES_IN_SIGHT = 10;
const BOX_CASES = 5;
const LARGE_PLOT = 5000;
const LARGE_MARK = { large: true, largeThreshold: 0, symbol: "rect" };
const LABEL_WIDTH_LIMITS = [60, 240];

/** What the library draws of view.drawn, how high, and what the note under the plot says. */
function buildDicePlot(view) {
  const drawn = new Set(view.drawn.map(({ id }) => id));
  const rows = view.compared.filter((row) => drawn.has(row.structureId));
  const marks = diceDistributions(rows, view.caseFacts);
  const layout = diceLayout(view, rows, marks);
  const ofModel = groupBy(rows, (row) => row.model);
  const series = view.models.flatMap((model) => diceSeries(view, layout, ofModel.get(model) ?? [], marks, model));
  return {
    height: layout.height,
    option: {
      animation: false,
      textStyle: { fontFamily: pageFont() },
      grid: layout.grids,
      ...diceAxes(view, layout),
      series: [diceBackground(view, layout), ...series, ...selectionRings(1)],
    },
    ringSize: layout.large ? 9 : layout.laneHeight >= 11 ? 14 : 11,
    marks,
    note: diceNote(view, rows, layout),
  };
}

function diceLayout(view, rows, marks) {
  const count = view.drawn.length;
  const lanes = Math.max(view.models.length, 1);
  const laneHeight = count <= 2 ? 22 : count <= 6 ? 15 : count <= 15 ? 11 : 8;
  const rowHeight = Math.max(lanes * laneHeight + 10, 22);
  const columns = MARGIN_COLUMNS.filter((status) => rows.some((row) => row.status === status));
  const marginWidth = columns.length * MARGIN_COLUMN_WIDTH;
  const labelWidth = widestLabel(view.drawn.map((one) => readable(one.name)));
  const large = rows.length > LARGE_PLOT;
  const top = columns.length || count > STRUCTURES_IN_SIGHT ? 54 : 26;
  const plotHeight = Math.max(count, 1) * rowHeight;
  const left = labelWidth + 18 + (marginWidth ? marginWidth + 26 : 0);
  return {
    columns,
    large,
    laneStep: laneHeight / rowHeight,
    laneHeight,
    labelWidth,
    labelGap: left - labelWidth - 8,
    height: top + plotHeight + 46,
    range: diceRange(rows, marks),
    grids: [
      { left, right: 24, top, height: plotHeight },
      { left: labelWidth + 18, width: marginWidth, top, height: plotHeight, show: false },
    ],
  };
}

function widestLabel(labels) {
  const context = document.createElement("canvas").getContext("2d");
  context.font = `12px ${pageFont()}`;
  const widest = Math.max(0, ...labels.map((label) => Math.ceil(1.1 * context.measureText(label).width) + 6));
  return Math.min(Math.max(widest, LABEL_WIDTH_LIMITS[0]), LABEL_WIDTH_LIMITS[1]);
}

/** From a round number below the lowest mark to one above the highest, or 0 to 1. */
function diceRange(rows, marks) {
  const values = rows.filter((row) => row.dice != null && !hasNoOverlap(row)).map((row) => row.dice);
  for (const mark of marks) if (mark.median > 0) values.push(mark.median);
  if (byId("dice-full").checked || values.length === 0) return { min: 0, max: 1, interval: 0.1 };
  const lowest = values.reduce((a, b) => Math.min(a, b));
  const highest = values.reduce((a, b) => Math.max(a, b));
  const interval = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1].find((step) => highest - lowest <= 10 * step) ?? 0.1;
  const pad = interval / 4;
  return {
    min: Math.max(0, Math.floor((lowest - pad) / interval) * interval),
    max: Math.min(1, Math.ceil((highest + pad) / interval) * interval),
    interval,
  };
}

function diceAxes(view, layout) {
  const centres = view.drawn.map((_, index) => index);
  const digits = layout.range.interval < 0.01 ? 3 : layout.range.interval < 0.1 ? 2 : 1;
  const dice = {
    type: "value",
    ...layout.range,
    splitLine: { lineStyle: { color: "#e4e4e4" } },
    axisLine: { show: true, onZero: false, lineStyle: { color: "#777" } },
    axisTick: { show: true },
    axisLabel: { color: "#333", fontSize: 12, formatter: (value) => value.toFixed(digits) },
  };
  const rows = { type: "value", min: -0.5, max: Math.max(view.drawn.length, 1) - 0.5, inverse: true };
  const plain = { axisLine: { show: false, onZero: false }, axisTick: { show: false }, splitLine: { show: false } };
  return {
    xAxis: [
      { ...dice, name: "Dice with the consensus", nameLocation: "middle", nameGap: 28, nameTextStyle: AXIS_NAME },
      marginAxis(layout.columns, plain),
      // Seen from above, the axis of a long plot is out of sight. It leaves room for the reference lines' labels.
      { ...dice, ...plain, position: "top", offset: 14, show: view.drawn.length > STRUCTURES_IN_SIGHT },
    ],
    yAxis: [
      {
        ...rows,
        ...plain,
        axisLabel: {
          customValues: centres,
          formatter: (value) => readable(view.drawn[value]?.name ?? ""),
          margin: layout.labelGap,
          width: layout.labelWidth,
          overflow: "truncate",
          color: "#111",
          fontSize: 12,
        },
      },
      { ...rows, ...plain, gridIndex: 1, axisLabel: { show: false } },
    ],
  };
}

function marginAxis(columns, plain) {
  return {
    ...plain,
    type: "value",
    gridIndex: 1,
    position: "top",
    min: 0,
    max: Math.max(columns.length, 1),
    axisLabel: {
      customValues: columns.map((_, index) => index + 0.5),
      formatter: (value) => STATUS_WORDS[columns[Math.floor(value)]].replace(" ", "\n"),
      color: "#8a1c1c",
      fontSize: 11,
      lineHeight: 13,
    },
  };
}

/** Stripes behind every second structure, and the reference lines. */
function diceBackground(view, layout) {
  const inRange = REFERENCE_DICE.filter((dice) => dice > layout.range.min && dice < layout.range.max);
  const stripes = view.drawn.map((_, index) => index).filter((index) => index % 2 === 0);
  return {
    id: "background",
    type: "scatter",
    silent: true,
    data: [],
    z: 0,
    markArea: {
      silent: true,
      itemStyle: { color: "rgba(20, 40, 60, 0.04)" },
      data: stripes.map((index) => [{ yAxis: index - 0.5 }, { yAxis: index + 0.5 }]),
    },
    markLine: {
      silent: true,
      symbol: "none",
      lineStyle: { color: "#444", width: 1.2, type: "dashed" },
      label: { position: "start", formatter: ({ value }) => String(value), color: "#333", fontSize: 12 },
      data: inRange.map((dice) => ({ xAxis: dice })),
    },
  };
}

function diceSeries(view, layout, own, marks, model) {
  const rowOf = new Map(view.drawn.map((one, index) => [one.id, index]));
  const lane = view.models.indexOf(model) - (view.models.length - 1) / 2;
  const height = (structureId) => rowOf.get(structureId) + lane * layout.laneStep;
  const look = view.looks.get(model);
  const size = layout.laneHeight >= 11 ? 8 : 6;
  const mark = { type: "scatter", symbol: `path://${look.path}`, symbolKeepAspect: true, name: model };
  const filled = { color: look.color, opacity: 0.75, borderColor: "#222", borderWidth: 0.4 };
  const inAxis = own.filter((row) => row.dice != null && !hasNoOverlap(row));
  const spread = layout.large ? 0.6 * layout.laneStep : 0;
  return [
    distributionSeries(
      model,
      look,
      layout,
      marks.filter((one) => one.model === model),
      height,
    ),
    {
      ...mark,
      ...(layout.large ? LARGE_MARK : {}),
      symbolSize: layout.large ? 3 : size,
      itemStyle: layout.large ? { color: look.color, opacity: 0.45 } : filled,
      id: `points ${model}`,
      z: layout.large ? 2 : 3,
      ...markData(
        inAxis,
        layout.large,
        (row) => row.dice,
        (row) => height(row.structureId) + spread * scatterOf(row),
      ),
    },
    {
      ...mark,
      id: `margin ${model}`,
      z: 3,
      xAxisIndex: 1,
      yAxisIndex: 1,
      symbolSize: size,
      itemStyle: { color: "rgba(255,255,255,0.01)", borderColor: look.color, borderWidth: 1.5 },
      data: marginMarks(own.filter(hasNoOverlap), layout.columns, height),
    },
  ];
}

/** Between -0.5 and 0.5, the same for a case at every drawing. */
function scatterOf(row) {
  return ((row.caseNumber * 0.618034) % 1) - 0.5;
}

/** Range as a line, quartiles as a box, the median as a bar across the lane, the mean as a ring. */
function distributionSeries(model, look, layout, marks, height) {
  return {
    id: `distribution ${model}`,
    name: model,
    type: "custom",
    clip: true,
    z: layout.large ? 4 : 2,
    encode: { x: 0, y: 1 },
    data: marks.map((one) => [
      one.median,
      height(one.structureId),
      one.lower,
      one.upper,
      one.lowest,
      one.highest,
      one.n,
      one.mean,
      one.index,
    ]),
    renderItem: (params, api) => distributionMark(api, look.color, layout),
  };
}

function distributionMark(api, color, layout) {
  const [median, y] = api.coord([api.value(0), api.value(1)]);
  const across = (dimension) => api.coord([api.value(dimension), api.value(1)])[0];
  const [lower, upper, lowest, highest, mean] = [2, 3, 4, 5, 7].map(across);
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
  const range = line(lowest, y, highest, y, 1, color);
  const ring = {
    type: "circle",
    shape: { cx: mean, cy: y, r: half + 2 },
    style: { fill: "none", stroke: color, lineWidth: 1.5 },
  };
  // Quartiles of a few cases would only repeat their marks.
  const quartiles = api.value(6) < BOX_CASES ? [] : [box, edge];
  return {
    type: "group",
    children: [range, ...quartiles, ring, line(median, y - half - 1, median, y + half + 1, 2.5, "#111")],
  };
}

/** Cases of one structure, model and status stand side by side, so that none hides another. */
function marginMarks(rows, columns, height) {
  const groups = groupBy(rows, (row) => `${row.cell} ${row.status}`);
  return [...groups.values()].flatMap((group) =>
    group.map((row, index) => [
      columns.indexOf(row.status) + (index + 1) / (group.length + 1),
      height(row.structureId),
      row.index,
    ]),
  );
}

/** Over all rows that have a Dice, those without overlap included as the 0 that they are. */
function diceDistributions(rows, caseFacts) {
  const groups = [...groupBy(rows, (row) => row.cell).values()];
  const marks = groups.flatMap((group) => {
    const values = group.filter((row) => row.dice != null);
    // Where no case has any overlap, the marks at the margin say it all; a median of 0 would only stretch the axis.
    if (values.length === 0 || group.every(hasNoOverlap)) return [];
    const worst = values.reduce((a, b) => (b.dice < a.dice ? b : a));
    return {
      ...distribution(values.map((row) => row.dice)),
      structureId: group[0].structureId,
      structure: group[0].structure,
      model: group[0].model,
      worstCase: caseFacts.label(worst.case),
      leftOut: group.length - values.length,
    };
  });
  return marks.map((mark, index) => ({ ...mark, index }));
}

function diceNote(view, rows, layout) {
  const drawn =
    `${plural(rows.length, "mark")} of ${plural(view.models.length, "model")} and ` +
    `${plural(view.drawn.length, "structure")}.`;
  const part =
    view.drawn.length < view.structures.length
      ? ` Drawn are the ${view.drawn.length} structures with the lowest Dice, of ${view.structures.length}.`
      : "";
  const apart = rows.filter(hasNoOverlap).length;
  const margin = apart ? ` ${apart} without overlap, at the left margin; a Dice of 0 counts in the median.` : "";
  const without = view.rows.length - view.compared.length;
  const alone = without
    ? ` Not drawn: ${plural(without, "row")} without a Dice, mostly of structures that one model alone knows.`
    : "";
  const dots = layout.large ? " With so many marks, dots stand for the symbols." : "";
  return `${drawn}${part}${dots}${margin}${alone} The table below holds every value.`;
}
