"use strict";
// The panel of the selected row or case: every value, the link to a viewer, and the way to open it in Slicer.

// The consensus stands among the models under no name.
const CONSENSUS_SEG = "";
const EXPLORE = "concordance explore --ct DIR --seg FILE...";

/** What a click on a mark selects; a second click on the same takes it back. */
function selectRow(choice, row) {
  const next = [row.case, row.structureId, row.model];
  choice.selected = JSON.stringify(choice.selected) === JSON.stringify(next) ? null : next;
}

function selectCase(choice, name) {
  const alone = choice.selected?.[0] === name && !choice.selected[1];
  choice.selected = alone ? null : [name, null, null];
}

function makeDetails(data, change) {
  const close = () =>
    change((choice) => {
      choice.selected = null;
    });
  byId("details-close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !byId("details").hidden) close();
  });
  return (view) => {
    const { selected } = view.choice;
    byId("details").hidden = !selected;
    if (!selected) return;
    const row = selectedRow(view.table, view.choice);
    byId("details-heading").textContent = row
      ? `${readable(row.structure)}, ${row.model}`
      : view.caseFacts.label(selected[0]);
    byId("details-body").replaceChildren(...detailParts(data, view, selected[0], row, change));
  };
}

function detailParts(data, view, name, row, change) {
  const facts = view.caseFacts;
  const ofCase = rowsOfCaseNow(view.table, view.choice, name);
  const series = ofCase[0]?.series_uid ?? "";
  const ofRow = row ? factsOfRow(row, facts) : [["Case", facts.label(name)]];
  const about = [...ofRow, ...facts.lines(name), ["Series", series]];
  const list = element("dl", { class: "facts" });
  for (const [heading, value] of about) {
    if (value) list.append(element("dt", {}, heading), element("dd", {}, value));
  }
  const only = element("button", { type: "button" }, view.choice.case ? "All cases" : "This case alone");
  only.addEventListener("click", () =>
    change((choice) => {
      choice.case = choice.case ? null : new Set([name]);
    }),
  );
  return [
    list,
    otherModels(ofCase, row),
    viewerPart(data, row, ofCase, series),
    slicerPart(data, row, series),
    element("p", {}, only),
  ];
}

/** The other models on the same case and structure. */
function otherModels(ofCase, row) {
  if (!row) return "";
  const others = ofCase.filter((one) => one.structureId === row.structureId && one.index !== row.index);
  const said = others.map((one) => `${one.model} ${hasNoOverlap(one) ? STATUS_WORDS[one.status] : fixed(one.dice, 3)}`);
  return said.length ? element("p", { class: "caption" }, `The others: ${said.join(", ")}.`) : "";
}

function viewerPart(data, row, ofCase, series) {
  if (!row || !data.viewer) return "";
  const address = viewerAddress(data, row, segsToShow(data, row, ofCase), series);
  if (!address) return element("p", { class: "caption" }, "No link: the tables do not tell the study of this case.");
  const link = element(
    "a",
    { href: address, target: "_blank", rel: "noopener noreferrer", id: "viewer-link" },
    "Open in the browser viewer",
  );
  if (new URL(address).hostname !== "127.0.0.1") return element("p", {}, link);
  const command = element("code", {}, "concordance view --study DIR");
  return element("p", {}, link, element("small", {}, " while this runs on your machine: ", command));
}

/** The segmentations of all models that know the row's structure, its own first, then the consensus. */
function segsToShow(data, row, ofCase) {
  const ofModels = segsOf(data, row.case);
  const knows = ofCase.filter((one) => one.structureId === row.structureId && one.status !== NOT_IN_MODEL);
  const names = [row.model, ...knows.map(({ model }) => model), CONSENSUS_SEG];
  return distinct(names.flatMap((name) => ofModels.get(name) ?? []));
}

/** The template with this row's values, percent-encoded; parameters without a value are left out. "" without study. */
function viewerAddress(data, row, shown, series) {
  const values = {
    study: [new Map(data.dicom.study).get(row.case) ?? ""],
    ct: [series],
    segs: shown,
    series: [series, ...shown],
    seg: (segsOf(data, row.case).get(row.model) ?? []).slice(0, 1),
    structure: [row.structure],
    place: placeInViewer(data, row),
  };
  if (data.viewer.includes("{study}") && !values.study[0]) return "";
  const encoded = (name) => (values[name] ?? []).filter(Boolean).map(encodeURIComponent).join(",");
  const filled = (text) => text.replace(/\{(\w+)\}/g, (_, name) => encoded(name));
  const isEmpty = (part) => /\{\w+\}/.test(part) && filled(part).endsWith("=");
  const [head, ...rest] = data.viewer.split("?");
  const query = rest
    .join("?")
    .split("&")
    .filter((part) => !isEmpty(part))
    .map(filled)
    .join("&");
  return query ? `${filled(head)}?${query}` : filled(head);
}

/** x, y and z in LPS mm of the gravest finding that has a place, names the row's model, and is about its structure. */
function placeInViewer({ findings }, { case: name, structureId, model }) {
  const own = findings.filter(
    (one) => one.case === name && one.structures[0] === structureId && one.place_ras && one.models.includes(model),
  );
  if (!own.length) return [];
  const [right, anterior, superior] = own[0].place_ras;
  return [-right, -anterior, superior].map(String);
}

/** SeriesInstanceUIDs of a case's segmentations by model: several where it is in parts. */
function segsOf(data, name) {
  return new Map(new Map(data.dicom.segs).get(name) ?? []);
}

function slicerPart(data, row, series) {
  if (!row) return "";
  const segs = segsOf(data, row.case).get(row.model);
  const command = `concordance view --study DIR --structure ${shellWord(row.structure)}`;
  return element(
    "details",
    { class: "slicer" },
    element("summary", {}, "Open it elsewhere"),
    element(
      "p",
      {},
      "In 3D Slicer: load ",
      series ? "the series " : "the scan",
      element("code", {}, series),
      " and the segmentations of all models",
      ...(segs ? [" (this model's: ", element("code", {}, segs.join(", ")), ")"] : []),
      ", open the module Cross-Segmentation Explorer, and choose ",
      element("b", {}, readable(row.structure)),
      ".",
    ),
    element("p", {}, "All models in rows, without Slicer: ", element("code", {}, EXPLORE)),
    element("p", {}, "In OHIF, from the folder of the study: ", element("code", {}, command)),
  );
}

/** A name as one word of a shell. */
function shellWord(text) {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
