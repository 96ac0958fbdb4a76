"use strict";
// An extension of OHIF for links to one structure: it shows several segmentations at once, of them only the structure
// that the link names, each in its model's colour, and jumps to it.
//
// Parameters of the address beside OHIF's own:
//   segs       SeriesInstanceUIDs of the segmentations; without it, those among SeriesInstanceUIDs
//   seg        SeriesInstanceUID of the one to look at first; of one in parts, any of them
//   structure  SegmentLabel, or the codes of type, modifier, region and region modifier: "SCT:64033007|SCT:7771000"
//   sop, place SOPInstanceUID of an image, or x,y,z in LPS mm: where to jump to instead of the structure's centre

const LABELMAP = "Labelmap";

function readLink(address) {
  const parameters = new URLSearchParams(address.replace(/\+/g, "%2B"));
  const list = (...names) => names.flatMap((name) => parameters.getAll(name)).join(",").split(",").filter(Boolean);
  return {
    segs: list("segs"),
    series: list("SeriesInstanceUIDs", "SeriesInstanceUID", "seriesInstanceUIDs", "seriesInstanceUID"),
    first: list("seg")[0] ?? list("initialSeriesInstanceUID")[0] ?? "",
    opensFirst: list("seg").length > 0,
    structure: parameters.get("structure") ?? "",
    sop: parameters.get("sop") ?? "",
    place: list("place").map(Number).filter(Number.isFinite),
  };
}

function wantsSegmentation(link, seg) {
  if (link.segs.length) return link.segs.includes(seg.SeriesInstanceUID);
  if (link.series.length) return link.series.includes(seg.SeriesInstanceUID);
  return link.opensFirst ? seg.SeriesInstanceUID === link.first : link.structure !== "";
}

/** LPS position of the middle of an image, or null where its header does not say it. */
function middleOf(image) {
  const { ImagePositionPatient: at, ImageOrientationPatient: axes, PixelSpacing: spacing } = image;
  if (!at || !axes || !spacing) return null;
  const along = (image.Columns / 2) * spacing[1];
  const down = (image.Rows / 2) * spacing[0];
  return [0, 1, 2].map((i) => Number(at[i]) + along * Number(axes[i]) + down * Number(axes[i + 3]));
}

const LEGEND_STYLE =
  "position:fixed; transform:translateX(-50%); z-index:50; display:flex; flex-wrap:wrap; gap:2px 14px;" +
  "align-items:center; justify-content:center; width:max-content; padding:3px 10px; border-radius:4px;" +
  "background:rgba(0,0,0,0.75); color:#fff; font:13px/1.5 sans-serif";
// What OHIF writes into the corners of the images stays readable.
const CORNERS_WIDTH = 240;
const ENTRY_STYLE = "display:flex; gap:6px; align-items:center; color:inherit; background:none; border:0; padding:0";

/** The legend as an element; names of models are text, never markup. */
function legendOf(structure, entries, toggle) {
  const legend = document.createElement("div");
  legend.id = "concordance-legend";
  legend.setAttribute("role", "group");
  legend.setAttribute("aria-label", `Models, ${structure}`);
  legend.style.cssText = LEGEND_STYLE;
  legend.append(`${structure.replaceAll("_", " ")}:`, ...entries.map((entry) => legendEntry(entry, toggle)));
  return legend;
}

/** What stands in the legend's place until it is there. */
function waitingOf(text) {
  const waiting = document.createElement("div");
  waiting.id = "concordance-waiting";
  waiting.setAttribute("role", "status");
  waiting.style.cssText = LEGEND_STYLE;
  waiting.append(text);
  return waiting;
}

/** At the bottom of the images, in their middle, as long as it is there. */
function keepBelowImages(legend) {
  const images = document.querySelector("[data-cy=viewport-grid]") ?? document.body;
  const place = () => {
    const { left, bottom, width } = images.getBoundingClientRect();
    legend.style.left = `${left + width / 2}px`;
    legend.style.bottom = `${window.innerHeight - bottom + 6}px`;
    legend.style.maxWidth = `${Math.max(width - CORNERS_WIDTH, 200)}px`;
  };
  place();
  const observer = new ResizeObserver(() => (legend.isConnected ? place() : observer.disconnect()));
  observer.observe(images);
}

