"use strict";
// The order of the structures in the map.

/**
 * The structures worst first. What the scan truncates comes last, but for what a finding names that the end of the scan
 * does not explain, such as lobes with their sides swapped: that has its place by how grave it is, as in the findings.
 */
function structuresOfMap(view, findings) {
  const { table, worst } = view;
  const severity = numbersOfTable(table, "severity");
  if (!severity) return worst;
  const grave = new Float64Array(table.structures.length).fill(-1);
  const raise = (row) => {
    const structure = table.structureOf[row];
    if (severity[row] > grave[structure]) grave[structure] = severity[row];
  };
  const cut = cutPlaces(view);
  for (const row of view.compared) if (!cut[table.placeOf[row]]) raise(row);
  for (const row of rowsOfFindings(view, findings)) raise(row);
  const order = new Map(worst.map((structure, rank) => [structure, rank]));
  return [...worst].sort((a, b) => grave[b.number] - grave[a.number] || order.get(a) - order.get(b));
}

/** By place, a case and a structure, whether the scan truncates it in any model. */
function cutPlaces({ table, compared }) {
  const cut = new Uint8Array(table.cases.length * table.structures.length);
  const { texts, index } = table.texts.status;
  const truncated = texts.indexOf("truncated");
  for (const row of compared) if (index[row] === truncated) cut[table.placeOf[row]] = 1;
  return cut;
}

/** The rows that findings name which the end of the scan does not explain. */
function rowsOfFindings({ table, passes }, findings) {
  const named = findings.filter(({ is_cut: isCut }) => !isCut);
  return named.flatMap((finding) => rowsOfFinding(table, finding).filter(passes));
}

/** The rows that a finding is about, of every consensus: looked for once, as every view asks. */
function rowsOfFinding(table, finding) {
  table.ofFinding ??= new Map();
  return cached(table.ofFinding, finding, () => findRowsOfFinding(table, finding));
}

function findRowsOfFinding(table, { case: first, cases, structures, in_doubt: models }) {
  const numbers = (cases.length ? cases : [first]).map((name) => table.caseNumber.get(name));
  const rows = numbers.flatMap((number) => (number === undefined ? [] : [...table.rowsOfCase(number)]));
  return rows.filter((row) => {
    const structure = table.structures[table.structureOf[row]].id;
    return structures.includes(structure) && models.includes(table.models[table.modelOf[row]]);
  });
}
