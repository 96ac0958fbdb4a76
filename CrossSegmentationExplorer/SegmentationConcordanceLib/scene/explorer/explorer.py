"""The explorer, without Qt: rows of views, the structure that they show, and the way from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace

import slicer

from ...agreement.agreement_colors import AgreementStep, agreement_steps
from ...agreement.disputed_place import Place
from ...agreement.disputed_regions import DisputedRegion
from ...agreement.model_looks import Color, looks_of
from ...agreement.options import AnalysisOptions
from ...anatomy.groups import StructureGroup
from ...exploring.display_style import DisplayStyle
from ...exploring.explored_scan import ExploredScan
from ...exploring.finding_walk import FindingWalk
from ...exploring.row_status import renamed_row, row_status
from ...exploring.rows import Row, RowKind, new_row
from ...exploring.shown_place import ShownPlace
from ...exploring.structure_list import list_structures
from ...exploring.structure_walk import StructureWalk, find
from ...exploring.view_kinds import AXIAL, CORONAL, SAGITTAL, ViewKind
from ..counted_models import NodesOf, scan_state
from ..model_grouping import models_of_volume
from ..scene_watch import SceneWatch
from .framing import WorldBox, world_box
from .links import Links
from .row_labels import RendererOf
from .row_stage import RowStage
from .row_texts import RowTexts
from .scan_of_nodes import explore_scan
from .segment_watch import SegmentWatch


class Explorer:
    """Shows the models of one volume in rows of views, from making until :meth:`leave`.

    What it adds to the scene leaves with it and is never saved; what it changes is given back. When the scene is
    closed, it leaves by itself.

    :param nodes_of: the segmentation nodes of every model by its name; asked again whenever the scene changes. By
        default what belongs to the volume, grouped by :mod:`scene.model_grouping`.
    :param options: of the consensus.
    :param renderer_of: finds the renderer of a view, for the labels; None for no labels.
    :param changed: called when something in the scene changed; then see :attr:`is_stale`.
    :param paused: a context in which the application does not draw; entered while views get something else to show.
    :param least_models: how many models there must be.
    :raises ConcordanceError: fewer models can be compared; the scene has not changed.
    :ivar rows: in the order in which they are shown.
    :ivar selected: key of the shown structure; "" for none.
    """

    def __init__(
        self,
        volume: slicer.vtkMRMLScalarVolumeNode,
        nodes_of: Callable[[], NodesOf] | None = None,
        *,
        options: AnalysisOptions | None = None,
        renderer_of: RendererOf | None = None,
        changed: Callable[[], None] | None = None,
        least_models: int = 2,
        paused: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._scene: slicer.vtkMRMLScene = volume.GetScene()
        self.volume = volume
        self._nodes_of = nodes_of or (lambda: models_of_volume(volume))
        self._options = options
        self._changed = changed or (lambda: None)
        self._paused = paused
        self._least_models = least_models
        self.scan: ExploredScan = explore_scan(volume, self._nodes_of(), options, least_models)
        self._groups: Sequence[StructureGroup] | None = None
        self._ratings: Mapping[str, str] = {}
        self.walk = StructureWalk(list_structures(self.scan))
        self.rows: tuple[Row, ...] = ()
        self.kinds: tuple[ViewKind, ...] = (AXIAL, SAGITTAL, CORONAL)
        self.as_columns = False
        self.as_grid = False
        self.style = DisplayStyle()
        self.links = Links()
        self.shows_map = False
        self.shows_listed = False
        self.selected = ""
        self._sent = ShownPlace()
        self.findings = FindingWalk()
        self.is_open = True
        self._busy = False
        self._stage = RowStage(volume)
        self.layout = self._stage.layout
        self.texts = RowTexts(renderer_of, self.layout)
        self._segment_watch = SegmentWatch(self._on_scene_changed)
        self._watch = SceneWatch(self._scene, self._on_scene_changed, self.leave)
        # Before the scene is closed: the layout logic remembers the layout of this moment, and shows it afterwards.
        closing = slicer.vtkMRMLScene.StartCloseEvent
        self._closing = self._scene.AddObserver(closing, lambda *_: self.leave(), 100.0)
        self._watch_segments()

    # Rows

    def show_rows(self, wanted: Sequence[tuple[RowKind, str]]) -> None:
        """Show a row for each kind and model ("" where it is no model's), in this order. Those that are there stay.

        :raises ConcordanceError: there is no such model; no row has changed.
        """
        rows: list[Row] = []
        for kind, model in wanted:
            former = [row for row in self.rows if (row.kind, row.model) == (kind, model) and row not in rows]
            rows.append(former[0] if former else new_row(kind, model, (*self.rows, *rows), self.legend))
        self._arrange(tuple(rows))

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows, of those that were added, in this order; zoom, place and structure stay."""
        self._arrange(tuple(rows))

    def set_views(
        self, kinds: Sequence[ViewKind], *, as_columns: bool | None = None, as_grid: bool | None = None
    ) -> None:
        """Choose the kinds of views of each row, at least one, and whether they stand in columns, or all in a grid.

        :param kinds: at least one.
        :param as_columns: one column per row; None leaves it as it was.
        :param as_grid: all views in a grid; None leaves it as it was.
        :raises ValueError: if no kind is given.
        """
        former = self.kinds, self.as_columns, self.as_grid
        self.choose_views(kinds, as_columns=as_columns, as_grid=as_grid)
        if self.rows and former != (self.kinds, self.as_columns, self.as_grid):
            self._arrange(self.rows)

    def choose_views(
        self, kinds: Sequence[ViewKind], *, as_columns: bool | None = None, as_grid: bool | None = None
    ) -> None:
        """As :meth:`set_views`, from the next change of the rows on: both together are one change of the layout.

        :param kinds: at least one.
        :param as_columns: one column per row; None leaves it as it was.
        :param as_grid: all views in a grid; None leaves it as it was.
        :raises ValueError: if no kind is given.
        """
        if not kinds:
            raise ValueError("a row needs at least one view")
        self.kinds = tuple(kinds)
        self.as_columns = self.as_columns if as_columns is None else as_columns
        self.as_grid = self.as_grid if as_grid is None else as_grid

    @property
    def legend(self) -> dict[str, Color]:
        """The colour of every model, as in the overlay and the plots."""
        return {model: look.rgb for model, look in looks_of(self.scan.drawn).items()}

    def status(self, row: Row) -> str:
        """Why a row does not show the selected structure, e.g. "MOOSE found none"; "" where it does."""
        in_consensus = row.kind is RowKind.CONSENSUS and self.selected in self._stage.consensus(self.scan).segments
        return row_status(row, find(self.walk.structures, self.selected), in_consensus=in_consensus)

    def views_ready(self) -> None:
        """Set up views that were made or got their size since: image, place, links, cameras, surfaces, labels.

        Can be called any time; call it once the event loop has turned after a change of rows or views.
        """
        with self._working():
            self._set_up_views()
            self._stage.settle()
        self._show()

    # Structures

    def set_list(self, groups: Sequence[StructureGroup] | None, ratings: Mapping[str, str]) -> None:
        """List the structures in these groups (None for the shipped ones) and with these ratings by structure key.

        :param ratings: text of a reader's rating; structures without one are left out of the mapping.
        """
        self._groups, self._ratings = groups, ratings
        self.walk = replace(self.walk, structures=list_structures(self.scan, groups, ratings))

    def select(self, key: str) -> None:
        """Show one structure in all rows, and go to where the models disagree most about it; "" shows none."""
        self.selected = key if self.scan.index_of(key) is not None else ""
        self._sent = ShownPlace.of(self.scan, key)
        with self._paused():
            self._show(settle=False)
            if key and self.scan.box(key) is not None:
                self._frame()
            self.texts.settle()

    def step(self, steps: int) -> None:
        """Go so many structures on in the list, negative back."""
        self.select(self.walk.step(self.selected, steps))

    def step_region(self, steps: int) -> None:
        """Go to the next disagreement about the structure, negative to the former; round at the ends."""
        if self.regions:
            self._sent = self._sent.stepped(steps)
            self._go_to_place()

    def step_finding(self, steps: int) -> None:
        """Go to the next finding of the scan, negative to the former, the gravest first; round at the ends.

        The rows of the models concerned are marked. Looks for the findings when it is first called.
        """
        self.findings = self.findings.through(self.scan.result.findings).stepped(steps)
        finding = self.findings.current
        if finding is None:
            return
        self.select(self.scan.key_of_finding(finding))
        if finding.place_ras is not None:
            self._sent = self._sent.at_finding(finding.place_ras)
            self._go_to_place()

    def finding_mark(self, model: str) -> str:
        """What the finding that is shown says of a model on the selected structure, in a few words; "" for nothing.

        :param model: its name.
        """
        structure = self.scan.structure(self.selected)
        return self.findings.mark(model, structure.key) if structure is not None else ""

    def _go_to_place(self) -> None:
        with self._paused():
            if self.place is not None:
                self._stage.go_to(self.place)

    @property
    def regions(self) -> tuple[DisputedRegion, ...]:
        """Where the models disagree about the selected structure, the largest region first."""
        return self._sent.regions

    @property
    def region(self) -> int:
        """Index of the region that the slices show; -1 for none."""
        return self._sent.region

    @property
    def place(self) -> Place | None:
        """Where the slices were last sent, RAS in mm; None without a structure."""
        return self._sent.in_scan(self.scan, self.selected)

    @property
    def shown_keys(self) -> tuple[str, ...]:
        """The structures that the rows show: the selected one, or all that are listed."""
        if self.shows_listed:
            return tuple(structure.key for structure in self.walk.listed)
        return (self.selected,) if self.selected else ()

    def set_shows_listed(self, shown: bool) -> None:
        """Show all structures that are listed at once, each in its colour, or only the selected one."""
        self.shows_listed = shown
        with self._paused():
            self._show(settle=False)
            self._frame()
            self.texts.settle()

    # Display

    def set_style(self, style: DisplayStyle) -> None:
        """Draw in another way."""
        self.style = style
        self._show()

    def set_links(self, links: Links) -> None:
        """Choose what is linked."""
        self.links = links
        self.views_ready()

    def set_map(self, visible: bool) -> None:
        """Lay the number of agreeing models over the slices, or take it away."""
        self.shows_map = visible
        self._show()

    @property
    def map_steps(self) -> tuple[AgreementStep, ...]:
        """What the colours of the agreement map say; empty where none is shown."""
        index = self.scan.index_of(self.selected) if self.shows_map else None
        voters = self.scan.comparison.structures[index].n_voters if index is not None else 0
        return agreement_steps(voters) if voters > 1 else ()

    def set_crosshair(self, visible: bool) -> None:
        """Show the crosshair at the place, in all views of the scene."""
        self._stage.set_crosshair(visible, self.place if visible else None)

    # The scene

    @property
    def is_stale(self) -> bool:
        """Whether segmentations or the volume changed since they were compared; see :meth:`refresh`."""
        return self.is_open and self.scan.state != scan_state(self.volume, self._nodes_of())

    def refresh(self, options: AnalysisOptions | None = None) -> None:
        """Compare again what is in the scene now. Rows, structure and place stay where they still exist.

        :param options: of the consensus from now on; None for those it has.
        :raises ConcordanceError: fewer than two models are left; the rows show what they can.
        """
        former = {row.number: self.scan.drawn[row.model].node_ids for row in self.rows if row.model}
        self._options = options or self._options
        self.scan = explore_scan(self.volume, self._nodes_of(), self._options, self._least_models)
        self.set_list(self._groups, self._ratings)
        self._stage.surfaces.clear()
        self._watch_segments()
        renamed = [renamed_row(row, former.get(row.number, ()), self.scan, self.legend) for row in self.rows]
        if self.scan.structure(self.selected) is None:
            self.selected, self._sent = "", self._sent.without_regions()
        rows = tuple(row for row in renamed if row is not None)
        if rows == self.rows:  # another layout that was chosen meanwhile stays
            self._show()
        else:
            self._arrange(rows)

    def leave(self) -> None:
        """Give the scene back as it was. Safe to call twice, and after the scene was closed."""
        if not self.is_open:
            return
        self.is_open = False
        self._busy = True
        self._watch.stop()
        self._segment_watch.stop()
        self._scene.RemoveObserver(self._closing)
        self.texts.clear()
        self._stage.leave(self._paused)
        self.rows = ()

    def _arrange(self, rows: tuple[Row, ...]) -> None:
        with self._working():
            self.texts.expect_views()
            kept = {row.number for row in rows}
            for row in [row for row in self.rows if row.number not in kept]:
                self.texts.leave_row(row)
            self.rows = rows
            self._stage.arrange(rows, self.kinds, as_columns=self.as_columns, as_grid=self.as_grid)
            self._set_up_views()
        self._show()

    def _set_up_views(self) -> None:
        self._stage.set_up_views(*self._around(), self.links)

    def _show(self, *, settle: bool = True) -> None:
        with self._working():
            style = replace(self.style, fill=False) if self.map_steps else self.style  # else colours would mix
            self._stage.draw(self.rows, self.scan, self.shown_keys, style, self.legend)
            self._stage.set_map(self.scan, self.selected if self.map_steps else "")
            self._write_texts()
            if settle:
                self.texts.settle()

    def _write_texts(self) -> None:
        structure = find(self.walk.structures, self.selected)
        said = [(row, self.status(row) or self.finding_mark(row.model)) for row in self.rows]
        named = self.shown_keys == (self.selected,)
        views = self.texts.show_rows(said, self.kinds, structure, self.legend, named=named)
        overlay = next((row for row in self.rows if row.kind is RowKind.OVERLAY), None)
        models = self._stage.models_of(overlay, self.scan, self.legend) if overlay is not None else []
        self.texts.show_names(views, models, self.selected, self.scan.comparison.geometry)
        self.texts.show_legend(self.rows, self.kinds, self.map_steps)

    def _around(self) -> tuple[WorldBox, Place]:
        """Where the shown structures are, and the place; where all is, and its middle, without any."""
        around = world_box(self.scan.comparison.geometry, self.scan.box_of_all(self.shown_keys))
        return around, self.place or tuple(around.center)

    def _frame(self) -> None:
        self._stage.frame(*self._around())

    def _watch_segments(self) -> None:
        ids = [node_id for drawn in self.scan.drawn.values() for node_id in drawn.node_ids]
        self._segment_watch.watch([self._scene.GetNodeByID(node_id) for node_id in ids])

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Our own changes of the scene are no news."""
        former, self._busy = self._busy, True
        try:
            yield
        finally:
            self._busy = former

    def _on_scene_changed(self) -> None:
        if self._busy or not self.is_open:
            return
        with self._working():
            self._stage.hide_unasked()
        self._changed()