function legendEntry({ name, color, places, missing }, toggle) {
  const line = document.createElement("span");
  line.style.cssText = `display:inline-block; width:22px; height:0; border-top:3px solid ${color}`;
  const said = document.createElement("span");
  said.textContent = missing ? `${name} ${missing}` : name;
  const entry = document.createElement(missing ? "span" : "button");
  entry.style.cssText = ENTRY_STYLE;
  if (missing) {
    line.style.borderTopStyle = "dotted";
    said.style.fontStyle = "italic";
  } else {
    let isShown = true;
    entry.setAttribute("aria-pressed", "true");
    entry.addEventListener("click", () => {
      isShown = !isShown;
      entry.setAttribute("aria-pressed", String(isShown));
      said.style.textDecoration = isShown ? "" : "line-through";
      toggle(places, isShown);
    });
  }
  entry.append(line, said);
  return entry;
}

const UNPLACED = "It does not say on which images it lies.";

/** Whether a segmentation names no images that are there. */
const isUnplaced = (seg) => !seg.referencedDisplaySetInstanceUID && !seg.referencedSeriesInstanceUID;

class LinkedView {
  constructor({ servicesManager, commandsManager }, link) {
    this.services = servicesManager.services;
    this.commands = commandsManager;
    this.link = link;
    this.loaded = new Map();
    this.failed = new Set();
    this.shown = new Set();
    this.subscriptions = [];
    this.running = false;
    this.asked = false;
    this.waiting = null;
  }

  start() {
    const { displaySetService, cornerstoneViewportService } = this.services;
    const later = () => setTimeout(() => this.update(), 200);
    this.subscriptions = [
      displaySetService.subscribe(displaySetService.EVENTS.DISPLAY_SETS_ADDED, later),
      cornerstoneViewportService.subscribe(cornerstoneViewportService.EVENTS.VIEWPORT_DATA_CHANGED, later),
    ];
  }

  stop() {
    this.subscriptions.forEach((subscription) => subscription.unsubscribe());
    this.subscriptions = [];
    this.legend?.remove();
    this.tellWaiting("");
  }

  /** Load what is wanted and not loaded yet, then style what is not styled yet; one run at a time. */
  async update() {
    if (this.running) {
      this.asked = true;
      return;
    }
    this.running = true;
    try {
      do {
        this.asked = false;
        this.sayUnplaced();
        await this.loadAll();
        await this.styleAll();
      } while (this.asked && this.subscriptions.length);
    } finally {
      this.running = false;
      this.tellWaiting("");
    }
  }

  /** The consensus comes last, so that its line is drawn over the models. */
  wanted() {
    return this.services.displaySetService
      .getActiveDisplaySets()
      .filter((one) => one.Modality === "SEG" && wantsSegmentation(this.link, one))
      .sort((a, b) => {
        const consensusLast = Number(isConsensus(a)) - Number(isConsensus(b));
        return consensusLast || Number(a.SeriesNumber) - Number(b.SeriesNumber);
      });
  }

  /** Say of each segmentation that the link opens, and that names no images, that it cannot be shown; once. */
  sayUnplaced() {
    for (const seg of this.services.displaySetService.getActiveDisplaySets()) {
      const isMeant = seg.SeriesInstanceUID === this.link.first || wantsSegmentation(this.link, seg);
      const isSaid = this.failed.has(seg.displaySetInstanceUID);
      if (seg.Modality !== "SEG" || !isMeant || !isUnplaced(seg) || isSaid) continue;
      this.failed.add(seg.displaySetInstanceUID);
      this.say(`${seg.SeriesDescription || "This segmentation"} cannot be shown`, UNPLACED);
      document.documentElement.dataset.concordance = "nothing found";
    }
  }

