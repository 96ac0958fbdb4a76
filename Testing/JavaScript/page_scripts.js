// The plain scripts of the pages, in a world of their own: what they declare can be asked for by name.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

const LIBRARY = "../../CrossSegmentationExplorer/SegmentationConcordanceLib/";

/** Run scripts of the report's page, e.g. "statistics.js"; returns a function from an expression to its value there. */
export const pageScripts = (...names) => scriptsOf("reporting/page/", names);

/** The same of the viewer's page. */
export const viewerScripts = (...names) => scriptsOf("viewer/page/", names);

function scriptsOf(folder, names) {
  const world = vm.createContext({ URLSearchParams, atob, window: {} });
  for (const name of names) {
    const path = fileURLToPath(new URL(LIBRARY + folder + name, import.meta.url));
    vm.runInContext(readFileSync(path, "utf8"), world, { filename: name });
  }
  return (expression) => vm.runInContext(expression, world);
}

/** Plain data of this world: objects of another one are never deeply equal to ours. */
export function plain(value) {
  return JSON.parse(JSON.stringify(value));
}
