"use strict";
// What the plots show: consensus, models, structures. One object holds the choice, one function is told of changes.

const WORST = 12;
const STRUCTURES_AT_FIRST = 40;

/** Buttons that switch models on and off; they are the legend of both plots. */
function makeModelButtons(choice, looks, changed) {
  const buttons = [...looks].map(([model, look]) => {
    const button = element("button", { type: "button", "aria-pressed": "true" }, symbolPicture(look), model);
    button.addEventListener("click", () => {
      if (!choice.models.delete(model)) choice.models.add(model);
      button.setAttribute("aria-pressed", String(choice.models.has(model)));
      changed();
    });
    return button;
  });
  byId("models").replaceChildren(...buttons);
}

/** Check boxes of the structures, and the buttons all, worst, none. */
function makeStructureList(choice, structures, worst, changed) {
  const boxes = structures.map(({ id, name }) => {
    const box = element("input", { type: "checkbox" });
    box.value = id;
    box.addEventListener("change", () => {
      if (!choice.structures.delete(id)) choice.structures.add(id);
      update();
    });
    return { box, label: element("label", {}, box, ` ${readable(name)}`) };
  });
  const update = () => {
    for (const { box } of boxes) box.checked = choice.structures.has(box.value);
    byId("structures-shown").textContent = `${choice.structures.size} of ${structures.length}`;
    changed();
  };
  const picks = { all: () => structures.map(({ id }) => id), worst: () => worst.slice(0, WORST), none: () => [] };
  for (const button of byId("structures").querySelectorAll("[data-pick]")) {
    button.onclick = () => {
      choice.structures = new Set(picks[button.dataset.pick]());
      update();
    };
  }
  byId("structure-list").replaceChildren(...boxes.map(({ label }) => label));
  choice.structures = new Set(structures.length > STRUCTURES_AT_FIRST ? picks.worst() : picks.all());
  update();
}

/** Ids of the structures, the one with the lowest Dice first; no overlap counts as 0. */
function structuresWorstFirst(rows) {
  const lowest = new Map();
  for (const row of rows) {
    const dice = hasNoOverlap(row) ? 0 : row.dice;
    lowest.set(row.structureId, Math.min(dice, lowest.get(row.structureId) ?? 1));
  }
  return [...lowest].sort(([, a], [, b]) => a - b).map(([id]) => id);
}
