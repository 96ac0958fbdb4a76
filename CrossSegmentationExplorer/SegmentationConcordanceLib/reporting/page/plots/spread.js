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

/** By place, where two models or more found the structure: rows of the smallest and largest volume, their spread. */
function volumeSpreads(view) {
  const { table } = view;
  const { placeOf } = table;
  const { volume_ml: volume } = table.numbers;
  const count = table.cases.length * table.structures.length;
  const [smallest, largest] = [new Uint32Array(count), new Uint32Array(count)];
  const [sum, n] = [new Float64Array(count), new Uint16Array(count)];
  for (const row of view.rows) {
    if (!(volume[row] > 0)) continue;
    const place = placeOf[row];
    if (n[place] === 0 || volume[row] < volume[smallest[place]]) smallest[place] = row;
    if (n[place] === 0 || volume[row] > volume[largest[place]]) largest[place] = row;
    sum[place] += volume[row];
    n[place] += 1;
  }
  const spread = (place) => ((volume[largest[place]] - volume[smallest[place]]) * n[place]) / sum[place];
  return { places: numbersThatPass(count, (place) => n[place] > 1), smallest, largest, n, spread };
}

function buildSpreadPlot(view, width) {
  const { table } = view;
  const rowOf = rowsOfStructures(view);
  const spreads = volumeSpreads(view);
  const structureAt = (place) => place % table.structures.length;
  const caseAt = (place) => Math.floor(place / table.structures.length);
  const places = spreads.places.filter((place) => rowOf[structureAt(place)] >= 0);
  const large = places.length > LARGE_PLOT;
  const layout = spreadLayout(view, width);
  const positionOf = (place) => ({
    x: 100 * spreads.spread(place),
    y: rowOf[structureAt(place)] + layout.shift + (large ? 0.5 * scatterOf(caseAt(place)) : 0),
  });
  const rows = spreadsOnce(table, places, large, spreads).map((place) => spreads.largest[place]);
  const place = (row) => {
    const at = table.placeOf[row];
    const isDrawn = rowOf[structureAt(at)] >= 0 && spreads.n[at] > 1 && spreads.largest[at] === row;
    return isDrawn ? positionOf(at) : null;
  };
  const points = {
    id: "spread",
    type: "scatter",
    symbol: "circle",
    symbolSize: large ? 3 : 7,
    itemStyle: { color: tone("dot"), opacity: large ? 0.4 : 0.6 },
    z: 3,
  };
  const hover = (data) => hoverOfSpread(view, spreads, table.placeOf[data[2]]);
  return {
    height: layout.height,
    hidden: places.length === 0,
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
      { series: spreadMedians(view, places, spreads, layout) },
      { ...rowLayer(points, rows, large, place), hover },
      ringLayer(IN_AXIS),
    ],
    place,
    ringSize: large ? 9 : 13,
    note: `${plural(places.length, "mark")}, one per case and structure; bars: the median of the cases.`,
  };
}

/** Of a large plot the places whose marks do not lie upon each other. */
function spreadsOnce(table, places, large, { spread }) {
  if (!large) return places;
  const widest = highestOf(Float64Array.from(places, spread), 1e-9);
  const structures = table.structures.length;
  const spotOf = (place) => {
    const down = Math.floor((scatterOf(Math.floor(place / structures)) + 0.5) * LANE_SPOTS);
    const across = Math.round((spread(place) / widest) * (SPOTS_ACROSS - 1));
    return ((place % structures) * LANE_SPOTS + down) * SPOTS_ACROSS + across;
  };
  return oncePerSpot(places, spotOf, structures * LANE_SPOTS * SPOTS_ACROSS);
}

function spreadLayout(view, width) {
  const names = placeOfNames(view, width);
  const rowHeight = (view.drawn.length <= 6 ? 34 : 22) + names.above;
  const plotHeight = Math.max(view.drawn.length, 1) * rowHeight;
  const grid = { left: names.width + 18, right: 24, top: 16, height: plotHeight };
  return { names, shift: names.above / 2 / rowHeight, height: plotHeight + 72, grid };
}

function spreadMedians(view, places, spreads, { shift }) {
  const structures = view.table.structures.length;
  const ofStructure = groupBy(places, (place) => place % structures);
  const data = view.drawn.flatMap(({ number }, index) => {
    const own = ofStructure.get(number);
    return own ? [[100 * distribution(own.map(spreads.spread)).median, index + shift]] : [];
  });
  const renderItem = (params, api) => {
    const [x, y] = api.coord([api.value(0), api.value(1)]);
    const style = { stroke: tone("text"), lineWidth: 2.5 };
    return { type: "line", shape: { x1: x, x2: x, y1: y - 8, y2: y + 8 }, style };
  };
  return { id: "medians", type: "custom", silent: true, z: 4, data, renderItem };
}

function hoverOfSpread(view, { smallest, largest, n, spread }, place) {
  const volume = (row) => `${milliliters(row.volume_ml)} ml, ${row.model}`;
  const most = rowAt(view.table, largest[place]);
  return hoverBox(readable(most.structure), [
    ["Case", view.caseFacts.label(most.case)],
    ["Spread", `${fixed(100 * spread(place), 1)} %`],
    ["Largest", volume(most)],
    ["Smallest", volume(rowAt(view.table, smallest[place]))],
    ["Models", String(n[place])],
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
  const { places, smallest, largest, n, spread } = volumeSpreads(view);
  const lines = Array.from(places, (place) => {
    const [most, least] = [rowAt(view.table, largest[place]), rowAt(view.table, smallest[place])];
    return [
      most.case,
      most.structure,
      spread(place),
      most.volume_ml,
      most.model,
      least.volume_ml,
      least.model,
      n[place],
    ];
  });
  return [header, ...lines];
}
