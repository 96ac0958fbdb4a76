"use strict";
// The colour of a Dice in tables: in steps that can be told apart and read off the scale, in light and dark.

const DICE_STEPS = [0.98, 0.95, 0.9, 0.75, 0.5, 0.25];

/** The class of a cell: step 0 is the best. */
function diceClass(dice) {
  const step = DICE_STEPS.findIndex((lowest) => dice >= lowest);
  return `dice-${step < 0 ? DICE_STEPS.length : step}`;
}

/** The steps of the scale side by side. */
function diceScale() {
  const steps = [...DICE_STEPS, 0].map((dice) =>
    element("span", { class: `scale-step ${diceClass(dice)}` }, dice ? `\u2265 ${dice}` : `< ${DICE_STEPS.at(-1)}`),
  );
  return element("span", { class: "scale" }, "Dice ", ...steps);
}
