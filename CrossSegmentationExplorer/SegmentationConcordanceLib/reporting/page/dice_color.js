"use strict";
// The colour of a Dice in tables: the same in every report, white for 1, and finer where models are good.

const DICE_STEPS = [1, 0.98, 0.95, 0.9, 0.75, 0.5];
const DARKEST = [196, 104, 40];

function diceColor(dice) {
  const depth = Math.min(1, Math.sqrt((1 - dice) / 0.5));
  const [red, green, blue] = DARKEST.map((part) => Math.round(255 + (part - 255) * 0.85 * depth));
  return `rgb(${red}, ${green}, ${blue})`;
}

/** The steps of the scale side by side. */
function diceScale() {
  const steps = DICE_STEPS.map((dice) => {
    const step = element("span", { class: "scale-step" }, dice === 0.5 ? "\u2264 0.5" : String(dice));
    step.style.backgroundColor = diceColor(dice);
    return step;
  });
  return element("span", { class: "scale" }, "Dice ", ...steps);
}
