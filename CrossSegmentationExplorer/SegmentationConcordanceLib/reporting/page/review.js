"use strict";
// Verdicts of readers and their corrections, as review/report_section.py worked them out; the filters do not act here.

const REVIEW_STRUCTURES = 15;

function showReview(review, looks) {
  const section = byId("review-section");
  section.hidden = !review;
  if (!review) return;
  const { verdicts, readers, cases, usable, scale } = review;
  const least = scale.find((step) => step.score === usable);
  byId("review-caption").textContent =
    `${plural(verdicts, "verdict")} of ${plural(readers.length, "reader")} on ${plural(cases, "case")}, from 1 ` +
    `(${scale[0].title} that it can be used as it is) to ${scale.length} (${scale.at(-1).title}). Usable: ${usable} ` +
    `(${least.title}) or more. Intervals are 95\u00a0% of a bootstrap over cases. The filters do not act here.`;
  const parts = [
    reviewPart("Verdicts per model", countsTable(review, true, looks)),
    structuresPart(review, looks),
    readersPart(review),
    dicePart(review),
    correctionsPart(review, looks),
  ];
  byId("review-body").replaceChildren(...parts.filter(Boolean));
}

function reviewPart(title, ...children) {
  return element("div", { class: "review-part" }, element("h3", {}, title), ...children);
}

/** A table that scrolls by itself where it is wider than the page; the first column is that of names. */
function reviewTable(headings, lines) {
  const head = element("tr", {}, ...headings.map((text) => element("th", { scope: "col" }, text)));
  const body = lines.map((cells) => {
    const [name, ...values] = cells;
    const made = values.map((value) => element("td", {}, value ?? ""));
    return element("tr", {}, element("th", { scope: "row" }, ...(Array.isArray(name) ? name : [name])), ...made);
  });
  const table = element("table", { class: "review" }, element("thead", {}, head), element("tbody", {}, ...body));
  return element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": headings.join(", ") }, table);
}

function modelName(model, looks) {
  const look = looks.get(model);
  return [...(look ? [symbolPicture(look)] : []), model || "all models together"];
}

function percent(share) {
  return share == null ? "" : `${(100 * share).toFixed(0)}\u00a0%`;
}

function countsTable(review, whole, looks, limit = Infinity) {
  const steps = review.scale.map((step) => String(step.score));
  const lines = review.counts
    .filter((one) => one.whole === whole)
    .slice(0, limit)
    .map((one) => [
      modelName(one.model, looks),
      ...(whole ? [] : [readable(one.structure)]),
      String(one.n),
      fixed(one.mean, 2),
      percent(one.usable),
      ...one.counts.map((count) => (count ? String(count) : "\u00b7")),
    ]);
  return reviewTable(["Model", ...(whole ? [] : ["Structure"]), "n", "Mean", "Usable", ...steps], lines);
}

function structuresPart(review, looks) {
  const count = review.counts.filter((one) => !one.whole).length;
  if (!count) return null;
  const make = (limit) => countsTable(review, false, looks, limit);
  return reviewPart("Verdicts per structure, lowest mean first", ...shortened(count, make));
}

/** The first lines of a table, and a button for the others. */
function shortened(count, make) {
  const place = element("div", {}, make(REVIEW_STRUCTURES));
  if (count <= REVIEW_STRUCTURES) return [place];
  const button = element("button", { type: "button" }, `Show all ${count}`);
  button.addEventListener("click", () => {
    place.replaceChildren(make(Infinity));
    button.remove();
  });
  return [place, element("p", {}, button)];
}

/** "0.71 (0.60 to 0.82)" */
function withInterval({ value, low, high }) {
  if (value == null) return "";
  return low == null ? fixed(value, 2) : `${fixed(value, 2)} (${fixed(low, 2)} to ${fixed(high, 2)})`;
}

function readersPart(review) {
  const line = (name, one) => {
    return [name, String(one.n), percent(one.same), withInterval(one.tau_b), withInterval(one.kappa)];
  };
  const lines = [
    ...review.pairs.map((one) => line(`${one.a} and ${one.b}`, one)),
    ...review.within.map((one) => line(`${one.a}, read twice`, one)),
  ];
  if (!lines.length) return null;
  const { n, w, icc } = review.everybody;
  const together = `All readers on ${plural(n, "segment")}: W ${withInterval(w)}, ICC(2,1) ${withInterval(icc)}.`;
  const all = review.readers.length > 2 && w.value != null ? [element("p", {}, together)] : [];
  const headings = ["Readers", "n", "Same score", "Kendall\u2019s tau-b", "Weighted kappa"];
  return reviewPart("Agreement of the readers", reviewTable(headings, lines), ...all);
}

