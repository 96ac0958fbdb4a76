"""The page's controls and the explorer: what the user does on the page, and what the page shows then."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from trame_server import Server
from trame_slicer.core import SlicerApp

from ..errors import ConcordanceError
from ..exploring.rows import CONSENSUS_COLOR, CONSENSUS_TITLE, OVERLAY_COLOR, OVERLAY_TITLE, RowKind
from ..exploring.scan import SOFT_TISSUE, Scan
from ..exploring.structure_cells import SHOWN_COLUMNS, next_order, region_text
from ..exploring.structure_list import groups_of
from ..exploring.structure_walk import find
from ..exploring.under_cursor import under_cursor
from ..exploring.view_kinds import THREE_D, view_name
from ..exploring.visible_color import ink_on
from ..review.case_walk import CaseWalk
from ..review.review_session import ReviewSession
from ..scene.drawing_power import measure_drawing, three_d_obstacle
from ..scene.explorer.explorer import Explorer
from ..scene.explorer.links import Links
from ..scene.own_nodes import remove_own
from ..scene.scan_nodes import ScanNodes, add_scan, set_window
from .case_steps import CaseSteps
from .compactness import Compactness
from .page_state import css_color, cursor_lines, row_line, structure_line
from .reviewing import Reviewing
from .row_views import RowViews, position_variable

WINDOWS = {"Soft tissue": SOFT_TISSUE, "Lung": (-1350.0, 150.0), "Bone": (-450.0, 1050.0), "Automatic": None}
LINKS = ("scroll", "pan", "zoom", "rotation")
_SETTLED_SECONDS = 0.3


class Session:
    """One scan, explored by the page of a server; made within the server's event loop.

    What the page sends is not trusted: a structure, row, view or column that does not exist changes nothing.

    :param review: with the open case, its models called as in the scan; None where nobody judges.
    :param walk: through the cases of a work list, of which the scan is the one that it is at; None for one case.
    :raises ConcordanceError: no model can be shown.
    :ivar review: what the reader judges with; None where nobody does.
    """

    def __init__(
        self, server: Server, scan: Scan, review: ReviewSession | None = None, walk: CaseWalk[Scan] | None = None
    ) -> None:
        self._server = server
        self._state = server.state
        self._app = SlicerApp()
        self._views = RowViews(self._app, server, self._on_moved, self._on_resized)
        self._nodes = add_scan(self._app.scene, scan)
        self.explorer = self._explored(self._nodes)
        self._choices = self._choices_of_case()
        self._shown: list[int] = []
        self._made: list[int] = []
        obstacle = three_d_obstacle(measure_drawing(), len(self.explorer.scan.drawn))
        kinds = self.explorer.kinds if obstacle else (*self.explorer.kinds, THREE_D)
        self._compactness = Compactness(server, kinds, lambda: len(self._shown), self._arrange)
        self._state.three_d_note = obstacle
        self._framing: asyncio.TimerHandle | None = None
        crosshair = self._app.scene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
        crosshair.AddObserver(crosshair.CursorPositionModifiedEvent, self._on_cursor)
        self.review = Reviewing(server, review, list(self.explorer.scan.drawn)) if review is not None else None
        self.cases = CaseSteps(server, walk, self.review, self._show_case) if walk is not None else None
        self._fill_state(scan)
        self._listen()
        self._begin()

    def _explored(self, nodes: ScanNodes) -> Explorer:
        return Explorer(nodes.volume, lambda: nodes.nodes_of, renderer_of=self._views.renderer_of, least_models=1)

    def _choices_of_case(self) -> list[tuple[RowKind, str]]:
        models = [(RowKind.MODEL, model) for model in self.explorer.scan.drawn]
        return [*models, (RowKind.CONSENSUS, ""), (RowKind.OVERLAY, "")]

    def _begin(self) -> None:
        """Show a row for each model, at the worst structure."""
        if self.review is not None:
            self.review.expect(self.explorer.walk.structures)
        self._shown, self._made = [], []
        self._list()
        self.show_rows(range(len(self.explorer.scan.drawn)))
        self.step(1)

    def _show_case(self, scan: Scan) -> None:
        """Show another case in place of this one: what is drawn and how stays as it was chosen.

        :raises ConcordanceError: it cannot be shown; then the former one stays.
        """
        former, nodes = self.explorer, add_scan(self._app.scene, scan)
        try:
            explorer = self._explored(nodes)
        except ConcordanceError:
            _remove(nodes)
            raise
        former.leave()
        _remove(self._nodes)
        self._nodes, self.explorer = nodes, explorer
        explorer.set_style(former.style)
        explorer.set_links(former.links)
        self._choices = self._choices_of_case()
        if self.review is not None:
            self.review.open(list(self.explorer.scan.drawn))
        self._fill_state(scan)
        self._begin()

    # What the page calls

    def select(self, key: str) -> None:
        """Show a structure of the table in all rows."""
        if find(self.explorer.walk.structures, key) is not None:
            self.explorer.select(key)
            self._structure_changed()

    def step(self, steps: int) -> None:
        """Go so many structures on in the table, negative back."""
        self.explorer.step(int(steps))
        self._structure_changed()

    def step_region(self, steps: int) -> None:
        """Go to the next disagreement about the structure, negative to the former."""
        self.explorer.step_region(int(steps))
        self._structure_changed()

    def step_finding(self, steps: int) -> None:
        """Go to the next finding, negative to the former; its models' rows are marked. Not while a reader judges."""
        if self.review is None:
            self.explorer.step_finding(int(steps))
            self._structure_changed()

    def sort(self, column: str) -> None:
        """Sort by a column: up, then down, then worst agreement first again."""
        if column in SHOWN_COLUMNS:
            walk = self.explorer.walk
            column, descending = next_order((walk.column, walk.descending), SHOWN_COLUMNS.index(column))
            self.explorer.walk = replace(walk, column=column, descending=descending)
            self._list()

    def show_rows(self, numbers: Sequence[int]) -> None:
        """Show these of the rows that can be chosen. One that is taken away is only hidden: its views can come back."""
        self._shown = sorted(numbers)
        if not set(self._shown) <= set(self._made):
            self._made = sorted({*self._made, *self._shown})
            self.explorer.show_rows([self._choices[number] for number in self._made])
        self._arrange()

    def close(self) -> None:
        """Give the scene back, and stop."""
        if self._framing is not None:
            self._framing.cancel()
        if self.cases is not None:
            self.cases.close()
        self.explorer.leave()

    # From the page's variables

    def _listen(self) -> None:
        on = self._state.change
        on("search", "group")(lambda search, group, **_: self._filter(search, group))
        on("shown")(lambda shown, **_: self._choose_rows(shown))
        on("fill", "by_model", "neighbours")(lambda **state: self._choose_style(state))
        on("agreement_map")(lambda agreement_map, **_: self._choose_map(agreement_map))
        on("crosshair")(lambda crosshair, **_: self._choose_crosshair(crosshair))
        on("links")(lambda links, **_: self._choose_links(links))
        on("window_name")(lambda window_name, **_: self._choose_window(window_name))
        self._server.trigger("step")(self.step)
        self._server.trigger("step_region")(self.step_region)
        self._server.trigger("step_finding")(self.step_finding)
        self._server.trigger("choose_row")(self.choose_row)

    def _filter(self, search: Any, group: Any) -> None:
        self.explorer.walk = replace(self.explorer.walk, text=str(search or ""), group=str(group or ""))
        self._list()

    def _choose_rows(self, shown: Any) -> None:
        numbers = [number for number in range(len(self._choices)) if number in (shown or ())]
        if numbers != self._shown:
            self.show_rows(numbers)

    def _choose_style(self, state: dict[str, Any]) -> None:
        chosen = {"fill": state["fill"], "color_by_model": state["by_model"], "neighbours": state["neighbours"]}
        style = replace(self.explorer.style, **{name: bool(value) for name, value in chosen.items()})
        if style != self.explorer.style:
            self.explorer.set_style(style)
            self._views.draw()

    def _choose_map(self, visible: Any) -> None:
        if bool(visible) != self.explorer.shows_map:
            self.explorer.set_map(bool(visible))
            self._tell_map()
            self._views.draw()

    def _choose_crosshair(self, visible: Any) -> None:
        self.explorer.set_crosshair(bool(visible))
        self._views.draw()

    def _choose_links(self, linked: Any) -> None:
        links = Links(**{kind: kind in (linked or ()) for kind in LINKS})
        if links != self.explorer.links:
            self.explorer.set_links(links)

    def _choose_window(self, name: Any) -> None:
        if name in WINDOWS:
            set_window(self._nodes.volume, WINDOWS[name])
            self._views.draw()

    # To the page

    def _fill_state(self, scan: Scan) -> None:
        explorer = self.explorer
        shared = [(CONSENSUS_TITLE, CONSENSUS_COLOR), (OVERLAY_TITLE, OVERLAY_COLOR)]
        choices = [*explorer.legend.items(), *shared]
        self._state.update(
            {
                "trame__title": f"{scan.name} - explorer",
                "title": scan.name,
                "summary": f"{len(explorer.scan.drawn)} models, {len(explorer.walk.structures)} structures",
                "choices": [{"number": n, "title": t, "color": css_color(c)} for n, (t, c) in enumerate(choices)],
                "groups": groups_of(explorer.walk.structures),
                "search": "",
                "group": explorer.walk.group,
                "fill": explorer.style.fill,
                "by_model": explorer.style.color_by_model,
                "neighbours": explorer.style.neighbours,
                "agreement_map": explorer.shows_map,
                "crosshair": False,
                "chosen_row": 0,
                "map_steps": [],
                "links": list(LINKS),
                "windows": list(WINDOWS) if scan.window else [],
                "window_name": next(iter(WINDOWS)) if scan.window else "",
                "cursor": self._nothing_under_cursor(),
            }
        )

    def _arrange(self) -> None:
        """Show the chosen rows and views, in the order of the choices."""
        kinds = self._compactness.shown
        self.explorer.set_views(kinds)
        rows = [row for number, row in zip(self._made, self.explorer.rows) if number in self._shown]
        self._views.show_only(view_name(row.number, kind) for row in rows for kind in kinds)
        self.explorer.set_style(self.explorer.style)  # makes the surfaces of views that are shown again
        self._state.shown = list(self._shown)
        self._compactness.tell()
        self._tell_rows()

    def _tell_map(self) -> None:
        self._state.map_steps = [
            {"count": step.count, "color": css_color(step.color), "ink": css_color(ink_on(step.color))}
            for step in self.explorer.map_steps
        ]

    def _tell_rows(self) -> None:
        explorer = self.explorer
        rows = [row for number, row in zip(self._made, explorer.rows) if number in self._shown]
        marks = [explorer.finding_mark(row.model) for row in rows]
        self._state.rows = [
            {**row_line(row, explorer.kinds), "note": explorer.status(row) or mark, "marked": bool(mark)}
            for row, mark in zip(rows, marks)
        ]

    def choose_row(self, number: Any) -> None:
        """Mark a row; where a reader judges, its model is what is judged next."""
        row = next((row for row in self.explorer.rows if row.number == number), None)
        if row is not None:
            self._state.chosen_row = row.number
            if self.review is not None and row.model:
                self.review.choose(row.model)

    def _structure_changed(self) -> None:
        explorer = self.explorer
        shown = find(explorer.walk.structures, explorer.selected)
        self._state.selected = explorer.selected
        self._state.structure = shown.name.replace("_", " ") if shown else "none"
        self._state.region = region_text(explorer.regions, explorer.region) or "No disagreement"
        self._state.finding = explorer.findings.text or "Findings" if self.review is None else ""
        if self.review is not None:
            self.review.show(shown)
        self._tell_rows()
        self._tell_map()
        self._views.draw()  # the labels of views in which nothing moved

    def _list(self) -> None:
        walk = self.explorer.walk
        self._state.structures = [structure_line(structure) for structure in walk.listed]
        self._state.sorting = [walk.column, walk.descending]

    # From the scene

    def _on_moved(self, name: str) -> None:
        self._state[position_variable(name)] = self._views.position(name)

    def _on_resized(self) -> None:
        """Fit the structure to the views anew, once their sizes have settled."""
        if self._framing is not None:
            self._framing.cancel()
        self._framing = asyncio.get_running_loop().call_later(_SETTLED_SECONDS, self._frame)

    def _frame(self) -> None:
        region = self.explorer.region
        self._views.match_hidden()
        with self._state:
            self.explorer.select(self.explorer.selected)
            self.step_region(max(region, 0))

    def _on_cursor(self, crosshair: Any, _event: str) -> None:
        ras = [0.0, 0.0, 0.0]
        inside = crosshair.GetCursorPositionRAS(ras)
        found = under_cursor(self.explorer.scan, (ras[0], ras[1], ras[2])) if inside else ()
        self._state.cursor = cursor_lines(found) or self._nothing_under_cursor()

    def _nothing_under_cursor(self) -> list[dict[str, str]]:
        return [{"model": model, "names": ""} for model in self.explorer.scan.drawn]


def _remove(nodes: ScanNodes) -> None:
    for node in (nodes.volume, *(node for some in nodes.nodes_of.values() for node in some)):
        remove_own(node)
