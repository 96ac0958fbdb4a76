"use strict";
// Groups of structures by the parts of their harmonized names; the first that fits counts.

const STRUCTURE_GROUPS = [
  ["Lungs and airways", /^(lung|trachea|bronch|airway)/],
  ["Heart and vessels", /^(heart|atri|ventricle|myocard|aort|pulmonary|vena|.*(artery|vein|aorta|cava|trunk))/],
  ["Ribs and sternum", /^(rib|stern|costal)/],
  ["Spine", /^(vertebra|sacrum|spin|coccyx|disc|disk)/],
  ["Other bones", /^(clavic|scapul|humer|femur|hip|skull|tibia|fibula|radius|ulna|patella|mandib|pelvi)/],
  ["Muscles", /(muscle|gluteus|iliopsoas|autochthon|pectoral)/],
  [
    "Abdomen",
    /^(liver|spleen|kidney|pancrea|stomach|duoden|colon|small_bowel|intestin|gallbl|adrenal|urinary|bladder|prostat)/,
  ],
];
const OTHER_GROUP = "Other";

function groupOfStructure(name) {
  const plain = name.toLowerCase().replaceAll(" ", "_");
  return STRUCTURE_GROUPS.find(([, pattern]) => pattern.test(plain))?.[0] ?? OTHER_GROUP;
}