function dicePart(review) {
  const dice = review.numbers.find((one) => one.number === "dice");
  if (!dice || !review.points.length) return null;
  const { best } = dice;
  const said = best
    ? `Below Dice ${fixed(best.value, 3)} (broken line) are ${percent(best.sensitivity)} of the ${dice.n_bad} ` +
      `segments that need work, and ${percent(1 - best.specificity)} of the others. Area under the curve: ` +
      `${fixed(dice.auc, 2)}.`
    : "No threshold can be told: all segments need work, or none does.";
  return reviewPart("Verdict against Dice with the consensus", verdictPicture(review, best), element("p", {}, said));
}

/** Dice from left to right, the steps of the scale from top to bottom; points of one score spread over its lane. */
function verdictPicture(review, best) {
  const [width, lane, left, top] = [640, 34, 24, 8];
  const steps = review.scale.length;
  const height = top + steps * lane;
  const lowest = Math.max(0, Math.floor(10 * Math.min(...review.points.map(([dice]) => dice))) / 10);
  const from = lowest < 1 ? lowest : 0.9;
  const x = (dice) => left + ((width - left - 8) * (Math.max(dice, from) - from)) / (1 - from);
  const y = (score) => top + (steps - score + 0.5) * lane;
  const label = "Verdict against Dice: each point is a segment";
  const box = `0 0 ${width} ${height + 24}`;
  const svg = svgElement("svg", { viewBox: box, class: "review-dice", role: "img", "aria-label": label });
  for (const { score, title } of review.scale) {
    const place = { x: left, y: y(score) - lane / 2, width: width - left - 8, height: lane };
    const name = svgText(String(score), { x: left - 8, y: y(score) + 5, "text-anchor": "end" }, title);
    svg.append(svgElement("rect", { ...place, class: score % 2 ? "lane" : "lane other" }), name);
  }
  review.points.forEach(([dice, score], number) => {
    const spread = (((number * 7) % 13) / 12 - 0.5) * (lane - 12);
    svg.append(svgElement("circle", { cx: x(dice), cy: y(score) + spread, r: 3, class: "point" }));
  });
  for (let tick = 0; tick <= 4; tick += 1) {
    const dice = from + ((1 - from) * tick) / 4;
    const anchor = ["start", "middle", "middle", "middle", "end"][tick];
    svg.append(svgText(fixed(dice, 2), { x: x(dice), y: height + 18, "text-anchor": anchor }));
  }
  if (best && best.value <= 1) {
    const at = x(best.value);
    svg.append(svgElement("line", { x1: at, x2: at, y1: top, y2: height, class: "threshold" }));
  }
  return svg;
}

function svgElement(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

function svgText(text, attributes, tip = "") {
  const made = svgElement("text", attributes);
  made.append(text);
  if (tip) {
    const title = svgElement("title", {});
    title.append(tip);
    made.append(title);
  }
  return made;
}

function correctionsPart(review, looks) {
  if (!review.corrections.length) return null;
  const hasConsensus = review.corrections.some((one) => one.consensus_dice != null);
  const line = (one) => [
    modelName(one.model, looks),
    readable(one.structure),
    String(one.n),
    one.seconds == null ? "" : `${fixed(one.seconds, 0)} s`,
    fixed(one.dice, 3),
    one.added_path_length_mm == null ? "" : `${fixed(one.added_path_length_mm, 0)} mm`,
    ...(hasConsensus ? [fixed(one.consensus_dice, 3), fixed(one.corrected_consensus_dice, 3)] : []),
  ];
  const headings = ["Model", "Structure", "n", "Time", "Dice", "Added path"];
  const said = "Medians. Dice: the model\u2019s segment with the corrected one. Added path: contour drawn anew.";
  const before = hasConsensus ? ["Consensus, before", "after"] : [];
  const make = (limit) => reviewTable([...headings, ...before], review.corrections.slice(0, limit).map(line));
  const tables = shortened(review.corrections.length, make);
  return reviewPart("Corrections", ...tables, element("p", { class: "caption" }, said));
}
