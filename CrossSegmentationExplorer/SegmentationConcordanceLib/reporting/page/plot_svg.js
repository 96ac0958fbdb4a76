"use strict";
// A plot as a picture: for saving, with a legend, as it leaves the page; and on paper, where a canvas would be cut.

const LEGEND_HEIGHT = 26;
const PAPER_WIDTH = 900;
// What a page has room for below the heading and the caption.
const PAPER_HEIGHT = 1080;
// The axis below the last row of a plot of structures.
const PAPER_FOOT = 46;

/** The plot as SVG text, as wide as it is on the page unless a width is given. */
function plotSvg(plot, width = plot.dom.clientWidth || 1000) {
  return inLight(() => drawPlotSvg(plot, plot.spec.build(plot.view, width), width));
}

function drawPlotSvg(plot, built, width) {
  const size = { width, height: built.height };
  const canvas = echarts.init(null, null, { renderer: "svg", ssr: true, ...size });
  const series = built.layers.map((layer) => layer.series);
  canvas.setOption({ ...built.option, series, backgroundColor: "#fff" });
  const picture = new DOMParser().parseFromString(canvas.renderToSVGString(), "image/svg+xml").documentElement;
  canvas.dispose();
  const models = plot.spec.isOfModels ? plot.view.models : [];
  const legend = legendSvg(models, plot.view.looks, width);
  const height = size.height + legend.height;
  const svg = svgElement("svg", { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}` });
  picture.setAttribute("y", String(legend.height));
  svg.append(svgElement("rect", { width, height, fill: "#fff" }), legend.group, picture);
  return new XMLSerializer().serializeToString(svg);
}

/** Symbols and names of the models, in as many lines as they need. */
function legendSvg(models, looks, width) {
  const group = svgElement("g", { "font-size": 12.5, "font-family": pageFont() });
  const context = document.createElement("canvas").getContext("2d");
  context.font = `12.5px ${pageFont()}`;
  let [x, y] = [10, 0];
  for (const model of models) {
    const wide = 34 + 1.1 * context.measureText(model).width;
    if (x > 10 && x + wide > width) [x, y] = [10, y + LEGEND_HEIGHT];
    const symbol = svgElement("g", { transform: `translate(${x} ${y + 8}) scale(0.5)` });
    symbol.append(svgElement("path", { d: looks.get(model).path, fill: looks.get(model).color, stroke: "#333" }));
    const name = svgElement("text", { x: x + 16, y: y + 17.5, fill: "#111" });
    name.textContent = model;
    group.append(symbol, name);
    x += wide;
  }
  return { group, height: models.length ? y + LEGEND_HEIGHT : 0 };
}

/** Plots stand as pictures of the paper's width while the page is printed, and follow the window's width else. */
function fitPlots(plots) {
  window.addEventListener("resize", () => plots.forEach(({ chart }) => chart.resize()));
  window.addEventListener("beforeprint", () => plots.forEach(standIn));
  window.addEventListener("afterprint", () => {
    for (const picture of document.querySelectorAll(".on-paper")) picture.remove();
  });
}

function standIn(plot) {
  if (!plot.built || plot.built.hidden) return;
  const picture = new DOMParser().parseFromString(plot.picture(PAPER_WIDTH), "image/svg+xml").documentElement;
  const box = element("div", { class: "on-paper" });
  for (const [from, to] of paperParts(Number(picture.getAttribute("height")), plot.built.rowHeight)) {
    const part = document.importNode(picture, true);
    part.setAttribute("height", String(to - from));
    part.setAttribute("viewBox", `0 ${from} ${PAPER_WIDTH} ${to - from}`);
    box.append(part);
  }
  plot.dom.after(box);
}

/** From the bottom in whole rows, of which none may be cut by the end of a page. */
function paperParts(height, rowHeight) {
  if (height <= PAPER_HEIGHT || !rowHeight) return [[0, height]];
  const step = Math.floor((PAPER_HEIGHT - LEGEND_HEIGHT) / rowHeight) * rowHeight;
  const below = height - PAPER_FOOT;
  const cuts = [];
  for (let cut = below - Math.floor((below - 1) / step) * step; cut < below; cut += step) cuts.push(cut);
  return [0, ...cuts].map((from, index) => [from, cuts[index] ?? height]);
}