  // All are loaded before the first is styled: every change of style in between would redraw, and take long.
  async loadAll() {
    if (!this.viewports().length) return;
    const wanted = this.wanted();
    for (const [number, seg] of wanted.entries()) {
      if (this.loaded.has(seg.displaySetInstanceUID) || this.failed.has(seg.displaySetInstanceUID)) continue;
      this.tellWaiting(`Reading segmentation ${number + 1} of ${wanted.length} ...`);
      try {
        await seg.load({ headers: {} });
        this.loaded.set(seg.displaySetInstanceUID, seg);
      } catch (/** @type {any} */ error) {
        this.failed.add(seg.displaySetInstanceUID);
        this.say(`${seg.SeriesDescription} cannot be shown`, String(error?.message ?? error));
      }
    }
  }

  /** OHIF says nothing while segmentations are read, which takes long where there are many; "" for no more. */
  tellWaiting(text) {
    this.waiting?.remove();
    this.waiting = text ? waitingOf(text) : null;
    if (!this.waiting) return;
    document.body.append(this.waiting);
    keepBelowImages(this.waiting);
  }

  async styleAll() {
    const segs = [...this.loaded.values()];
    const colors = colorsOfModels(segs);
    const filled = filledOf(segs, this.link.first);
    const fresh = [];
    for (const viewport of this.viewports()) {
      const here = segs.filter((seg) => viewport.displaySetInstanceUIDs.includes(seg.referencedDisplaySetInstanceUID));
      for (const seg of here) {
        const pair = `${viewport.viewportId} ${seg.displaySetInstanceUID}`;
        if (this.shown.has(pair)) continue;
        this.shown.add(pair);
        this.tellWaiting(`Drawing ${nameOf(seg)} ...`);
        await this.style(seg, viewport.viewportId, colors.get(seg), styleOf(seg, filled));
        if (!fresh.includes(viewport)) fresh.push(viewport);
      }
    }
    fresh.forEach((viewport) => this.jump(viewport, segs));
    if (fresh.length) this.finish(segs);
  }

  /** The viewports that show images now. */
  viewports() {
    const { viewportGridService, cornerstoneViewportService } = this.services;
    return [...viewportGridService.getState().viewports.values()].filter(
      (one) => one.displaySetInstanceUIDs?.length && cornerstoneViewportService.getCornerstoneViewport(one.viewportId),
    );
  }

  async style(seg, viewportId, color, look) {
    const { segmentationService } = this.services;
    const id = seg.displaySetInstanceUID;
    this.commands.runCommand("updateStoredSegmentationPresentation", { displaySet: seg, type: LABELMAP });
    await segmentationService.addSegmentationRepresentation(viewportId, { segmentationId: id, type: LABELMAP });
    seg.isHydrated = true;
    if (this.link.structure) segmentationService.setStyle({ segmentationId: id, type: LABELMAP }, look);
    this.mendCenters(seg);
    const hasBackground = Object.values(seg.segMetadata.data).some((one) => one && Number(one.SegmentNumber) === 0);
    for (const segment of segmentsOf(seg)) {
      const number = Number(segment.SegmentNumber);
      const isWanted = isStructure(segment, this.link.structure);
      if (this.link.structure) {
        segmentationService.setSegmentVisibility(viewportId, id, number, isWanted, LABELMAP);
        if (isWanted) segmentationService.setSegmentColor(viewportId, id, number, color);
      } else if (hasBackground && segment.rgba) {
        // This OHIF gives every segment of a label map the colour of the one before it.
        segmentationService.setSegmentColor(viewportId, id, number, [...segment.rgba.slice(0, 3), 255]);
      }
    }
  }

  /** This OHIF takes the centre of the next segment for that of a label map's: the background counts as the first. */
  mendCenters(seg) {
    const { segments } = this.services.segmentationService.getSegmentation(seg.displaySetInstanceUID);
    for (const { SegmentNumber: number } of segmentsOf(seg)) {
      const center = seg.centroids?.get(Number(number))?.world;
      const held = segments[Number(number)]?.cachedStats?.center;
      if (center && held) held.world = [center.x, center.y, center.z];
    }
  }

