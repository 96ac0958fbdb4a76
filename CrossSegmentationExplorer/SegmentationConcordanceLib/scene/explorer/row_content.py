"""What one row shows: the segments of its models in the slices, their surfaces in 3D."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import slicer

from ...agreement.comparison import ComparedStructure
from ...agreement.model_looks import Color
from ...exploring.display_style import DisplayStyle
from ...exploring.explored_scan import DrawnModel, ExploredScan
from ...exploring.rows import Row, RowKind
from ...exploring.view_kinds import THREE_D
from ...exploring.visible_color import visible_on_black
from ...imaging.label_map import Segment
from ...imaging.neighbours import neighbours
from .row_layout import RowLayout
from .shown_segments import SegmentLook, ShownSegments
from .shown_surfaces import ShownSurfaces, SurfaceLook
from .surfaces import SurfaceCache, closed_surface

_OVERLAY_3D_OPACITY = 0.35


@dataclass(frozen=True, eq=False)
class RowModel:
    """A model that a row draws.

    :param color: the model's.
    """

    drawn: DrawnModel
    color: Color


class RowContent:
    """The display nodes and surfaces of a row. Other rows' and the user's are not touched."""

    def __init__(self, scene: slicer.vtkMRMLScene, layout: RowLayout, row: Row) -> None:
        self.row = row
        self._scene = scene
        self._layout = layout
        self._segments: dict[str, ShownSegments] = {}
        self._surfaces: ShownSurfaces | None = None

    def show(
        self,
        scan: ExploredScan,
        models: Sequence[RowModel],
        keys: Sequence[str],
        style: DisplayStyle,
        cache: SurfaceCache,
    ) -> None:
        """Show these structures of these models, and nothing else; neighbours only of a single one.

        :param models: of this row, each drawn on the scan.
        :param keys: of structures; one that a model does not have is not drawn for it.
        :param cache: of surfaces, shared by the rows.
        """
        beside = style.neighbours and self.row.kind is not RowKind.OVERLAY and len(keys) == 1
        near = {m.drawn: _neighbours(scan, m.drawn, keys[0], style) for m in models} if beside else {}
        looks: dict[str, dict[str, SegmentLook]] = {}
        for model in models:
            for node_id in model.drawn.node_ids:
                looks.setdefault(node_id, {})
            for key in keys:
                look = self._look(self._color(scan, model, key, style), style)
                for segment in model.drawn.segments.get(key, ()):
                    place = model.drawn.places[segment]
                    looks[place.node_id][place.segment_id] = look
            for neighbour in near.get(model.drawn, ()):
                for segment in model.drawn.segments[neighbour]:
                    place = model.drawn.places[segment]
                    color = _shown_color(segment)
                    looks[place.node_id][place.segment_id] = SegmentLook(color, 0.0, style.neighbour_opacity)
        self._show_segments(looks)
        self._show_surfaces(scan, models, keys, style, near, cache)

    def hide_unasked(self) -> None:
        """Hide segments that were added to the segmentations since."""
        for shown in self._segments.values():
            if shown.exists:
                shown.hide_unasked()

    def remove(self) -> None:
        """Take everything away."""
        for shown in self._segments.values():
            shown.remove()
        self._segments = {}
        if self._surfaces is not None:
            self._surfaces.remove()
            self._surfaces = None

    def _color(self, scan: ExploredScan, model: RowModel, key: str, style: DisplayStyle) -> Color:
        if style.color_by_model or self.row.kind is RowKind.OVERLAY:
            return model.color
        return _shown_color(scan.structure(key))

    def _look(self, color: Color, style: DisplayStyle) -> SegmentLook:
        filled = style.fill and self.row.kind is not RowKind.OVERLAY
        return SegmentLook(color, style.fill_opacity if filled else 0.0, style.outline_opacity)

    def _show_segments(self, looks: Mapping[str, Mapping[str, SegmentLook]]) -> None:
        view_ids = [node.GetID() for node in self._layout.slice_nodes(self.row)]
        for node_id in list(self._segments):
            if node_id not in looks or not self._segments[node_id].exists:
                self._segments.pop(node_id).remove()
        for node_id, of_segments in looks.items():
            node = self._scene.GetNodeByID(node_id)
            if node is None:
                continue
            if node_id not in self._segments:
                self._segments[node_id] = ShownSegments(node, view_ids)
            self._segments[node_id].set_views(view_ids)
            self._segments[node_id].show(of_segments)

    def _show_surfaces(
        self,
        scan: ExploredScan,
        models: Sequence[RowModel],
        keys: Sequence[str],
        style: DisplayStyle,
        near: Mapping[DrawnModel, Sequence[str]],
        cache: SurfaceCache,
    ) -> None:
        view = self._layout.view_node(self.row, THREE_D)
        if view is None or not view.IsMappedInLayout():
            if self._surfaces is not None:
                self._surfaces.show([])
            return
        if self._surfaces is None:
            self._surfaces = ShownSurfaces(self._scene, view.GetID())
        overlay = self.row.kind is RowKind.OVERLAY
        looks = []
        for model in models:
            for key in keys:
                color = self._color(scan, model, key, style)
                looks += self._surface(scan, model.drawn, key, color, _OVERLAY_3D_OPACITY if overlay else 1.0, cache)
            for neighbour in near.get(model.drawn, ()):
                color = _shown_color(scan.structure(neighbour))
                looks += self._surface(scan, model.drawn, neighbour, color, style.neighbour_opacity, cache)
        self._surfaces.show(looks)

    def _surface(
        self, scan: ExploredScan, drawn: DrawnModel, key: str, color: Color, opacity: float, cache: SurfaceCache
    ) -> list[SurfaceLook]:
        box = scan.box(key) if key in drawn.segments else None
        if box is None:
            return []
        geometry = scan.comparison.geometry
        surface = cache.get(
            (drawn.segmentation.model, key), lambda: closed_surface(drawn.mask(key, box), geometry, box.lower)
        )
        return [SurfaceLook(surface, color, opacity)] if surface.GetNumberOfCells() else []


def _shown_color(structure: ComparedStructure | Segment | None) -> Color:
    """A structure's colour, light enough for a black background; grey where it has none."""
    color = None if structure is None else structure.color
    red, green, blue = (channel / 255 for channel in color or (128, 128, 128))
    return visible_on_black((red, green, blue))


def _neighbours(scan: ExploredScan, drawn: DrawnModel, key: str, style: DisplayStyle) -> list[str]:
    """The keys of the structures beside one, as this model has them; beside nothing there is nothing."""
    box = scan.box(key) if key in drawn.segments else None
    if box is None:
        return []
    found = neighbours(drawn.segmentation.label_map, drawn.mask(key, box), box.lower, style.neighbour_distance_mm)
    key_of = {segment: other for other, segments in drawn.segments.items() for segment in segments}
    return [other for other in dict.fromkeys(key_of[segment] for segment in found) if other != key]
