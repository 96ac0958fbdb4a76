"""The panel of CrossSegmentationExplorer: what a user does, and what views and scene then hold."""

from __future__ import annotations

import sys
import typing

import pytest

from scene.agreement_scene import LIVER_KEY, SPLEEN_KEY, add_three_models, add_volume, label_map_of, second_model
from scene.explorer_fixtures import distance_to_slice, scene_text
from scene.study_fixtures import Patient, add_ct, make_patient
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, CORONAL, THREE_D
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node
from SegmentationConcordanceLib.scene.selected_structure import select_structure, selected_structure

if typing.TYPE_CHECKING:
    from qt_host.desktop import Desktop
    from qt_host.hosted_module import HostedModule

MODULE = "CrossSegmentationExplorer"


@pytest.fixture
def volume(desktop):
    return add_volume(desktop.host.scene)


@pytest.fixture
def nodes(desktop, volume):
    return add_three_models(desktop.host.scene, volume)


@pytest.fixture
def hosted(desktop: Desktop, nodes) -> HostedModule:
    """The panel with the one volume chosen."""
    found = desktop.load_module(MODULE)
    found.enter()
    return found


@pytest.fixture
def shown(hosted) -> HostedModule:
    """All three models have a row, of axial views alone to be quick; the spleen, which is worst, is shown."""
    hosted.ui.sagittalCheckBox.checked = hosted.ui.coronalCheckBox.checked = False
    hosted.ui.allModelsButton.click()
    return hosted


def column(table, number: int) -> list[str]:
    return [table.item(row, number).text() for row in range(table.rowCount)]


def ticked(table) -> list[str]:
    import qt

    return [table.item(n, 0).text() for n in range(table.rowCount) if table.item(n, 0).checkState() == qt.Qt.Checked]


def tick(desktop, table, text: str, checked: bool) -> None:
    import qt

    table.item(column(table, 0).index(text), 0).setCheckState(qt.Qt.Checked if checked else qt.Qt.Unchecked)
    desktop.process_events()


def titles(hosted) -> list[str]:
    return [row.title for row in hosted.widget.logic.explorer.rows]


def test_the_only_volume_is_chosen_and_everything_is_listed(hosted):
    ui = hosted.ui
    assert ui.volumeSelector.currentNode().GetName() == "CT"
    assert column(ui.segmentationsTable, 0) == column(ui.segmentationsTable, 1) == ["A", "B", "C"]
    assert column(ui.segmentationsTable, 2) == ["made on this volume"] * 3
    assert column(ui.rowsTable, 0) == ["A", "B", "C", "Consensus", "All models"]
    assert ticked(ui.rowsTable) == []
    assert ui.statusLabel.text == "Check models to show their rows."
    assert not ui.loadButton.enabled and not ui.nextButton.enabled


def test_without_a_volume_it_says_so_and_nothing_can_be_pressed(desktop):
    hosted = desktop.load_module(MODULE)
    hosted.enter()
    desktop.process_events()
    ui = hosted.ui
    assert ui.statusLabel.text == "Choose the volume that was segmented."
    for button in (ui.loadButton, ui.nextButton, ui.nextRegionButton, ui.showAgainButton):
        assert not button.enabled
    ui.allModelsButton.click()
    hosted.widget.stepRegion(1)
    assert desktop.messages == []


def test_ticked_models_get_rows_of_real_views(desktop, hosted):
    import slicer

    tick(desktop, hosted.ui.rowsTable, "B", True)
    tick(desktop, hosted.ui.rowsTable, "All models", True)
    tick(desktop, hosted.ui.rowsTable, "A", True)
    assert titles(hosted) == ticked(hosted.ui.rowsTable) == ["B", "All models", "A"]
    assert slicer.app.layoutManager().sliceViewNames() == tuple(f"CSE{n}{k}" for n in (1, 2, 3) for k in "RYG")
    tick(desktop, hosted.ui.rowsTable, "All models", False)
    assert titles(hosted) == ["B", "A"]
    assert slicer.app.layoutManager().sliceViewNames() == tuple(f"CSE{n}{k}" for n in (1, 3) for k in "RYG")


