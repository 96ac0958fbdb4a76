"use strict";
// Puts the page together.

const DRAW_AT_ONCE = 2000;
// The volume axis is logarithmic from this ratio of the largest to the smallest volume.
const DECADES = 20;

function startReport() {
  // Very many rows are in a file beside the page, which has put them here.
  const data = window.REPORT_DATA ?? JSON.parse(byId("report-data").textContent);
  const table = tableFromColumns(data.agreement);
  const caseFacts = makeCaseFacts(data, table);
  const page = { data, table, caseFacts, first: firstChoice(table), cache: new Map(), waiting: new Map() };
  const change = (alter) => changeChoice(page, alter);
  page.views = makeViews(data, table, change);
  page.showControls = makeControls(table, caseFacts, data.groups, change);
  page.showDetails = makeDetails(data, change);
  showOverview(data, table, caseFacts, page.cache);
  for (const place of document.querySelectorAll(".scale-here")) place.append(diceScale());
  const { lowest, highest } = volumesAboveNone(table);
  for (const id of ["share-section", "spread-section"]) byId(id).hidden = highest === 0;
  byId("share-log").checked = highest > DECADES * lowest;
  for (const id of SWITCHES) byId(id).addEventListener("change", () => showChoice(page));
  makeExports(page.views, () => page.view);
  makeContents();
  fitPlots(page.views.filter((view) => view.chart));
  followAddress(page);
}

/** The views by name, to go to: links would change the address, which holds the choice. */
function makeContents() {
  for (const section of document.querySelectorAll("#plots > section:not([hidden])")) {
    const button = element("button", { type: "button" }, section.dataset.short);
    button.addEventListener("click", () => section.scrollIntoView({ block: "start" }));
    byId("contents").append(button);
  }
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

/** All at once; with many rows what is in sight first and each view by itself, so that the page never freezes. */
function drawViews(page) {
  const { view: drawnFor } = page;
  const inSight = page.views.filter(isInSight);
  const order = [...inSight, ...page.views.filter((view) => !inSight.includes(view))];
  page.waiting = new Map(order.map((view) => [view.id, view]));
  for (const view of page.views) sectionOf(view).setAttribute("aria-busy", "true");
  byId("plots").setAttribute("aria-busy", "true");
  const next = () => {
    // A later choice draws everything itself.
    if (page.view !== drawnFor) return;
    const [view] = page.waiting.values();
    page.waiting.delete(view.id);
    view.draw(page.view);
    sectionOf(view).removeAttribute("aria-busy");
    byId("plots").setAttribute("aria-busy", String(page.waiting.size > 0));
  };
  const later = () => {
    next();
    if (page.view === drawnFor && page.waiting.size) setTimeout(later, 0);
  };
  if (page.view.rows.length > DRAW_AT_ONCE) setTimeout(later, 0);
  else while (page.waiting.size) next();
}

function sectionOf(view) {
  return document.querySelector(`[data-export="${view.id}"]`).closest("section");
}

function isInSight(view) {
  const box = sectionOf(view).getBoundingClientRect();
  return box.bottom > 0 && box.top < window.innerHeight;
}

function showSelection(page) {
  page.view = Object.assign(page.view, { choice: page.choice });
  page.showDetails(page.view);
  for (const view of page.views) if (!page.waiting.has(view.id)) view.select?.(page.view);
}

function rowsOfPlotCsv(view) {
  const names = ["case", "series_uid", "structure", "structure_key", "model", "status", "consensus", "n_models"];
  const header = [...names, "volume_ml", "consensus_volume_ml", "dice", "jaccard", "volume_ratio"];
  const line = (row) => header.map((name) => rowAt(view.table, row)[name]);
  return [header, ...Array.from(view.compared, line)];
}

function volumesAboveNone({ numbers }) {
  const volumes = numbers.volume_ml.filter((volume) => volume > 0);
  return { lowest: lowestOf(volumes), highest: highestOf(volumes, 0) };
}

startReport();
