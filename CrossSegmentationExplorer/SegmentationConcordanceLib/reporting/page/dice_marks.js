"use strict";
// How the Dice plot draws the distribution of a cell, and the cases without overlap at its margin.

const BOX_CASES = 5;

/** What is drawn of cells: nothing where no case has any overlap, as a median of 0 would only stretch the axis. */
function diceDistributions(view) {
  const { table } = view;
  const drawn = new Set(view.drawn);
  const cells = [...cellsOf(view).values()].filter((cell) => drawn.has(cell.structure) && cell.n && !cell.isLost);
  const worstCase = ({ worst }) => view.caseFacts.label(rowAt(table, worst).case);
  return cells.map((cell, index) => ({ ...cell, index, worstCase: worstCase(cell) }));
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
      height(one.structure.number),
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
  const bar = line(median, y - half - 0.5, median, y + half + 0.5, 2.5, "#111");
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
