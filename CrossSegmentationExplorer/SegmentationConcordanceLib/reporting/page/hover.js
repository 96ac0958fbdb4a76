"use strict";
// What hovering over a mark says.

function hoverOfRow(row, caseFacts) {
  return hoverBox(row.model, [...factsOfRow(row, caseFacts), ...caseFacts.lines(row.case)]);
}

/** Name and value of all that a row says; "" where it says nothing. */
function factsOfRow(row, caseFacts) {
  return [
    ["Structure", readable(row.structure)],
    ["Case", caseFacts.label(row.case)],
    ["Dice", fixed(row.dice, 3)],
    ["Consensus share", row.volume_ratio == null ? "" : `${fixed(100 * row.volume_ratio, 1)} %`],
    ["Volume", row.volume_ml == null ? "" : `${milliliters(row.volume_ml)} ml`],
    ["Consensus volume", row.consensus_volume_ml == null ? "" : `${milliliters(row.consensus_volume_ml)} ml`],
    ["HD95", row.hd95_mm == null ? "" : `${fixed(row.hd95_mm, 1)} mm`],
    ["ASSD", row.assd_mm == null ? "" : `${fixed(row.assd_mm, 2)} mm`],
    [
      "NSD",
      row.nsd == null
        ? ""
        : `${fixed(row.nsd, 3)}${row.nsd_tolerance_mm == null ? "" : ` at ${row.nsd_tolerance_mm} mm`}`,
    ],
    ...furtherMeasures(row),
    ["Status", STATUS_WORDS[row.status]],
    ["Models that know it", String(row.n_models)],
  ];
}

// Those with words of their own above, and what follows from one of them.
const MEASURES_IN_WORDS = [...MEASURES_FIRST, ...MEASURES_SAVED_ONLY];

function furtherMeasures(row) {
  return row.table.measures
    .filter(({ name }) => !MEASURES_IN_WORDS.includes(name))
    .map(({ name, heading, digits }) => [heading, fixed(row[name], digits)]);
}

function hoverOfDistribution(mark) {
  return hoverBox(`${mark.model}, all cases`, [
    ["Structure", readable(mark.structure.name)],
    ["Median Dice", fixed(mark.median, 3)],
    ["Quartiles", `${fixed(mark.lower, 3)}, ${fixed(mark.upper, 3)}`],
    ["Lowest, highest", `${fixed(mark.lowest, 3)}, ${fixed(mark.highest, 3)}`],
    ["Mean Dice", fixed(mark.mean, 3)],
    ["Over", plural(mark.n, "case")],
    ["Lowest in", mark.worstCase],
    ["Left out", mark.none ? `${plural(mark.none, "case")} missing` : ""],
  ]);
}

function hoverBox(heading, lines) {
  const list = element("dl", { class: "hover" });
  for (const [name, value] of lines) {
    if (value) list.append(element("dt", {}, name), element("dd", {}, value));
  }
  return element("div", {}, element("b", {}, heading), list);
}

const HOVER = {
  className: "hover-of-plot",
  trigger: "item",
  confine: true,
  transitionDuration: 0,
  padding: [6, 10],
  // Below the panel of the selected row.
  extraCssText: "z-index: 15",
  textStyle: { fontSize: 12, color: "inherit" },
  backgroundColor: "var(--raised)",
  borderColor: "var(--line)",
};
