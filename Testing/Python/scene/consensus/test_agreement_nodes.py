"""The results in the scene: tables equal the rows, plots point to them, one folder holds and removes it all."""

from __future__ import annotations

import numpy as np
import pytest
import slicer
from slicer.util import arrayFromTableColumn

from host.plot_view import plot_image
from scene.agreement_scene import (
    GEOMETRY,
    LIVER_KEY,
    SPLEEN_KEY,
    add_volume,
    first_model,
    label_map_of,
    put_under_transform,
    second_model,
    third_model,
)
from SegmentationConcordanceLib.agreement.analysis import Analysis, CaseResult
from SegmentationConcordanceLib.agreement.consensus_map import consensus_label_map
from SegmentationConcordanceLib.agreement.model_looks import looks_of
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.agreement.row_order import worst_first
from SegmentationConcordanceLib.agreement.table import AGREEMENT_COLUMNS
from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.reporting.page_data import agreement_columns
from SegmentationConcordanceLib.scene.consensus.agreement_nodes import (
    CHARTS,
    CONSENSUS,
    DICE_CHART,
    PAIR_CHART,
    PAIRWISE,
    PLOT_PART,
    SHARE_CHART,
    STAPLE,
    TABLE,
    AgreementNodes,
)
from SegmentationConcordanceLib.scene.segmentation_node import label_map_from_node


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    models = {"A": first_model(), "B": second_model(), "C": third_model()}
    segmentations = [ModelSegmentation(name, label_map_of(voxels)) for name, voxels in models.items()]
    return Analysis(segmentations, case="CT", series_uid="")


@pytest.fixture
def volume(scene_host):
    return add_volume(scene_host.scene)


def fill(volume, analysis: Analysis, **options: object) -> tuple[AgreementNodes, CaseResult]:
    nodes, result = AgreementNodes(volume), analysis.result(AnalysisOptions(**{"method": "intersection", **options}))
    nodes.replace_all(result, consensus_label_map(result.comparison, result.consensus_of_all))
    return nodes, result


def column(table: slicer.vtkMRMLTableNode, name: str) -> list:
    array = table.GetTable().GetColumnByName(name)
    return [array.GetValue(n) for n in range(array.GetNumberOfValues())]


@pytest.mark.parametrize("surfaces", [False, True])
def test_the_table_holds_the_rows_worst_first(volume, analysis, surfaces):
    nodes, result = fill(volume, analysis, surfaces=surfaces)
    table, rows = nodes.folder.node(TABLE), worst_first(result.agreement)
    shown = [name for name in AGREEMENT_COLUMNS if name not in ("case", "series_uid")]
    assert [table.GetColumnName(n) for n in range(table.GetNumberOfColumns())] == shown
    for name in shown:
        wanted = [np.nan if getattr(row, name) is None else getattr(row, name) for row in rows]
        found = column(table, name)
        assert found == wanted if isinstance(wanted[0], str) else np.array_equal(found, wanted, equal_nan=True), name


def test_values_by_hand(volume, analysis):
    nodes, _ = fill(volume, analysis)
    table = nodes.folder.node(TABLE)
    dice = dict(zip(zip(column(table, "structure"), column(table, "model")), column(table, "dice")))
    assert dice[("spleen", "A")] == pytest.approx(2 * 8 / (12 + 8))
    assert dice[("liver", "A")] == pytest.approx(2 * 4 / (8 + 4))
    assert dice[("liver", "C")] == 1.0
    assert np.isnan(dice[("aorta", "A")])
    assert column(table, "volume_ml")[0] == pytest.approx(120.0)  # the spleen of B, which differs most
    assert table.GetColumnUnitLabel("volume_ml") == "ml" and table.GetColumnUnitLabel("hd95_mm") == "mm"
    assert all(table.GetColumnDescription(table.GetColumnName(n)) for n in range(table.GetNumberOfColumns()))
    assert table.GetColumnTitle("dice") == "Dice"


def test_pairwise_means_by_hand(volume, analysis):
    nodes, _ = fill(volume, analysis)
    table = nodes.folder.node(PAIRWISE)
    a_b = (2 * 8 / 24 + 1.0) / 2
    a_c = (1.0 + 2 * 4 / 12) / 2
    assert column(table, "model") == ["A", "B", "C"]
    assert arrayFromTableColumn(table, "A").tolist() == pytest.approx([1.0, a_b, a_c])
    assert arrayFromTableColumn(table, "B")[0] == arrayFromTableColumn(table, "A")[1]


