"""The panel of SegmentHarmonizer: what a user does, and what the scene then holds."""

from __future__ import annotations

import typing
from dataclasses import replace

import pytest

from imaging.seg_cases import ct_series
from scene.agreement_scene import AORTA, GEOMETRY, SPLEEN, add_volume
from scene.harmonizer_files import box, organs, own_files, write_output
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.scene.harmonizer.terminology_entry import entry_of_structure
from SegmentationConcordanceLib.scene.segmentation_node import label_map_from_node

if typing.TYPE_CHECKING:
    from qt_host.desktop import Desktop
    from qt_host.hosted_module import HostedModule


@pytest.fixture
def volume(desktop):
    return add_volume(desktop.host.scene)


@pytest.fixture
def hosted(desktop: Desktop, volume) -> HostedModule:
    """The panel with the one volume chosen."""
    found = desktop.load_module("SegmentHarmonizer")
    found.enter()
    return found


@pytest.fixture
def filled(desktop, hosted, tmp_path) -> HostedModule:
    """With MOOSE's organs, and a file of which one label has the spleen's voxels and one nothing to go by."""
    mine = write_output(tmp_path / "mine.nii.gz", {501: box(1), 502: box(3)})
    desktop.give("QFileDialog.getOpenFileNames", (organs(tmp_path), mine))
    hosted.ui.addFilesButton.click()
    return hosted


def column(table, number: int) -> list[str]:
    return [table.item(row, number).text() for row in range(table.rowCount)]


def nodes(desktop) -> list:
    scene, kind = desktop.host.scene, "vtkMRMLSegmentationNode"
    return [scene.GetNthNodeByClass(n, kind) for n in range(scene.GetNumberOfNodesByClass(kind))]


def drop(widget, paths: list[str], kind: str = "Drop") -> bool:
    """Whether the widget took a drag of these files; as the window system would deliver it."""
    import qt

    data = qt.QMimeData()
    data.setUrls([qt.QUrl.fromLocalFile(path) for path in paths])
    if kind == "Drop":
        event = qt.QDropEvent(
            qt.QPointF(5, 5), qt.Qt.CopyAction, data, qt.Qt.LeftButton, qt.Qt.NoModifier, qt.QEvent.Drop
        )
    else:
        event = qt.QDragEnterEvent(qt.QPointF(5, 5), qt.Qt.CopyAction, data, qt.Qt.LeftButton, qt.Qt.NoModifier)
    qt.QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_without_volume_and_outputs_the_panel_says_what_to_do(desktop):
    hosted = desktop.load_module("SegmentHarmonizer")
    hosted.enter()
    assert not hosted.ui.applyButton.enabled and not hosted.ui.chosenGroupBox.visible
    assert hosted.ui.statusLabel.text == "Choose the volume that was segmented."
    volume = add_volume(desktop.host.scene)
    desktop.process_events()
    hosted.enter()
    assert hosted.ui.volumeSelector.currentNode() is volume
    assert "drop its file or folder here" in hosted.ui.statusLabel.text
    assert not hosted.ui.exportButton.enabled and "Apply first" in hosted.ui.exportButton.toolTip


def test_names_of_files_are_never_html(hosted, tmp_path):
    path = write_output(tmp_path / "<b>bold.nii.gz", {501: box(1)})
    hosted.widget.add([path])
    ui = hosted.ui
    assert column(ui.outputsTable, 0) == ["<b>bold"]
    tips = [ui.outputsTable.item(0, 0).toolTip(), ui.labelsTable.item(0, 0).toolTip()]
    assert all("<b>" not in tip for tip in tips) and "&lt;b&gt;bold.nii.gz" in tips[0]


def test_outputs_are_recognized_and_their_labels_listed_unknown_first(filled):
    ui = filled.ui
    assert column(ui.outputsTable, 0) == ["MOOSE", "mine"]
    assert column(ui.outputsTable, 1) == ["MOOSE", "(none that is known)"]
    assert column(ui.outputsTable, 2) == ["ready", "ready"]
    assert ui.modelComboBox.currentText == "MOOSE" and ui.taskComboBox.currentText == "clin_ct_organs"
    assert "is called as MOOSE calls its files" in ui.evidenceLabel.text
    assert column(ui.labelsTable, 1) == ["502", "501", "8", "15"]
    assert column(ui.labelsTable, 0) == ["unknown", "suggested 1.00", "exact", "exact"]
    assert column(ui.labelsTable, 3)[1:] == ["spleen?", "liver", "spleen"]
    assert ui.countLabel.text == "1 unknown, 1 suggested, 2 exact, 17 empty"
    ui.outputsTable.selectRow(1)
    assert ui.modelComboBox.currentText == "(none that is known)" and not ui.versionComboBox.enabled


