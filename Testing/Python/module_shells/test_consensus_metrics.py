"""The panel of ConsensusMetrics: what a user does, and what the scene then holds."""

from __future__ import annotations

import typing
from dataclasses import replace

import numpy as np
import pytest

from scene.agreement_scene import (
    GEOMETRY,
    SPLEEN_KEY,
    add_three_models,
    add_volume,
    first_model,
    label_map_of,
)
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.imaging.image_series import read_image_series
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.reporting.tables import read_agreement, read_pairwise
from SegmentationConcordanceLib.scene.consensus.agreement_nodes import (
    CONSENSUS,
    DICE_CHART,
    MAP,
    PAIR_CHART,
    PAIRWISE,
    TABLE,
    AgreementNodes,
)
from SegmentationConcordanceLib.scene.model_grouping import ModelRule
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


def write(line, text: str) -> None:
    line.text = text
    line.editingFinished.emit()


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
    assert ui.statusLabel.text.startswith("2 structures that two or more of 3 models know. Consensus: majority.")
    assert column(ui.resultsTable, 0) == ["spleen", "liver", "liver", "liver", "spleen", "spleen", "aorta"]
    assert column(ui.resultsTable, 1) == ["B", "C", "A", "B", "A", "C", "A"]
    assert column(ui.resultsTable, 2) == ["0.667", "0.667", "1.000", "1.000", "1.000", "1.000", ""]
    assert column(ui.resultsTable, 4)[:3] == ["80.0", "40.0", "0.0"]  # ml that are not shared
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
    assert column(ui.resultsTable, 0)[0] == "spleen" and not header.isSortIndicatorShown()


def test_a_click_on_a_row_moves_the_slices_and_selects_the_structure(desktop, applied):
    red = desktop.host.scene.GetNodeByID("vtkMRMLSliceNodeRed")
    applied.ui.resultsTable.selectRow(0)
    assert red.GetSliceOffset() == pytest.approx(GEOMETRY.lps_of((6, 4, 1))[2])
    assert selected_structure(desktop.host.scene) == SPLEEN_KEY


def test_a_model_is_left_out_and_renamed(desktop, applied):
    import qt

    applied.ui.methodComboBox.currentIndex = 0
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
    assert not ui.atLeastSpinBox.visible and not ui.referenceComboBox.visible and not ui.nsdToleranceSpinBox.visible
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
    assert ui.atLeastSpinBox.visible and ui.nsdToleranceSpinBox.visible and not ui.stapleMarginSpinBox.visible
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
    assert not ui.leaveOneOutCheckBox.visible and ui.penalizeCheckBox.visible


def test_the_choice_of_structures_is_kept(hosted):
    import qt

    ui, logic = hosted.ui, hosted.widget.logic
    ui.structuresCollapsibleButton.click()
    (digestive,) = ui.groupsList.findItems("Digestive", qt.Qt.MatchExactly)
    digestive.setCheckState(qt.Qt.Checked)
    (kidneys,) = ui.combinationsList.findItems("kidneys", qt.Qt.MatchExactly)
    kidneys.setCheckState(qt.Qt.Checked)
    write(ui.structuresLineEdit, "aorta, rib_*")
    assert (logic.options.groups, logic.options.structures) == (("Digestive",), ("aorta", "rib_*"))
    assert logic.combinations == ("kidneys",)
    logic.set_combinations(())
    logic.change_options(groups=(), structures="spleen")
    hosted.exit()
    hosted.enter()
    assert digestive.checkState() == kidneys.checkState() == qt.Qt.Unchecked
    ui.applyButton.click()
    assert set(column(ui.resultsTable, 0)) == {"spleen"}


def test_numbers_of_single_structures(desktop, hosted):
    ui, logic = hosted.ui, hosted.widget.logic
    ui.methodComboBox.currentIndex = 4
    ui.penalizeCheckBox.checked = True
    write(ui.typicalVolumesLineEdit, "liver = 1500")
    ui.surfacesCheckBox.checked = True
    write(ui.tolerancesLineEdit, "liver=3, aorta = 2.5")
    assert logic.options.typical_volumes_ml == {"liver": 1500.0}
    assert logic.options.nsd_tolerances_mm == {"liver": 3.0, "aorta": 2.5}
    assert ui.tolerancesLineEdit.text == "liver = 3, aorta = 2.5"
    write(ui.tolerancesLineEdit, "liver three")
    assert desktop.messages == [("error", "numbers of structures: liver three: is no number of mm. Write NAME=2.")]
    assert ui.tolerancesLineEdit.text == "liver = 3, aorta = 2.5"
    ui.methodComboBox.currentIndex = 0
    assert not logic.options.penalize_missing and not ui.typicalVolumesLineEdit.visible


