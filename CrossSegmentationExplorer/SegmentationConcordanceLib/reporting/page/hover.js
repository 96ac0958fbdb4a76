"use strict";
// What hovering over a mark says.

function hoverOfRow(row) {
  return hoverBox(row.model, [
    ["Structure", readable(row.structure)],
    ["Case", row.case],
    ["Dice", fixed(row.dice, 3)],
    ["Consensus share", row.volume_ratio == null ? "" : `${fixed(100 * row.volume_ratio, 1)} %`],
    ["Volume", row.volume_ml == null ? "" : `${milliliters(row.volume_ml)} ml`],
    ["Consensus volume", row.consensus_volume_ml == null ? "" : `${milliliters(row.consensus_volume_ml)} ml`],
    ["Status", STATUS_WORDS[row.status]],
    ["Models that know it", String(row.n_models)],
  ]);
}

function hoverOfMean(mean) {
  return hoverBox(`${mean.model}, mean`, [
    ["Structure", readable(mean.structure)],
    ["Mean Dice", fixed(mean.dice, 3)],
    ["Lowest, highest", `${fixed(mean.lowest, 3)}, ${fixed(mean.highest, 3)}`],
    ["Over", plural(mean.count, "case")],
    ["Left out", mean.leftOut ? `${plural(mean.leftOut, "case")} missing` : ""],
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
  trigger: "item",
  confine: true,
  transitionDuration: 0,
  padding: [6, 10],
  textStyle: { fontSize: 12 },
  formatter: ({ data }) => (data.mean ? hoverOfMean(data.mean) : data.row ? hoverOfRow(data.row) : ""),
};
