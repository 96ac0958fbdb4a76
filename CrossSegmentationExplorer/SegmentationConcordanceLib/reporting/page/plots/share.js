"use strict";
// Consensus share against the model's volume, with the bands of agreement.

// The volume axis is logarithmic at first from this ratio of the largest to the smallest volume.
const DECADES = 20;

declarePlot({
  id: "share",
  order: 2,
  title: "Consensus share against volume",
  short: "Share",
  caption: "The part of a model's volume that is in the consensus. A line joins the models of one case and structure.",
  switches: [
    { id: "share-full", text: "Full axis, 0 to 100 %" },
    { id: "share-log", text: "Logarithmic volume", isOn: ({ lowest, highest }) => highest > DECADES * lowest },
  ],
  isOfModels: true,
  needsVolumes: true,
  build: buildSharePlot,
  csv: rowsOfPlotCsv,
});

const LABELLED_STRUCTURES = 12;
const LABELLED_MARKS = 250;
const NAMED_MISSING = 5;

/** What the library draws of view.drawn, how high, and what the note under the plot says. */
function buildSharePlot(view) {
  const { table } = view;
  const { volume_ml: volume, volume_ratio: share } = table.numbers;
  const rowOf = rowsOfStructures(view);
  const ofDrawn = rowsInPlot(view, view.rows, rowOf);
  const hasShare = (row) => !Number.isNaN(share[row]) && volume[row] > 0;
  const rows = numbersThatPass(ofDrawn, hasShare);
  const volumes = valuesAt(volume, rows);
  const across = byId("share-log").checked ? Math.log10 : (value) => value;
  const atVolume = byId("share-log").checked ? logVolumes(table) : volume;
  const place = (row) =>
    hasShare(row) && rowOf[table.structureOf[row]] >= 0 ? { x: atVolume[row], y: 100 * share[row] } : null;
  const layout = {
    large: rows.length > LARGE_PLOT,
    lowest: lowestOf(volumes),
    highest: highestOf(volumes, 0),
    axis: shareAxis(valuesAt(share, rows), table.shareBands),
    across,
    atVolume,
  };
  const shown = sharesOnce(table, rows, layout);
  const ofModel = rowsByNumber(shown, table.modelOf, table.models.length);
  return {
    height: 510,
    hidden: rows.length === 0,
    option: {
      animation: false,
      textStyle: { fontFamily: pageFont() },
      grid: { left: 64, right: 84, top: 20, height: 440 },
      xAxis: volumeAxis(layout),
      yAxis: layout.axis,
    },
    layers: [
      { series: shareLines(table, layout.large ? [] : rows, place, layout.axis) },
      ...view.models.map((model) => shareLayer(view, model, ofModel, place, rows.length)),
      { series: structureNames(view, rows, place, layout) },
      ringLayer(IN_AXIS),
    ],
    place,
    ringSize: layout.large ? 9 : 14,
    note: shareNote(view, numbersThatPass(ofDrawn, (row) => !hasShare(row)), rows, layout),
  };
}

/** Made once for all choices. */
function logVolumes(table) {
  table.logVolumes ??= table.numbers.volume_ml.map(Math.log10);
  return table.logVolumes;
}

/** Of a large plot the marks that do not lie upon each other. */
function sharesOnce(table, rows, { large, lowest, highest, across, atVolume, axis }) {
  if (!large) return rows;
  const { volume_ratio: share } = table.numbers;
  const { modelOf } = table;
  const [left, down] = [across(lowest), SPOTS_ACROSS / 2];
  const perVolume = (SPOTS_ACROSS - 1) / Math.max(across(highest) - left, 1e-9);
  const perShare = (down - 1) / (axis.max - axis.min);
  const spotOf = (row) => {
    const column = Math.round((atVolume[row] - left) * perVolume);
    const line = Math.round((100 * share[row] - axis.min) * perShare);
    return (modelOf[row] * down + line) * SPOTS_ACROSS + column;
  };
  return oncePerSpot(rows, spotOf, table.models.length * down * SPOTS_ACROSS);
}

/** From the per cents at which one band ends and the next begins, the highest first. */
function bandsBetween(limits) {
  return [...limits, 0].map((from, at) => ({ from, to: at ? limits[at - 1] : 100 }));
}

/** Fitted to whole bands, so that every mark stands in a band that is seen whole. */
function shareAxis(shares, bands) {
  const lowest = 100 * lowestOf(shares, 1);
  const highest = 100 * highestOf(shares, 1);
  const min = byId("share-full").checked ? 0 : bands.find((band) => lowest >= band.from + 1)?.from ?? 0;
  return valueAxis("Consensus volume / model volume (%)", {
    min,
    max: highest > 100.05 ? Math.ceil(highest / 10) * 10 : 100,
    interval: min >= 75 ? 5 : 10,
    nameGap: 42,
  });
}

