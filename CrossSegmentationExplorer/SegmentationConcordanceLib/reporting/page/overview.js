"use strict";
// What was compared, the worst findings with their links, and which model does not know what.

function showOverview(data, table, caseFacts) {
  const { rows, cases, models } = table;
  const groups = groupBy(rows, (row) => row.structureNumber);
  const alone = [...groups.values()].filter((group) => !group.some(isCompared)).length;
  const compared = groups.size - alone;
  const lines = [
    ["Cases", `${cases.length.toLocaleString("en")}: ${listed(cases.map(caseFacts.label))}`],
    ["Models", `${models.length}: ${listed(models, 16)}`],
    ["Structures", `${compared} known to two or more models` + (alone ? `, ${alone} to one only` : "")],
    ["Consensus", distinct(rows.map((row) => row.consensus)).join(", ")],
  ];
  const list = byId("compared");
  for (const [name, text] of rows.length ? lines : []) list.append(element("dt", {}, name), element("dd", {}, text));
  showFindings(data.findings, table);
  showVocabulary(table);
  byId("notes").append(...data.notes.map((note) => element("li", {}, note)));
  byId("notes").hidden = data.notes.length === 0;
}

function showFindings(findings, table) {
  const first = firstChoice(table);
  const item = ({ text, case: name, structure, model }) => {
    if (!structure) return element("li", {}, text);
    const selected = name && model ? [name, structure, model] : null;
    const hash = choiceToHash({ ...first, structure: new Set([structure]), selected }, first);
    const link = element("a", { href: `#${hash}`, "data-show": "dice-section" }, text);
    return element("li", {}, link);
  };
  byId("findings").append(...findings.map(item));
  if (findings.length === 0) byId("findings").replaceWith(element("p", {}, "There is nothing to compare."));
}

/** Per model the structures of the first consensus that it does not know, where others do. */
function showVocabulary(table) {
  const first = firstChoice(table);
  const gaps = vocabularyGaps(table.rows.filter((row) => row.consensus === first.consensus), table);
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