def test_the_structures_get_the_room_once_rows_are_shown(desktop, hosted):
    ui = hosted.ui
    sections = (ui.scanCollapsibleButton, ui.rowsCollapsibleButton)
    assert [section.collapsed for section in sections] == [False, False]
    ui.allModelsButton.click()
    assert [section.collapsed for section in sections] == [True, True]
    hosted.panel.show()
    desktop.process_events()
    hosted.panel.resize(390, 420)  # what a window of 800 px leaves above the Data Probe
    desktop.process_events()
    assert hosted.panel.width <= 390
    for widget in (ui.structuresTable, ui.previousButton, ui.nextButton, ui.nextRegionButton):
        assert widget.visible and widget.mapTo(hosted.panel, widget.rect.bottomLeft()).y() <= 420
    ui.rowsCollapsibleButton.collapsed = False  # a user's choice stays
    ui.nextButton.click()
    hosted.widget.refresh()
    assert not ui.rowsCollapsibleButton.collapsed
    for name in "ABC":
        tick(desktop, ui.rowsTable, name, False)
    assert [section.collapsed for section in sections] == [False, False]


def test_the_bars_of_the_first_row_are_enough(desktop, shown):
    import slicer

    def bars() -> list[bool]:
        manager = slicer.app.layoutManager()
        return [not manager.sliceWidget(name).sliceController().isHidden() for name in manager.sliceViewNames()]

    assert bars() == [True, False, False]
    shown.ui.barsCheckBox.checked = True
    assert bars() == [True, True, True]
    shown.ui.barsCheckBox.checked = False
    shown.ui.rowsTable.setCurrentCell(0, 0)
    shown.ui.downButton.click()
    assert bars() == [True, False, False]


def test_rows_are_moved_by_the_arrows_and_stay_selected(shown):
    ui = shown.ui
    ui.rowsTable.setCurrentCell(0, 0)
    ui.downButton.click()
    ui.downButton.click()
    assert titles(shown) == ["B", "C", "A"] == column(ui.rowsTable, 0)[:3]
    ui.upButton.click()
    assert titles(shown) == ["B", "A", "C"] and ui.rowsTable.currentRow() == 1


def test_the_list_is_worst_first_and_says_who_found_what(shown):
    table = shown.ui.structuresTable
    assert column(table, 0) == ["spleen", "liver", "aorta"]
    assert column(table, 1) == ["0.667", "0.667", ""]
    assert column(table, 2) == ["\u2713\u2713\u2713", "\u2713\u2713\u2713", "\u2713\u2013\u2013"]
    assert column(table, 6) == ["0%", "60%", ""]
    assert table.item(2, 2).toolTip() == "<p>Found by A; not in B, C</p>"
    assert table.currentRow() == 0
    assert shown.ui.presenceLabel.text == "Found by A, B, C; up to 80.0 ml apart"
    assert column(shown.ui.rowsTable, 1)[:3] == [
        "120.0 ml, Dice 1.000", "120.0 ml, Dice 0.667", "120.0 ml, Dice 1.000"
    ]  # fmt: skip


def test_a_click_on_a_structure_shows_it_and_moves_the_slices(desktop, shown):
    explorer = shown.widget.logic.explorer
    shown.ui.sagittalCheckBox.checked = shown.ui.coronalCheckBox.checked = True
    shown.ui.structuresTable.selectRow(1)
    assert len(explorer.layout.slice_nodes()) == 9
    assert explorer.selected == LIVER_KEY == selected_structure(desktop.host.scene)
    for node in explorer.layout.slice_nodes():
        assert distance_to_slice(node, explorer.place) == pytest.approx(0)


def test_stepping_by_buttons_selects_the_line_and_stops_at_the_ends(shown):
    ui = shown.ui
    for row, key in ((1, LIVER_KEY), (2, "SCT:15825003"), (2, "SCT:15825003")):
        ui.nextButton.click()
        assert (ui.structuresTable.currentRow(), shown.widget.logic.explorer.selected) == (row, key)
    assert not ui.nextRegionButton.enabled  # a single model knows it
    ui.previousButton.click()
    assert ui.structuresTable.currentRow() == 1
    ui.previousButton.click()
    assert ui.regionLabel.text == "Disagreement 1 of 2: 40.00 ml"
    ui.nextRegionButton.click()
    assert ui.regionLabel.text == "Disagreement 2 of 2: 40.00 ml"
    ui.nextRegionButton.click()
    assert ui.regionLabel.text == "Disagreement 1 of 2: 40.00 ml"