function volumeAxis({ lowest, highest, across }) {
  const name = "Model volume (ml)";
  if (across !== Math.log10 || highest === 0) return valueAxis(name, { scale: lowest > highest / 2 });
  const ticks = logTicks(lowest, highest).map(Math.log10);
  return valueAxis(name, {
    min: Math.log10(lowest) - 0.05,
    max: Math.log10(highest) + 0.05,
    axisTick: { show: true, customValues: ticks },
    axisLabel: {
      color: tone("quiet"),
      fontSize: 12,
      customValues: ticks,
      formatter: (value) => String(Number((10 ** value).toPrecision(1))),
    },
  });
}

/** 1, 2 and 5 times the powers of ten inside the range. */
function logTicks(lowest, highest) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(lowest)); power <= Math.log10(highest); power += 1) {
    for (const digit of [1, 2, 5]) ticks.push(digit * 10 ** power);
  }
  return ticks.filter((tick) => tick >= lowest * 0.9 && tick <= highest * 1.1);
}

/** One line per case and structure, along rising volume; one series for all of them, broken by empty points. */
function shareLines(table, rows, place, axis) {
  const { volume_ml: volume } = table.numbers;
  const rising = (a, b) => volume[a] - volume[b];
  const at = (row) => [place(row).x, place(row).y];
  return {
    id: "lines",
    type: "line",
    silent: true,
    symbol: "none",
    z: 1,
    lineStyle: { color: tone("axis"), width: 1, opacity: 0.6 },
    data: [...groupBy(rows, (row) => table.placeOf[row]).values()].flatMap((line) => [
      ...line.sort(rising).map(at),
      [null, null],
    ]),
    markArea: {
      silent: true,
      label: { position: "right", color: tone("quiet"), fontSize: 12 },
      data: table.shareBands.filter((band) => band.to > axis.min).map((band) => [
        { name: `${band.to}\u2013${band.from} %`, yAxis: band.from, itemStyle: { color: tone(`band-${band.from}`) } },
        { yAxis: band.to },
      ]),
    },
  };
}

function shareLayer(view, model, ofModel, place, count) {
  const look = view.looks.get(model);
  const large = count > LARGE_PLOT;
  const series = {
    id: `points ${model}`,
    type: "scatter",
    symbol: `path://${look.path}`,
    symbolKeepAspect: true,
    symbolSize: large ? 3 : count > 400 ? 7 : 9,
    itemStyle: large
      ? { color: look.color, opacity: 0.45 }
      : { color: look.color, opacity: count > 1000 ? 0.6 : 0.85, borderColor: tone("edge"), borderWidth: 0.4 },
    z: 3,
  };
  return rowLayer(series, ofModel(view.table.modelNumber.get(model)), large, place);
}

/** The name of each structure at its mark with the largest volume, where there are a few. */
function structureNames(view, rows, place, { axis, lowest, highest, across }) {
  const { table } = view;
  const { volume_ml: volume } = table.numbers;
  const several = view.drawn.length > 1 && view.drawn.length <= LABELLED_STRUCTURES;
  const few = several && rows.length <= LABELLED_MARKS;
  const groups = few ? [...groupBy(rows, (row) => table.structureOf[row]).values()] : [];
  const labels = groups.map((group) => group.reduce((a, b) => (volume[b] > volume[a] ? b : a)));
  const right = across(lowest) + 0.8 * (across(highest) - across(lowest));
  const position = ({ x, y }) => (y < axis.min + 6 ? "top" : x > right ? "bottom" : "right");
  return {
    id: "names",
    type: "scatter",
    silent: true,
    symbolSize: 1,
    itemStyle: { color: "transparent" },
    z: 4,
    label: {
      show: true,
      distance: 8,
      color: tone("text"),
      fontSize: 12,
      textBorderColor: tone("page"),
      textBorderWidth: 2,
      formatter: ({ data }) => data.text,
    },
    labelLayout: { hideOverlap: true },
    data: labels.map((row) => ({
      value: [place(row).x, place(row).y],
      text: readable(rowAt(table, row).structure),
      label: { position: position(place(row)) },
    })),
  };
}

function shareNote(view, without, rows, { large }) {
  const { table } = view;
  const missing = numbersThatPass(without, (row) => table.missing[row] === 1);
  const parts = [`${plural(rows.length, "mark")}.`];
  if (large) {
    parts.push("With so many, no lines are drawn, dots stand for the symbols, and of dots upon each other one.");
  }
  if (missing.length) {
    const named = [...missing.subarray(0, NAMED_MISSING)].map((index) => {
      const row = rowAt(table, index);
      return `${readable(row.structure)}, ${row.model}, ${view.caseFacts.label(row.case)}`;
    });
    const more = missing.length - named.length;
    const rest = more ? `; and ${more.toLocaleString("en")} more` : "";
    parts.push(`Not drawn, as the model found nothing: ${named.join("; ")}${rest}.`);
  }
  const isOther = (row) => !table.missing[row] && !Number.isNaN(table.badness[row]);
  const others = numbersThatPass(without, isOther).length;
  if (others) parts.push(`Not drawn: ${plural(others, "row")} without volume.`);
  return parts.join(" ");
}
