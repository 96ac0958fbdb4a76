"use strict";
// Light and dark: the colours are those of styles/colors.css. What leaves the page, as a file or on paper, is light.

const DARK = matchMedia("(prefers-color-scheme: dark)");

/** A colour of the styles by its name, e.g. "text". */
function tone(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Do something while the page is light. */
function inLight(act) {
  const root = document.documentElement;
  const before = root.dataset.theme;
  root.dataset.theme = "light";
  try {
    return act();
  } finally {
    if (before === undefined) delete root.dataset.theme;
    else root.dataset.theme = before;
  }
}
