"use strict";
// Puts the page together.

function startReport() {
  const data = JSON.parse(byId("report-data").textContent);
  const rows = rowsFromColumns(data.agreement);
  const looks = looksOfModels(distinct(rows.map((row) => row.model)));
  const choice = { models: new Set(looks.keys()), structures: new Set() };
  const charts = { dice: echarts.init(byId("dice-plot")), share: echarts.init(byId("share-plot")) };
  const setTableRows = makeTable(looks);
  let ofConsensus = [];
  let structures = [];

  const drawPlots = () => {
    const view = plotView(ofConsensus, structures, choice, looks);
    byId("dice-note").textContent = drawDicePlot(charts.dice, view);
    byId("share-note").textContent = drawSharePlot(charts.share, view);
  };
  const setConsensus = (consensus) => {
    ofConsensus = rows.filter((row) => row.consensus === consensus);
    const compared = ofConsensus.filter(isCompared);
    const groups = groupBy(compared, (row) => row.structureId);
    structures = [...groups].map(([id, [first]]) => ({ id, name: first.structure }));
    for (const item of document.querySelectorAll("[data-intersection]")) item.hidden = consensus !== "intersection";
    setTableRows([...ofConsensus, ...vocabularyGaps(ofConsensus)]);
    byId("share-log").checked = spansDecades(compared);
    makeStructureList(choice, structures, structuresWorstFirst(compared), drawPlots);
  };

  showHeader(data, rows, looks);
  makeModelButtons(choice, looks, drawPlots);
  for (const id of ["dice-full", "share-full", "share-log"]) byId(id).addEventListener("change", drawPlots);
  makeConsensusChoice(distinct(rows.map((row) => row.consensus)), setConsensus);
  fitToWidth(Object.values(charts));
}

function plotView(rows, structures, choice, looks) {
  return {
    rows: rows.filter((row) => choice.models.has(row.model) && choice.structures.has(row.structureId)),
    structures: structures.filter(({ id }) => choice.structures.has(id)),
    uncompared: rows.filter((row) => choice.models.has(row.model) && !isCompared(row)).length,
    models: [...looks.keys()].filter((model) => choice.models.has(model)),
    looks,
    fullDice: byId("dice-full").checked,
    fullShare: byId("share-full").checked,
    logVolume: byId("share-log").checked,
  };
}

function spansDecades(rows) {
  const volumes = rows.map((row) => row.volume_ml).filter((volume) => volume > 0);
  const lowest = volumes.reduce((a, b) => Math.min(a, b), Infinity);
  return volumes.reduce((a, b) => Math.max(a, b), 0) > 20 * lowest;
}

function makeConsensusChoice(methods, setConsensus) {
  const select = byId("consensus");
  select.replaceChildren(...methods.map((method) => option(method, method)));
  select.addEventListener("change", () => setConsensus(select.value));
  byId("consensus-choice").hidden = methods.length < 2;
  setConsensus(methods[0]);
}

function showHeader(data, rows, looks) {
  const cases = distinct(rows.map((row) => row.case));
  const structures = groupBy(rows, (row) => row.structureId);
  const alone = [...structures.values()].filter((group) => !group.some(isCompared)).length;
  const compared = structures.size - alone;
  const lines = [
    ["Cases", `${cases.length}: ${listed(cases)}`],
    ["Models", `${looks.size}: ${listed([...looks.keys()], 16)}`],
    ["Structures", `${compared} known to two or more models` + (alone ? `, ${alone} to one only` : "")],
    ["Consensus", distinct(rows.map((row) => row.consensus)).join(", ")],
  ];
  const list = byId("compared");
  for (const [name, text] of rows.length ? lines : []) list.append(element("dt", {}, name), element("dd", {}, text));
  byId("findings").append(...data.findings.map((sentence) => element("li", {}, sentence)));
  if (data.findings.length === 0) byId("findings").replaceWith(element("p", {}, "There is nothing to compare."));
  byId("notes").append(...data.notes.map((note) => element("li", {}, note)));
  byId("notes").hidden = data.notes.length === 0;
  byId("pairs-section").hidden = data.pairs.length === 0;
  showPairs(byId("pairs"), data.pairs, looks);
}

/** Plots follow the width of the window, and of the paper while the page is printed. */
function fitToWidth(charts) {
  const resize = () => charts.forEach((chart) => chart.resize());
  window.addEventListener("resize", resize);
  window.addEventListener("beforeprint", () => charts.forEach((chart) => chart.resize({ width: 680 })));
  window.addEventListener("afterprint", () => charts.forEach((chart) => chart.resize({ width: "auto" })));
}

startReport();