def test_files_and_folders_can_be_dropped(desktop, hosted, tmp_path):
    target = hosted.widget.ui.outputsTable.parentWidget()
    while not target.acceptDrops:
        target = target.parentWidget()
    assert drop(target, [organs(tmp_path)], "DragEnter")
    assert not drop(target, [], "DragEnter")
    assert drop(target, [organs(tmp_path), own_files(tmp_path / "run")])
    assert hosted.ui.outputsTable.rowCount == 0  # first the drop ends
    desktop.process_events()
    assert hosted.ui.outputsTable.rowCount == 2


def test_a_folder_is_added_and_an_output_removed(desktop, hosted, tmp_path):
    desktop.give("QFileDialog.getExistingDirectory", own_files(tmp_path / "run"))
    hosted.ui.addFolderButton.click()
    assert hosted.ui.outputsTable.rowCount == 1
    hosted.ui.removeButton.click()
    assert hosted.ui.outputsTable.rowCount == hosted.ui.labelsTable.rowCount == 0
    desktop.give("QFileDialog.getExistingDirectory", "")
    hosted.ui.addFolderButton.click()
    assert hosted.ui.outputsTable.rowCount == 0


def test_the_version_is_asked_for_and_chosen(hosted, tmp_path):
    hosted.widget.add([write_output(tmp_path / "x_total.nii.gz", {1: box(0), 92: box(1)})])
    ui = hosted.ui
    assert ui.modelComboBox.currentText == "TotalSegmentator" and ui.versionComboBox.currentIndex == -1
    assert "Choose the model and version" in ui.statusLabel.text and not ui.applyButton.enabled
    older = [ui.versionComboBox.itemText(n) for n in range(ui.versionComboBox.count)].index("2.0 to 2.1, before 2.2")
    ui.versionComboBox.setCurrentIndex(older)
    ui.versionComboBox.activated.emit(older)
    assert ui.applyButton.enabled and column(ui.outputsTable, 1) == ["TotalSegmentator 2.0"]
    ui.modelComboBox.activated.emit(0)
    assert column(ui.outputsTable, 1) == ["(none that is known)"]


def test_the_task_is_chosen(hosted, tmp_path):
    hosted.widget.add([organs(tmp_path)])
    ui = hosted.ui
    ribs = [ui.taskComboBox.itemText(n) for n in range(ui.taskComboBox.count)].index("clin_ct_ribs")
    ui.taskComboBox.setCurrentIndex(ribs)
    ui.taskComboBox.activated.emit(ribs)
    assert hosted.widget.logic.outputs[0].task == "clin_ct_ribs"
    assert column(ui.labelsTable, 3)[-1].startswith("rib_")


def test_suggestions_wait_for_a_yes_and_can_be_taken_back(filled):
    ui = filled.ui
    ui.labelsTable.selectRow(1)
    assert ui.candidateComboBox.currentText == "spleen (1.00)" and ui.acceptButton.enabled
    assert ui.reasonLabel.text == "SCT:78961009: same voxels as spleen (Dice 1.00)"
    ui.acceptButton.click()
    assert column(ui.labelsTable, 0) == ["unknown", "accepted", "exact", "exact"]
    assert ui.takeBackButton.enabled  # the row is still selected
    ui.takeBackButton.click()
    assert column(ui.labelsTable, 0)[1] == "suggested 1.00"
    ui.acceptSureButton.click()
    assert column(ui.labelsTable, 0)[1] == "accepted" and not ui.acceptSureButton.enabled


def test_any_known_structure_can_be_chosen_and_several_rows_accepted(filled):
    ui = filled.ui
    ui.labelsTable.selectRow(0)
    assert ui.candidateComboBox.currentIndex == -1 and not ui.acceptButton.enabled
    ui.candidateComboBox.currentIndex = ui.candidateComboBox.findText("aorta")
    assert ui.reasonLabel.text == "SCT:15825003: your choice"
    ui.acceptButton.click()
    assert column(ui.labelsTable, 3) == ["spleen?", "aorta", "liver", "spleen"]
    ui.labelsTable.selectAll()
    assert not ui.candidateComboBox.enabled and ui.acceptButton.enabled
    ui.acceptButton.click()
    assert column(ui.labelsTable, 0) == ["accepted", "accepted", "exact", "exact"]