def test_the_consensus_is_the_and_of_the_models_and_coded(volume, analysis):
    nodes, _ = fill(volume, analysis)
    node = nodes.folder.node(CONSENSUS)
    found = label_map_from_node(node)
    for segment in found.segments:
        label = {"spleen": 1, "liver": 2}[segment.name]
        expected = (first_model() == label) & (second_model() == label) & (third_model() == label)
        assert np.array_equal(found.mask(segment), expected)
        assert segment.structure == label_map_of(first_model()).segments[label - 1].structure
    assert len(found.segments) == 2
    assert node.GetNodeReference(node.GetReferenceImageGeometryReferenceRole()) is volume
    assert not node.GetDisplayNode().GetVisibility()
    nodes.set_consensus_visible(True)
    assert node.GetDisplayNode().GetVisibility()


def test_staple_table(volume, analysis):
    nodes, result = fill(volume, analysis, method="STAPLE", staple_margin_mm=10)
    table = nodes.folder.node(STAPLE)
    index = [structure.key for structure in result.comparison.structures].index(SPLEEN_KEY)
    place = list(zip(column(table, "structure"), column(table, "model"))).index(("spleen", "B"))
    assert column(table, "sensitivity")[place] == result.consensus.estimates[index].sensitivity[1]
    assert column(table, "specificity")[place] == result.consensus.estimates[index].specificity[1]
    # The box of 2 x 2 x 4 voxels, one more on each side along i and j, and along k, where 10 mm is a part of a slice.
    assert column(table, "region_ml")[place] == pytest.approx(4 * 4 * 6 * 10)
    assert fill(volume, analysis)[0].folder.node(STAPLE) is None


def test_the_plots_the_table_and_the_report_give_a_model_the_same_colour(volume, analysis):
    nodes, result = fill(volume, analysis)
    chart = nodes.folder.node(DICE_CHART)
    plotted = {chart.GetNthPlotSeriesNode(n).GetName(): chart.GetNthPlotSeriesNode(n).GetColor() for n in range(3)}
    page = {model: look["color"] for model, look in agreement_columns(result.agreement)["looks"]}
    for model, look in looks_of(plotted).items():
        assert plotted[model] == pytest.approx(look.rgb) and page[model] == look.color
        assert {row.model_look for row in result.agreement if row.model == model} == {str(look)}


def test_points_of_the_plots_are_the_rows(volume, analysis):
    nodes, result = fill(volume, analysis)
    dice, share = nodes.folder.node(DICE_CHART), nodes.folder.node(SHARE_CHART)
    assert [dice.GetNthPlotSeriesNode(n).GetName() for n in range(dice.GetNumberOfPlotSeriesNodes())] == ["A", "B", "C"]
    for chart, value in ((dice, lambda row: row.dice), (share, lambda row: 100 * row.volume_ratio)):
        for number in range(3):
            series = chart.GetNthPlotSeriesNode(number)
            table = series.GetTableNode()
            y, names = column(table, series.GetYColumnName()), column(table, series.GetLabelColumnName())
            for point, name in enumerate(names):
                row = nodes.row_of_point(result, series.GetID(), point)
                assert (row.structure, row.model) == (name, series.GetName())
                assert y[point] == value(row)
                if chart is share:  # along powers of ten: a logarithmic axis writes its numbers over each other
                    x = column(table, series.GetXColumnName())
                    assert 10 ** x[point] == pytest.approx(row.volume_ml)
    series = dice.GetNthPlotSeriesNode(0)
    assert nodes.row_of_point(result, series.GetID(), 99) is None
    band = share.GetNthPlotSeriesNode(3)
    assert (band.GetName(), column(band.GetTableNode(), band.GetYColumnName())) == ("90 %", [90.0, 90.0])
    assert nodes.row_of_point(result, band.GetID(), 0) is None
    assert nodes.row_of_point(result, "no node", 0) is None


