"use strict";
// Small makers of elements and texts. Text from files goes through text nodes only.

const NOTHING_PASSES = "No row passes the filters. \u201cReset\u201d shows all again.";
const STATUS_WORDS = {
  ok: "ok",
  missing: "missing",
  empty_consensus: "empty consensus",
  truncated: "truncated",
  not_looked_for: "not looked for",
  not_in_model: "not in model",
};

/** The elements of a selector in the page or in a part of it. @returns {any[]} */
function allOf(selector, from = document) {
  return [...from.querySelectorAll(selector)];
}

/** @returns {any} */
function byId(id) {
  return document.getElementById(id);
}

/**
 * An element with attributes and children; strings become text nodes.
 * @returns {any}
 */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

function option(value, text) {
  const made = element("option", {}, text);
  made.value = value;
  return made;
}

/** A canvas does not inherit the font of the page; in single quotes, as it also stands in attributes of pictures. */
function pageFont() {
  return getComputedStyle(document.body).fontFamily.replaceAll('"', "'");
}

/** "lung upper lobe left" for lung_upper_lobe_left. */
function readable(name) {
  return name.replaceAll("_", " ");
}

function plural(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

function fixed(value, digits) {
  return value == null ? "" : value.toFixed(digits);
}

/** Volume in ml with three digits that count, never in powers of ten. */
function milliliters(value) {
  if (value == null) return "";
  return value >= 100 || value === 0 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function listed(names, limit = 8) {
  const shown = names.slice(0, limit).join(", ");
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown;
}

function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