  jump(viewport, segs) {
    const { segmentationService, displaySetService, cornerstoneViewportService } = this.services;
    if (this.link.place.length === 3) {
      cornerstoneViewportService.getCornerstoneViewport(viewport.viewportId).jumpToWorld?.(this.link.place);
      return;
    }
    if (this.link.sop) {
      const images = viewport.displaySetInstanceUIDs.flatMap((id) => displaySetService.getDisplaySetByUID(id).images);
      const image = images.find((one) => one?.SOPInstanceUID === this.link.sop);
      const middle = image && middleOf(image);
      if (middle) cornerstoneViewportService.getCornerstoneViewport(viewport.viewportId).jumpToWorld?.(middle);
      if (middle) return;
    }
    const found = this.findStructure(segs);
    if (found) segmentationService.jumpToSegmentCenter(found.id, found.number, viewport.viewportId);
  }

  /**
   * The structure in the segmentation to look at first or, where that lacks it, in the first one that has it. Without
   * a structure in the link, the first segment.
   */
  findStructure(segs) {
    const isFirst = (parts) => Number(parts.some((seg) => seg.SeriesInstanceUID === this.link.first));
    const ordered = byOutput(segs).sort((a, b) => isFirst(b) - isFirst(a));
    for (const seg of ordered.flat()) {
      const segment = segmentsOf(seg).find(
        (one) => !this.link.structure || isStructure(one, this.link.structure),
      );
      if (segment) return { id: seg.displaySetInstanceUID, number: Number(segment.SegmentNumber) };
    }
    return null;
  }

  finish(segs) {
    const found = this.findStructure(segs);
    if (found) {
      const { segmentationService } = this.services;
      for (const { viewportId } of this.viewports()) segmentationService.setActiveSegmentation(viewportId, found.id);
      segmentationService.setActiveSegment(found.id, found.number);
    }
    if (this.link.structure && !found) {
      const count = byOutput(segs).length;
      this.say("Structure not found", `None of the ${count} segmentations has ${this.link.structure}.`);
    }
    if (this.link.structure) this.showLegend(segs);
    document.documentElement.dataset.concordance = found ? "shown" : "nothing found";
  }

  /** Which line is which model, and who did not find the structure; a click hides a model's line and shows it again. */
  showLegend(segs) {
    this.legend?.remove();
    const entries = this.legendEntries(segs);
    const title = entries.find(({ label }) => label)?.label ?? this.link.structure;
    this.legend = legendOf(title, entries, (places, isShown) => {
      const { segmentationService } = this.services;
      for (const { viewportId } of this.viewports()) {
        for (const { id, number } of places) {
          segmentationService.setSegmentVisibility(viewportId, id, number, isShown, LABELMAP);
        }
      }
    });
    document.body.append(this.legend);
    keepBelowImages(this.legend);
  }

  /** Of every output that the link wants: name, colour, and the places and label of its segments of the structure. */
  legendEntries(segs) {
    const colors = colorsOfModels(segs);
    return byOutput(this.wanted()).map((parts) => {
      const areLoaded = parts.every((seg) => segs.includes(seg));
      const found = parts.flatMap((seg) =>
        segmentsOf(seg)
          .filter((one) => segs.includes(seg) && isStructure(one, this.link.structure))
          .map(({ SegmentNumber: number, SegmentLabel: label }) => ({
            id: seg.displaySetInstanceUID,
            number: Number(number),
            label,
          })),
      );
      const missing = areLoaded ? "did not find it" : "cannot be shown";
      const color = colors.get(parts[0]);
      return {
        name: nameOf(parts[0]),
        color: color ? `rgb(${color.slice(0, 3).join(", ")})` : "transparent",
        places: found,
        label: found[0]?.label ?? "",
        missing: found.length ? "" : missing,
      };
    });
  }

  say(title, message) {
    this.services.uiNotificationService?.show({ title, message, type: "warning", duration: 10000 });
  }
}

const linkExtension = {
  id: "segmentation-concordance-links",
  onModeEnter(managers) {
    const link = readLink(location.search);
    linkExtension.view = new LinkedView(managers, link);
    linkExtension.view.start();
  },
  onModeExit() {
    linkExtension.view?.stop();
    linkExtension.view = null;
  },
};
