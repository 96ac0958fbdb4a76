"use strict";
// The bar of filters. Every one acts on every view.

/**
 * Make the bar; returns a function that shows a choice in it.
 * @param change is told a function that alters the choice.
 */
function makeControls(table, caseFacts, groups, change) {
  const showConsensus = makeConsensusChoice(table, change);
  const showModels = makeModelButtons(table, change);
  const pickers = pickerSpecs(table, caseFacts, groups).map((spec) => {
    const picker = makePicker(spec, (chosen) => change((choice) => spec.put(choice, chosen)));
    byId("reset").before(picker.element);
    return (choice) => picker.show(spec.get(choice));
  });
  byId("reset").addEventListener("click", () => change(null));
  byId("filters-toggle").addEventListener("click", () => {
    const isOpen = byId("controls").classList.toggle("open");
    byId("filters-toggle").setAttribute("aria-expanded", String(isOpen));
  });
  // What one goes to is not to lie under the bar, which is as high as its buttons need.
  new ResizeObserver(([{ target }]) => {
    document.documentElement.style.setProperty("--bar", `${target.clientHeight}px`);
  }).observe(byId("controls"));
  return (choice) => {
    for (const show of [showConsensus, showModels, ...pickers]) show(choice);
  };
}

function pickerSpecs(table, caseFacts, groups) {
  const own = (name, title, items, picks) => ({
    name,
    title,
    items,
    groups: picks,
    get: (choice) => choice[KEY_OF_PICKER[name]],
    put: (choice, chosen) => {
      choice[KEY_OF_PICKER[name]] = chosen;
    },
  });
  const structures = table.structures.map(({ id, name }) => ({ value: id, text: readable(name) }));
  const cases = table.cases.map((name) => ({ value: name, text: caseFacts.label(name) }));
  const present = new Set(table.texts.status.texts);
  const status = Object.entries(STATUS_WORDS).filter(([value]) => present.has(value) || value === NOT_IN_MODEL);
  const specs = [own("structures", "Structures", structures, structurePicks(table, groups))];
  if (cases.length > 1) specs.push(own("cases", "Cases", cases));
  if (present.size > 1) specs.push(own("status", "Status", status.map(([value, text]) => ({ value, text }))));
  return [...specs, ...caseFacts.filters.map(attributeSpec)];
}

const KEY_OF_PICKER = { structures: "structure", cases: "case", status: "status" };

function attributeSpec({ name, values }, index) {
  return {
    name: `attribute-${index}`,
    title: capitalized(readable(name)),
    items: values.map((value) => ({ value, text: value })),
    get: (choice) => choice.attributes.get(name) ?? null,
    put: (choice, chosen) => {
      if (chosen) choice.attributes.set(name, chosen);
      else choice.attributes.delete(name);
    },
  };
}

/** The groups of the structures, and those with the lowest Dice. */
function structurePicks(table, groups) {
  const all = numbersThatPass(table.count, () => true);
  const worst = () => structuresWorstFirst(table, all).slice(0, WORST).map(({ id }) => id);
  return [
    ...(table.structures.length > WORST ? [{ text: `Worst ${WORST}`, values: worst }] : []),
    ...groups.map(({ title, structures }) => ({ text: title, values: () => structures })),
  ];
}

function makeConsensusChoice(table, change) {
  const select = byId("consensus");
  const methods = table.consensuses;
  select.replaceChildren(...methods.map((method) => option(method, method)));
  select.addEventListener("change", () =>
    change((choice) => {
      choice.consensus = select.value;
    }),
  );
  byId("consensus-choice").hidden = methods.length < 2;
  return (choice) => {
    select.value = choice.consensus;
  };
}

/** Buttons that switch models on and off; they are the legend of all plots. */
function makeModelButtons(table, change) {
  const buttons = new Map();
  for (const [model, look] of table.looks) {
    const button = element("button", { type: "button", "aria-pressed": "true" }, symbolPicture(look), model);
    button.addEventListener("click", () =>
      change((choice) => {
        if (!choice.without.delete(model)) choice.without.add(model);
      }),
    );
    buttons.set(model, button);
  }
  byId("models").replaceChildren(...buttons.values());
  return (choice) => {
    for (const [model, button] of buttons) button.setAttribute("aria-pressed", String(!choice.without.has(model)));
  };
}
