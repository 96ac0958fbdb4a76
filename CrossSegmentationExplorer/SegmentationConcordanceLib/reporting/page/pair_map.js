"use strict";
// Who agrees with whom: mean pairwise Dice of the chosen cases and structures, models that agree side by side.

/** Pairs with numbers instead of names, and a number per place for Dice. */
function pairsFromData(pairs, table) {
  const numbered = (column, numberOf) => {
    const { texts, index } = textColumn(column);
    const number = texts.map((text) => numberOf.get(text) ?? -1);
    return numbersByIndex(new Int32Array(index.length), index, number);
  };
  return {
    caseOf: numbered(pairs.case, table.caseNumber),
    structureOf: numbered(pairs.structure, table.structureNumber),
    pairs: pairs.pairs.map(({ a, b, dice }) => ({ a, b, dice: new Float32Array(bytesOf(dice).buffer) })),
  };
}

function makePairMap(pairs) {
  const draw = (view) => drawPairMap(view, pairs);
  return {
    id: "pairs",
    draw,
    csv: (view) => [
      ["model_a", "model_b", "mean_dice", "n"],
      ...pairMeans(view, pairs).map(({ a, b, dice, n }) => [a, b, dice, n]),
    ],
    picture: () => tableSvg(byId("pairs")),
  };
}

/** Means over the places whose case and structure pass; pairs of models that are switched off are left out. */
function pairMeans(view, pairs) {
  const { table, choice } = view;
  const ofCase = casesThatPass(table, view.caseFacts, choice);
  const structure = structuresThatPass(table, choice);
  const { caseOf, structureOf } = pairs;
  // Cases and structures that only the pairs have pass when nothing is chosen.
  const at = numbersThatPass(
    caseOf.length,
    (place) =>
      (caseOf[place] < 0 ? !choice.case : ofCase[caseOf[place]]) &&
      (structureOf[place] < 0 ? !choice.structure : structure[structureOf[place]]),
  );
  return pairs.pairs
    .filter(({ a, b }) => !choice.without.has(a) && !choice.without.has(b))
    .map(({ a, b, dice }) => {
      let [sum, n] = [0, 0];
      for (let one = 0; one < at.length; one += 1) {
        const value = dice[at[one]];
        if (Number.isNaN(value)) continue;
        sum += value;
        n += 1;
      }
      return { a, b, dice: n ? sum / n : null, n };
    })
    .filter(({ n }) => n > 0);
}

function drawPairMap(view, pairs) {
  const means = pairMeans(view, pairs);
  const known = new Map(
    means.flatMap((pair) => [
      [pairKey(pair.a, pair.b), pair],
      [pairKey(pair.b, pair.a), pair],
    ]),
  );
  const present = [...view.looks.keys()].filter((model) => means.some(({ a, b }) => a === model || b === model));
  const distance = (i, j) => {
    const pair = known.get(pairKey(present[i], present[j]));
    return pair ? 1 - pair.dice : null;
  };
  const names = clusterOrder(present.length, distance).map((number) => present[number]);
  const heading = (model) => element("th", { scope: "col" }, symbolPicture(view.looks.get(model)), model);
  const head = element(
    "tr",
    {},
    element("td"),
    ...names.map(heading),
    element("th", { scope: "col" }, "Mean of its pairs"),
  );
  const body = names.map((a) => {
    const cells = names.map((b) => pairCell(a === b ? null : known.get(pairKey(a, b))));
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, symbolPicture(view.looks.get(a)), a),
      ...cells,
      ownMean(a, means),
    );
  });
  byId("pairs").replaceChildren(element("thead", {}, head), element("tbody", {}, ...body));
  byId("pairs-note").textContent = means.length
    ? clusterNote(means)
    : "No pair of the chosen models, cases and structures.";
}

function pairKey(a, b) {
  return JSON.stringify([a, b]);
}

function pairCell(pair) {
  if (!pair) return element("td", { class: "number" }, "\u2013");
  const places = plural(pair.n, "case and structure", "cases and structures");
  const exact = `${pair.a} and ${pair.b}: ${pair.dice}, over ${places}`;
  return element("td", { class: `number ${diceClass(pair.dice)}`, title: exact }, fixed(pair.dice, 3));
}

function ownMean(model, means) {
  const own = means.filter(({ a, b }) => a === model || b === model);
  return element("td", { class: "number own" }, own.length ? fixed(mean(own.map(({ dice }) => dice)), 3) : "\u2013");
}

function clusterNote(means) {
  const byDice = means.toSorted((a, b) => b.dice - a.dice);
  const [best, last] = [byDice[0], byDice[byDice.length - 1]];
  if (best === last) return "";
  return (
    `Most alike: ${best.a} and ${best.b}, ${fixed(best.dice, 3)}. ` +
    `Least alike: ${last.a} and ${last.b}, ${fixed(last.dice, 3)}. ` +
    "Models that share training data are alike, right or wrong."
  );
}
