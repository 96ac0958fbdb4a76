// The keys of the page, the same as in Slicer. They go before the views', which take the arrows for scrolling.
const KEYS = {
  ArrowDown: ["step", 1],
  ArrowUp: ["step", -1],
  ArrowRight: ["step_region", 1],
  ArrowLeft: ["step_region", -1],
  PageDown: ["step_finding", 1],
  PageUp: ["step_finding", -1],
};

// Without Alt, and where nothing is typed: a verdict on the marked line, or another line.
const VERDICT_KEYS = /^[0-5bB]$/;
const LINE_KEYS = { PageDown: 1, PageUp: -1 };

function judge(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || !document.querySelector(".verdicts")) return false;
  if (event.target.closest("input, textarea, select")) return false;
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
    window.trame.trigger(action[0], [action[1]]);
  },
  true,
);
