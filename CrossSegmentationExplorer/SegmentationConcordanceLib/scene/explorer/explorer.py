"""The explorer, without Qt: rows of views, the structure that they show, and the way from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace

import numpy as np
import slicer

from ...agreement.agreement_colors import AgreementStep, agreement_steps
from ...agreement.disputed_place import Place, place_of
from ...agreement.disputed_regions import DisputedRegion, disputed_regions, middle_voxel
from ...agreement.model_looks import Color, looks_of
from ...agreement.options import AnalysisOptions
from ...anatomy.groups import StructureGroup
from ...errors import ConcordanceError
from ...exploring.display_style import DisplayStyle
from ...exploring.explored_scan import ExploredScan
from ...exploring.finding_walk import FindingWalk
from ...exploring.row_status import renamed_row, row_status
from ...exploring.rows import CONSENSUS_COLOR, OVERLAY_COLOR, OVERLAY_TITLE, Row, RowKind, free_number
from ...exploring.structure_list import list_structures
from ...exploring.structure_walk import StructureWalk, find
from ...exploring.view_kinds import AXIAL, CORONAL, SAGITTAL, ViewKind
from ..counted_models import NodesOf, scan_state
from ..model_grouping import models_of_volume
from ..scene_watch import SceneWatch
from .agreement_overlay import AgreementOverlay
from .consensus_segments import TITLE, ConsensusSegments
from .crosshair import Crosshair
from .framing import WorldBox, frame_cameras, world_box
from .held_slices import HeldSlices
from .links import LinkedCameras, Links, link_slices
from .row_content import RowContent, RowModel
from .row_labels import RendererOf
from .row_layout import RowLayout
from .row_texts import RowTexts
from .scan_of_nodes import explore_scan
from .segment_watch import SegmentWatch
from .surfaces import SurfaceCache
from .user_displays import hide_from_rows, show_everywhere_again


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
    :ivar regions: where the models disagree about it, the largest region first.
    :ivar region: index of the region that the slices show; -1 for none.
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
        self.regions: tuple[DisputedRegion, ...] = ()
        self.region = -1
        self.findings = FindingWalk()
        self._place_of_finding: Place | None = None
        self.is_open = True
        self._busy = False
        self._contents: dict[int, RowContent] = {}
        self._cache = SurfaceCache()
        self.layout = RowLayout(self._scene)
        self.texts = RowTexts(renderer_of, self.layout)
        self._cameras = LinkedCameras()
        self._slices = HeldSlices()
        self._crosshair = Crosshair(self._scene)
        self._consensus = ConsensusSegments(volume)
        self._map = AgreementOverlay(volume)
        self._segment_watch = SegmentWatch(self._on_scene_changed)
        self._watch = SceneWatch(self._scene, self._on_scene_changed, self.leave)
        # Before the scene is closed: the layout logic remembers the layout of this moment, and shows it afterwards.
        closing = slicer.vtkMRMLScene.StartCloseEvent
        self._closing = self._scene.AddObserver(closing, lambda *_: self.leave(), 100.0)
        self._watch_segments()

    # Rows

    def add_model_row(self, model: str) -> Row:
        """Add a row for a model at the end.

        :raises ConcordanceError: there is no such model, or it has a row.
        """
        if any(row.model == model and row.kind is RowKind.MODEL for row in self.rows):
            raise ConcordanceError(model, "has a row already")
        return self._add_row(RowKind.MODEL, model)

    def add_consensus_row(self) -> Row:
        """Add a row that shows the consensus."""
        return self._add_row(RowKind.CONSENSUS)

    def add_overlay_row(self) -> Row:
        """Add a row with the outlines of all models, one colour per model: see :attr:`legend`."""
        return self._add_row(RowKind.OVERLAY)

    def show_rows(self, wanted: Sequence[tuple[RowKind, str]]) -> None:
        """Show a row for each kind and model ("" where it is no model's), in this order. Those that are there stay.

        :raises ConcordanceError: there is no such model; no row has changed.
        """
        rows: list[Row] = []
        for kind, model in wanted:
            former = [row for row in self.rows if (row.kind, row.model) == (kind, model) and row not in rows]
            rows.append(former[0] if former else self._new_row(kind, model, (*self.rows, *rows)))
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
        in_consensus = row.kind is RowKind.CONSENSUS and self.selected in self._consensus.drawn(self.scan).segments
        return row_status(row, find(self.walk.structures, self.selected), in_consensus=in_consensus)

    def views_ready(self) -> None:
        """Set up views that were made or got their size since: image, place, links, cameras, surfaces, labels.

        Can be called any time; call it once the event loop has turned after a change of rows or views.
        """
        with self._working():
            self._set_up_views()
            self._slices.settle()
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
        index, box = self.scan.index_of(key), self.scan.box(key) if key else None
        self.selected = key if index is not None else ""
        self._place_of_finding = None
        self.regions = ()
        if index is not None and box is not None and self.scan.comparison.structures[index].n_voters > 1:
            self.regions = disputed_regions(self.scan.comparison, index)
        self.region = 0 if self.regions else -1
        with self._paused():
            self._show(settle=False)
            if box is not None:
                self._frame()
            self.texts.settle()

    def step(self, steps: int) -> None:
        """Go so many structures on in the list, negative back."""
        self.select(self.walk.step(self.selected, steps))

    def step_region(self, steps: int) -> None:
        """Go to the next disagreement about the structure, negative to the former; round at the ends."""
        if self.regions:
            self.region = (self.region + steps) % len(self.regions)
            self._place_of_finding = None
            self._go_to_place()

    def step_finding(self, steps: int) -> None:
        """Go to the next finding of the scan, negative to the former, the gravest first; round at the ends.

        The rows of the models concerned are marked. Looks for the findings when it is first called.
        """
        if self.findings.findings != self.scan.result.findings:
            self.findings = FindingWalk(self.scan.result.findings)
        self.findings = self.findings.stepped(steps)
        finding = self.findings.current
        if finding is None:
            return
        self.select(next((key for key in finding.structures if self.scan.index_of(key) is not None), ""))
        if finding.place_ras is not None:
            self._place_of_finding = finding.place_ras
            self._go_to_place()

    def _go_to_place(self) -> None:
        with self._paused():
            if self.place is not None:
                self._slices.go_to(self.place)
                self._crosshair.move(self.place)

    @property
    def place(self) -> Place | None:
        """Where the slices were last sent, RAS in mm; None without a structure."""
        if self._place_of_finding is not None:
            return self._place_of_finding
        if self.region >= 0:
            return place_of(self.scan.comparison.geometry, self.regions[self.region].voxel)
        box = self.scan.box(self.selected) if self.selected else None
        if box is None:
            return None
        everything = np.logical_or.reduce([drawn.mask(self.selected, box) for drawn in self.scan.drawn.values()])
        geometry = self.scan.comparison.geometry
        return place_of(geometry, middle_voxel(everything, box.lower, geometry.spacing_mm[::-1]))

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
        self._crosshair.set_visible(visible)
        if visible and self.place is not None:
            self._crosshair.move(self.place)

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
        self._cache.clear()
        self._watch_segments()
        renamed = [renamed_row(row, former.get(row.number, ()), self.scan, self.legend) for row in self.rows]
        if self.scan.structure(self.selected) is None:
            self.selected, self.regions, self.region = "", (), -1
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
        self._cameras.stop()
        self._slices.stop()
        self.texts.clear()
        with self._paused():
            self._map.remove(self.layout.composite_nodes())
            for content in self._contents.values():
                content.remove()
            self._consensus.remove()
        self._contents = {}
        self.layout.leave()
        show_everywhere_again(self._scene)
        self._crosshair.restore()
        self.rows = ()

    def _add_row(self, kind: RowKind, model: str = "") -> Row:
        row = self._new_row(kind, model, self.rows)
        self._arrange((*self.rows, row))
        return row

    def _new_row(self, kind: RowKind, model: str, rows: Sequence[Row]) -> Row:
        if kind is RowKind.MODEL and model not in self.scan.drawn:
            raise ConcordanceError(model, "is none of the models", f"There are {', '.join(self.scan.drawn)}.")
        if kind is RowKind.MODEL:
            return Row(free_number(rows), kind, model, model, self.legend[model])
        title, color = (TITLE, CONSENSUS_COLOR) if kind is RowKind.CONSENSUS else (OVERLAY_TITLE, OVERLAY_COLOR)
        return Row(free_number(rows), kind, model, title, color)

    def _arrange(self, rows: tuple[Row, ...]) -> None:
        with self._working():
            self.texts.expect_views()
            kept = {row.number for row in rows}
            for row in [row for row in self.rows if row.number not in kept]:
                self._contents.pop(row.number).remove()
                self.texts.leave_row(row)
            self.rows = rows
            self._slices.expect_resize()
            self.layout.show(rows, self.kinds, as_columns=self.as_columns, as_grid=self.as_grid)
            for row in rows:
                content = self._contents.setdefault(row.number, RowContent(self._scene, self.layout, row))
                content.row = row
            hide_from_rows(self._scene, self.layout.other_view_ids())
            self._set_up_views()
        self._show()

    def _set_up_views(self) -> None:
        composites = self.layout.composite_nodes()
        for composite in composites:
            composite.SetSaveWithScene(False)
            composite.SetDoPropagateVolumeSelection(False)
            composite.SetBackgroundVolumeID(self.volume.GetID())
        slices, around = self.layout.slice_nodes(), self._around()
        link_slices(slices, composites, self.links)
        self._slices.follow(slices, around, self.place or tuple(around.center))
        cameras = self.layout.camera_nodes()
        for camera in cameras:
            camera.SetSaveWithScene(False)
        self._cameras.meet(cameras, around)
        self._cameras.link(cameras if self.links.rotation else ())

    def _show(self, *, settle: bool = True) -> None:
        with self._working():
            style = replace(self.style, fill=False) if self.map_steps else self.style  # else colours would mix
            for row in self.rows:
                content = self._contents[row.number]
                content.show(self.scan, self._models_of(row), self.shown_keys, style, self._cache)
            composites = self.layout.composite_nodes()
            if self.map_steps:
                self._map.show(self.scan, self.selected, composites)
            else:
                self._map.remove(composites)
            self._write_texts()
            if settle:
                self.texts.settle()

    def _models_of(self, row: Row) -> list[RowModel]:
        if row.kind is RowKind.MODEL:
            return [RowModel(self.scan.drawn[row.model], row.color)]
        if row.kind is RowKind.CONSENSUS:
            return [RowModel(self._consensus.drawn(self.scan), row.color)]
        return [RowModel(drawn, self.legend[model]) for model, drawn in self.scan.drawn.items()]

    def _write_texts(self) -> None:
        structure = find(self.walk.structures, self.selected)
        said = [(row, self.status(row) or self.findings.mark(row.model, self.selected)) for row in self.rows]
        named = self.shown_keys == (self.selected,)
        views = self.texts.show_rows(said, self.kinds, structure, self.legend, named=named)
        overlay = next((row for row in self.rows if row.kind is RowKind.OVERLAY), None)
        models = self._models_of(overlay) if overlay is not None else []
        self.texts.show_names(views, models, self.selected, self.scan.comparison.geometry)
        self.texts.show_legend(self.rows, self.kinds, self.map_steps)

    def _around(self) -> WorldBox:
        """Where the shown structures are; where all is, without any."""
        return world_box(self.scan.comparison.geometry, self.scan.box_of_all(self.shown_keys))

    def _frame(self) -> None:
        around = self._around()
        place = self.place or tuple(around.center)
        self._slices.frame(around, place)
        frame_cameras(self.layout.camera_nodes(), around)
        self._crosshair.move(place)

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
            hide_from_rows(self._scene, self.layout.other_view_ids())
            for content in self._contents.values():
                content.hide_unasked()
        self._changed()
