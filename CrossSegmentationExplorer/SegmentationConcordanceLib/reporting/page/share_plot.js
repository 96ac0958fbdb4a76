"use strict";
// Consensus share against the model's volume, with the bands of agreement.

const BANDS = [
  { from: 90, to: 100, color: "#eaf3fa" },
  { from: 75, to: 90, color: "#f5f7f8" },
  { from: 50, to: 75, color: "#fdf3e3" },
  { from: 25, to: 50, color: "#fae3cb" },
  { from: 0, to: 25, color: "#f4cfb4" },
];
const AXIS_NAME = { color: "#111", fontSize: 13 };
const LABELLED_STRUCTURES = 12;
const LABELLED_MARKS = 250;

/** What the library draws of view.drawn, how high, and what the note under the plot says. */
function buildSharePlot(view) {
  const drawn = new Set(view.drawn.map(({ id }) => id));
  const ofDrawn = view.rows.filter((row) => drawn.has(row.structureId));
  const rows = ofDrawn.filter(hasShare);
  const logarithmic = byId("share-log").checked;
  const across = logarithmic ? Math.log10 : (volume) => volume;
  const place = (row) => [across(row.volume_ml), 100 * row.volume_ratio];
  const axis = shareAxis(rows);
  return {
    height: 510,
    hidden: rows.length === 0,
    option: {
      animation: false,
      textStyle: { fontFamily: pageFont() },
      grid: { left: 64, right: 84, top: 20, height: 440 },
      xAxis: volumeAxis(logarithmic, rows),
      yAxis: axis,
      series: [
        shareLines(rows, place, axis),
        ...view.models.map((model) => shareSeries(view, rows, place, model)),
        structureNames(view, rows, place, axis),
        ...selectionRings(0),
      ],
    },
    ringSize: rows.length > LARGE_PLOT ? 9 : 14,
    note: shareNote(ofDrawn, rows),
  };
}

function hasShare(row) {
  return row.volume_ratio != null && row.volume_ml > 0;
}

/** Fitted to whole bands, so that every mark stands in a band that is seen whole. */
function shareAxis(rows) {
  const shares = rows.map((row) => 100 * row.volume_ratio);
  const lowest = shares.reduce((a, b) => Math.min(a, b), 100);
  const highest = shares.reduce((a, b) => Math.max(a, b), 100);
  const min = byId("share-full").checked ? 0 : BANDS.find((band) => lowest >= band.from + 1)?.from ?? 0;
  return {
    type: "value",
    min,
    max: highest > 100.05 ? Math.ceil(highest / 10) * 10 : 100,
    interval: min >= 75 ? 5 : 10,
    name: "Consensus volume / model volume (%)",
    nameLocation: "middle",
    nameGap: 42,
    nameTextStyle: AXIS_NAME,
    splitLine: { show: false },
    axisLine: { show: true, onZero: false, lineStyle: { color: "#777" } },
    axisTick: { show: true },
    axisLabel: { color: "#333" },
  };
}

function volumeAxis(logarithmic, rows) {
  const look = {
    type: "value",
    name: "Model volume (ml)",
    nameLocation: "middle",
    nameGap: 30,
    nameTextStyle: AXIS_NAME,
    splitLine: { show: false },
    axisLine: { onZero: false, lineStyle: { color: "#777" } },
    axisTick: { show: true },
    axisLabel: { color: "#333" },
  };
  const volumes = rows.map((row) => row.volume_ml);
  const lowest = volumes.reduce((a, b) => Math.min(a, b), Infinity);
  const highest = volumes.reduce((a, b) => Math.max(a, b), 0);
  if (!logarithmic || volumes.length === 0) return { ...look, scale: lowest > highest / 2 };
  const ticks = logTicks(lowest, highest);
  return {
    ...look,
    min: Math.log10(lowest) - 0.05,
    max: Math.log10(highest) + 0.05,
    axisTick: { show: true, customValues: ticks.map(Math.log10) },
    axisLabel: {
      color: "#333",
      customValues: ticks.map(Math.log10),
      formatter: (value) => String(Number((10 ** value).toPrecision(1))),
    },
  };
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
function shareLines(rows, place, axis) {
  const lines = rows.length > LARGE_PLOT ? [] : [...groupBy(rows, (row) => row.place).values()];
  const rising = (a, b) => a.volume_ml - b.volume_ml;
  return {
    id: "lines",
    type: "line",
    silent: true,
    symbol: "none",
    z: 1,
    lineStyle: { color: "#777", width: 1, opacity: 0.6 },
    data: lines.flatMap((line) => [...line.sort(rising).map(place), [null, null]]),
    markArea: {
      silent: true,
      label: { position: "right", color: "#333", fontSize: 12 },
      data: BANDS.filter((band) => band.to > axis.min).map((band) => [
        { name: `${band.to}\u2013${band.from} %`, yAxis: band.from, itemStyle: { color: band.color } },
        { yAxis: band.to },
      ]),
    },
  };
}

function shareSeries(view, rows, place, model) {
  const look = view.looks.get(model);
  const large = rows.length > LARGE_PLOT;
  return {
    id: `points ${model}`,
    name: model,
    type: "scatter",
    symbol: `path://${look.path}`,
    symbolKeepAspect: true,
    symbolSize: large ? 3 : rows.length > 400 ? 7 : 9,
    itemStyle: large
      ? { color: look.color, opacity: 0.45 }
      : { color: look.color, opacity: rows.length > 1000 ? 0.6 : 0.85, borderColor: "#222", borderWidth: 0.4 },
    ...(large ? LARGE_MARK : {}),
    z: 3,
    ...markData(rows.filter((row) => row.model === model), large, (row) => place(row)[0], (row) => place(row)[1]),
  };
}

/** The name of each structure at its mark with the largest volume, where there are a few. */
function structureNames(view, rows, place, axis) {
  const groups = groupBy(rows, (row) => row.structureId);
  const several = view.drawn.length > 1 && view.drawn.length <= LABELLED_STRUCTURES;
  const few = several && rows.length <= LABELLED_MARKS;
  const largest = (group) => group.reduce((a, b) => (b.volume_ml > a.volume_ml ? b : a));
  const across = rows.map((row) => place(row)[0]);
  const [left, right] = [across.reduce((a, b) => Math.min(a, b), Infinity), across.reduce((a, b) => Math.max(a, b), 0)];
  const position = ([x, y]) => (y < axis.min + 6 ? "top" : x > left + 0.8 * (right - left) ? "bottom" : "right");
  const labels = few ? [...groups.values()].map(largest) : [];
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
      color: "#111",
      fontSize: 12,
      textBorderColor: "#fff",
      textBorderWidth: 2,
      formatter: ({ data }) => data.text,
    },
    labelLayout: { hideOverlap: true },
    data: labels.map((row) => ({
      value: place(row),
      text: readable(row.structure),
      label: { position: position(place(row)) },
    })),
  };
}

function shareNote(ofDrawn, rows) {
  const lost = ofDrawn.filter((row) => isCompared(row) && !hasShare(row));
  const missing = lost.filter((row) => row.status === "missing");
  const parts = [`${plural(rows.length, "mark")}.`];
  if (rows.length > LARGE_PLOT) parts.push("With so many, no lines are drawn, and dots stand for the symbols.");
  if (missing.length) {
    const named = missing.map((row) => `${readable(row.structure)}, ${row.model}, ${row.case}`);
    parts.push(`Not drawn, as the model found nothing: ${listed(named, 5)}.`);
  }
  const others = lost.length - missing.length;
  if (others) parts.push(`Not drawn: ${plural(others, "row")} without volume.`);
  return parts.join(" ");
}
