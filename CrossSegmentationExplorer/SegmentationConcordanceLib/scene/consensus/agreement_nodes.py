"""The results of a comparison in the scene: tables, plots, consensus and agreement map of one volume."""

from __future__ import annotations

import slicer

from ...agreement.analysis import Analysis, CaseResult
from ...agreement.severity import worst_first
from ...agreement.table import AgreementRow
from ...imaging.label_map import LabelMap
from ..agreement_map import add_agreement_map, add_legend, agreement_of_all, agreement_of_one, show_as_label
from ..nodes_of_class import nodes_of_class
from ..result_folder import ResultFolder
from ..segmentation_node import add_segmentation_node
from ..volume_grid import own_grid
from .agreement_plots import add_agreement_plots, row_of_point
from .agreement_tables import add_agreement_table, add_pairwise_table, add_staple_table
from .pair_plot import add_pair_plot

TABLE, PAIRWISE, STAPLE = "agreement table", "pairwise table", "STAPLE table"
CONSENSUS, PLOT_PART = "consensus", "part of a plot"
DICE_CHART, SHARE_CHART, PAIR_CHART = "Dice chart", "share chart", "pairwise chart"
CHARTS = {DICE_CHART: TABLE, SHARE_CHART: TABLE, PAIR_CHART: PAIRWISE}
"""The charts, and the table that is shown beside each."""

PLOT_LAYOUT = slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpPlotTableView
MAP, MAP_COLORS = "agreement map", "agreement map colors"