def test_nothing_is_read_while_another_module_is_shown(desktop, hosted, tmp_path):
    hosted.exit()
    hosted.widget.logic.add([organs(tmp_path)])
    add_volume(desktop.host.scene, "another")
    desktop.process_events()
    assert hosted.widget.logic.is_waiting
    hosted.enter()
    assert not hosted.widget.logic.is_waiting


def test_codes_are_chosen_in_the_terminology_selector(desktop, filled, monkeypatch):
    import slicer

    ui = filled.ui
    ui.labelsTable.selectRow(0)
    navigator = slicer.qSlicerTerminologyNavigatorWidget

    def chosen(widget, entry):
        entry.Copy(entry_of_structure(AORTA))
        return True

    monkeypatch.setattr(navigator, "terminologyEntry", chosen)
    desktop.give("QDialog", 1)
    ui.editButton.click()
    assert column(ui.labelsTable, 3) == ["spleen?", "aorta", "liver", "spleen"]
    ui.labelsTable.selectRow(0)
    desktop.give("QDialog", 0)
    ui.editButton.click()
    assert column(ui.labelsTable, 0).count("accepted") == 1


def test_filter_order_and_empty_rows(filled):
    ui = filled.ui
    ui.filterLineEdit.text = "exact"
    assert column(ui.labelsTable, 1) == ["8", "15"]
    ui.filterLineEdit.text = ""
    header = ui.labelsTable.horizontalHeader()
    header.sectionClicked.emit(1)
    assert column(ui.labelsTable, 1) == ["8", "15", "501", "502"] and header.isSortIndicatorShown()
    header.sectionClicked.emit(1)
    assert column(ui.labelsTable, 1) == ["502", "501", "15", "8"]
    header.sectionClicked.emit(1)
    assert column(ui.labelsTable, 1)[0] == "502" and not header.isSortIndicatorShown()
    ui.emptyCheckBox.checked = True
    filled.widget.readAndRefresh()
    assert ui.labelsTable.rowCount == 4 + 17


def test_apply_makes_segmentations_and_export_writes_them(desktop, filled, volume, tmp_path):
    ui = filled.ui
    ui.acceptSureButton.click()
    ui.applyButton.click()
    assert [node.GetName() for node in nodes(desktop)] == ["MOOSE", "mine"]
    structures = [segment.structure for segment in label_map_from_node(nodes(desktop)[1]).segments]
    assert structures == [SPLEEN, None]
    ct_series(tmp_path / "ct", GEOMETRY)
    assert ui.exportLabel.text == "Choose the folder to write to."
    ui.imagesPathLineEdit.currentPath = str(tmp_path / "ct")
    ui.folderPathLineEdit.currentPath = str(tmp_path / "segs")
    ui.leaveOutCheckBox.checked = True
    ui.toDatabaseCheckBox.checked = True
    ui.asLabelMapCheckBox.checked = True
    desktop.process_events()
    assert ui.exportButton.enabled
    ui.exportButton.click()
    assert sorted(path.name for path in (tmp_path / "segs").iterdir()) == ["MOOSE.dcm", "mine.dcm"]
    seg = read_dicom_seg(tmp_path / "segs" / "MOOSE.dcm")
    assert desktop.dicom_files[seg.sop_instance_uid] == str(tmp_path / "segs" / "MOOSE.dcm")
    assert "left out, as they have no codes: label 502" in ui.exportLabel.text
    assert desktop.messages == []


def test_a_failed_export_is_displayed_and_leaves_nothing(desktop, filled, tmp_path):
    ui = filled.ui
    ui.applyButton.click()
    ct_series(tmp_path / "ct", GEOMETRY)
    ui.imagesPathLineEdit.currentPath = str(tmp_path / "ct")
    ui.folderPathLineEdit.currentPath = str(tmp_path / "segs")
    desktop.process_events()
    ui.exportLabel.text = "Written:"  # as after an export before
    ui.exportButton.click()
    assert ui.exportLabel.text == "Not every DICOM SEG was written. Files that were written before stay."
    ((kind, text),) = desktop.messages
    desktop.errors.clear()  # tryWithErrorDisplay raises again what it displayed
    assert kind == "error" and "have no codes" in text
    assert not (tmp_path / "segs").exists()


