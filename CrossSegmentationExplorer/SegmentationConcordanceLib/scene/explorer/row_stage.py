"""What the rows of the explorer have in the scene: views, their contents, the map over them, and the crosshair."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

import slicer

from ...agreement.disputed_place import Place
from ...agreement.model_looks import Color
from ...exploring.display_style import DisplayStyle
from ...exploring.explored_scan import DrawnModel, ExploredScan
from ...exploring.rows import Row, RowKind
from ...exploring.view_kinds import ViewKind
from .agreement_overlay import AgreementOverlay
from .consensus_segments import ConsensusSegments
from .crosshair import Crosshair
from .framing import WorldBox, frame_cameras
from .held_slices import HeldSlices
from .links import LinkedCameras, Links, link_slices
from .row_content import RowContent, RowModel
from .row_layout import RowLayout
from .surfaces import SurfaceCache
from .user_displays import hide_from_rows, show_everywhere_again


class RowStage:
    """The nodes that the rows of one volume have in the scene, from making until :meth:`leave`.

    It does what it is told and decides nothing: which rows there are and what they show is the explorer's.

    :ivar layout: the views of the rows.
    :ivar surfaces: that were made for 3D views; to be cleared when segments have changed.
    """

    def __init__(self, volume: slicer.vtkMRMLScalarVolumeNode) -> None:
        self._volume = volume
        self._scene: slicer.vtkMRMLScene = volume.GetScene()
        self.layout = RowLayout(self._scene)
        self._contents: dict[int, RowContent] = {}
        self.surfaces = SurfaceCache()
        self._cameras = LinkedCameras()
        self._slices = HeldSlices()
        self._crosshair = Crosshair(self._scene)
        self._consensus = ConsensusSegments(volume)
        self._map = AgreementOverlay(self._scene)

    # Rows and their views

    def arrange(self, rows: Sequence[Row], kinds: Sequence[ViewKind], *, as_columns: bool, as_grid: bool) -> None:
        """Have views for these rows and no others; :meth:`set_up_views` comes next.

        :param rows: in the order in which they are shown.
        :param kinds: of the views of each row.
        :param as_columns: one column per row.
        :param as_grid: all views in a grid.
        """
        kept = {row.number for row in rows}
        for number in [number for number in self._contents if number not in kept]:
            self._contents.pop(number).remove()
        self._slices.expect_resize()
        self.hide_others(rows)  # first: a new view prepares all that it shows
        self.layout.show(rows, kinds, as_columns=as_columns, as_grid=as_grid)
        for row in rows:
            self._contents.setdefault(row.number, RowContent(self._scene, self.layout, row)).row = row

    def set_up_views(self, around: WorldBox, place: Place, links: Links) -> None:
        """Give views that are new the image and the place, and link all of them.

        :param around: what views that are new frame.
        :param place: through which their slices go, RAS in mm.
        :param links: what is linked.
        """
        composites = self.layout.composite_nodes()
        for composite in composites:
            composite.SetSaveWithScene(False)
            composite.SetDoPropagateVolumeSelection(False)
            composite.SetBackgroundVolumeID(self._volume.GetID())
        slices = self.layout.slice_nodes()
        link_slices(slices, composites, links)
        self._slices.follow(slices, around, place)
        cameras = self.layout.camera_nodes()
        for camera in cameras:
            camera.SetSaveWithScene(False)
        self._cameras.meet(cameras, around)
        self._cameras.link(cameras if links.rotation else ())

    def settle(self) -> None:
        """Views that were resized show again what they showed."""
        self._slices.settle()

    # What they show

    def draw(
        self,
        rows: Sequence[Row],
        scan: ExploredScan,
        keys: Sequence[str],
        style: DisplayStyle,
        colors: Mapping[str, Color],
    ) -> None:
        """Show these structures, and nothing else, in rows that were arranged.

        :param keys: of the structures.
        :param colors: of the models by name, for the rows of all models.
        """
        for row in rows:
            self._contents[row.number].show(scan, self.models_of(row, scan, colors), keys, style, self.surfaces)

    def models_of(self, row: Row, scan: ExploredScan, colors: Mapping[str, Color]) -> list[RowModel]:
        """The models that a row draws, in the order of the scan.

        :param colors: of the models by name, for the rows of all models.
        """
        if row.kind is RowKind.MODEL:
            return [RowModel(scan.drawn[row.model], row.color)]
        if row.kind is RowKind.CONSENSUS:
            return [RowModel(self.consensus(scan), row.color)]
        return [RowModel(drawn, colors[model]) for model, drawn in scan.drawn.items()]

    def consensus(self, scan: ExploredScan) -> DrawnModel:
        """The consensus as segments of the scene; made when first asked for."""
        return self._consensus.drawn(scan)

    def set_map(self, scan: ExploredScan, key: str) -> None:
        """Lay the number of models that agree about a structure over the slices.

        :param scan: of the models.
        :param key: of the structure; "" takes the map away.
        """
        composites = self.layout.composite_nodes()
        if key:
            self._map.show(scan, key, composites)
        else:
            self._map.remove(composites)

    def hide_others(self, rows: Sequence[Row] = ()) -> None:
        """Keep what others have in the scene, or have added since, out of the rows.

        :param rows: that are to be shown, beside those that are.
        """
        hide_from_rows(self._scene, self.layout.other_view_ids(rows))

    def hide_unasked(self) -> None:
        """As :meth:`hide_others`, and segments that were added to those that are shown."""
        self.hide_others()
        for content in self._contents.values():
            content.hide_unasked()

    # Where they look

    def go_to(self, place: Place) -> None:
        """Move slices and crosshair to a place, RAS in mm."""
        self._slices.go_to(place)
        self._crosshair.move(place)

    def frame(self, around: WorldBox, place: Place) -> None:
        """Let all views show a box whole.

        :param around: the box.
        :param place: through which the slices go, RAS in mm.
        """
        self._slices.frame(around, place)
        frame_cameras(self.layout.camera_nodes(), around)
        self._crosshair.move(place)

    def set_crosshair(self, visible: bool, place: Place | None) -> None:
        """Show the crosshair in all views of the scene, or hide it.

        :param visible: whether it is shown.
        :param place: where, RAS in mm; None leaves it where it is.
        """
        self._crosshair.set_visible(visible)
        if visible and place is not None:
            self._crosshair.move(place)

    def leave(self, paused: Callable[[], AbstractContextManager[object]]) -> None:
        """Take everything away, and give back what was changed.

        :param paused: a context in which the application does not draw; entered while contents go.
        """
        self._cameras.stop()
        self._slices.stop()
        with paused():
            self._map.remove(self.layout.composite_nodes())
            for content in self._contents.values():
                content.remove()
            self._consensus.remove()
        self._contents = {}
        self.layout.leave()
        show_everywhere_again(self._scene)
        self._crosshair.restore()