def test_rules_name_models_and_a_row_begun_is_not_lost(desktop, hosted, nodes):
    ui, logic = hosted.ui, hosted.widget.logic
    ui.rulesCollapsibleButton.click()
    assert (ui.rulesTable.rowCount, column(ui.rulesTable, 0)) == (1, [""])
    ui.rulesTable.item(0, 0).setText("a, c")
    desktop.process_events()
    assert logic.rules == () and column(ui.rulesTable, 0) == ["a, c", ""]
    ui.rulesTable.item(0, 1).setText("both")
    desktop.process_events()
    assert logic.rules == (ModelRule("both", ("a", "c")),)
    assert column(ui.segmentationsTable, 1) == ["both", "B", "both"]
    assert column(ui.rulesTable, 1) == ["both", ""]
    ui.rulesTable.item(0, 0).setText("")
    desktop.process_events()
    assert logic.rules == () and column(ui.segmentationsTable, 1) == ["A", "B", "C"]


def test_plots_are_shown_and_a_clicked_point_selects_its_row(desktop, applied, volume):
    import slicer
    import vtk

    applied.ui.dicePlotButton.click()
    view = slicer.app.layoutManager().plotWidget(0).plotView()
    series = AgreementNodes(volume).folder.node(DICE_CHART).GetNthPlotSeriesNode(1)
    ids, points, selected = vtk.vtkStringArray(), vtk.vtkCollection(), vtk.vtkIdTypeArray()
    ids.InsertNextValue(series.GetID())
    selected.InsertNextValue(1)  # of B the second structure: liver
    points.AddItem(selected)
    applied.ui.sharePlotButton.click()
    view.dataSelected.emit(ids, points)
    row = applied.widget.selectedRow()
    assert (row.structure, row.model) == ("liver", "B")
    applied.ui.filterLineEdit.text = "spleen"
    view.dataSelected.emit(ids, points)
    assert applied.widget.selectedRow() is None
    view.dataSelected.emit(vtk.vtkStringArray(), vtk.vtkCollection())


def test_the_pairs_are_shown_with_their_table(desktop, applied, volume):
    applied.ui.pairPlotButton.click()
    folder, scene = AgreementNodes(volume).folder, desktop.host.scene
    assert scene.GetFirstNodeByClass("vtkMRMLPlotViewNode").GetPlotChartNodeID() == folder.node(PAIR_CHART).GetID()
    assert scene.GetFirstNodeByClass("vtkMRMLTableViewNode").GetTableNodeID() == folder.node(PAIRWISE).GetID()


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
    assert "spleen" in folder.node(MAP).GetName()
    ui.applyButton.click()
    assert folder.node(MAP) is not None and folder.node(CONSENSUS).GetDisplayNode().GetVisibility()
    ui.mapButton.click()
    ui.consensusButton.click()
    assert folder.node(MAP) is None and not folder.node(CONSENSUS).GetDisplayNode().GetVisibility()


def test_the_models_are_hidden_and_shown_again(applied, nodes):
    applied.widget.logic.choose(nodes[2].GetID(), use=False)
    applied.ui.modelsButton.click()
    assert [node.GetDisplayNode().GetVisibility() for node in nodes] == [0, 0, 1]
    applied.ui.modelsButton.click()
    assert [node.GetDisplayNode().GetVisibility() for node in nodes] == [1, 1, 1]


def test_tables_and_report_are_written(desktop, applied, tmp_path):
    desktop.give("QFileDialog.getSaveFileName", str(tmp_path / "a.csv"))
    applied.ui.exportTablesButton.click()
    result = applied.widget.logic.result
    assert read_agreement(tmp_path / "a.csv") == list(result.agreement)
    assert read_pairwise(tmp_path / "a_pairwise.csv") == list(result.pairwise)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a_pairwise.csv"]
    applied.ui.methodComboBox.currentIndex = 3
    applied.ui.applyButton.click()
    desktop.give("QFileDialog.getSaveFileName", str(tmp_path / "s.csv"))
    applied.ui.exportTablesButton.click()
    assert len((tmp_path / "s_staple.csv").read_text(encoding="utf-8").splitlines()) == 1 + 6
    desktop.give("QFileDialog.getSaveFileName", str(tmp_path / "r.html"))
    applied.ui.exportReportButton.click()
    assert "Concordance of CT" in (tmp_path / "r.html").read_text(encoding="utf-8")
    desktop.give("QFileDialog.getSaveFileName", "")
    applied.ui.exportReportButton.click()
    assert desktop.messages == []


def test_without_dicom_images_the_export_says_what_to_do(applied):
    button = applied.ui.exportSegButton
    assert not button.enabled
    assert button.toolTip.startswith("CT was not loaded from DICOM") and "as .seg.nrrd" in button.toolTip


def test_a_consensus_whose_images_are_gone_is_refused_in_words(desktop, applied, volume, tmp_path):
    volume.SetAttribute("DICOM.instanceUIDs", "1.2.3 1.2.4")
    applied.widget.refresh()
    desktop.give("QFileDialog.getSaveFileName", str(tmp_path / "c.dcm"))
    applied.ui.exportSegButton.click()
    ((kind, text),) = desktop.messages
    desktop.errors.clear()  # tryWithErrorDisplay raises again what it displayed
    assert kind == "error" and "2 of its 2 DICOM files are not found" in text
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


