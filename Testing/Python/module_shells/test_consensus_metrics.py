"""The panel of ConsensusMetrics: what a user does, and what the scene then holds."""

from __future__ import annotations

import typing
from dataclasses import replace

import numpy as np
import pytest

from scene.agreement_scene import (
    GEOMETRY,
    LIVER_KEY,
    add_three_models,
    add_volume,
    first_model,
    label_map_of,
)
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.imaging.image_series import read_image_series
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.reporting.tables import read_agreement, read_pairwise
from SegmentationConcordanceLib.scene.agreement_nodes import CONSENSUS, DICE_CHART, MAP, TABLE, AgreementNodes
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node
from SegmentationConcordanceLib.scene.selected_structure import selected_structure
from SegmentationConcordanceLib.scene.volume_node import add_volume_node

if typing.TYPE_CHECKING:
    from qt_host.desktop import Desktop
    from qt_host.hosted_module import HostedModule


@pytest.fixture
def volume(desktop):
    return add_volume(desktop.host.scene)


@pytest.fixture
def nodes(desktop, volume):
    return add_three_models(desktop.host.scene, volume)


@pytest.fixture
def hosted(desktop: Desktop, nodes) -> HostedModule:
    """The panel with the one volume chosen."""
    found = desktop.load_module("ConsensusMetrics")
    found.enter()
    return found


@pytest.fixture
def applied(hosted) -> HostedModule:
    hosted.ui.applyButton.click()
    return hosted


def column(table, number: int) -> list[str]:
    return [table.item(row, number).text() for row in range(table.rowCount)]


def test_the_only_volume_is_chosen_and_its_segmentations_are_listed(hosted):
    import qt

    table = hosted.ui.segmentationsTable
    assert hosted.ui.volumeSelector.currentNode().GetName() == "CT"
    assert column(table, 0) == column(table, 1) == ["A", "B", "C"]
    assert column(table, 2) == ["made on this volume"] * 3
    assert all(table.item(row, 0).checkState() == qt.Qt.Checked for row in range(3))
    assert hosted.ui.applyButton.enabled
    assert not hosted.ui.exportTablesButton.enabled


def test_without_a_volume_apply_says_why_not(desktop):
    hosted = desktop.load_module("ConsensusMetrics")
    hosted.enter()
    assert not hosted.ui.applyButton.enabled
    assert hosted.ui.applyButton.toolTip == "Choose the volume that was segmented."


def test_segmentations_that_come_go_and_are_renamed_are_followed(desktop, hosted, nodes):
    nodes[0].SetName("renamed")
    desktop.host.scene.RemoveNode(nodes[1])
    add_segmentation_node(desktop.host.scene, label_map_of(first_model()), "D")
    desktop.process_events()
    assert column(hosted.ui.segmentationsTable, 0) == ["renamed", "C", "D"]


def test_apply_fills_the_table_worst_first(applied, volume):
    ui = applied.ui
    assert ui.statusLabel.text.startswith("2 structures that two or more of 3 models know. Consensus: intersection.")
    assert column(ui.resultsTable, 0) == ["liver", "liver", "spleen", "spleen", "spleen", "liver", "aorta"]
    assert column(ui.resultsTable, 1) == ["A", "B", "A", "B", "C", "C", "A"]
    assert column(ui.resultsTable, 2) == ["0.667", "0.667", "0.800", "0.800", "0.800", "1.000", ""]
    assert column(ui.resultsTable, 4)[:3] == ["80.0", "80.0", "120.0"]
    assert AgreementNodes(volume).folder.node(TABLE).GetNumberOfRows() == 7
    assert ui.exportTablesButton.enabled


def test_filter_and_order(applied):
    ui = applied.ui
    ui.filterLineEdit.text = "spleen"
    assert column(ui.resultsTable, 0) == ["spleen"] * 3
    ui.filterLineEdit.text = ""
    header = ui.resultsTable.horizontalHeader()
    header.sectionClicked.emit(2)
    assert column(ui.resultsTable, 2)[0] == "0.667" and header.isSortIndicatorShown()
    header.sectionClicked.emit(2)
    assert column(ui.resultsTable, 2)[0] == "1.000"
    header.sectionClicked.emit(2)
    assert column(ui.resultsTable, 0)[0] == "liver" and not header.isSortIndicatorShown()


def test_a_click_on_a_row_moves_the_slices_and_selects_the_structure(desktop, applied):
    red = desktop.host.scene.GetNodeByID("vtkMRMLSliceNodeRed")
    applied.ui.resultsTable.selectRow(0)
    assert red.GetSliceOffset() == pytest.approx(GEOMETRY.lps_of((6, 4, 1))[2])
    assert selected_structure(desktop.host.scene) == LIVER_KEY


