"""The views of the rows in the panel: planes, and compact mode where rows would be too low."""

from __future__ import annotations

import typing

import pytest

from scene.agreement_scene import add_three_models, add_volume
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, CORONAL, SAGITTAL

if typing.TYPE_CHECKING:
    from qt_host.desktop import Desktop
    from qt_host.hosted_module import HostedModule


@pytest.fixture
def low(desktop: Desktop) -> HostedModule:
    """The panel with three models, beside a place for views that is too low for three rows."""
    import slicer

    add_three_models(desktop.host.scene, add_volume(desktop.host.scene))
    slicer.app.layoutManager().viewport().resize(800, 450)
    found = desktop.load_module("CrossSegmentationExplorer")
    found.enter()
    return found


def layout_changes(desktop: Desktop, act: typing.Callable[[], None]) -> int:
    """How often the views are laid out by an action."""
    import slicer

    node, changes = slicer.app.layoutManager().layoutLogic().GetLayoutNode(), []
    tag = node.AddObserver("ModifiedEvent", lambda *_: changes.append(1))
    act()
    desktop.process_events()
    node.RemoveObserver(tag)
    return len(changes)


def shown_views() -> tuple[str, ...]:
    import slicer

    return slicer.app.layoutManager().sliceViewNames()


def test_rows_that_would_be_too_low_are_shown_compactly_at_once(desktop, low):
    assert layout_changes(desktop, low.ui.allModelsButton.click) == 1
    assert shown_views() == ("CSE1R", "CSE2R", "CSE3R")
    assert low.ui.compactCheckBox.checked and low.ui.planeComboBox.enabled
    assert low.widget.logic.choices.compact is None  # the room decides, also next time


def test_what_the_user_says_counts_from_then_on(desktop, low):
    low.ui.allModelsButton.click()
    assert layout_changes(desktop, low.ui.compactCheckBox.click) == 1
    assert len(shown_views()) == 9
    assert not low.ui.planeComboBox.enabled
    low.exit()
    low.enter()
    assert len(shown_views()) == 9
    low.ui.compactCheckBox.click()
    assert low.widget.logic.choices.compact is True
    assert len(shown_views()) == 3


def test_the_plane_changes_by_key_and_by_list_and_the_place_stays(desktop, low):
    low.ui.allModelsButton.click()
    explorer = low.widget.logic.explorer
    place = explorer.place
    acts = low.widget._views.shortcuts()
    assert layout_changes(desktop, acts["Alt+P"]) == 1
    assert explorer.kinds == (SAGITTAL,)
    low.ui.planeComboBox.currentIndex = 2
    desktop.process_events()
    assert (explorer.kinds, shown_views()) == ((CORONAL,), ("CSE1G", "CSE2G", "CSE3G"))
    for node in explorer.layout.slice_nodes():
        if node.GetOrientation() == "Coronal":
            assert node.GetSliceOffset() == pytest.approx(place[1], abs=1e-3)
    acts["Alt+G"]()
    acts["Alt+P"]()  # rows have their planes
    assert explorer.kinds == (AXIAL, SAGITTAL, CORONAL)


def test_a_step_changes_no_layout(desktop, low):
    low.ui.allModelsButton.click()
    assert layout_changes(desktop, low.ui.nextButton.click) == 0


def test_columns_are_as_high_as_the_place_and_stay(desktop, low):
    low.ui.columnsCheckBox.checked = True
    low.ui.allModelsButton.click()
    assert len(shown_views()) == 9


def test_the_list_says_why_a_structure_stands_where_it_does(desktop, low):
    low.ui.allModelsButton.click()
    explorer = low.widget.logic.explorer
    shown = [low.ui.structuresTable.item(row, 3).text() for row in range(low.ui.structuresTable.rowCount)]
    assert shown == [one.reason for one in explorer.walk.listed]
    worst = explorer.walk.listed[0]
    model, _, said = worst.reason.partition(": ")
    assert set(model.split(" and ")) <= set(explorer.scan.drawn)
    assert "ml" in said


def test_a_finding_marks_the_rows_of_its_models_in_views_and_panel(desktop, low):
    low.ui.allModelsButton.click()
    explorer = low.widget.logic.explorer
    low.ui.nextFindingButton.click()
    finding = explorer.findings.current
    marked = {
        low.ui.rowsTable.item(row, 0).text()
        for row in range(low.ui.rowsTable.rowCount)
        if low.ui.rowsTable.item(row, 1).text().startswith("\u25b2")
    }
    assert marked == set(finding.models)
    assert low.ui.findingLabel.text.startswith("Finding 1 of ")
