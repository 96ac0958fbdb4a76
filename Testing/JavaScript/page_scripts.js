// The plain scripts of the report's page, in a world of their own: what they declare can be asked for by name.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

const PAGE = "../../CrossSegmentationExplorer/SegmentationConcordanceLib/reporting/page/";

/** Run scripts of the page, e.g. "statistics.js"; returns a function from an expression to its value there. */
export function pageScripts(...names) {
  const world = vm.createContext({ URLSearchParams, atob });
  for (const name of names) {
    const path = fileURLToPath(new URL(PAGE + name, import.meta.url));
    vm.runInContext(readFileSync(path, "utf8"), world, { filename: name });
  }
  return (expression) => vm.runInContext(expression, world);
}

/** Plain data of this world: objects of another one are never deeply equal to ours. */
export function plain(value) {
  return JSON.parse(JSON.stringify(value));
}
