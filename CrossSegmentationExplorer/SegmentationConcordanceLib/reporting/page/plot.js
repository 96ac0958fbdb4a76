"use strict";
// A plot on the page: drawn by the library, hovered over, clicked, walked through with the arrow keys, exported.

/**
 * A layer is one series of the library, and what its marks are:
 * hasRows: each mark is [x, y, row]: it can be clicked, walked to and tells its row's values when hovered over;
 * hover: what else a mark tells, from its data; ringsOf: it holds the rings around the selected case's marks.
 */
const IN_AXIS = "axis";
const AT_MARGIN = "margin";

const PLOTS = [];

/**
 * Every file of plots/ declares one plot: its place among the others, its words, its switches (isOn tells from the
 * volumes whether one is on at first), whether its marks stand for models, whether it shows nothing without volumes,
 * csv: view -> lines of cells, and
 * build: view, width -> { option, layers, height, note, place, ringSize, hidden }, where place(row) is
 * { x, y, margin } if the row has a mark, else null.
 */
function declarePlot(plot) {
  PLOTS.push(plot);
  PLOTS.sort((a, b) => a.order - b.order);
}

/** The part of the page that a plot is in; it goes in front of what follows the plots. */
function makePlotSection({ id, title, short, caption, switches }, volumes) {
  const heading = element("div", { class: "heading" }, element("h2", { id: `${id}-heading` }, title));
  heading.append(element("div", { class: "export", "data-export": id }));
  const about = element("p", { class: "caption" }, caption);
  for (const one of switches) {
    const box = element("input", { type: "checkbox", id: one.id });
    box.checked = one.isOn?.(volumes) ?? false;
    about.append(" ", element("label", { id: `${one.id}-choice` }, box, ` ${one.text}`));
  }
  const canvas = element("div", {
    id: `${id}-plot`,
    class: "plot",
    role: "application",
    tabindex: "0",
    "aria-roledescription": "plot; arrow keys go through the marks, Enter shows all values",
    "aria-labelledby": `${id}-heading`,
    "aria-describedby": `${id}-note`,
  });
  const note = element("p", { id: `${id}-note`, class: "caption", "aria-live": "polite" });
  const attributes = { id: `${id}-section`, "aria-labelledby": `${id}-heading`, "data-short": short };
  return element("section", attributes, heading, about, canvas, note);
}

function makePlot(spec, change) {
  const dom = byId(`${spec.id}-plot`);
  const chart = echarts.init(dom);
  const plot = { id: spec.id, spec, csv: spec.csv, dom, chart, built: null, view: null, at: -1, walk: null };
  plot.draw = (view) => drawPlot(plot, view);
  plot.select = (view) => showRings(plot, view);
  plot.picture = (width) => plotSvg(plot, width);
  chart.on("click", ({ data, seriesIndex }) => {
    const row = rowOfMark(plot, seriesIndex, data);
    if (row) change((choice) => selectRow(choice, row));
  });
  dom.addEventListener("keydown", (event) => walkMarks(plot, event, change));
  dom.addEventListener("blur", () => chart.dispatchAction({ type: "hideTip" }));
  return plot;
}

function drawPlot(plot, view) {
  plot.view = view;
  plot.built = plot.spec.build(view, plot.dom.clientWidth || 1000);
  plot.walk = null;
  plot.at = -1;
  plot.dom.hidden = Boolean(plot.built.hidden);
  resizePlot(plot);
  const rings = ringsOfSelection(plot);
  const series = plot.built.layers.map((layer) => withRings(layer, rings));
  plot.chart.setOption({ ...plot.built.option, series, tooltip: hoverOf(plot) }, { notMerge: true });
  byId(`${plot.id}-note`).textContent = view.rows.length || !view.table.count ? plot.built.note : NOTHING_PASSES;
}

/** Without what is drawn, which would be drawn once more for nothing. */
function resizePlot({ chart, dom, built }) {
  if (chart.getHeight() === built.height && chart.getWidth() === dom.clientWidth) return;
  chart.clear();
  chart.resize({ height: built.height });
}

