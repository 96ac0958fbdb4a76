"use strict";
// The small picture of a finding: an image, and the outlines of the models upon it. Read and decoded when it is seen.

// Of several structures the first has whole lines.
const DASHES = ["none", "4 2", "1 2", "6 2 1 2"];
const DASH_WORDS = ["whole lines", "dashes", "dots", "dashes and dots"];
const PICTURES = { read: new Map(), images: new Map() };

/** The data of a picture; null where the page has none. */
function pictureAt(number) {
  if (number === null || number === undefined) return null;
  if (!PICTURES.read.has(number)) {
    const held = window.REPORT_PICTURES?.[number] ?? allOf(".picture-data")[number]?.textContent;
    PICTURES.read.set(number, held ? JSON.parse(held) : null);
  }
  return PICTURES.read.get(number);
}

/** Have something done when an element comes near what is in sight. */
function whenSeen(made, act) {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      act();
    },
    { rootMargin: "400px" },
  );
  observer.observe(made);
}

/**
 * A plane of a picture.
 * @param models whose lines are drawn; null for all.
 * @param strong the models whose lines are drawn thick, above the others.
 */
function planePicture(picture, plane, looks, { models = null, strong = [] } = {}) {
  const { pixels, mm } = picture;
  const svg = svgElement("svg", { viewBox: `0 0 ${pixels} ${pixels}`, class: "slice", role: "img" });
  svg.append(svgElement("rect", { width: pixels, height: pixels, fill: "#181818" }));
  if (plane.image) {
    const image = svgElement("image", { width: pixels, height: pixels });
    image.setAttribute("href", imageAddress(plane.image));
    svg.append(image);
  }
  const isStrong = (number) => strong.includes(picture.models[number]);
  const drawn = plane.lines.flatMap(([numbers, path, structure]) =>
    numbers.map((number) => ({ number, path, structure: structure ?? 0 })),
  );
  drawn.sort((a, b) => Number(isStrong(a.number)) - Number(isStrong(b.number)) || b.structure - a.structure);
  for (const { number, path, structure } of drawn) {
    const model = picture.models[number];
    if (models && !models.includes(model)) continue;
    svg.append(outline(path, looks.get(model)?.color ?? "#fff", isStrong(number), DASHES[structure % DASHES.length]));
  }
  svg.append(...placeTicks(pixels, plane.across ?? pixels / 2), ...sideLetters(plane.sides, pixels));
  const seen = models ? listed(models) : "all models";
  svg.setAttribute("aria-label", `${readable(picture.structure)}, ${plane.name}, ${Math.round(mm)} mm wide: ${seen}`);
  return svg;
}

function outline(d, stroke, isStrong, dashes) {
  const group = svgElement("g", { fill: "none", "stroke-linejoin": "round", "stroke-dasharray": dashes });
  const width = isStrong ? 2 : 1;
  // A dark rim keeps a light line apart from what is light in the image.
  group.append(svgElement("path", { d, stroke: "#000", "stroke-opacity": 0.45, "stroke-width": width + 1 }));
  group.append(svgElement("path", { d, stroke, "stroke-width": width }));
  return group;
}

/** Ticks at the edges, which point at the place without hiding it; dark below them, as bone is as light as they. */
function placeTicks(pixels, across) {
  const [half, far] = [pixels / 2, pixels - 5];
  const d = `M${across} 0v5M${across} ${far}v5M0 ${half}h5M${far} ${half}h5`;
  return [
    svgElement("path", { d, stroke: "#000", "stroke-width": 3, "stroke-linecap": "square", fill: "none" }),
    svgElement("path", { d, stroke: "#fff", "stroke-width": 1, fill: "none" }),
  ];
}

function sideLetters([left, right, top, bottom], pixels) {
  const half = pixels / 2;
  const places = [
    [left, 5, half - 3],
    [right, pixels - 5, half - 3],
    [top, half + 6, 9],
    [bottom, half + 6, pixels - 3],
  ];
  return places.map(([letter, x, y]) => {
    const look = { fill: "#fff", "font-size": 8, "text-anchor": "middle", "font-family": "sans-serif" };
    const rim = { stroke: "#000", "stroke-width": 2, "stroke-linejoin": "round", "paint-order": "stroke" };
    const made = svgElement("text", { x, y, ...look, ...rim });
    made.textContent = letter;
    return made;
  });
}

function imageAddress(base64) {
  if (!PICTURES.images.has(base64)) {
    const blob = new Blob([bytesOf(base64)], { type: "image/jpeg" });
    PICTURES.images.set(base64, URL.createObjectURL(blob));
  }
  return PICTURES.images.get(base64);
}

/** Which lines are of which structure, where there are several. */
function structuresLegend({ structure, structures = [structure] }) {
  if (structures.length < 2) return `the lines are of ${readable(structures[0] ?? structure)}`;
  return structures.map((name, number) => `${readable(name)} ${DASH_WORDS[number % DASH_WORDS.length]}`).join(", ");
}

/** Which line is which model. */
function linesLegend(models, looks) {
  return models.map((model) => {
    const line = svgElement("svg", { viewBox: "0 0 22 8", class: "line-swatch", "aria-hidden": "true" });
    line.append(svgElement("path", { d: "M0 4h22", stroke: looks.get(model).color, "stroke-width": 4 }));
    return element("span", { class: "line-of-model" }, line, symbolPicture(looks.get(model)), model);
  });
}