def test_runs_are_renamed_and_left_out(desktop, filled):
    import qt

    table = filled.ui.outputsTable
    table.item(0, 0).setText("first run")
    table.item(1, 0).setCheckState(qt.Qt.Unchecked)
    desktop.process_events()
    filled.ui.applyButton.click()
    assert [node.GetName() for node in nodes(desktop)] == ["first run"]


def test_resampling_is_offered_where_it_helps(hosted, tmp_path):
    half_a_slice_up = GEOMETRY.ijk_to_lps.copy()
    half_a_slice_up[2, 3] += 50.0
    path = tmp_path / "CT_organs_segmentation_1.nii.gz"
    hosted.widget.add([write_output(path, {15: box(1)}, replace(GEOMETRY, ijk_to_lps=half_a_slice_up))])
    ui = hosted.ui
    assert not ui.applyButton.enabled and "check Resample" in ui.statusLabel.text
    assert ui.resampleCheckBox.enabled
    ui.resampleCheckBox.click()
    assert ui.applyButton.enabled and "resampled by nearest neighbour" in ui.statusLabel.text


def test_a_label_map_is_saved_and_used(desktop, filled, tmp_path):
    ui = filled.ui
    ui.acceptSureButton.click()
    ui.labelsTable.selectRow(0)
    desktop.give("QFileDialog.getSaveFileName", str(tmp_path / "maps" / "mine.csv"))
    ui.saveLabelMapButton.click()
    assert column(ui.labelsTable, 0) == ["unknown", "exact", "exact", "exact"]
    assert ui.labelMapsPathLineEdit.currentPath == str(tmp_path / "maps")
    assert ui.statusLabel.text == "Not in the label map, as nobody explained them: label 502"
    assert desktop.messages == []


class CancelledDialog:
    """A progress dialog on which the user has pressed Cancel."""

    wasCanceled, labelText, value = True, "", 0  # noqa: N815

    def setLabel(self, label) -> None:  # noqa: N802
        pass

    def close(self) -> None:
        pass


def test_cancelled_reading_waits_for_the_user(desktop, hosted, tmp_path, monkeypatch):
    import slicer

    with monkeypatch.context() as patched:
        patched.setattr(slicer.util, "createProgressDialog", lambda **_: CancelledDialog())
        hosted.widget.add([organs(tmp_path)])
        desktop.process_events()
    assert column(hosted.ui.outputsTable, 2) == ["It has not been read yet."]
    hosted.enter()
    assert column(hosted.ui.outputsTable, 2) == ["ready"]


def test_cancelled_apply_and_export_leave_nothing(desktop, filled, tmp_path, monkeypatch):
    import slicer

    ct_series(tmp_path / "ct", GEOMETRY)
    ui = filled.ui
    ui.imagesPathLineEdit.currentPath = str(tmp_path / "ct")
    ui.folderPathLineEdit.currentPath = str(tmp_path / "segs")
    with monkeypatch.context() as patched:
        patched.setattr(slicer.util, "createProgressDialog", lambda **_: CancelledDialog())
        ui.applyButton.click()
    assert nodes(desktop) == []
    ui.applyButton.click()
    monkeypatch.setattr(slicer.util, "createProgressDialog", lambda **_: CancelledDialog())
    ui.exportButton.click()
    assert ui.exportLabel.text == "Ended early. Files that were written before stay."
    assert not (tmp_path / "segs").exists() and desktop.messages == []


def test_closing_the_scene_empties_the_panel(desktop, filled):
    filled.close_scene()
    assert filled.ui.outputsTable.rowCount == filled.ui.labelsTable.rowCount == 0
    assert not filled.ui.applyButton.enabled


def test_the_panel_shows_its_problems_on_a_picture(filled, tmp_path):
    filled.screenshot(tmp_path / "panel.png", width=520)
    assert (tmp_path / "panel.png").stat().st_size > 10_000


def test_the_self_test_of_the_module_passes(desktop):
    hosted = desktop.load_module("SegmentHarmonizer")
    hosted.python.SegmentHarmonizerTest().runTest()
