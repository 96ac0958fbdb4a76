"use strict";
// Every view as a picture (SVG, PNG) and as a table (CSV), saved by the browser.

// Pixels of a PNG for each pixel of the page.
const PNG_SCALE = 2;
// No browser draws a larger canvas.
const PNG_LIMIT = 16000;

function makeExports(views, viewNow) {
  for (const box of allOf("[data-export]")) {
    const view = views.find(({ id }) => id === box.dataset.export);
    if (!view) continue;
    const name = box.closest("section").querySelector("h2").textContent;
    const add = (kind, text) => {
      const button = element("button", { type: "button", "aria-label": `${name}: save as ${kind}` }, kind);
      button.addEventListener("click", async () => save(`${view.id}.${kind.toLowerCase()}`, await text()));
      box.append(button);
    };
    if (view.picture) add("SVG", () => view.picture());
    if (view.picture) add("PNG", () => pngOf(view.picture()));
    add("CSV", () => csvText(view.csv(viewNow())));
  }
}

/** A picture in pixels, twice as fine as on the page where that can be drawn. */
async function pngOf(svg) {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml;charset=utf-8" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const scale = Math.min(PNG_SCALE, PNG_LIMIT / Math.max(image.width, image.height));
    const [width, height] = [image.width, image.height].map((size) => Math.round(size * scale));
    const canvas = element("canvas", { width, height });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

function save(name, content) {
  const type = name.endsWith(".svg") ? "image/svg+xml" : "text/csv";
  const blob = content instanceof Blob ? content : new Blob([content], { type: `${type};charset=utf-8` });
  const address = URL.createObjectURL(blob);
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