def test_a_model_is_left_out_and_renamed(desktop, applied):
    import qt

    table = applied.ui.segmentationsTable
    table.item(2, 0).setCheckState(qt.Qt.Unchecked)
    table.item(0, 1).setText("first")
    desktop.process_events()
    assert applied.widget.logic.models == ("first", "B")
    assert "can only raise agreement" in applied.ui.exclusionLabel.text and applied.ui.exclusionLabel.visible
    assert "apply again" in applied.ui.statusLabel.text
    applied.ui.applyButton.click()
    assert set(column(applied.ui.resultsTable, 1)) == {"first", "B"}
    assert "apply again" not in applied.ui.statusLabel.text
    table.item(1, 0).setCheckState(qt.Qt.Unchecked)
    desktop.process_events()
    assert not applied.ui.applyButton.enabled and "Two models are needed" in applied.ui.applyButton.toolTip


def test_options_are_kept_on_the_parameter_node(hosted):
    ui = hosted.ui
    assert not ui.atLeastSpinBox.enabled and not ui.referenceComboBox.enabled and not ui.nsdToleranceSpinBox.enabled
    ui.methodComboBox.currentIndex = 2
    ui.atLeastSpinBox.value = 3
    ui.surfacesCheckBox.checked = True
    ui.nsdToleranceSpinBox.value = 2.5
    ui.minModelsSpinBox.value = 2
    ui.truncatedCheckBox.checked = True
    expected = AnalysisOptions(
        method="at least", at_least=3, surfaces=True, nsd_tolerance_mm=2.5, min_models=2, leave_out_truncated=True
    )
    assert hosted.widget.logic.options == expected
    assert ui.atLeastSpinBox.enabled and ui.nsdToleranceSpinBox.enabled and not ui.stapleMarginSpinBox.enabled
    hosted.widget.logic.set_options(replace(expected, at_least=1))
    hosted.exit()
    hosted.enter()
    assert ui.atLeastSpinBox.value == 1


def test_each_method_computes(hosted):
    ui = hosted.ui
    for index, words in enumerate(("intersection", "majority", "at least 2", "STAPLE", "reference: A")):
        ui.methodComboBox.currentIndex = index
        ui.applyButton.click()
        assert f"Consensus: {words}." in ui.statusLabel.text
    ui.referenceComboBox.currentIndex = 1
    assert hosted.widget.logic.options.reference == "B"
    assert not ui.leaveOneOutCheckBox.enabled


def test_plots_are_shown_and_a_clicked_point_selects_its_row(desktop, applied, volume):
    import slicer
    import vtk

    applied.ui.dicePlotButton.click()
    view = slicer.app.layoutManager().plotWidget(0).plotView()
    series = AgreementNodes(volume).folder.node(DICE_CHART).GetNthPlotSeriesNode(1)
    ids, points, selected = vtk.vtkStringArray(), vtk.vtkCollection(), vtk.vtkIdTypeArray()
    ids.InsertNextValue(series.GetID())
    selected.InsertNextValue(1)  # of B the second structure: spleen
    points.AddItem(selected)
    applied.ui.sharePlotButton.click()
    view.dataSelected.emit(ids, points)
    row = applied.widget.selectedRow()
    assert (row.structure, row.model) == ("spleen", "B")
    applied.ui.filterLineEdit.text = "liver"
    view.dataSelected.emit(ids, points)
    assert applied.widget.selectedRow() is None
    view.dataSelected.emit(vtk.vtkStringArray(), vtk.vtkCollection())


def test_plots_of_removed_results(applied, volume):
    AgreementNodes(volume).folder.clear()
    applied.ui.dicePlotButton.click()
    assert applied.ui.statusLabel.text == "The results have been removed from the scene: apply again."


def test_consensus_and_agreement_map_follow_their_buttons(applied, volume):
    ui, folder = applied.ui, AgreementNodes(volume).folder
    ui.consensusButton.click()
    assert folder.node(CONSENSUS).GetDisplayNode().GetVisibility()
    ui.mapButton.click()
    assert "all structures" in folder.node(MAP).GetName()
    ui.mapOfSelectedCheckBox.checked = True
    ui.resultsTable.selectRow(0)
    assert "liver" in folder.node(MAP).GetName()
    ui.applyButton.click()
    assert folder.node(MAP) is not None and folder.node(CONSENSUS).GetDisplayNode().GetVisibility()
    ui.mapButton.click()
    ui.consensusButton.click()
    assert folder.node(MAP) is None and not folder.node(CONSENSUS).GetDisplayNode().GetVisibility()