def test_squares_of_the_pair_plot_are_the_mean_dice(volume, analysis):
    nodes, result = fill(volume, analysis)
    chart = nodes.folder.node(PAIR_CHART)
    squares = {}
    for number in range(6):
        series = chart.GetNthPlotSeriesNode(number)
        table = series.GetTableNode()
        y, x = column(table, series.GetYColumnName()), column(table, series.GetXColumnName())
        labels = column(table, series.GetLabelColumnName())
        squares |= {(x[n], y[n]): (series.GetName(), labels[n]) for n in range(len(x)) if not np.isnan(y[n])}
    a_b, a_c, b_c = (2 * 8 / 24 + 1) / 2, (1 + 2 * 4 / 12) / 2, (2 * 8 / 24 + 2 * 4 / 12) / 2
    assert squares[(2, 1)] == ("Dice from 0.8", f"A - B: {a_b:.3f}")
    assert squares[(1, 2)] == ("Dice from 0.8", f"B - A: {a_b:.3f}")
    assert squares[(3, 1)][1] == f"A - C: {a_c:.3f}"
    assert squares[(3, 2)] == ("Dice from 0.5", f"B - C: {b_c:.3f}")
    assert len(squares) == 6
    assert chart.GetNumberOfPlotSeriesNodes() == 6
    assert nodes.row_of_point(result, chart.GetNthPlotSeriesNode(0).GetID(), 0) is None


def test_a_selection_of_nothing_can_be_shown(volume, analysis, require_egl):
    nodes, _ = fill(volume, analysis, structures=("aorta",))
    assert nodes.folder.node(TABLE).GetNumberOfRows() == 1
    nodes, _ = fill(volume, analysis, structures=("none",))
    assert nodes.folder.node(TABLE).GetNumberOfRows() == 0
    for role in CHARTS:
        assert plot_image(nodes.folder.node(role), (120, 90)).std() > 0


def test_charts_are_drawn_with_every_series(volume, analysis, require_egl):
    nodes, _ = fill(volume, analysis)
    for role, numbers in ((DICE_CHART, range(3)), (SHARE_CHART, range(3)), (PAIR_CHART, (1, 3))):
        chart = nodes.folder.node(role)
        pixels = plot_image(chart, (300, 200)).astype(int)
        for number in numbers:
            color = 255 * np.array(chart.GetNthPlotSeriesNode(number).GetColor())
            assert (np.abs(pixels - color).max(axis=-1) < 40).any(), (role, number)


def test_results_are_shown_and_stay_shown_when_replaced(volume, analysis, scene_host):
    layouts = slicer.vtkMRMLLayoutLogic()
    layouts.SetMRMLApplicationLogic(scene_host.application_logic)
    layouts.SetMRMLScene(scene_host.scene)
    layout = layouts.GetLayoutNode()
    assert not AgreementNodes(volume).show()
    nodes, _ = fill(volume, analysis)
    assert nodes.show(SHARE_CHART)
    plot = scene_host.scene.GetFirstNodeByClass("vtkMRMLPlotViewNode")
    table = scene_host.scene.GetFirstNodeByClass("vtkMRMLTableViewNode")
    assert layout.GetViewArrangement() == layout.SlicerLayoutFourUpPlotTableView
    assert plot.GetPlotChartNodeID() == nodes.folder.node(SHARE_CHART).GetID()
    assert plot.GetInteractionMode() == plot.InteractionModeSelectPoints
    nodes, _ = fill(volume, analysis, method="majority")
    assert plot.GetPlotChartNodeID() == nodes.folder.node(SHARE_CHART).GetID()
    assert table.GetTableNodeID() == nodes.folder.node(TABLE).GetID()


def test_replacing_leaves_nothing_of_the_former_results(volume, analysis, scene_host):
    before = scene_host.node_ids()
    nodes, result = fill(volume, analysis)
    first = scene_host.node_ids() - before
    nodes.show_map(analysis, result)
    nodes.show_map(analysis, result, LIVER_KEY)
    fill(volume, analysis)
    second = scene_host.node_ids() - before
    assert len(first) == len(second) and not first & second
    nodes.folder.clear()
    assert scene_host.node_ids() == before


def test_a_removed_consensus_has_let_go_of_its_voxels(volume, analysis):
    nodes, _ = fill(volume, analysis)
    segmentation = nodes.folder.node(CONSENSUS).GetSegmentation()
    segment = segmentation.GetNthSegment(0)
    assert segment.GetRepresentation("Binary labelmap") is not None
    nodes.folder.clear()
    assert segment.GetRepresentation("Binary labelmap") is None


