"use strict";
// The answer, what was compared, and which model does not know what.

const NOTES_AT_ONCE = 2;

function showOverview(data, table, caseFacts, cache) {
  byId("answer").textContent = data.answer;
  const { cases, models } = table;
  const compared = structuresWorstFirst(table, numbersThatPass(table.count, () => true)).length;
  const alone = table.structures.length - compared;
  const known = `known to two or more models${alone ? `, ${alone} more to one only` : ""}`;
  const lines = [
    ["Cases", cases.length, listed(cases.map(caseFacts.label), 6)],
    ["Models", models.length, listed(models, 16)],
    ["Structures", compared, known],
    ["Consensus", capitalized(table.consensuses[0] ?? ""), aboutConsensus(table.consensuses)],
  ];
  for (const [name, number, text] of table.count ? lines : []) {
    const value = element("dd", {}, element("b", {}, number.toLocaleString("en")), text);
    byId("compared").append(element("div", {}, element("dt", {}, name), value));
  }
  showFindings(data, table, compared ? data.no_finding : "There is nothing to compare.");
  const isBlaming = data.findings.some(({ is_blamed: isBlamed }) => isBlamed);
  byId("findings-blame").hidden = data.pairs.pairs.length === 0 || !isBlaming;
  showVocabulary(table, cache);
  showNotes(data.notes);
}

/** A few notes are read at once; many, as a cohort has, are folded. On paper all are there. */
function showNotes(notes) {
  const box = byId("notes");
  box.hidden = notes.length === 0;
  box.open = notes.length <= NOTES_AT_ONCE;
  const summary = box.querySelector("summary");
  summary.textContent = `${plural(notes.length, "note")} on what was compared`;
  summary.hidden = box.open;
  box.querySelector("ul").append(...notes.map((note) => element("li", {}, note)));
  window.addEventListener("beforeprint", () => (box.open = true));
}

function aboutConsensus([first, ...others]) {
  const isIntersection = first?.startsWith("intersection");
  const what = isIntersection ? "the voxels that every model that knows the structure has marked" : "";
  return [what, others.length ? `also: ${others.join(", ")}` : ""].filter(Boolean).join("; ");
}

/** Per model the structures of the first consensus that it does not know, where others do. */
function showVocabulary(table, cache) {
  const first = firstChoice(table);
  const { gaps } = cached(cache, first.consensus, () => rowsOfConsensus(table, first.consensus));
  const lines = [...groupBy(gaps, (gap) => gap.model)].map(([model, own]) => {
    const names = own.map((gap) => readable(gap.structure));
    const line = element("li", {}, symbolPicture(table.looks.get(model)), element("b", {}, model));
    line.append(` does not know ${names.length} of ${table.structures.length}: ${listed(names, 6)}.`);
    line.title = names.join(", ");
    return line;
  });
  byId("vocabulary").replaceChildren(...lines);
  byId("vocabulary-section").hidden = lines.length === 0;
}
