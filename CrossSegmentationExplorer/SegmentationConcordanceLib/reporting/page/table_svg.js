"use strict";
// A table of the page as an SVG picture: colours, texts and symbols where the page shows them.

const SVG = "http://www.w3.org/2000/svg";

function tableSvg(table) {
  return tablesSvg([table]);
}

/** Several tables, one below the other as they stand on the page. */
function tablesSvg(tables) {
  return inLight(() => {
    // A heading that stays in sight would be measured where it stands just now.
    for (const table of tables) table.classList.add("at-rest");
    const text = drawTables(tables);
    for (const table of tables) table.classList.remove("at-rest");
    return text;
  });
}

function drawTables(tables) {
  const boxes = tables.map((table) => table.getBoundingClientRect());
  const [left, top] = [lowestOf(boxes.map((box) => box.left)), lowestOf(boxes.map((box) => box.top))];
  const width = highestOf(boxes.map((box) => box.right)) - left;
  const height = highestOf(boxes.map((box) => box.bottom)) - top;
  const svg = svgElement("svg", { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}` });
  svg.append(hatching(tables[0]), svgElement("rect", { width, height, fill: "#fff" }));
  for (const table of tables) {
    for (const cell of table.querySelectorAll("th, td")) drawCell(svg, cell, { left, top });
  }
  return new XMLSerializer().serializeToString(svg);
}

function svgElement(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const HATCHING = "cut";

/** The stripes of truncated cells, as the page's gradient draws them. */
function hatching(table) {
  const size = 6;
  const look = { patternUnits: "userSpaceOnUse", width: size, height: size, patternTransform: "rotate(-45)" };
  const pattern = svgElement("pattern", { id: HATCHING, ...look });
  const fill = getComputedStyle(table).getPropertyValue("--cut");
  pattern.append(svgElement("rect", { width: size / 2, height: size, fill }));
  return pattern;
}

function drawCell(svg, cell, origin) {
  const { left, top, width, height } = cell.getBoundingClientRect();
  const at = { x: left - origin.left, y: top - origin.top, width, height };
  svg.append(svgElement("rect", { ...at, fill: fillOf(cell), stroke: "#ddd", "stroke-width": 0.5 }));
  for (const symbol of cell.querySelectorAll("svg.symbol")) drawSymbol(svg, symbol, origin);
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) drawText(svg, walker.currentNode, origin);
}

function fillOf(cell) {
  if (cell.classList.contains(HATCHING)) return `url(#${HATCHING})`;
  const fill = getComputedStyle(cell).backgroundColor;
  return fill === "rgba(0, 0, 0, 0)" || fill === "transparent" ? "none" : fill;
}

function drawSymbol(svg, symbol, origin) {
  const { left, top, width } = symbol.getBoundingClientRect();
  const place = `translate(${left - origin.left} ${top - origin.top}) scale(${width / 22}) translate(1 1)`;
  const group = svgElement("g", { transform: place });
  group.append(symbol.firstChild.cloneNode());
  svg.append(group);
}

/** Each line of a wrapped text by itself, as SVG does not wrap. */
function drawText(svg, node, origin) {
  const style = getComputedStyle(node.parentElement);
  if (style.writingMode.startsWith("vertical")) {
    drawUpright(svg, node, style, origin);
    return;
  }
  for (const { text, box } of linesOfText(node)) {
    const look = { fill: style.color, "font-size": style.fontSize, "font-weight": style.fontWeight };
    const place = { x: box.left - origin.left, y: box.top - origin.top + box.height * 0.78 };
    const made = svgElement("text", { ...place, ...look, "font-family": style.fontFamily });
    made.textContent = text;
    svg.append(made);
  }
}

/** A heading that runs from below to above. */
function drawUpright(svg, node, style, origin) {
  const box = node.parentElement.getBoundingClientRect();
  const [x, y] = [box.left - origin.left + box.width * 0.68, box.bottom - origin.top - 2];
  const look = { fill: style.color, "font-size": style.fontSize, "font-weight": style.fontWeight };
  const made = svgElement("text", { transform: `translate(${x} ${y}) rotate(-90)`, ...look });
  made.setAttribute("font-family", style.fontFamily);
  made.textContent = node.data;
  svg.append(made);
}

function linesOfText(node) {
  const range = document.createRange();
  const lines = [];
  for (const match of node.data.matchAll(/\S+\s*/g)) {
    range.setStart(node, match.index);
    range.setEnd(node, match.index + match[0].trimEnd().length);
    const box = range.getBoundingClientRect();
    const last = lines[lines.length - 1];
    if (last && Math.abs(last.box.top - box.top) < 2) last.text += match[0];
    else lines.push({ text: match[0], box });
  }
  return lines;
}