def test_the_progress_is_modal_and_nothing_is_done_twice_meanwhile(desktop, hosted, monkeypatch):
    import qt
    import slicer

    modal, real = [], slicer.app.processEvents

    def press_again() -> None:
        dialogs = [one for one in slicer.app.topLevelWidgets() if isinstance(one, qt.QProgressDialog) and one.visible]
        modal.extend(dialog.windowModality for dialog in dialogs)
        hosted.ui.applyButton.click()
        hosted.ui.leaveOneOutCheckBox.checked = True
        hosted.exit()
        hosted.enter()
        real()

    monkeypatch.setattr(type(slicer.app), "processEvents", lambda _self: press_again())
    hosted.ui.applyButton.click()
    monkeypatch.undo()
    desktop.process_events()
    assert modal and set(modal) == {qt.Qt.ApplicationModal}
    assert hosted.ui.resultsTable.rowCount == 7
    names = [node.GetName() for node in slicer.util.getNodesByClass("vtkMRMLTableNode")]
    assert len(names) == len(set(names))
    assert not hosted.widget.logic.options.leave_one_out
    assert [one for one in slicer.app.topLevelWidgets() if isinstance(one, qt.QProgressDialog) and one.visible] == []


def test_a_scene_that_is_closed_in_mid_run_ends_it(desktop, hosted, monkeypatch):
    import slicer

    monkeypatch.setattr(type(slicer.app), "processEvents", lambda _self: slicer.mrmlScene.Clear(False))
    hosted.ui.applyButton.click()
    monkeypatch.undo()
    desktop.process_events()
    assert hosted.ui.resultsTable.rowCount == hosted.ui.segmentationsTable.rowCount == 0
    assert desktop.host.scene.GetNumberOfNodesByClass("vtkMRMLTableNode") == 0
    assert desktop.messages == []


@pytest.mark.parametrize("typed, kept", [("12.5", 12.5), ("0.75", 0.75)])
def test_decimals_can_be_typed(desktop, hosted, typed, kept):
    import qt
    from PySide6.QtTest import QTest

    hosted.ui.surfacesCheckBox.checked = True
    box = hosted.ui.nsdToleranceSpinBox
    hosted.panel.show()
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, typed)
    desktop.process_events()
    QTest.keyClick(box, qt.Qt.Key_Return)
    desktop.process_events()
    assert box.value == kept == hosted.widget.logic.options.nsd_tolerance_mm


def test_the_results_get_the_room_once_there_are_some(desktop, hosted):
    ui = hosted.ui
    assert not ui.inputsCollapsibleButton.collapsed and not ui.optionsCollapsibleButton.collapsed
    ui.applyButton.click()
    assert ui.inputsCollapsibleButton.collapsed and ui.optionsCollapsibleButton.collapsed
    hosted.panel.show()
    desktop.process_events()
    hosted.panel.resize(390, 600)
    desktop.process_events()
    assert hosted.panel.width <= 390
    ui.statusLabel.text = "A long sentence about models of one family wraps and does not make the panel wider. " * 6
    desktop.process_events()
    hosted.panel.resize(390, 600)
    assert hosted.panel.width <= 390
    ui.statusLabel.text = ""
    desktop.process_events()
    line = ui.resultsTable.rowHeight(0)
    assert ui.resultsTable.viewport().height >= 6 * line
    hosted.close_scene()
    assert not ui.inputsCollapsibleButton.collapsed and not ui.optionsCollapsibleButton.collapsed


def test_the_layout_before_a_plot_comes_back_and_one_with_plot_and_table_stays(desktop, applied):
    import slicer

    manager, node = slicer.app.layoutManager(), slicer.vtkMRMLLayoutNode
    manager.setLayout(node.SlicerLayoutOneUpRedSliceView)
    applied.ui.dicePlotButton.click()
    applied.ui.pairPlotButton.click()
    assert manager.layout == node.SlicerLayoutFourUpPlotTableView
    applied.exit()
    assert manager.layout == node.SlicerLayoutOneUpRedSliceView
    applied.enter()
    applied.ui.dicePlotButton.click()
    manager.setLayout(node.SlicerLayoutFourUpView)  # the user's choice stays
    applied.exit()
    assert manager.layout == node.SlicerLayoutFourUpView
    custom = '<layout type="horizontal">' + "".join(
        f'<item><view class="{kind}" singletontag="Mine"/></item>'
        for kind in ("vtkMRMLPlotViewNode", "vtkMRMLTableViewNode")
    )
    manager.layoutLogic().GetLayoutNode().AddLayoutDescription(7001, f"{custom}</layout>")
    manager.setLayout(7001)
    applied.enter()
    applied.ui.dicePlotButton.click()
    assert manager.layout == 7001
    applied.exit()
    assert manager.layout == 7001


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


def test_the_self_test_of_the_module_passes(desktop):
    hosted = desktop.load_module("ConsensusMetrics")
    hosted.python.ConsensusMetricsTest().runTest()
