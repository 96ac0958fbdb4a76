"use strict";
// How far the models' volumes of one case and structure lie apart: (largest - smallest) / mean.

/** Per case and structure the volumes of the models that found it; two at least. */
function volumeSpreads(rows) {
  const found = rows.filter((row) => row.volume_ml > 0);
  return [...groupBy(found, (row) => row.place).values()]
    .filter((group) => group.length > 1)
    .map((group) => {
      const smallest = group.reduce((a, b) => (b.volume_ml < a.volume_ml ? b : a));
      const largest = group.reduce((a, b) => (b.volume_ml > a.volume_ml ? b : a));
      const average = mean(group.map((row) => row.volume_ml));
      return { smallest, largest, n: group.length, spread: (largest.volume_ml - smallest.volume_ml) / average };
    });
}

function buildSpreadPlot(view) {
  const drawn = new Map(view.drawn.map(({ id }, index) => [id, index]));
  const spreads = volumeSpreads(view.rows).filter(({ largest }) => drawn.has(largest.structureId));
  const layout = spreadLayout(view, spreads);
  const large = spreads.length > LARGE_PLOT;
  const height = (row) => drawn.get(row.structureId) + (large ? 0.5 * scatterOf(row) : 0);
  const points = {
    id: "spread",
    type: "scatter",
    ...(large ? LARGE_MARK : { symbol: "circle" }),
    symbolSize: large ? 3 : 7,
    itemStyle: { color: "#33475b", opacity: large ? 0.4 : 0.6 },
    z: 3,
    data: spreads.map(({ spread, largest }, index) => [100 * spread, height(largest), largest.index, index]),
  };
  return {
    height: layout.height,
    hidden: spreads.length === 0,
    option: {
      animation: false,
      textStyle: { fontFamily: pageFont() },
      grid: layout.grid,
      ...spreadAxes(view, layout),
      series: [spreadStripes(view), spreadMedians(view, spreads), points, ...selectionRings(0)],
    },
    ringSize: large ? 9 : 13,
    hoverOfMark: (data) => hoverOfSpread(spreads[data[3]], view.caseFacts),
    note: `${plural(spreads.length, "mark")}, one per case and structure; bars: the median of the cases.`,
  };
}

function spreadLayout(view, spreads) {
  const rowHeight = view.drawn.length <= 6 ? 34 : 22;
  const labelWidth = widestLabel(view.drawn.map((one) => readable(one.name)));
  const plotHeight = Math.max(view.drawn.length, 1) * rowHeight;
  const highest = spreads.reduce((most, { spread }) => Math.max(most, 100 * spread), 0);
  return {
    labelWidth,
    rowHeight,
    height: plotHeight + 72,
    highest,
    grid: { left: labelWidth + 18, right: 24, top: 16, height: plotHeight },
  };
}

function spreadAxes(view, layout) {
  const plain = { axisLine: { show: false, onZero: false }, axisTick: { show: false }, splitLine: { show: false } };
  return {
    xAxis: {
      type: "value",
      min: 0,
      name: "Largest minus smallest volume, part of the models' mean (%)",
      nameLocation: "middle",
      nameGap: 28,
      nameTextStyle: AXIS_NAME,
      splitLine: { lineStyle: { color: "#e4e4e4" } },
      axisLine: { show: true, onZero: false, lineStyle: { color: "#777" } },
      axisTick: { show: true },
      axisLabel: { color: "#333", fontSize: 12 },
    },
    yAxis: {
      ...plain,
      type: "value",
      inverse: true,
      min: -0.5,
      max: Math.max(view.drawn.length, 1) - 0.5,
      axisLabel: {
        customValues: view.drawn.map((_, index) => index),
        formatter: (value) => readable(view.drawn[value]?.name ?? ""),
        width: layout.labelWidth,
        overflow: "truncate",
        color: "#111",
        fontSize: 12,
      },
    },
  };
}

function spreadStripes(view) {
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
  };
}

function spreadMedians(view, spreads) {
  const groups = groupBy(spreads, ({ largest }) => largest.structureId);
  const data = view.drawn.flatMap(({ id }, index) => {
    const own = groups.get(id);
    return own ? [[100 * distribution(own.map(({ spread }) => spread)).median, index]] : [];
  });
  const renderItem = (params, api) => {
    const [x, y] = api.coord([api.value(0), api.value(1)]);
    return { type: "line", shape: { x1: x, x2: x, y1: y - 8, y2: y + 8 }, style: { stroke: "#111", lineWidth: 2.5 } };
  };
  return { id: "medians", type: "custom", silent: true, z: 4, data, renderItem };
}

function hoverOfSpread({ smallest, largest, n, spread }, caseFacts) {
  const volume = (row) => `${milliliters(row.volume_ml)} ml, ${row.model}`;
  return hoverBox(readable(largest.structure), [
    ["Case", caseFacts.label(largest.case)],
    ["Spread", `${fixed(100 * spread, 1)} %`],
    ["Largest", volume(largest)],
    ["Smallest", volume(smallest)],
    ["Models", String(n)],
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
  const lines = volumeSpreads(view.rows).map(({ smallest, largest, n, spread }) => [
    largest.case,
    largest.structure,
    spread,
    largest.volume_ml,
    largest.model,
    smallest.volume_ml,
    smallest.model,
    n,
  ]);
  return [header, ...lines];
}