def test_search_groups_and_headings(shown):
    ui = shown.ui
    ui.searchLineEdit.text = "spl"
    assert column(ui.structuresTable, 0) == ["spleen"]
    ui.searchLineEdit.text = ""
    assert [ui.groupComboBox.itemText(n) for n in range(ui.groupComboBox.count)] == ["All", "Digestive", "Vessels"]
    ui.groupComboBox.currentIndex = 2
    assert column(ui.structuresTable, 0) == ["aorta"]
    ui.groupComboBox.currentIndex = 0
    header = ui.structuresTable.horizontalHeader()
    for names, indicated in (("aorta liver spleen", True), ("spleen liver aorta", True), ("spleen liver aorta", False)):
        header.sectionClicked.emit(0)
        assert column(ui.structuresTable, 0) == names.split()
        assert header.isSortIndicatorShown() == indicated


def test_keys_are_alive_only_while_the_module_is_entered(desktop, shown):
    import qt
    from PySide6.QtTest import QTest

    modifiers = {"Alt": qt.Qt.AltModifier, "Shift": qt.Qt.ShiftModifier}

    def press(keys: str) -> None:
        *held, key = keys.split("+")
        shown.panel.activateWindow()
        desktop.process_events()
        held = [modifiers[one] for one in held]
        QTest.keyClick(shown.panel, getattr(qt.Qt, f"Key_{key}"), held[0] | held[-1])

    press("Alt+Down")
    assert shown.widget.logic.explorer.selected == LIVER_KEY
    press("Alt+Up")
    press("Alt+Shift+Down")
    assert shown.widget.logic.explorer.region == 1
    press("Alt+Shift+Up")
    assert shown.widget.logic.explorer.region == 0
    press("Alt+Up")
    assert shown.widget.logic.explorer.selected == SPLEEN_KEY
    shown.exit()
    assert not any(one.enabled for one in shown.widget._shortcuts)


def test_keys_are_none_of_slicers_own(hosted):
    import qt

    # qSlicerModuleSelectorToolBar goes through the history of modules by these; a key of two is nobody's
    taken = [
        one.toString()
        for kind in (qt.QKeySequence.Back, qt.QKeySequence.Forward)
        for one in qt.QKeySequence.keyBindings(kind)
    ]
    assert "Alt+Left" in taken
    assert not {one.key.toString() for one in hosted.widget._shortcuts} & {*taken, "Ctrl+Left", "Ctrl+Right"}


def test_display_and_links_are_kept_and_reach_the_rows(shown):
    ui, explorer = shown.ui, shown.widget.logic.explorer
    ui.fillCheckBox.checked = False
    ui.outlineSlider.value = 50
    ui.neighboursCheckBox.checked = True
    ui.distanceSpinBox.value = 12.5
    ui.colorComboBox.currentIndex = 1
    style = explorer.style
    assert (style.fill, style.outline_opacity, style.neighbours) == (False, 0.5, True)
    assert (style.neighbour_distance_mm, style.color_by_model) == (12.5, True)
    ui.zoomCheckBox.checked = False
    assert not explorer.links.zoom and explorer.links.pan
    ui.mapCheckBox.checked = ui.crosshairCheckBox.checked = True
    assert explorer.shows_map
    ui.consensusComboBox.currentIndex = 1
    assert explorer.scan.result.consensus.method == "majority"
    choices = shown.widget.logic.choices
    assert choices.style == style and choices.majority and choices.shows_map and choices.shows_crosshair


def test_views_are_switched_and_the_last_one_stays(desktop, shown):
    import slicer

    ui, explorer = shown.ui, shown.widget.logic.explorer
    ui.threeDCheckBox.checked = ui.coronalCheckBox.checked = True
    assert slicer.app.layoutManager().threeDViewCount == 3
    assert explorer.kinds == (AXIAL, CORONAL, THREE_D)
    ui.threeDCheckBox.checked = ui.coronalCheckBox.checked = False
    ui.axialCheckBox.checked = False
    assert explorer.kinds == (AXIAL,) and ui.axialCheckBox.checked
    ui.columnsCheckBox.checked = True
    assert explorer.as_columns


def test_3d_views_get_their_surfaces_as_soon_as_they_are_there(desktop, shown):
    shown.ui.threeDCheckBox.checked = True
    models = [n for n in desktop.host.node_ids() if n.startswith("vtkMRMLModelNode")]
    surfaces = [desktop.host.scene.GetNodeByID(one) for one in models]
    visible = [one for one in surfaces if one.GetName() == "Surface (row)" and one.GetDisplayNode().GetVisibility()]
    assert len(visible) == 3