function hoverOf(plot) {
  const formatter = ({ data, seriesIndex }) => {
    const { hover } = plot.built.layers[seriesIndex];
    if (hover) return hover(data);
    const row = rowOfMark(plot, seriesIndex, data);
    return row ? hoverOfRow(row, plot.view.caseFacts) : "";
  };
  return { ...HOVER, formatter };
}

function rowOfMark(plot, seriesIndex, data) {
  return plot.built.layers[seriesIndex]?.hasRows ? rowAt(plot.view.table, data[2]) : null;
}

/** A layer with a mark [x, y, row] for each row. */
function rowLayer(series, rows, isLarge, place) {
  return { series: { ...series, ...markData(rows, isLarge, place) }, hasRows: true };
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
    data[at] = x;
    data[at + 1] = y;
    data[at + 2] = row;
    at += 3;
  }
  // The library's way for many marks fails without any.
  if (isLarge && rows.length) return { ...LARGE_MARK, data, dimensions: ["x", "y", "row"] };
  return { data: Array.from(rows, (_, mark) => [...data.subarray(3 * mark, 3 * mark + 3)]) };
}

/** Visit x, y, number of the row and number of the mark. */
function eachMark({ series: { data } }, visit) {
  if (data instanceof Float64Array) {
    for (let at = 0; at < data.length; at += 3) visit(data[at], data[at + 1], data[at + 2], at / 3);
  } else {
    data.forEach(([x, y, index], at) => visit(x, y, index, at));
  }
}

/** An empty layer that later holds the rings around the selected case, in the plot's axes or in those of its margin. */
function ringLayer(where) {
  const index = where === AT_MARGIN ? 1 : 0;
  const series = {
    id: index ? "rings at the margin" : "rings",
    type: "scatter",
    silent: true,
    z: 6,
    symbol: "circle",
    xAxisIndex: index,
    yAxisIndex: index,
    itemStyle: { color: "transparent", borderColor: tone("text") },
    data: [],
  };
  return { series, ringsOf: where };
}

function withRings({ series, ringsOf }, rings) {
  return ringsOf ? { ...series, data: rings.get(ringsOf) } : series;
}

function showRings(plot, view) {
  if (!plot.built) return;
  plot.view = view;
  const rings = ringsOfSelection(plot);
  const layers = plot.built.layers.filter(({ ringsOf }) => ringsOf);
  plot.chart.setOption({ series: layers.map((layer) => ({ id: layer.series.id, data: rings.get(layer.ringsOf) })) });
}

/** By place the rings around all marks of the selected case, a thicker one around the selected row. */
function ringsOfSelection(plot) {
  const { view, built, spec } = plot;
  const rings = new Map([
    [IN_AXIS, []],
    [AT_MARGIN, []],
  ]);
  if (!view.choice.selected) return rings;
  const [name, structure, model] = view.choice.selected;
  for (const row of rowsOfCaseNow(view.table, view.choice, name)) {
    const place = view.passes(row.index) ? built.place(row.index) : null;
    if (!place) continue;
    const { x, y, margin } = place;
    const exact = row.structureId === structure && (row.model === model || !spec.isOfModels);
    const size = built.ringSize + (exact ? 4 : 0);
    const ring = { value: [x, y, row.index], symbolSize: size, itemStyle: { borderWidth: exact ? 2.5 : 1.2 } };
    rings.get(margin ? AT_MARGIN : IN_AXIS).push(ring);
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
  plot.built.layers.forEach((layer, seriesIndex) => {
    if (!layer.hasRows) return;
    eachMark(layer, (x, y, index, dataIndex) => {
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

/** What a plot of rows saves as a table. */
function rowsOfPlotCsv(view) {
  const names = ["case", "series_uid", "structure", "structure_key", "model", "status", "consensus", "n_models"];
  const header = [...names, "volume_ml", "consensus_volume_ml", "dice", "jaccard", "volume_ratio"];
  const line = (row) => header.map((name) => rowAt(view.table, row)[name]);
  return [header, ...Array.from(view.compared, line)];
}
