// The keys of the page, the same as in Slicer. They go before the views', which take the arrows for scrolling.
const KEYS = {
  ArrowDown: ["step", 1],
  ArrowUp: ["step", -1],
  ArrowRight: ["step_region", 1],
  ArrowLeft: ["step_region", -1],
};

window.addEventListener(
  "keydown",
  (event) => {
    const action = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && KEYS[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    window.trame.trigger(action[0], [action[1]]);
  },
  true,
);
