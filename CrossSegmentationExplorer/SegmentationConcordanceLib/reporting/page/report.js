"use strict";
// Puts the page together.

const DRAW_AT_ONCE = 2000;

function startReport() {
  const data = dataOfPage();
  if (!data) return;
  const table = tableFromColumns(data.agreement, data.measures);
  table.spreads = spreadsFromColumns(data.spreads);
  table.shareBands = bandsBetween(data.share_bands);
  const caseFacts = makeCaseFacts(data, table);
  const page = { data, table, caseFacts, first: firstChoice(table), cache: new Map(), waiting: new Map() };
  const change = (alter) => changeChoice(page, alter);
  page.views = makeViews(page, change);
  page.showControls = makeControls(table, caseFacts, data.groups, change);
  page.showDetails = makeDetails(data, change);
  showOverview(data, table, caseFacts, page.cache);
  for (const place of allOf(".scale-here")) place.append(diceScale());
  showReview(data.review, table.looks);
  makeExports(page.views, () => page.view);
  makeContents();
  fitPlots(page.views.filter((view) => view.chart));
  const print = (on) => page.views.forEach((view) => view.print?.(on));
  window.addEventListener("beforeprint", () => print(true));
  window.addEventListener("afterprint", () => print(false));
  DARK.addEventListener("change", () => showChoice(page));
  followAddress(page);
}

/** Null, and said so, where the file beside the page that holds very many rows is not there. */
function dataOfPage() {
  if (window.REPORT_DATA) return window.REPORT_DATA;
  const held = byId("report-data").textContent;
  if (held) return JSON.parse(held);
  const name = decodeURIComponent(location.pathname.split("/").pop()).replace(/\.[^.]*$/, ".data.js");
  const said = `The data of this page are in a second file, ${name}, which is not beside it. Keep the two together.`;
  document.querySelector("main").replaceChildren(element("p", {}, said));
  return null;
}

/** The views by name, to go to: links would change the address, which holds the choice. */
function makeContents() {
  for (const section of allOf("#plots > section:not([hidden])")) {
    const button = element("button", { type: "button" }, section.dataset.short);
    button.addEventListener("click", () => section.scrollIntoView({ block: "start" }));
    byId("contents").append(button);
  }
}

function makePlots(page, change) {
  const volumes = volumesAboveNone(page.table);
  return PLOTS.map((spec) => {
    const section = makePlotSection(spec, volumes);
    section.hidden = spec.needsVolumes && volumes.highest === 0;
    byId("cases-section").before(section);
    for (const { id } of spec.switches) byId(id).addEventListener("change", () => showChoice(page));
    return makePlot(spec, change);
  });
}

function makeViews(page, change) {
  const { data, table } = page;
  const views = [];
  if (data.pairs.pairs.length) views.push(makePairMap(pairsFromData(data.pairs, table)));
  else byId("pairs-section").hidden = true;
  return [
    makeModelMap(data.findings, change),
    ...views,
    makeMatrix(change),
    ...makePlots(page, change),
    makeCaseTable(data.findings, change),
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
    const link = /** @type {HTMLElement} */ (event.target).closest("a[data-show]");
    if (link) setTimeout(() => byId(link.getAttribute("data-show")).scrollIntoView({ block: "start" }), 0);
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
  for (const item of allOf("[data-intersection]")) item.hidden = !isIntersection;
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

function volumesAboveNone({ numbers }) {
  const volumes = numbers.volume_ml;
  let lowest = Infinity;
  for (let row = 0; row < volumes.length; row += 1) {
    if (volumes[row] > 0 && volumes[row] < lowest) lowest = volumes[row];
  }
  return { lowest, highest: highestOf(volumes, 0) };
}

startReport();
