"use strict";
// Puts the page together.

const DRAW_AT_ONCE = 20000;

function startReport() {
  // Very many rows are in a file beside the page, which has put them here.
  const data = window.REPORT_DATA ?? JSON.parse(byId("report-data").textContent);
  const table = tableFromColumns(data.agreement);
  const caseFacts = makeCaseFacts(data, table);
  const page = { data, table, caseFacts, first: firstChoice(table), cache: new Map(), waiting: new Map() };
  const change = (alter) => changeChoice(page, alter);
  page.views = makeViews(data, table, change);
  page.showControls = makeControls(table, caseFacts, change);
  page.showDetails = makeDetails(data, change);
  showOverview(data, table, caseFacts);
  for (const place of document.querySelectorAll(".scale-here")) place.append(diceScale());
  const hasVolumes = table.rows.some((row) => row.volume_ml > 0);
  for (const id of ["share-section", "spread-section"]) byId(id).hidden = !hasVolumes;
  byId("share-log").checked = spansDecades(table.rows);
  for (const id of SWITCHES) byId(id).addEventListener("change", () => showChoice(page));
  makeExports(page.views, () => page.view);
  fitToWidth(page.views.flatMap((view) => view.chart ?? []));
  followAddress(page);
}

function makeViews(data, table, change) {
  const views = [];
  if (data.pairs.pairs.length) views.push(makePairMap(pairsFromData(data.pairs, table)));
  else byId("pairs-section").hidden = true;
  return [
    ...views,
    makeMatrix(change),
    makePlot("dice", buildDicePlot, rowsOfPlotCsv, change),
    makePlot("share", buildSharePlot, rowsOfPlotCsv, change),
    makePlot("spread", buildSpreadPlot, spreadCsv, change),
    makeCaseTable(change),
    makeTable(change),
  ];
}

/** Alter the choice, or go back to the first one with null; the address follows. */
function changeChoice(page, alter) {
  const choice = alter ? page.choice : { ...firstChoice(page.table), selected: null };
  const before = withoutSelection(page);
  if (alter) alter(choice);
  page.choice = choice;
  const hash = choiceToHash(choice, page.first);
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  if (withoutSelection(page) === before) showSelection(page);
  else showChoice(page);
}

function withoutSelection(page) {
  return choiceToHash({ ...page.choice, selected: null }, page.first);
}

function followAddress(page) {
  const read = () => {
    page.choice = choiceFromHash(location.hash.slice(1), page.table, page.caseFacts.filters);
    showChoice(page);
  };
  window.addEventListener("hashchange", read);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-show]");
    if (link) setTimeout(() => byId(link.dataset.show).scrollIntoView({ block: "start" }), 0);
  });
  read();
}

function showChoice(page) {
  page.view = makeView(page.table, page.caseFacts, page.choice, page.cache);
  const few = page.view.structures.length <= STRUCTURES_AT_ONCE;
  byId("draw-all-choice").hidden = few;
  if (!few && !byId("draw-all").checked) {
    const worst = new Set(page.view.worst.slice(0, WORST));
    page.view.drawn = page.view.structures.filter((one) => worst.has(one));
  }
  const isIntersection = page.choice.consensus.startsWith("intersection");
  for (const item of document.querySelectorAll("[data-intersection]")) item.hidden = !isIntersection;
  page.showControls(page.choice);
  page.showDetails(page.view);
  drawViews(page);
}

/** What is in sight first; with very many rows the rest waits, one after the other, so that the page never freezes. */
function drawViews(page) {
  page.waiting = new Map(page.views.map((view) => [view.id, view]));
  const inSight = (view) => {
    const box = document.querySelector(`[data-export="${view.id}"]`).closest("section").getBoundingClientRect();
    return box.bottom > 0 && box.top < window.innerHeight;
  };
  const draw = (view) => {
    page.waiting.delete(view.id);
    view.draw(page.view);
  };
  const few = page.view.rows.length <= DRAW_AT_ONCE;
  // One by one, as each view drawn may push the next ones out of sight.
  for (const view of page.views) if (few || inSight(view)) draw(view);
  const { view: drawnFor } = page;
  const next = () => {
    // A later choice draws everything itself.
    if (page.view !== drawnFor) return;
    const [view] = page.waiting.values();
    if (!view) return;
    draw(view);
    setTimeout(next, 0);
  };
  setTimeout(next, 0);
}

function showSelection(page) {
  page.view = Object.assign(page.view, { choice: page.choice });
  page.showDetails(page.view);
  for (const view of page.views) if (!page.waiting.has(view.id)) view.select?.(page.view);
}

function rowsOfPlotCsv(view) {
  const names = ["case", "series_uid", "structure", "structure_key", "model", "status", "consensus", "n_models"];
  const header = [...names, "volume_ml", "consensus_volume_ml", "dice", "jaccard", "volume_ratio"];
  return [header, ...view.compared.map((row) => header.map((name) => row[name]))];
}

function spansDecades(rows) {
  const volumes = rows.map((row) => row.volume_ml).filter((volume) => volume > 0);
  const lowest = volumes.reduce((a, b) => Math.min(a, b), Infinity);
  return volumes.reduce((a, b) => Math.max(a, b), 0) > 20 * lowest;
}

/** Plots follow the width of the window, and of the paper while the page is printed. */
function fitToWidth(charts) {
  const resize = () => charts.forEach((chart) => chart.resize());
  window.addEventListener("resize", resize);
  window.addEventListener("beforeprint", () => charts.forEach((chart) => chart.resize({ width: 680 })));
  window.addEventListener("afterprint", () => charts.forEach((chart) => chart.resize({ width: "auto" })));
}

startReport();