class AgreementNodes:
    """What the scene holds of the agreement on one volume, in its :class:`ResultFolder`."""

    def __init__(self, volume: slicer.vtkMRMLScalarVolumeNode) -> None:
        self._scene = volume.GetScene()
        self._volume = volume
        self.folder = ResultFolder(volume)

    def replace_all(self, result: CaseResult, consensus: LabelMap) -> None:
        """Put the results into the scene in place of the former ones, all or none.

        :param consensus: on the volume's own grid.
        :raises ConcordanceError: the consensus cannot be stored; the former results stay.
        """
        made: list[tuple[slicer.vtkMRMLNode, str]] = []
        try:
            self._make(result, consensus, made)
        except BaseException:
            for node, _ in made:
                self.folder.remove(node)
            raise
        shown = self._shown_chart()
        self.folder.clear()
        for node, role in made:
            self.folder.add(node, role)
        if shown:
            self._show_in_views(shown)

    def _make(self, result: CaseResult, consensus: LabelMap, made: list[tuple[slicer.vtkMRMLNode, str]]) -> None:
        name, models = self.folder.name, result.comparison.models
        title = f"{name}, consensus ({result.consensus_of_all.method})"
        segmentation = add_segmentation_node(self._scene, consensus, title, self._volume)
        made.append((segmentation, CONSENSUS))
        _show_as_outlines(segmentation)
        rows = worst_first(result.agreement)
        made.append((add_agreement_table(self._scene, f"{name}, table", rows), TABLE))
        made.append((add_pairwise_table(self._scene, f"{name}, pairwise Dice", models, result.pairwise), PAIRWISE))
        if result.staple:
            made.append((add_staple_table(self._scene, f"{name}, STAPLE", result.staple), STAPLE))
        plots = add_agreement_plots(self._scene, name, models, result.agreement)
        pairs = add_pair_plot(self._scene, name, models, result.pairwise)
        roles = {plots.dice: DICE_CHART, plots.share: SHARE_CHART, pairs[0]: PAIR_CHART}
        made += [(node, roles.get(node, PLOT_PART)) for node in (*plots.nodes, *pairs)]

    def show(self, chart_role: str = DICE_CHART) -> bool:
        """Show a chart of :data:`CHARTS` and its table beside the slices; points of the chart can be clicked.

        :returns: False where the nodes have been removed.
        """
        if self.folder.node(CHARTS[chart_role]) is None or self.folder.node(chart_role) is None:
            return False
        layout = self._scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
        if layout is not None and not self._has_place():
            layout.SetViewArrangement(PLOT_LAYOUT)
        self._show_in_views(chart_role)
        return True

    def row_of_point(self, result: CaseResult, series_id: str, point: int) -> AgreementRow | None:
        """The row behind the n-th point of a plot series; None where there is none.

        :param series_id: the id of a plot series' node, ours or not.
        :param point: counted from 0.
        """
        series = self._scene.GetNodeByID(series_id)
        if series is None or series not in self.folder.nodes(PLOT_PART):
            return None
        return row_of_point(result.agreement, series, point)

    def set_consensus_visible(self, visible: bool) -> None:
        """Show or hide the outlines of the consensus."""
        segmentation = self.folder.node(CONSENSUS)
        if segmentation is not None:
            segmentation.GetDisplayNode().SetVisibility(visible)

    def show_map(
        self, analysis: Analysis, result: CaseResult, structure_key: str = ""
    ) -> slicer.vtkMRMLLabelMapVolumeNode:
        """Make the agreement map in place of the former one, and lay it over all slice views.

        :param structure_key: of one structure, whose highest number is that of the models that know it; "" for all.
        """
        comparison = result.comparison
        names = {structure.key: structure.name for structure in comparison.structures}
        if structure_key in names:
            index = list(names).index(structure_key)
            n_models = comparison.structures[index].n_voters
            agreeing = agreement_of_one(comparison, index, analysis.boxes.get(structure_key))
        else:
            n_models = len(comparison.models)
            agreeing = agreement_of_all(comparison)
        self.remove_map()
        name = f"{self.folder.name}, map ({names.get(structure_key, 'all structures')})"
        node, colors = add_agreement_map(self._scene, name, agreeing, own_grid(self._volume), n_models)
        self.folder.add(node, MAP)
        self.folder.add(colors, MAP_COLORS)
        show_as_label(self._scene, node)
        add_legend(node)
        return node

    def remove_map(self) -> None:
        """Take the agreement map out of views and scene."""
        found = [*self.folder.nodes(MAP), *self.folder.nodes(MAP_COLORS)]
        if found:
            show_as_label(self._scene, None)
        for node in found:
            self.folder.remove(node)

    def _show_in_views(self, chart_role: str) -> None:
        table, chart = self.folder.node(CHARTS[chart_role]), self.folder.node(chart_role)
        if table is None or chart is None:
            return
        selection = self._scene.GetNodeByID("vtkMRMLSelectionNodeSingleton")
        if selection is not None:
            selection.SetActiveTableID(table.GetID())
            selection.SetActivePlotChartID(chart.GetID())
        for view in nodes_of_class(self._scene, "vtkMRMLTableViewNode"):
            view.SetTableNodeID(table.GetID())
        for view in self._plot_views():
            view.SetPlotChartNodeID(chart.GetID())
            view.SetInteractionMode(slicer.vtkMRMLPlotViewNode.InteractionModeSelectPoints)

    def _has_place(self) -> bool:
        """Whether the layout that the user chose shows a plot and a table already."""
        kinds = ("vtkMRMLPlotViewNode", "vtkMRMLTableViewNode")
        views = [nodes_of_class(self._scene, kind) for kind in kinds]
        return all(any(view.IsMappedInLayout() for view in of_kind) for of_kind in views)

    def _shown_chart(self) -> str:
        """The role of the chart that a plot view shows; "" where none shows ours."""
        shown = {view.GetPlotChartNodeID() for view in self._plot_views()}
        charts = {role: self.folder.node(role) for role in CHARTS}
        return next((role for role, chart in charts.items() if chart is not None and chart.GetID() in shown), "")

    def _plot_views(self) -> list[slicer.vtkMRMLPlotViewNode]:
        return nodes_of_class(self._scene, "vtkMRMLPlotViewNode")


def _show_as_outlines(segmentation: slicer.vtkMRMLSegmentationNode) -> None:
    """Outlines, so that the models below stay visible; hidden at first, as a hundred outlines hide the image."""
    display = segmentation.GetDisplayNode()
    display.SetVisibility2DFill(False)
    display.SetVisibility2DOutline(True)
    display.SetSliceIntersectionThickness(3)
    display.SetVisibility(False)
