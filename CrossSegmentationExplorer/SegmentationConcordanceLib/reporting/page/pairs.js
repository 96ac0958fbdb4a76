"use strict";
// Who agrees with whom: the mean pairwise Dice as a square table.

function showPairs(table, pairs, looks) {
  const dice = new Map();
  for (const pair of pairs) {
    dice.set(JSON.stringify([pair.a, pair.b]), pair);
    dice.set(JSON.stringify([pair.b, pair.a]), pair);
  }
  const names = [...looks.keys()].filter((model) => pairs.some((pair) => pair.a === model || pair.b === model));
  const head = element("tr", {}, element("td"), ...names.map((model) => element("th", { scope: "col" }, model)));
  const body = names.map((a) => {
    const heading = element("th", { scope: "row" }, symbolPicture(looks.get(a)), a);
    return element("tr", {}, heading, ...names.map((b) => pairCell(a === b ? null : dice.get(JSON.stringify([a, b])))));
  });
  table.replaceChildren(head, ...body);
}

function pairCell(pair) {
  if (!pair) return element("td", { class: "number" }, "\u2013");
  const exact = `${pair.dice}, over ${plural(pair.n, "pair")}`;
  const cell = element("td", { class: "number", title: exact }, fixed(pair.dice, 3));
  // The darker, the less they agree: 1 is white, 0.7 and below the darkest.
  cell.style.backgroundColor = `rgba(203, 107, 30, ${0.6 * Math.min(1, (1 - pair.dice) / 0.3)})`;
  return cell;
}
