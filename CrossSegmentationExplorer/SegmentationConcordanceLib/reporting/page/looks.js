"use strict";
// Colour and symbol of every model. Each model has both, so that no colour has to be told apart from another.

// In a box of 20 x 20, filled to its edges, as the library scales a path to the box around it.
const SYMBOLS = {
  circle: "M10 0A10 10 0 1 1 10 20A10 10 0 1 1 10 0Z",
  square: "M0 0H20V20H0Z",
  triangle: "M10 0L20 20H0Z",
  diamond: "M10 0L20 10L10 20L0 10Z",
  wedge: "M0 0H20L10 20Z",
  plus: "M7 0H13V7H20V13H13V20H7V13H0V7H7Z",
  star: "M10 0L12.6 7.2L20 7.6L14.2 12.4L16.2 20L10 15.6L3.8 20L5.8 12.4L0 7.6L7.4 7.2Z",
  hexagon: "M5 0H15L20 10L15 20H5L0 10Z",
  cross: "M4 0L10 6L16 0L20 4L14 10L20 16L16 20L10 14L4 20L0 16L6 10L0 4Z",
  bowtie: "M0 0L10 7L20 0V20L10 13L0 20Z",
  bar: "M0 6H20V14H0Z M9 0H11V20H9Z",
  left: "M0 10L20 0V20Z",
  right: "M20 10L0 0V20Z",
  house: "M10 0L20 8V20H0V8Z",
};

/** A map from model to { color, path }, in the order of the tables; agreement/model_looks.py chose both. */
function looksOfModels(looks) {
  return new Map(looks.map(([model, { color, symbol }]) => [model, { color, path: SYMBOLS[symbol] }]));
}

/** The model's symbol as a small picture for legend and table. */
function symbolPicture(look) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "-1 -1 22 22");
  svg.setAttribute("class", "symbol");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", look.path);
  path.setAttribute("fill", look.color);
  path.setAttribute("stroke", "#333");
  svg.append(path);
  return svg;
}