def test_what_is_under_the_cursor_is_named(desktop, shown):
    crosshair = desktop.host.scene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    crosshair.SetCursorPositionRAS((10.0, -40.0, -300.0))  # voxel (1, 1, 1)
    assert shown.ui.cursorLabel.text == "spleen: A, C; nothing: B"
    crosshair.SetCursorPositionInvalid()
    assert shown.ui.cursorLabel.text == ""


def test_a_structure_that_another_module_selects_is_shown(desktop, shown):
    select_structure(desktop.host.scene, LIVER_KEY)
    assert shown.widget._refreshTimer.active
    shown.widget.refresh()
    assert shown.ui.structuresTable.currentRow() == 1


def test_changes_of_the_scene_are_followed_once_it_is_quiet(desktop, shown, nodes):
    timer = shown.widget._refreshTimer
    timer.stop()
    nodes[1].SetName("renamed")
    add_segmentation_node(
        desktop.host.scene, label_map_of(second_model()), "D", nodes[0].GetNodeReference("referenceImageGeometryRef")
    )
    desktop.host.scene.RemoveNode(nodes[2])
    assert timer.active and timer.interval == 300
    shown.widget.refresh()
    assert column(shown.ui.segmentationsTable, 0) == ["A", "renamed", "D"]
    assert column(shown.ui.rowsTable, 0) == ["A", "renamed", "D", "Consensus", "All models"]
    assert titles(shown) == ["A", "renamed"]


def test_models_are_renamed_left_out_and_grouped_by_rules(desktop, shown):
    import qt

    ui = shown.ui
    ui.segmentationsTable.item(0, 1).setText("first <b>")
    shown.widget.refresh()
    assert titles(shown) == ["first <b>", "B", "C"]
    ui.segmentationsTable.item(1, 1).setText("")
    shown.widget.refresh()
    assert column(ui.segmentationsTable, 1) == ["first <b>", "B", "C"]  # its own name is back
    ui.segmentationsTable.item(2, 0).setCheckState(qt.Qt.Unchecked)
    shown.widget.refresh()
    assert titles(shown) == ["first <b>", "B"]
    assert ui.structuresTable.item(2, 2).toolTip() == "<p>Found by first &lt;b&gt;; not in B</p>"
    ui.rulesTable.item(0, 0).setText("b, x")
    ui.rulesTable.item(0, 1).setText("Rule B")
    shown.widget.refresh()
    assert titles(shown) == ["first <b>", "Rule B"]
    assert ui.rulesTable.rowCount == 2  # and an empty one for the next


def test_groups_of_structures_are_edited_and_reset(shown):
    ui = shown.ui
    rows = ui.groupsTable.rowCount
    ui.groupsTable.item(0, 0).setText("Mine")
    ui.groupsTable.item(0, 1).setText("aorta spleen")
    shown.widget.refresh()
    assert column(ui.structuresTable, 7) == ["Mine", "Digestive", "Mine"]
    ui.resetGroupsButton.click()
    assert column(ui.structuresTable, 7) == ["Digestive", "Digestive", "Vessels"]
    assert ui.groupsTable.rowCount == rows


def test_leaving_gives_the_scene_back_and_entering_the_rows(desktop, hosted):
    import slicer

    before = scene_text(desktop.host.scene)
    hosted.ui.allModelsButton.click()
    hosted.ui.nextButton.click()
    hosted.ui.mapCheckBox.checked = True
    hosted.exit()
    assert slicer.app.layoutManager().sliceViewNames() == ("Red", "Green", "Yellow")
    assert [one for one in desktop.host.node_ids() if "CSE" in one] == []
    after = scene_text(desktop.host.scene)
    kept = ("CrossSegmentationExplorer", "SegmentationConcordance")  # the choices and the selected structure
    assert [line for line in after.splitlines() if line not in before and not any(one in line for one in kept)] == []
    hosted.enter()
    assert titles(hosted) == ["A", "B", "C"]
    assert hosted.widget.logic.explorer.selected == LIVER_KEY


def test_rows_are_shown_again_after_another_layout(shown):
    import slicer

    slicer.app.layoutManager().setLayout(slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpRedSliceView)
    shown.widget.refresh()
    assert shown.ui.showAgainButton.enabled
    shown.ui.showAgainButton.click()
    assert "CSE1R" in slicer.app.layoutManager().sliceViewNames()
    assert not shown.ui.showAgainButton.enabled


