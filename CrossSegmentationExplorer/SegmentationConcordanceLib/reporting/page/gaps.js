"use strict";
// What models do not know.

/**
 * The structures that a model does not know, one row per structure and model.
 * A model that knows a structure has a row in every case where somebody found it, so that a lacking row in a case
 * where the model took part says that it does not know the structure.
 */
function vocabularyGaps(table, rows) {
  const { models, structures, cellOf, modelOf, structureOf } = table;
  const gaps = new Map();
  // The case in which a cell, a model or a structure was seen last; cases count from 1.
  const [inCell, ofModel, ofStructure] = [models.length * structures.length, models.length, structures.length].map(
    (length) => new Uint32Array(length),
  );
  const byCase = rowsByNumber(rows, table.caseOf, table.cases.length);
  for (let number = 0; number < table.cases.length; number += 1) {
    const stamp = number + 1;
    for (const row of byCase(number)) {
      inCell[cellOf[row]] = ofModel[modelOf[row]] = ofStructure[structureOf[row]] = stamp;
    }
    for (let cell = 0; cell < inCell.length; cell += 1) {
      const model = cell % models.length;
      if (inCell[cell] === stamp || ofModel[model] !== stamp) continue;
      if (ofStructure[(cell - model) / models.length] !== stamp) continue;
      if (!gaps.has(cell)) gaps.set(cell, { cases: 0, case: table.cases[number] });
      gaps.get(cell).cases += 1;
    }
  }
  return [...gaps].map(([cell, found]) => gapRow(table, cell, found));
}

function gapRow(table, cell, found) {
  const modelNumber = cell % table.models.length;
  const structureNumber = (cell - modelNumber) / table.models.length;
  const { id, name } = table.structures[structureNumber];
  return {
    structureId: id,
    structure: name,
    model: table.models[modelNumber],
    structureNumber,
    modelNumber,
    cell,
    status: NOT_IN_MODEL,
    case: found.cases === 1 ? found.case : `${found.cases.toLocaleString("en")} cases`,
  };
}