def test_tables_and_report_are_written(desktop, applied, tmp_path):
    desktop.give("QFileDialog.getSaveFileName", str(tmp_path / "a.csv"))
    applied.ui.exportTablesButton.click()
    result = applied.widget.logic.result
    assert read_agreement(tmp_path / "a.csv") == list(result.agreement)
    assert read_pairwise(tmp_path / "a_pairwise.csv") == list(result.pairwise)
    desktop.give("QFileDialog.getSaveFileName", str(tmp_path / "r.html"))
    applied.ui.exportReportButton.click()
    assert "Concordance of CT" in (tmp_path / "r.html").read_text(encoding="utf-8")
    desktop.give("QFileDialog.getSaveFileName", "")
    applied.ui.exportReportButton.click()
    assert desktop.messages == []


def test_a_consensus_without_dicom_images_is_refused_in_words(desktop, applied, tmp_path):
    desktop.give("QFileDialog.getSaveFileName", str(tmp_path / "c.dcm"))
    applied.ui.exportSegButton.click()
    ((kind, text),) = desktop.messages
    desktop.errors.clear()  # tryWithErrorDisplay raises again what it displayed
    assert kind == "error" and "was not loaded from DICOM" in text
    assert list(tmp_path.iterdir()) == []


def test_the_consensus_is_written_as_dicom_seg(desktop, sample_cohort, tmp_path):
    series = read_image_series(sample_cohort.cases[0].ct_folder)
    desktop.dicom_files.update(zip(series.sop_instance_uids, map(str, series.files)))
    scene = desktop.host.scene
    volume = add_volume_node(scene, np.zeros(series.geometry.shape, np.int16), series.geometry, "CT")
    volume.SetAttribute("DICOM.instanceUIDs", " ".join(series.sop_instance_uids))
    voxels = np.zeros(series.geometry.shape, np.uint8)
    voxels[10:20, 30:40, 30:40] = 1
    for name in ("A", "B"):
        add_segmentation_node(scene, label_map_of(voxels, series.geometry), name, volume)
    hosted = desktop.load_module("ConsensusMetrics")
    hosted.enter()
    hosted.ui.applyButton.click()
    desktop.give("QFileDialog.getSaveFileName", str(tmp_path / "c.dcm"))
    hosted.ui.exportSegButton.click()
    assert desktop.messages == []
    assert list(read_dicom_seg(tmp_path / "c.dcm").label_map.voxel_counts().values()) == [1000]


def test_cancel_leaves_the_scene_as_it_was(desktop, hosted, monkeypatch):
    import slicer

    class Cancelled:
        wasCanceled, labelText, value = True, "", 0  # noqa: N815

        def close(self) -> None:
            pass

    monkeypatch.setattr(slicer.util, "createProgressDialog", lambda **_: Cancelled())
    before = desktop.host.node_ids()
    hosted.ui.applyButton.click()
    assert desktop.host.node_ids() == before
    assert hosted.ui.resultsTable.rowCount == 0 and desktop.messages == []


def test_closing_the_scene_empties_the_panel(desktop, applied):
    applied.close_scene()
    assert applied.ui.resultsTable.rowCount == applied.ui.segmentationsTable.rowCount == 0
    assert not applied.ui.applyButton.enabled and not applied.ui.dicePlotButton.enabled
    add_three_models(desktop.host.scene, add_volume(desktop.host.scene))
    applied.enter()
    applied.ui.applyButton.click()
    assert applied.ui.resultsTable.rowCount == 7


def test_the_selected_row_survives_what_does_not_concern_it(desktop, applied, nodes):
    applied.ui.resultsTable.selectRow(3)
    nodes[0].SetName("renamed")
    desktop.process_events()
    assert applied.widget.selectedRow() is not None


def test_reload_forgets_the_library_and_nothing_else(desktop, hosted):
    import sys

    kept = {name: module for name, module in sys.modules.items() if name.startswith("SegmentationConcordanceLib")}
    try:
        hosted.widget.onReload()
        assert not any(name.startswith("SegmentationConcordanceLib") for name in sys.modules)
        assert "host" in sys.modules
    finally:
        sys.modules.update(kept)


def test_the_self_test_of_the_module_passes(desktop):
    hosted = desktop.load_module("ConsensusMetrics")
    hosted.python.ConsensusMetricsTest().runTest()