def test_closing_the_scene_empties_the_panel_and_the_next_scene_fills_it(desktop, shown):
    shown.close_scene()
    shown.widget.refresh()
    ui = shown.ui
    assert ui.structuresTable.rowCount == ui.segmentationsTable.rowCount == 0
    assert column(ui.rowsTable, 0) == ["Consensus", "All models"]
    add_three_models(desktop.host.scene, add_volume(desktop.host.scene))
    shown.exit()
    shown.enter()
    ui.allModelsButton.click()
    assert titles(shown) == ["A", "B", "C"] and column(ui.structuresTable, 0)[0] == "spleen"


@pytest.mark.parametrize("closed_before", [True, False])
def test_a_saved_review_goes_on_after_loading(closed_before, desktop, shown, tmp_path):
    ui = shown.ui
    ui.nextButton.click()
    ui.groupComboBox.currentIndex = 1
    ui.fillSlider.value = 75
    desktop.host.save_bundle(tmp_path / "review.mrb")
    if closed_before:
        shown.close_scene()
    (tmp_path / "cache").mkdir()
    desktop.host.load_bundle(tmp_path / "review.mrb", tmp_path / "cache")
    shown.widget.refresh()
    assert titles(shown) == ["A", "B", "C"]
    assert (ui.groupComboBox.currentText, ui.fillSlider.value) == ("Digestive", 75)
    assert column(ui.structuresTable, 0) == ["spleen", "liver"]
    assert ui.structuresTable.currentRow() == 1


def test_a_failure_is_displayed_and_leaves_panel_and_cursor_alive(desktop, shown, monkeypatch):
    import qt

    def fail() -> None:
        raise RuntimeError("why")

    monkeypatch.setattr(shown.widget.logic, "show_all_models", fail)
    shown.ui.allModelsButton.click()
    assert desktop.messages == [("error", "The rows could not be shown.\n\nwhy")]
    desktop.errors.clear()  # tryWithErrorDisplay raises again what it displayed
    assert qt.QApplication.overrideCursor() is None
    shown.ui.nextButton.click()
    assert shown.ui.structuresTable.currentRow() == 1
    with monkeypatch.context() as broken:
        broken.setattr(shown.widget.logic, "summary", fail)  # while the panel is filled
        with pytest.raises(RuntimeError, match="why"):
            shown.widget.showAll()
    shown.ui.fillCheckBox.checked = False
    assert not shown.widget.logic.explorer.style.fill


def test_nothing_is_blocked_while_the_list_is_empty(shown):
    ui = shown.ui
    ui.searchLineEdit.text = "no such structure"
    assert ui.structuresTable.rowCount == 0
    ui.nextButton.click()
    ui.searchLineEdit.text = ""
    assert ui.structuresTable.rowCount == 3
    assert not any(widget.signalsBlocked() for widget in (ui.groupComboBox, ui.structuresTable, ui.rowsTable))


@pytest.fixture(scope="module")
def made_patient(tmp_path_factory) -> Patient:
    """Read only."""
    return make_patient(tmp_path_factory.mktemp("patient"))


@pytest.fixture
def of_database(desktop, made_patient) -> HostedModule:
    """The panel on a CT whose three segmentations are in the database and not loaded."""
    desktop.dicom_files.update(made_patient.files)
    add_ct(desktop.host.scene, made_patient.series)
    hosted = desktop.load_module(MODULE)
    hosted.enter()
    while hosted.widget._segmentations._searchTimer.active:
        desktop.process_events()
    return hosted


def test_segmentations_of_the_database_are_listed_and_loaded(desktop, of_database):
    ui = of_database.ui
    names = ["D <organs>", "D rest", "by highdicom"]
    assert column(ui.segmentationsTable, 0) == ticked(ui.segmentationsTable) == names
    assert column(ui.segmentationsTable, 1)[:2] == ["Model D", "Model D"]
    assert all(text.startswith("not loaded; refers to") for text in column(ui.segmentationsTable, 2))
    assert ui.foundLabel.text == "3 not loaded" and ui.loadButton.enabled
    tick(desktop, ui.segmentationsTable, "D rest", False)
    ui.loadButton.click()
    assert column(ui.segmentationsTable, 0) == ["D <organs>", "by highdicom", "D rest"]
    assert column(ui.segmentationsTable, 2)[:2] == ["made on this volume"] * 2
    assert not ui.loadButton.enabled and desktop.messages == []
    ui.allModelsButton.click()
    assert len(titles(of_database)) == 2


