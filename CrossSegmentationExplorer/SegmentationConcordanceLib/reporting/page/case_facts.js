"use strict";
// What is known of the cases: the name to show, and the acquisition where a table of cases was given.

const FILTER_VALUES = 12;
const NOT_KNOWN = "not known";

function makeCaseFacts(data, table) {
  const { columns } = data.cases;
  const [values, labels] = [new Map(data.cases.values), new Map(data.cases.labels)];
  const column = numbersOf(columns);
  const value = (name, attribute) => values.get(name)?.[column.get(attribute)] ?? "";
  const filters = columns
    .map((name) => ({
      name,
      values: distinct(table.cases.map((one) => value(one, name) || NOT_KNOWN)).sort(naturalOrder),
    }))
    .filter((one) => one.values.length > 1 && one.values.length <= FILTER_VALUES);
  const lines = (name) => columns.map((one) => [capitalized(readable(one)), value(name, one)]);
  return { columns, value, lines, filters, label: (name) => labels.get(name) ?? name };
}

const COLLATOR = new Intl.Collator("en", { numeric: true });

function naturalOrder(a, b) {
  return COLLATOR.compare(a, b);
}
