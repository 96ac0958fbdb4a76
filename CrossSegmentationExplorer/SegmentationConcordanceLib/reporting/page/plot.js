"use strict";
// A plot on the page: drawn by the library, hovered over, clicked, walked through with the arrow keys, exported.

/**
 * @param build view -> { option, height, note, place, ringSize, marks, hidden }; data of series "points ...",
 *     "margin ..." and "spread" are [x, y, row]; place(row) is { x, y, margin } where a row has a mark, else null.
 * @param csv view -> lines of cells.
 */
function makePlot(id, build, csv, change) {
  const dom = byId(`${id}-plot`);
  const chart = echarts.init(dom);
  const plot = { id, dom, chart, build, csv, built: null, view: null, at: -1, walk: null };
  plot.draw = (view) => drawPlot(plot, view);
  plot.select = (view) => showRings(plot, view);
  plot.picture = (width) => plotSvg(plot, width);
  chart.on("click", ({ data, seriesId }) => {
    const row = rowOfMark(plot, seriesId, data);
    if (row) change((choice) => selectRow(choice, row));
  });
  dom.addEventListener("keydown", (event) => walkMarks(plot, event, change));
  dom.addEventListener("blur", () => chart.dispatchAction({ type: "hideTip" }));
  return plot;
}

function drawPlot(plot, view) {
  plot.view = view;
  plot.built = plot.build(view);
  plot.walk = null;
  plot.at = -1;
  plot.dom.hidden = Boolean(plot.built.hidden);
  plot.chart.resize({ height: plot.built.height });
  const rings = ringsOfSelection(plot);
  const series = plot.built.option.series.map((one) => (rings[one.id] ? { ...one, data: rings[one.id] } : one));
  plot.chart.setOption({ ...plot.built.option, series, tooltip: hoverOf(plot) }, { notMerge: true });
  byId(`${plot.id}-note`).textContent = plot.built.note;
}

function hoverOf(plot) {
  const formatter = ({ data, seriesId }) => {
    if (seriesId.startsWith("distribution ")) return hoverOfDistribution(plot.built.marks[data[data.length - 1]]);
    if (plot.built.hoverOfMark && seriesId.startsWith("spread")) return plot.built.hoverOfMark(data);
    const row = rowOfMark(plot, seriesId, data);
    return row ? hoverOfRow(row, plot.view.caseFacts) : "";
  };
  return { ...HOVER, formatter };
}

function rowOfMark(plot, seriesId, data) {
  const isRow = /^(points|margin|spread)/.test(seriesId ?? "");
  return isRow ? rowAt(plot.view.table, data[2]) : null;
}

/**
 * The data of a series of marks: [x, y, row] each, or all of them in a row where they are many, which the library
 * takes over several times faster.
 */
function markData(rows, isLarge, place) {
  const data = new Float64Array(3 * rows.length);
  let at = 0;
  for (const row of rows) {
    const { x, y } = place(row);
    data[at++] = x;
    data[at++] = y;
    data[at++] = row;
  }
  // The library's way for many marks fails without any.
  if (isLarge && rows.length) return { ...LARGE_MARK, data, dimensions: ["x", "y", "row"] };
  return { data: Array.from(rows, (_, mark) => [...data.subarray(3 * mark, 3 * mark + 3)]) };
}

/** Visit x, y, number of the row and number of the mark; series without marks have none. */
function eachMark({ id, data }, visit) {
  if (!/^(points|margin|spread)/.test(id)) return;
  if (data instanceof Float64Array) {
    for (let at = 0; at < data.length; at += 3) visit(data[at], data[at + 1], data[at + 2], at / 3);
  } else {
    data.forEach(([x, y, index], at) => visit(x, y, index, at));
  }
}

/** Empty series that later hold the rings around the selected case; margin is 1 where a second grid has marks. */
function selectionRings(margin) {
  const ring = (index) => ({
    id: index ? "rings at the margin" : "rings",
    type: "scatter",
    silent: true,
    z: 6,
    symbol: "circle",
    xAxisIndex: index,
    yAxisIndex: index,
    itemStyle: { color: "transparent", borderColor: "#000" },
    data: [],
  });
  return margin ? [ring(0), ring(1)] : [ring(0)];
}

function showRings(plot, view) {
  if (!plot.built) return;
  plot.view = view;
  const rings = ringsOfSelection(plot);
  const present = plot.built.option.series.filter(({ id }) => rings[id]);
  plot.chart.setOption({ series: present.map(({ id }) => ({ id, data: rings[id] })) });
}

/** By series the rings around all marks of the selected case, a thicker one around the selected row. */
function ringsOfSelection(plot) {
  const { view, built } = plot;
  const rings = { rings: [], "rings at the margin": [] };
  if (!view.choice.selected) return rings;
  const [name, structure, model] = view.choice.selected;
  for (const row of rowsOfCaseNow(view.table, view.choice, name)) {
    const place = view.passes(row.index) ? built.place(row.index) : null;
    if (!place) continue;
    const { x, y, margin } = place;
    const exact = row.structureId === structure && (row.model === model || plot.id === "spread");
    const size = built.ringSize + (exact ? 4 : 0);
    const ring = { value: [x, y, row.index], symbolSize: size, itemStyle: { borderWidth: exact ? 2.5 : 1.2 } };
    rings[margin ? "rings at the margin" : "rings"].push(ring);
  }
  return rings;
}

/** Left and right go through the marks of a model by value, up and down to the next model or structure. */
function walkMarks(plot, event, change) {
  plot.walk ??= marksInOrder(plot);
  const { walk } = plot;
  if (walk.length === 0) return;
  const to = {
    ArrowRight: () => Math.min(plot.at + 1, walk.length - 1),
    ArrowLeft: () => Math.max(plot.at - 1, 0),
    ArrowDown: () => nextGroup(walk, plot.at, 1),
    ArrowUp: () => nextGroup(walk, plot.at, -1),
    Home: () => 0,
    End: () => walk.length - 1,
  }[event.key];
  if (to) {
    event.preventDefault();
    plot.at = to();
    const mark = walk[plot.at];
    plot.chart.dispatchAction({ type: "showTip", seriesIndex: mark.seriesIndex, dataIndex: mark.dataIndex });
    byId("said").textContent = spoken(mark.row, plot.view.caseFacts);
  } else if (event.key === "Enter" && plot.at >= 0) {
    change((choice) => selectRow(choice, walk[plot.at].row));
  }
}

function marksInOrder(plot) {
  const marks = [];
  plot.built.option.series.forEach((one, seriesIndex) => {
    eachMark(one, (x, y, index, dataIndex) => {
      marks.push({ seriesIndex, dataIndex, x, row: rowAt(plot.view.table, index) });
    });
  });
  return marks.sort((a, b) => a.row.cell - b.row.cell || a.x - b.x);
}

function nextGroup(walk, at, step) {
  if (at < 0) return 0;
  let next = at;
  while (walk[next + step] && walk[next].row.cell === walk[at].row.cell) next += step;
  return next;
}

function spoken(row, caseFacts) {
  const facts = factsOfRow(row, caseFacts).filter(([, value]) => value);
  return `${row.model}. ${facts.map(([name, value]) => `${name} ${value}`).join(". ")}.`;
}