def test_removing_the_folder_item_removes_the_data_nodes(volume, analysis, scene_host):
    nodes, result = fill(volume, analysis)
    nodes.show_map(analysis, result)
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene_host.scene)
    item = hierarchy.GetItemParent(hierarchy.GetItemByDataNode(nodes.folder.node(TABLE)))
    assert hierarchy.GetItemName(item) == "CT: agreement"
    assert hierarchy.GetItemParent(item) == hierarchy.GetItemByDataNode(volume)
    found = nodes.folder.nodes()
    # Consensus, tables, charts, points, bands, names of the pairs, plotted, map.
    assert len(found) == 1 + 2 + 3 + 2 * 3 + 4 + 3 + 3 + 3 + 2
    hierarchy.RemoveItem(item, True, True)
    assert [node for node in found if node.GetScene()] == []
    assert nodes.folder.nodes() == []


def test_volumes_have_folders_of_their_own(volume, analysis, scene_host):
    other = add_volume(scene_host.scene, "other")
    nodes, _ = fill(volume, analysis)
    others, _ = fill(other, analysis)
    others.folder.clear()
    assert nodes.folder.node(TABLE) is not None and others.folder.node(TABLE) is None


def test_results_lie_where_the_volume_lies(volume, analysis):
    matrix = np.eye(4)
    matrix[:3, 3] = (10, 20, 30)
    transform = put_under_transform(volume, matrix)
    nodes, result = fill(volume, analysis)
    shown = nodes.show_map(analysis, result)
    assert nodes.folder.node(CONSENSUS).GetParentTransformNode() is transform
    assert shown.GetParentTransformNode() is transform
    assert label_map_from_node(nodes.folder.node(CONSENSUS)).geometry.origin_lps == pytest.approx(
        np.add(GEOMETRY.origin_lps, (-10, -20, 30))
    )


def test_what_cannot_be_stored_leaves_the_former_results(volume, analysis, scene_host):
    nodes, result = fill(volume, analysis)
    before = scene_host.node_ids()
    bad = CodedStructure(CodedConcept("1", "SCT"), CodedConcept("a|b", "SCT"))
    with pytest.raises(ConcordanceError, match="cannot be stored"):
        nodes.replace_all(result, label_map_of(first_model(), structures={1: bad}))
    assert scene_host.node_ids() == before


def test_results_survive_a_saved_scene(volume, analysis, scene_host, tmp_path):
    _, result = fill(volume, analysis)
    rows = worst_first(result.agreement)
    scene_host.save_bundle(tmp_path / "s.mrb")
    scene_host.scene.Clear(True)
    (tmp_path / "cache").mkdir()
    scene_host.load_bundle(tmp_path / "s.mrb", tmp_path / "cache")
    nodes = AgreementNodes(scene_host.scene.GetFirstNodeByName("CT"))
    table = nodes.folder.node(TABLE)
    assert column(table, "structure") == [row.structure for row in rows]
    wanted = [np.nan if row.dice is None else row.dice for row in rows]
    assert np.allclose(column(table, "dice"), wanted, equal_nan=True, rtol=1e-5)
    assert table.GetColumnUnitLabel("volume_ml") == "ml"
    assert len(nodes.folder.nodes(PLOT_PART)) == 19
    nodes.folder.clear()
    assert nodes.folder.nodes() == []


def test_the_map_of_a_structure_counts_against_the_models_that_know_it(volume):
    liver_alone = np.where(third_model() == 2, 2, 0).astype(np.uint8)
    models = {"A": first_model(), "B": second_model(), "C": liver_alone}
    analysis = Analysis(
        [ModelSegmentation(name, label_map_of(voxels)) for name, voxels in models.items()], case="CT", series_uid=""
    )
    nodes, result = fill(volume, analysis)
    of_spleen = nodes.show_map(analysis, result, SPLEEN_KEY).GetDisplayNode().GetColorNode()
    assert of_spleen.GetColorName(of_spleen.GetNumberOfColors() - 1) == "2 of 2 models"
    of_all = nodes.show_map(analysis, result).GetDisplayNode().GetColorNode()
    assert of_all.GetColorName(of_all.GetNumberOfColors() - 1) == "3 of 3 models"