def test_a_cancelled_load_leaves_the_scene_as_it_was(desktop, of_database, monkeypatch):
    import slicer

    class Cancelled:
        wasCanceled, labelText, value = True, "", 0  # noqa: N815

        def close(self) -> None:
            pass

    monkeypatch.setattr(slicer.util, "createProgressDialog", lambda **_: Cancelled())
    before = desktop.host.node_ids()
    of_database.ui.loadButton.click()
    assert desktop.host.node_ids() == before and desktop.messages == []
    assert of_database.ui.loadButton.enabled


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_loaded(desktop, made_patient, tmp_path):
    patient = made_patient.copy(tmp_path)
    desktop.dicom_files.update(patient.files)
    add_ct(desktop.host.scene, patient.series)
    hosted = desktop.load_module(MODULE)
    hosted.enter()
    while hosted.widget._segmentations._searchTimer.active:
        desktop.process_events()
    patient.segs["H"].unlink()
    hosted.ui.loadButton.click()
    ((kind, text),) = desktop.messages
    assert kind == "error" and "H.dcm" in text
    assert column(hosted.ui.segmentationsTable, 2)[:2] == ["made on this volume"] * 2


def test_decimals_can_be_typed(desktop, shown):
    import qt
    from PySide6.QtTest import QTest

    shown.ui.neighboursCheckBox.checked = True
    box = shown.ui.distanceSpinBox
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "12.5")
    desktop.process_events()
    QTest.keyClick(box, qt.Qt.Key_Return)
    desktop.process_events()
    assert box.value == shown.widget.logic.choices.style.neighbour_distance_mm == 12.5


def test_nothing_moves_the_rows_while_segmentations_are_loaded(desktop, of_database, monkeypatch):
    import slicer

    real = slicer.app.processEvents

    def press() -> None:
        of_database.ui.loadButton.click()
        of_database.ui.allModelsButton.click()
        of_database.ui.nextButton.click()
        of_database.widget.refresh()
        real()

    monkeypatch.setattr(type(slicer.app), "processEvents", lambda _self: press())
    of_database.ui.loadButton.click()
    monkeypatch.undo()
    desktop.process_events()
    names = [one.GetName() for one in slicer.util.getNodesByClass("vtkMRMLSegmentationNode")]
    assert names and len(names) == len(set(names))
    assert of_database.widget.logic.explorer is None
    assert desktop.messages == []


def test_after_a_reload_the_rows_are_shown_and_the_keys_are_alive(desktop, shown):
    kept = {name: module for name, module in sys.modules.items() if name.startswith("SegmentationConcordanceLib")}
    try:
        shown.reload()
        assert titles(shown) == ["A", "B", "C"]
        assert all(one.enabled for one in shown.widget._shortcuts)
        shown.ui.nextButton.click()
        assert shown.widget.logic.explorer.selected == LIVER_KEY
        shown.exit()
        assert [one for one in desktop.host.node_ids() if "CSE" in one] == []
        shown.cleanup()
    finally:
        sys.modules.update(kept)


def test_drawing_is_paused_during_a_step_and_goes_on(shown):
    import slicer

    paused = []
    node = shown.widget.logic.explorer.layout.slice_nodes()[0]
    node.AddObserver("ModifiedEvent", lambda *_: paused.append(slicer.app._paused))
    shown.ui.nextButton.click()
    assert paused == [1] and slicer.app._paused == 0


def test_the_place_is_there_once_qt_has_sized_the_views_and_after_coming_back(desktop, shown):
    from PySide6.QtTest import QTest

    for come_back in (False, True):
        if come_back:
            shown.exit()
            desktop.process_events()
            shown.enter()
        desktop.process_events()
        QTest.qWait(400)
        explorer = shown.widget.logic.explorer
        for node in explorer.layout.slice_nodes():
            assert node.GetDimensions()[:2] == (220, 220)
            assert distance_to_slice(node, explorer.place) == pytest.approx(0)


@pytest.mark.slow
def test_the_self_test_of_the_module_passes(desktop):
    hosted = desktop.load_module(MODULE)
    hosted.python.CrossSegmentationExplorerTest().runTest()
