"use strict";
// How far the models' volumes of one case and structure lie apart: (largest - smallest) / mean.

declarePlot({
  id: "spread",
  order: 3,
  title: "Volume spread between models",
  short: "Spread",
  caption:
    "How far the models' volumes of one case and structure lie apart. This needs no consensus; a model that found " +
    "nothing does not count.",
  switches: [],
  isOfModels: false,
  needsVolumes: true,
  build: buildSpreadPlot,
  csv: spreadCsv,
});

/** One spread per consensus, case and structure: numbers of the rows with the largest and the smallest volume. */
function spreadsFromColumns({ count, largest, smallest, models, spread }) {
  return {
    count,
    largest: wholeColumn(largest),
    smallest: wholeColumn(smallest),
    models: numberColumn(models),
    spread: numberColumn(spread),
  };
}

/**
 * Numbers of the spreads of the chosen consensus, and of those whose largest and smallest volumes are both among the
 * rows of the view. The values are those of the tables: what is left out of the view is in them.
 */
function spreadsOfView(view) {
  const { spreads, texts } = view.table;
  const consensus = texts.consensus.texts.indexOf(view.choice.consensus);
  const own = numbersThatPass(spreads.count, (at) => texts.consensus.index[spreads.largest[at]] === consensus);
  const passes = (at) => view.passes(spreads.largest[at]) && view.passes(spreads.smallest[at]);
  return { own, shown: numbersThatPass(own, passes) };
}

function buildSpreadPlot(view, width) {
  const { table } = view;
  const { spreads } = table;
  const rowOf = rowsOfStructures(view);
  const { own, shown } = spreadsOfView(view);
  const drawn = numbersThatPass(shown, (at) => rowOf[structureOfSpread(table, at)] >= 0);
  const large = drawn.length > LARGE_PLOT;
  const layout = spreadLayout(view, width);
  const rows = spreadsOnce(table, drawn, large).map((at) => spreads.largest[at]);
  const atRow = new Int32Array(table.count).fill(-1);
  for (const at of drawn) atRow[spreads.largest[at]] = at;
  const place = (row) => {
    const at = atRow[row];
    if (at < 0) return null;
    const shift = layout.shift + (large ? 0.5 * scatterOf(table.caseOf[row]) : 0);
    return { x: 100 * spreads.spread[at], y: rowOf[table.structureOf[row]] + shift };
  };
  const points = {
    id: "spread",
    type: "scatter",
    symbol: "circle",
    symbolSize: large ? 3 : 7,
    itemStyle: { color: tone("dot"), opacity: large ? 0.4 : 0.6 },
    z: 3,
  };
  const hover = (data) => hoverOfSpread(view, atRow[data[2]]);
  return {
    height: layout.height,
    hidden: drawn.length === 0,
    option: {
      animation: false,
      textStyle: { fontFamily: pageFont() },
      grid: layout.grid,
      xAxis: valueAxis("Largest minus smallest volume, part of the models' mean (%)", {
        min: 0,
        splitLine: { lineStyle: { color: tone("grid") } },
      }),
      yAxis: structureAxis(view, layout.names.width),
    },
    layers: [
      { series: structureStripes(view, layout.names) },
      { series: spreadMedians(view, drawn, layout) },
      { ...rowLayer(points, rows, large, place), hover },
      ringLayer(IN_AXIS),
    ],
    place,
    ringSize: large ? 9 : 13,
    note: spreadNote(view, drawn, own),
  };
}

function structureOfSpread({ spreads, structureOf }, at) {
  return structureOf[spreads.largest[at]];
}

function spreadNote(view, drawn, own) {
  const marks = `${plural(drawn.length, "mark")}, one per case and structure; bars: the median of the cases.`;
  if (view.choice.without.size === 0) return marks;
  const { largest, smallest } = view.table.spreads;
  const isOff = (row) => view.choice.without.has(view.table.models[view.table.modelOf[row]]);
  const hidden = own.filter((at) => isOff(largest[at]) || isOff(smallest[at])).length;
  const names = listed([...view.choice.without]);
  const notDrawn = hidden ? ` Not drawn: ${plural(hidden, "mark")} with its largest or smallest volume there.` : "";
  return `${marks} ${names}: left out of the view, not of the spread.${notDrawn}`;
}

/** Of a large plot those whose marks do not lie upon each other. */
function spreadsOnce(table, drawn, large) {
  if (!large) return drawn;
  const { spread, largest } = table.spreads;
  const widest = highestOf(valuesAt(spread, drawn), 1e-9);
  const spotOf = (at) => {
    const down = Math.floor((scatterOf(table.caseOf[largest[at]]) + 0.5) * LANE_SPOTS);
    const across = Math.round((spread[at] / widest) * (SPOTS_ACROSS - 1));
    return (structureOfSpread(table, at) * LANE_SPOTS + down) * SPOTS_ACROSS + across;
  };
  return oncePerSpot(drawn, spotOf, table.structures.length * LANE_SPOTS * SPOTS_ACROSS);
}

function spreadLayout(view, width) {
  const names = placeOfNames(view, width);
  const rowHeight = (view.drawn.length <= 6 ? 34 : 22) + names.above;
  const plotHeight = Math.max(view.drawn.length, 1) * rowHeight;
  const grid = { left: names.width + 18, right: 24, top: 16, height: plotHeight };
  return { names, shift: names.above / 2 / rowHeight, height: plotHeight + 72, grid };
}

function spreadMedians(view, drawn, { shift }) {
  const { table } = view;
  const { count, largest } = table.spreads;
  const structureOf = numbersByIndex(new Uint32Array(count), largest, table.structureOf);
  const ofStructure = rowsByNumber(drawn, structureOf, table.structures.length);
  const data = view.drawn.flatMap(({ number }, index) => {
    const values = valuesAt(table.spreads.spread, ofStructure(number));
    return values.length ? [[100 * distribution(values).median, index + shift]] : [];
  });
  const renderItem = (params, api) => {
    const [x, y] = api.coord([api.value(0), api.value(1)]);
    const style = { stroke: tone("text"), lineWidth: 2.5 };
    return { type: "line", shape: { x1: x, x2: x, y1: y - 8, y2: y + 8 }, style };
  };
  return { id: "medians", type: "custom", silent: true, z: 4, data, renderItem };
}

function hoverOfSpread({ table, caseFacts }, at) {
  const { largest, smallest, models, spread } = table.spreads;
  const volume = (row) => `${milliliters(row.volume_ml)} ml, ${row.model}`;
  const most = rowAt(table, largest[at]);
  return hoverBox(readable(most.structure), [
    ["Case", caseFacts.label(most.case)],
    ["Spread", `${fixed(100 * spread[at], 1)} %`],
    ["Largest", volume(most)],
    ["Smallest", volume(rowAt(table, smallest[at]))],
    ["Models", String(models[at])],
  ]);
}

function spreadCsv(view) {
  const header = [
    "case",
    "structure",
    "spread",
    "largest_ml",
    "largest_model",
    "smallest_ml",
    "smallest_model",
    "models",
  ];
  const { largest, smallest, models, spread } = view.table.spreads;
  const lines = Array.from(spreadsOfView(view).shown, (at) => {
    const [most, least] = [rowAt(view.table, largest[at]), rowAt(view.table, smallest[at])];
    const volumes = [most.volume_ml, most.model, least.volume_ml, least.model];
    return [most.case, most.structure, spread[at], ...volumes, models[at]];
  });
  return [header, ...lines];
}
