"use strict";
// Every view as a picture (SVG) and as a table (CSV), saved by the browser.

function makeExports(views, viewNow) {
  for (const box of allOf("[data-export]")) {
    const view = views.find(({ id }) => id === box.dataset.export);
    if (!view) continue;
    const name = box.closest("section").querySelector("h2").textContent;
    const add = (kind, text) => {
      const button = element("button", { type: "button", "aria-label": `${name}: save as ${kind}` }, kind);
      button.addEventListener("click", () => save(`${view.id}.${kind.toLowerCase()}`, text()));
      box.append(button);
    };
    if (view.picture) add("SVG", () => view.picture());
    add("CSV", () => csvText(view.csv(viewNow())));
  }
}

function save(name, text) {
  const type = name.endsWith(".svg") ? "image/svg+xml" : "text/csv";
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** Cells as they are, in quotes where the comma needs it; numbers as the page holds them. */
function csvText(lines) {
  const cell = (value) => {
    const text = value == null || Number.isNaN(value) ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${lines.map((line) => line.map(cell).join(",")).join("\n")}\n`;
}
