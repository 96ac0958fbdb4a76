"use strict";
// The findings, each with its picture; and a picture enlarged: three planes, and one panel for each model.

const FINDINGS_AT_FIRST = 12;

function showFindings(data, table, none) {
  const { findings } = data;
  const first = firstChoice(table);
  const cards = findings.map((finding, number) => findingCard(finding, number, table, first));
  byId("findings").append(...cards);
  const hide = (limit) => cards.forEach((card, number) => (card.hidden = number >= limit));
  hide(FINDINGS_AT_FIRST);
  byId("all-findings").hidden = cards.length <= FINDINGS_AT_FIRST;
  byId("all-findings").textContent = `Show all ${plural(cards.length, "finding")}`;
  byId("all-findings").addEventListener("click", () => {
    hide(Infinity);
    byId("all-findings").hidden = true;
    cards[FINDINGS_AT_FIRST].querySelector("a").focus();
  });
  window.addEventListener("beforeprint", () => {
    for (const card of cards) card.querySelector(".thumbnail")?.drawNow();
  });
  const withPicture = findings.filter(hasPicture);
  byId("findings-pictures").hidden = withPicture.length === 0;
  byId("findings").classList.toggle("with-pictures", withPicture.length > 0);
  const without = withPicture.length ? findings.length - withPicture.length : 0;
  byId("findings-without").hidden = without === 0;
  const words = `${plural(without, "finding")} without a picture: only the gravest of a case have one. `;
  byId("findings-without").textContent = words;
  if (withPicture.length) byId("findings-legend").append(...linesLegend(table.models, table.looks));
  byId("findings-caption").hidden = findings.length === 0;
  if (findings.length === 0) byId("findings").replaceWith(element("p", {}, none));
  makeEnlarged(withPicture, table);
}

function findingCard(finding, number, table, first) {
  const { text, lead, title, structures } = finding;
  const choice = { ...first, structure: new Set(structures), selected: gravestOfFinding(finding, table) };
  const link = element("a", { href: `#${choiceToHash(choice, first)}`, "data-show": "dice-section" });
  link.append(element("span", { class: "kind" }, title), element("b", {}, lead), text.slice(lead.length));
  const card = element("li", {}, link);
  if (hasPicture(finding)) card.prepend(pictureButton(finding, table));
  else card.prepend(element("span", { class: "none-kept" }, "no picture"));
  card.value = number + 1;
  return card;
}

/** Case, structure and model of the row to select: of the models concerned, what is worst of the first structure. */
function gravestOfFinding(finding, table) {
  const { case: name, structures } = finding;
  const [number, structure] = [table.caseNumber.get(name), table.structureNumber.get(structures[0])];
  const isThere = (row) => table.caseOf[row] === number && table.structureOf[row] === structure;
  const rows = rowsOfFinding(table, finding).filter(isThere);
  return [name, structures[0], rows.length ? table.models[table.modelOf[worstRow(table, rows)]] : finding.model];
}

function hasPicture({ picture }) {
  return picture !== null && picture !== undefined;
}

function pictureButton(finding, table) {
  const button = element("button", { type: "button", class: "thumbnail", "aria-haspopup": "dialog" });
  button.setAttribute("aria-label", `Enlarge: ${finding.lead}`);
  button.addEventListener("click", () => openEnlarged(finding));
  button.drawNow = () => {
    const picture = button.firstChild ? null : pictureAt(finding.picture);
    const plane = picture?.planes[picture.plane ?? 0];
    if (plane) button.append(planePicture(picture, plane, table.looks, { strong: finding.in_doubt }));
  };
  whenSeen(button, button.drawNow);
  return button;
}

const ENLARGED = { findings: [], table: null, at: 0, plane: 0 };

function makeEnlarged(findings, table) {
  Object.assign(ENLARGED, { findings, table });
  const dialog = byId("enlarged");
  const step = (by) => {
    ENLARGED.at = Math.min(Math.max(ENLARGED.at + by, 0), ENLARGED.findings.length - 1);
    drawEnlarged();
  };
  byId("enlarged-before").addEventListener("click", () => step(-1));
  byId("enlarged-next").addEventListener("click", () => step(1));
  byId("enlarged-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.target.matches("input, select")) return;
    event.preventDefault();
    step(by);
  });
}

function openEnlarged(finding) {
  ENLARGED.at = ENLARGED.findings.indexOf(finding);
  drawEnlarged();
  byId("enlarged").showModal();
}

function drawEnlarged() {
  const { findings, table, at } = ENLARGED;
  const finding = findings[at];
  const picture = pictureAt(finding.picture);
  byId("enlarged-heading").textContent = finding.lead;
  // A button that is disabled would lose the focus, and with it the keys.
  byId("enlarged-before").setAttribute("aria-disabled", String(at === 0));
  byId("enlarged-next").setAttribute("aria-disabled", String(at === findings.length - 1));
  const said = element("p", {}, finding.text);
  const legend = element("p", { class: "lines-legend" }, ...linesLegend(picture.models, table.looks));
  const planes = picture.planes.map((plane) =>
    panel(capitalized(plane.name), planePicture(picture, plane, table.looks, { strong: finding.in_doubt })),
  );
  const wide = `${Math.round(picture.mm)} mm wide`;
  const about = `${wide}; the ticks at the edges point at the place; ${structuresLegend(picture)}.`;
  byId("enlarged-body").replaceChildren(
    said,
    legend,
    element("div", { class: "panels planes" }, ...planes),
    element("p", { class: "caption" }, about),
    planeChoice(picture),
    element("div", { id: "of-models", class: "panels of-models" }),
  );
  drawModelPanels(finding, picture);
}

function panelNote(text) {
  return element("p", { class: "caption" }, text || "at the place: nothing");
}

function panel(title, ...content) {
  return element("figure", {}, element("figcaption", {}, title), ...content);
}

function planeChoice(picture) {
  const set = element("p", { class: "plane-choice", role: "radiogroup", "aria-label": "Plane of the models' panels" });
  set.append("Model by model: ");
  picture.planes.forEach(({ name }, number) => {
    const box = element("input", { type: "radio", name: "plane" });
    box.checked = number === ENLARGED.plane;
    box.addEventListener("change", () => {
      ENLARGED.plane = number;
      drawModelPanels(ENLARGED.findings[ENLARGED.at], picture);
    });
    set.append(element("label", {}, box, ` ${name}`), " ");
  });
  return set;
}

/** One panel for each model that knows the structure, its line alone. */
function drawModelPanels(finding, picture) {
  const { table, plane } = ENLARGED;
  const panels = picture.models.map((model, number) => {
    const title = element("span", {}, symbolPicture(table.looks.get(model)), model);
    const options = { models: [model], strong: [model] };
    const slice = planePicture(picture, picture.planes[plane], table.looks, options);
    const shown = element("div", { class: "shown" }, slice);
    const made = panel(title, shown);
    const isHere = picture.planes[plane].lines.some(([numbers]) => numbers.includes(number));
    const none = isHere ? "" : picture.missed.includes(number) ? "did not find it" : "nothing of it here";
    const here = picture.here?.[number];
    if (none) shown.append(element("p", { class: "none" }, none));
    const isNamed = (picture.structures?.length ?? 1) > 1 && !picture.missed.includes(number);
    if (isNamed) made.append(panelNote(here ? `at the place: ${readable(here)}` : ""));
    if (finding.in_doubt.includes(model)) made.classList.add("concerned");
    return made;
  });
  byId("of-models").replaceChildren(...panels);
}
