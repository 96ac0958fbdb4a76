"""All text in the rows' views: titles, the models' names at their outlines, and the legend of the agreement map."""

from __future__ import annotations

from collections.abc import Sequence

import slicer

from ...agreement.agreement_colors import AgreementStep
from ...agreement.model_looks import Color
from ...exploring.row_status import label_lines, unlabelled
from ...exploring.rows import Row, RowKind
from ...exploring.structure_list import ListedStructure
from ...exploring.view_kinds import ViewKind
from ...imaging.geometry import Geometry
from .map_legend import MapLegend
from .outline_labels import OutlineLabels
from .row_content import RowModel
from .row_labels import RendererOf, RowLabels, room_of
from .row_layout import RowLayout


class RowTexts:
    """Writes into the renderers of the views, and takes it away again.

    :param renderer_of: finds a view's renderer; None where it has not been made yet.
    :param layout: of the rows.
    """

    def __init__(self, renderer_of: RendererOf | None, layout: RowLayout) -> None:
        renderer_of = renderer_of or (lambda view: None)
        self._layout = layout
        self._labels = RowLabels(renderer_of)
        self._legend = MapLegend(renderer_of)
        self.outlines = OutlineLabels(renderer_of)

    def show_rows(
        self,
        rows: Sequence[tuple[Row, str]],
        kinds: Sequence[ViewKind],
        structure: ListedStructure | None,
        legend: dict[str, Color],
        *,
        named: bool,
    ) -> list[tuple[slicer.vtkMRMLAbstractViewNode, tuple[int, int]]]:
        """Write what stands at the upper left of each view.

        :param rows: with what is to be said of each: why it shows nothing, or a finding; may be empty.
        :param kinds: of the views of each row; the first one has the title.
        :param structure: that is shown; None for none.
        :param legend: the models' colours.
        :param named: the outlines of all models have their names beside them: then the title need not list them.
        :returns: the views of the row of all models, and the width and height of the text in them.
        """
        outlined = []
        for row, said in rows:
            listed = unlabelled(legend, structure) if named and kinds[0].is_slice else legend
            for number, view in enumerate(self._layout.view_nodes(row, kinds)):
                lines = label_lines(row, structure, said, listed, titled=number == 0)
                self._labels.show(view, lines)
                if named and row.kind is RowKind.OVERLAY:
                    outlined.append((view, room_of(lines)))
        return outlined

    def show_names(
        self,
        views: Sequence[tuple[slicer.vtkMRMLAbstractViewNode, tuple[int, int]]],
        models: Sequence[RowModel],
        key: str,
        geometry: Geometry,
    ) -> None:
        """Write the models' names at their outlines, once :meth:`settle` is called.

        :param views: as :meth:`show_rows` gives them.
        :param models: that these views show.
        :param key: of the structure.
        :param geometry: of the models' grid.
        """
        self.outlines.show(views, models, key, geometry)

    def show_legend(self, rows: Sequence[Row], kinds: Sequence[ViewKind], steps: Sequence[AgreementStep]) -> None:
        """Write the legend of the agreement map into the first slice view.

        :param rows: in their order.
        :param kinds: of the views of each row.
        :param steps: empty for no legend.
        """
        views = self._layout.view_nodes(rows[0], kinds) if rows else ()
        self._legend.show(next((view for view in views if view.IsA("vtkMRMLSliceNode")), None), steps)

    def settle(self) -> None:
        """The slices are where they go: write the names at the outlines."""
        self.outlines.settle()

    def leave_row(self, row: Row) -> None:
        """Take the text out of a row's views, which are about to go."""
        for view in self._layout.view_nodes(row):
            self._labels.clear(view.GetID())

    def expect_views(self) -> None:
        """Take away what is written anew once the views are there: some may go."""
        self._legend.clear()
        self.outlines.clear()

    def clear(self) -> None:
        """Take everything away."""
        self._labels.clear()
        self.expect_views()
