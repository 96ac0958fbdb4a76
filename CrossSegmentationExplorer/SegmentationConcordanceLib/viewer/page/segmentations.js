"use strict";
// What the loaded segmentations say of themselves: segments, model, the output whose part one is; and how they look.

// By lower-case name, handed over with this page: the colours of the report and of Slicer.
const MODEL_COLORS = new Map(window.MODEL_COLORS ?? []);
const CONSENSUS_COLOR = "#ffffff";
const OTHER_MODEL_COLORS = [
  "#8c564b", "#e377c2", "#17becf", "#7f7f7f", "#bcbd22", "#1b9e77", "#a6761d", "#e7298a", "#393b79",
];

/** The first item of a sequence that may be given as an item, a list of items, or not at all. */
const firstItem = (sequence) => (Array.isArray(sequence) ? sequence[0] : sequence);

function codedText(item) {
  return item?.CodeValue ? `${item.CodingSchemeDesignator}:${item.CodeValue}` : "";
}

/** The key of the tables: type, modifier, region and region modifier, without empty parts at the end. */
function structureKey(segment) {
  const type = firstItem(segment.SegmentedPropertyTypeCodeSequence);
  const region = firstItem(segment.AnatomicRegionSequence);
  const parts = [
    type, firstItem(type?.SegmentedPropertyTypeModifierCodeSequence),
    region, firstItem(region?.AnatomicRegionModifierSequence),
  ];
  return parts.map(codedText).join("|").replace(/\|+$/, "");
}

/** The segments of a loaded segmentation, without the background that label maps list as segment 0. */
function segmentsOf(seg) {
  return Object.values(seg.segMetadata?.data ?? {}).filter((segment) => Number(segment?.SegmentNumber) > 0);
}

const isStructure = (segment, structure) =>
  segment.SegmentLabel === structure || structureKey(segment) === structure;

const nameOf = (seg) => String(segmentsOf(seg)[0]?.SegmentAlgorithmName || seg.SeriesDescription || "segmentation");

const modelOf = (seg) => nameOf(seg).toLowerCase();

/** What the parts of one output have in common, and which part it is; of a segmentation that is no part, its own id. */
function partOf(seg) {
  const algorithm = firstItem(segmentsOf(seg)[0]?.SegmentationAlgorithmIdentificationSequence);
  try {
    const { part, ...said } = JSON.parse(algorithm.AlgorithmParameters);
    if (part) return { of: JSON.stringify([nameOf(seg), said, part[1]]), number: part[0] };
  } catch {
    // Written by another program, which says nothing of parts.
  }
  return { of: seg.displaySetInstanceUID, number: 1 };
}

/** The segmentations by output, in the order of the first part of each; two runs of one name have each part twice. */
function byOutput(segs) {
  const outputs = [];
  for (const seg of segs) {
    const { of, number } = partOf(seg);
    const begun = outputs.find((output) => output.of === of && !output.parts.has(number));
    if (begun) begun.parts.set(number, seg);
    else outputs.push({ of, parts: new Map([[number, seg]]) });
  }
  return outputs.map(({ parts }) => [...parts.values()]);
}

const isConsensus = (seg) => modelOf(seg).startsWith("consensus");

/**
 * Lines for all, the consensus as a thin one over the thicker ones of the models; a thin filling for the segmentation
 * to look at first alone, as fillings of several models upon each other turn grey.
 */
function styleOf(seg, filled) {
  // Without renderFill, OHIF tints the hidden segments as well. An outline needs some filling.
  const [fillAlpha, outlineWidth] = [filled.includes(seg) ? 0.25 : 0.01, isConsensus(seg) ? 1 : 3];
  const look = { renderFill: true, fillAlpha, renderOutline: true, outlineWidth, outlineOpacity: 1 };
  const inactive = Object.entries(look).map(([name, value]) => [`${name}Inactive`, value]);
  return { ...look, ...Object.fromEntries(inactive), activeSegmentOutlineWidthDelta: 0 };
}

/** The segmentation to look at first, or else the first of a model; with all of its parts. */
function filledOf(segs, first) {
  const models = byOutput(segs.filter((seg) => !isConsensus(seg)));
  return models.find((parts) => parts.some((seg) => seg.SeriesInstanceUID === first)) ?? models[0] ?? [];
}

function colorsOfModels(segs) {
  let others = 0;
  const colors = new Map();
  for (const parts of byOutput(segs)) {
    const known = isConsensus(parts[0]) ? CONSENSUS_COLOR : MODEL_COLORS.get(modelOf(parts[0]));
    const color = known ?? OTHER_MODEL_COLORS[others++ % OTHER_MODEL_COLORS.length];
    const channels = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)).concat(255);
    parts.forEach((seg) => colors.set(seg, channels));
  }
  return colors;
}
