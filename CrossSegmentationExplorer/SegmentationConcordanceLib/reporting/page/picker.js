"use strict";
// A list of check boxes behind a summary line: structures, cases, status, and what is known of the acquisition.

const PICKER_LINES = 300;

/**
 * A picker of values; chosen is a set, or null for all.
 * @param spec name, title, items ({ value, text }), groups ({ text, values }).
 * @param changed is told the new set, or null.
 */
function makePicker(spec, changed) {
  const find = element("input", { type: "search", placeholder: "find", "aria-label": `Find in ${spec.title}` });
  const list = element("div", {
    id: `${spec.name}-list`,
    class: "picker-list",
    role: "group",
    "aria-label": spec.title,
  });
  const shown = element("span", { id: `${spec.name}-shown` });
  const more = element("p", { class: "caption" });
  const groups = element("p", { class: "picker-groups" });
  const inside = element("div", { class: "picker" }, groups, find, list, more);
  const box = element("details", { id: spec.name, class: "picker-box" }, summaryOf(spec.title, shown), inside);
  const state = { spec, chosen: null, changed, find, list, shown, more };
  const pick = (values) => choosePicked(state, values);
  const button = (text, values, mark) => {
    const made = element("button", { type: "button", ...(mark ? { "data-pick": mark } : {}) }, text);
    made.addEventListener("click", () => pick(values()));
    return made;
  };
  groups.append(
    button("All", () => null, "all"),
    button("None", () => new Set(), "none"),
  );
  for (const { text, values } of spec.groups ?? []) groups.append(button(text, () => new Set(values())));
  find.hidden = spec.items.length <= 12;
  find.addEventListener("input", () => fillPicker(state));
  box.addEventListener("toggle", () => {
    if (!box.open) return;
    fillPicker(state);
    keepInWindow(inside);
  });
  closeOutside(box);
  state.box = box;
  return { element: box, show: (chosen) => showPicked(state, chosen) };
}

function summaryOf(title, shown) {
  return element("summary", {}, `${title}: `, shown);
}

function choosePicked(state, values) {
  const everything = values && values.size === state.spec.items.length;
  showPicked(state, everything ? null : values);
  state.changed(state.chosen);
}

function showPicked(state, chosen) {
  state.chosen = chosen;
  const count = state.spec.items.length;
  const number = chosen
    ? `${chosen.size.toLocaleString("en")} of ${count.toLocaleString("en")}`
    : `all ${count.toLocaleString("en")}`;
  state.shown.textContent = chosen?.size === 1 ? textOfValue(state.spec, [...chosen][0]) : number;
  state.box.classList.toggle("active", chosen !== null);
  if (state.box.open) fillPicker(state);
}

function textOfValue(spec, value) {
  return spec.items.find((item) => item.value === value)?.text ?? value;
}

function fillPicker(state) {
  const words = state.find.value.toLowerCase();
  const found = state.spec.items.filter(({ text }) => text.toLowerCase().includes(words));
  const lines = found.slice(0, PICKER_LINES).map((item) => pickerLine(state, item));
  const focused = /** @type {any} */ (document.activeElement)?.value;
  state.list.replaceChildren(...lines);
  lines.find((line) => line.firstChild.value === focused && focused !== undefined)?.firstChild.focus();
  const left = found.length - lines.length;
  const more = left > 0 ? `${left.toLocaleString("en")} more: type to find them.` : "";
  state.more.textContent = found.length ? more : `Nothing has \u201c${state.find.value}\u201d in its name.`;
}

function pickerLine(state, { value, text }) {
  const box = element("input", { type: "checkbox" });
  box.value = value;
  box.checked = !state.chosen || state.chosen.has(value);
  box.addEventListener("change", () => {
    const chosen = state.chosen ? new Set(state.chosen) : new Set(state.spec.items.map((item) => item.value));
    if (!chosen.delete(value)) chosen.add(value);
    choosePicked(state, chosen);
  });
  return element("label", {}, box, ` ${text}`);
}

function keepInWindow(box) {
  box.style.left = "0";
  const over = box.getBoundingClientRect().right - document.documentElement.clientWidth + 8;
  if (over > 0) box.style.left = `${-over}px`;
}

/** An open picker closes when the reader clicks elsewhere or presses Escape. */
function closeOutside(box) {
  document.addEventListener("pointerdown", (event) => {
    if (!box.contains(event.target)) box.open = false;
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    box.open = false;
    box.querySelector("summary").focus();
  });
}
