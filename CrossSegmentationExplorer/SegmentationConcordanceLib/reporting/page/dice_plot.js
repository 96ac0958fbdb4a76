"use strict";
// Dice per structure: one row of the plot per structure, one lane per model, around the centre of the row.

const REFERENCE_DICE = [0.9, 0.75];
const MARGIN_COLUMNS = ["missing", "empty_consensus"];
const MARGIN_COLUMN_WIDTH = 74;
const STRUCTURES_IN_SIGHT = 10;
const LABEL_WIDTH_LIMITS = [60, 240];

/** Draw view.rows; returns what the note under the plot says. */
function drawDicePlot(chart, view) {
  const rows = view.rows.filter(isCompared);
  const layout = diceLayout(view, rows);
  chart.resize({ height: layout.height });
  chart.setOption(
    {
      animation: false,
      textStyle: { fontFamily: pageFont() },
      tooltip: HOVER,
      grid: layout.grids,
      ...diceAxes(view, layout),
      series: [diceBackground(view, layout), ...view.models.flatMap((model) => diceSeries(view, layout, rows, model))],
    },
    { notMerge: true },
  );
  return diceNote(view, rows);
}

function diceLayout(view, rows) {
  const count = view.structures.length;
  const lanes = Math.max(view.models.length, 1);
  const laneHeight = count <= 2 ? 22 : count <= 6 ? 15 : count <= 15 ? 11 : 8;
  const rowHeight = Math.max(lanes * laneHeight + 10, 22);
  const columns = MARGIN_COLUMNS.filter((status) => rows.some((row) => row.status === status));
  const marginWidth = columns.length * MARGIN_COLUMN_WIDTH;
  const labelWidth = widestLabel(view.structures.map((one) => readable(one.name)));
  const top = 54;
  const plotHeight = Math.max(count, 1) * rowHeight;
  const left = labelWidth + 18 + (marginWidth ? marginWidth + 26 : 0);
  return {
    columns,
    laneStep: laneHeight / rowHeight,
    laneHeight,
    labelWidth,
    labelGap: left - labelWidth - 8,
    height: top + plotHeight + 46,
    range: diceRange(view, rows),
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
function diceRange(view, rows) {
  const values = rows.filter((row) => row.dice != null && !hasNoOverlap(row)).map((row) => row.dice);
  for (const mean of diceMeans(rows)) values.push(mean.dice);
  if (view.fullDice || values.length === 0) return { min: 0, max: 1, interval: 0.1 };
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
  const centres = view.structures.map((_, index) => index);
  const digits = layout.range.interval < 0.01 ? 3 : layout.range.interval < 0.1 ? 2 : 1;
  const dice = {
    type: "value",
    ...layout.range,
    splitLine: { lineStyle: { color: "#e4e4e4" } },
    axisLine: { show: true, onZero: false, lineStyle: { color: "#777" } },
    axisTick: { show: true },
    axisLabel: { color: "#333", fontSize: 12, formatter: (value) => value.toFixed(digits) },
  };
  const rows = { type: "value", min: -0.5, max: Math.max(view.structures.length, 1) - 0.5, inverse: true };
  const plain = { axisLine: { show: false, onZero: false }, axisTick: { show: false }, splitLine: { show: false } };
  return {
    xAxis: [
      { ...dice, name: "Dice with the consensus", nameLocation: "middle", nameGap: 28, nameTextStyle: AXIS_NAME },
      marginAxis(layout.columns, plain),
      // Seen from above, the axis of a long plot is out of sight. It leaves room for the reference lines' labels.
      { ...dice, ...plain, position: "top", offset: 14, show: view.structures.length > STRUCTURES_IN_SIGHT },
    ],
    yAxis: [
      {
        ...rows,
        ...plain,
        axisLabel: {
          customValues: centres,
          formatter: (value) => readable(view.structures[value]?.name ?? ""),
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
  const stripes = view.structures.map((_, index) => index).filter((index) => index % 2 === 0);
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

function diceSeries(view, layout, rows, model) {
  const own = rows.filter((row) => row.model === model);
  const rowOf = new Map(view.structures.map((one, index) => [one.id, index]));
  const lane = view.models.indexOf(model) - (view.models.length - 1) / 2;
  const height = (structureId) => rowOf.get(structureId) + lane * layout.laneStep;
  const look = view.looks.get(model);
  const size = layout.laneHeight >= 11 ? 8 : 6;
  const mark = { type: "scatter", symbol: `path://${look.path}`, symbolKeepAspect: true, name: model };
  const filled = { color: look.color, opacity: 0.8, borderColor: "#222", borderWidth: 0.4 };
  const open = (width) => ({ color: "rgba(255,255,255,0.01)", borderColor: look.color, borderWidth: width });
  const drawn = own.filter((row) => row.dice != null && !hasNoOverlap(row));
  return [
    {
      ...mark,
      id: `mean ${model}`,
      z: 2,
      symbolSize: size * 2,
      itemStyle: open(2),
      data: diceMeans(own).map((mean) => ({ value: [mean.dice, height(mean.structureId)], mean })),
    },
    {
      ...mark,
      symbolSize: size,
      itemStyle: filled,
      id: `points ${model}`,
      z: 3,
      data: drawn.map((row) => ({ value: [row.dice, height(row.structureId)], row })),
    },
    {
      ...mark,
      id: `margin ${model}`,
      z: 3,
      xAxisIndex: 1,
      yAxisIndex: 1,
      symbolSize: size,
      itemStyle: open(1.5),
      data: marginMarks(own.filter(hasNoOverlap), layout.columns, height),
    },
  ];
}

/** Cases of one structure, model and status stand side by side, so that none hides another. */
function marginMarks(rows, columns, height) {
  const groups = groupBy(rows, (row) => JSON.stringify([row.structureId, row.status]));
  return [...groups.values()].flatMap((group) =>
    group.map((row, index) => ({
      value: [columns.indexOf(row.status) + (index + 1) / (group.length + 1), height(row.structureId)],
      row,
    })),
  );
}

/** Means over all rows that have a Dice, those without overlap included as the 0 that they are. */
function diceMeans(rows) {
  const groups = groupBy(rows, (row) => JSON.stringify([row.structureId, row.model]));
  return [...groups.values()].flatMap((group) => {
    const values = group.filter((row) => row.dice != null).map((row) => row.dice);
    // Where no case has any overlap, the marks at the margin say it all; a mean of 0 would only stretch the axis.
    if (values.length === 0 || group.every(hasNoOverlap)) return [];
    return {
      structureId: group[0].structureId,
      structure: group[0].structure,
      model: group[0].model,
      dice: values.reduce((a, b) => a + b) / values.length,
      lowest: values.reduce((a, b) => Math.min(a, b)),
      highest: values.reduce((a, b) => Math.max(a, b)),
      count: values.length,
      leftOut: group.length - values.length,
    };
  });
}

function diceNote(view, rows) {
  const drawn = `${plural(rows.length, "mark")} of ${plural(view.models.length, "model")} and ` +
    `${plural(view.structures.length, "structure")}.`;
  const apart = rows.filter(hasNoOverlap).length;
  const margin = apart ? ` ${apart} of them without overlap, at the left margin; a Dice of 0 counts in the mean.` : "";
  const without = plural(view.uncompared, "row");
  const alone = view.uncompared
    ? ` Not drawn: ${without} without a Dice, mostly of structures that one model alone knows.`
    : "";
  return `${drawn}${margin}${alone} The table below holds every value.`;
}
