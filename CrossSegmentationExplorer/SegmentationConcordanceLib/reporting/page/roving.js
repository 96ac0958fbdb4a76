"use strict";
// One tab stop for a table of buttons; the arrow keys move inside.

function rove(table) {
  const grid = [...table.rows]
    .map((row) => [...row.cells].map((cell) => cell.querySelector("button, a")))
    .filter((line) => line.some(Boolean));
  const all = grid.flat().filter(Boolean);
  all.forEach((one, index) => one.setAttribute("tabindex", index === 0 ? "0" : "-1"));
  table.onkeydown = (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const row = grid.findIndex((line) => line.includes(document.activeElement));
    if (!step || row < 0) return;
    event.preventDefault();
    const target = nextButton(grid, row, grid[row].indexOf(document.activeElement), step);
    if (!target) return;
    all.forEach((one) => one.setAttribute("tabindex", one === target ? "0" : "-1"));
    target.focus();
  };
}

function nextButton(grid, row, column, [down, right]) {
  // A row's heading has no button: the way up and down leads to the first one beside it.
  if (down) {
    const line = grid[row + down];
    return line ? line[column] ?? line.find(Boolean) : null;
  }
  let next = column + right;
  while (next >= 0 && next < grid[row].length && !grid[row][next]) next += right;
  return grid[row][next] ?? null;
}

/** Fill a table anew, and put the focus back to where it was in it. */
function redrawTable(table, fill) {
  const cell = /** @type {any} */ (document.activeElement?.closest("th, td"));
  const at = table.contains(cell) ? [cell.parentElement.rowIndex, cell.cellIndex] : null;
  fill();
  rove(table);
  const button = at && table.rows[at[0]]?.cells[at[1]]?.querySelector("button, a");
  if (!button) return;
  for (const one of table.querySelectorAll("[tabindex='0']")) one.setAttribute("tabindex", "-1");
  button.setAttribute("tabindex", "0");
  button.focus({ preventScroll: true });
}
