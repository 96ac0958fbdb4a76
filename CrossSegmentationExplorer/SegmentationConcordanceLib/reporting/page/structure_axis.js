"use strict";
// The axis of plots with one row per structure, from the top, and the stripes behind every second one.

const PLAIN_AXIS = {
  axisLine: { show: false, onZero: false },
  axisTick: { show: false },
  splitLine: { show: false },
};
const LABEL_WIDTH_LIMITS = [60, 240];
// On a plot so narrow, as on a phone, names of structures stand above their rows instead of beside them.
const NARROW_PLOT = 620;
const NAME_ABOVE_HEIGHT = 18;
const LARGE_PLOT = 3000;
const LARGE_MARK = { large: true, largeThreshold: 0, symbol: "rect" };
// Places at which the marks of a large plot, of three pixels, are told apart: across the plot, and down a lane.
const SPOTS_ACROSS = 300;
const LANE_SPOTS = 3;

function valueAxis(name, more = {}) {
  return {
    type: "value",
    name,
    nameLocation: "middle",
    nameGap: 30,
    nameTextStyle: { color: tone("text"), fontSize: 13 },
    splitLine: { show: false },
    axisLine: { show: true, onZero: false, lineStyle: { color: tone("axis") } },
    axisTick: { show: true },
    ...more,
    axisLabel: { color: tone("quiet"), fontSize: 12, hideOverlap: true, ...more.axisLabel },
  };
}

/**
 * Where the names of structures go: width, of the column beside the rows; above, the height that a row needs for a name
 * above it. One of them is 0.
 */
function placeOfNames(view, width) {
  if (width < NARROW_PLOT) return { width: 0, above: NAME_ABOVE_HEIGHT };
  return { width: widestLabel(view.drawn.map((one) => readable(one.name))), above: 0 };
}

function structureAxis(view, labelWidth, margin = 8) {
  return {
    ...structureRows(view),
    axisLabel: {
      show: labelWidth > 0,
      customValues: view.drawn.map((_, index) => index),
      formatter: (value) => readable(view.drawn[value]?.name ?? ""),
      width: labelWidth,
      overflow: "truncate",
      color: tone("text"),
      fontSize: 12.5,
      margin,
    },
  };
}

/** The same rows without their names. */
function structureRows(view) {
  const max = Math.max(view.drawn.length, 1) - 0.5;
  return { ...PLAIN_AXIS, type: "value", min: -0.5, max, inverse: true, axisLabel: { show: false } };
}

function widestLabel(labels) {
  const context = document.createElement("canvas").getContext("2d");
  context.font = `12.5px ${pageFont()}`;
  const widest = Math.max(0, ...labels.map((label) => Math.ceil(1.1 * context.measureText(label).width) + 6));
  return Math.min(Math.max(widest, LABEL_WIDTH_LIMITS[0]), LABEL_WIDTH_LIMITS[1]);
}

/** A stripe behind every second row; the names in their rows where they stand above the marks. */
function structureStripes(view, names, markLine) {
  const area = ({ name }, index) => [
    {
      yAxis: index - 0.5,
      itemStyle: { color: index % 2 ? "transparent" : tone("stripe") },
      ...(names.above ? { name: readable(name) } : {}),
    },
    { yAxis: index + 0.5 },
  ];
  return {
    id: "background",
    type: "scatter",
    silent: true,
    data: [],
    z: 0,
    markArea: {
      silent: true,
      label: { position: "insideTopLeft", color: tone("text"), fontSize: 12.5 },
      data: view.drawn.map(area),
    },
    ...(markLine ? { markLine } : {}),
  };
}

/** By the number of a structure its row in the plot; -1 where it is not drawn. */
function rowsOfStructures(view) {
  const rowOf = new Int32Array(view.table.structures.length).fill(-1);
  view.drawn.forEach((one, index) => {
    rowOf[one.number] = index;
  });
  return rowOf;
}

/** The rows whose structure is drawn. */
function rowsInPlot(view, rows, rowOf) {
  if (view.drawn.length === view.structures.length && rows === view.compared) return rows;
  const { structureOf } = view.table;
  return numbersThatPass(rows, (row) => rowOf[structureOf[row]] >= 0);
}

/** Between -0.5 and 0.5, the same for a case at every drawing. */
function scatterOf(caseNumber) {
  return ((caseNumber * 0.618034) % 1) - 0.5;
}

/** Rows whose marks fall on different spots: of marks upon each other one is enough. */
function oncePerSpot(rows, spotOf, spots) {
  const taken = new Uint8Array(spots);
  return numbersThatPass(rows, (row) => {
    const spot = spotOf(row);
    const isFirst = taken[spot] === 0;
    taken[spot] = 1;
    return isFirst;
  });
}
