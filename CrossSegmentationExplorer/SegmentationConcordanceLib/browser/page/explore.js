// The keys of the page, the same as in Slicer. They go before the views', which take the arrows for scrolling.
const KEYS = {
  ArrowDown: ["step", 1],
  ArrowUp: ["step", -1],
  ArrowRight: ["step_region", 1],
  ArrowLeft: ["step_region", -1],
  PageDown: ["step_finding", 1],
  PageUp: ["step_finding", -1],
  g: ["compact"],
  p: ["plane"],
};

// Without Alt, and where nothing is typed: a verdict on the marked line, or another line.
const VERDICT_KEYS = /^[0-5bB]$/;
const LINE_KEYS = { PageDown: 1, PageUp: -1 };

function judge(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || !document.querySelector(".verdicts")) return false;
  if (event.target.closest("input, textarea, select")) return false;
  const heading = event.target.closest(".head");
  if (heading && VERDICT_KEYS.test(event.key)) window.trame.trigger("choose_row", [Number(heading.dataset.row)]);
  if (VERDICT_KEYS.test(event.key)) window.trame.trigger("press", [event.key]);
  else if (event.key in LINE_KEYS) window.trame.trigger("move", [LINE_KEYS[event.key]]);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

window.addEventListener(
  "keydown",
  (event) => {
    if (judge(event)) return;
    const action = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && KEYS[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    // With a work list, the keys that step through findings go from case to case, as in Slicer.
    const isCase = action[0] === "step_finding" && document.querySelector(".cases");
    window.trame.trigger(isCase ? "step_case" : action[0], action.slice(1));
  },
  true,
);

// Within the table and among the headings of the rows, Tab reaches one, and arrows go on.
const WALKS = [
  { of: ".list tbody tr", columns: () => 1 },
  { of: ".head", columns: (one) => Number(one.closest(".rows.compact")?.dataset.columns ?? 1) },
];

function walk(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  for (const { of, columns } of WALKS) {
    const at = event.target.closest(of);
    if (!at) continue;
    const all = [...document.querySelectorAll(of)];
    const wide = columns(at);
    const ends = { Home: all[0], End: all.at(-1) };
    const steps = { ArrowDown: wide, ArrowUp: -wide, ArrowRight: 1, ArrowLeft: -1 };
    const next = ends[event.key] ?? (event.key in steps && all[all.indexOf(at) + steps[event.key]]);
    if (next) next.focus();
    else if (at.tagName === "TR" && (event.key === "Enter" || event.key === " ")) at.click();
    else return;
    event.preventDefault();
  }
}

window.addEventListener("keydown", walk);

// The server learns once how high the place for the rows is: where they would be too low, it shows them compactly.
function tellRoom() {
  const rows = document.querySelector(".rows");
  if (rows?.clientHeight && window.trame?.trigger) window.trame.trigger("room", [rows.clientHeight]);
  else window.setTimeout(tellRoom, 100);
}

tellRoom();
