"""The panel's review: a reader judges by keys, comes back, reads blinded, and walks through the cases of a cohort."""

from __future__ import annotations

import typing

import numpy as np
import pytest
import slicer
import slicer.util

from cohort_table import write_cohort_table
from scene.agreement_scene import LIVER_KEY, add_three_models, add_volume
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.review.blinding_key import read_key, unblinded
from SegmentationConcordanceLib.review.correction import read_corrections
from SegmentationConcordanceLib.review.review_file import read_review
from SegmentationConcordanceLib.scene.explorer.old_ratings import ATTRIBUTE

if typing.TYPE_CHECKING:
    from qt_host.desktop import Desktop
    from qt_host.hosted_module import HostedModule

MODELS = ("auto3dseg", "moose", "totalsegmentator_v2")


@pytest.fixture
def volume(desktop):
    return add_volume(desktop.host.scene)


@pytest.fixture
def shown(desktop: Desktop, volume) -> HostedModule:
    """Three models have a row, of axial views alone to be quick; the liver, which is worst, is shown."""
    add_three_models(desktop.host.scene, volume)
    found = desktop.load_module("CrossSegmentationExplorer")
    found.enter()
    found.ui.sagittalCheckBox.checked = found.ui.coronalCheckBox.checked = False
    found.ui.allModelsButton.click()
    return found


@pytest.fixture
def review_file(tmp_path):
    return tmp_path / "review.csv"


def read(hosted: HostedModule, path, *, reader: str = "Ann", seed: int | None = None, cases: str = ""):
    """Begin to read; the section's widgets."""
    ui = hosted.widget._review.ui
    ui.readerLineEdit.text, ui.fileLineEdit.text, ui.casesLineEdit.text = reader, str(path), cases
    ui.blindedCheckBox.checked = seed is not None
    ui.seedSpinBox.value = seed or 0
    ui.readButton.checked = True
    return ui


def add_segment_editor(desktop):
    """The stand-in for Slicer's module; it keeps what it was given to show."""
    from qt_host.segment_editor import add_segment_editor

    return add_segment_editor(desktop)


def desk(ui) -> list[list[str]]:
    table = ui.deskTable
    return [[table.item(row, column).text() for column in range(3)] for row in range(table.rowCount)]


def press(desktop, hosted, key: str) -> None:
    import qt
    from PySide6.QtTest import QTest

    hosted.panel.activateWindow()
    desktop.process_events()
    QTest.keyClick(hosted.panel, getattr(qt.Qt, f"Key_{key}"))


def test_keys_judge_the_models_and_the_list_tells(desktop, shown, review_file):
    shown.widget.logic.select(LIVER_KEY)
    ui = read(shown, review_file)
    assert [line[0] for line in desk(ui)] == ["A", "B", "C", "The case as a whole"]
    line = [one.key for one in shown.widget.logic.explorer.walk.listed].index(LIVER_KEY)
    for key in "52":
        press(desktop, shown, key)
    assert desk(ui)[:2] == [["A", "●●●●● strongly agree", ""], ["B", "●●○○○ disagree", ""]]
    assert ui.deskTable.currentRow() == 2
    assert shown.ui.structuresTable.item(line, 4).text() == "2/3"
    assert ui.progressLabel.text.startswith("2 of ")
    said = read_review(review_file).standing
    assert [(one.subject.structure_key, one.subject.model, one.score) for one in said[:2]] == [
        (LIVER_KEY, "A", 5),
        (LIVER_KEY, "B", 2),
    ]
    assert desktop.messages == []


def test_a_comment_is_kept_with_enter(desktop, shown, review_file):
    import qt
    from PySide6.QtTest import QTest

    ui = read(shown, review_file)
    ui.commentLineEdit.setFocus()
    QTest.keyClicks(ui.commentLineEdit, "edge 2b")
    assert [line[1] for line in desk(ui)] == ["", "", "", ""]  # what is typed gives no score
    QTest.keyClick(ui.commentLineEdit, qt.Qt.Key_Return)
    desktop.process_events()
    (said,) = read_review(review_file).standing
    assert (said.subject.model, said.comment, said.score) == ("A", "edge 2b", None)


def test_buttons_do_what_keys_do(desktop, shown, review_file):
    ui = read(shown, review_file)
    ui.score4Button.click()
    ui.deskTable.selectRow(0)
    ui.bookmarkButton.click()
    assert desk(ui)[0] == ["A", "●●●●○ agree", "★"]
    press(desktop, shown, "0")
    assert desk(ui)[0] == ["A", "", "★"]


def test_a_reader_comes_back_to_everything(desktop, shown, review_file):
    ui = read(shown, review_file)
    press(desktop, shown, "3")
    ui.readButton.checked = False
    assert desk(ui) == []
    assert not shown.widget.logic.review.is_on
    press(desktop, shown, "5")
    read(shown, review_file)
    assert desk(ui)[0] == ["A", "●●●○○ neither agree nor disagree", ""]
    assert len(read_review(review_file).verdicts) == 1


def test_without_a_name_nobody_reads(desktop, shown, review_file):
    ui = read(shown, review_file, reader=" ")
    desktop.errors.clear()  # tryWithErrorDisplay raises again what it displayed
    assert [kind for kind, text in desktop.messages if "has no reader" in text] == ["error"]
    assert not ui.readButton.checked
    desktop.messages.clear()


def test_grades_of_an_old_scene_are_taken_over(shown, volume, review_file):
    volume.SetAttribute(ATTRIBUTE, f'{{"{LIVER_KEY}": {{"grade": "major", "preferred": "B"}}}}')
    read(shown, review_file)
    (said,) = read_review(review_file).standing
    assert (said.subject.key, said.score, said.comment) == ((LIVER_KEY, ""), 2, "preferred: B")


def test_blinded_nothing_in_the_panel_and_the_views_names_a_model(desktop, shown, review_file):
    ui = read(shown, review_file, seed=4)
    explorer = shown.widget.logic.explorer
    assert [row.title for row in explorer.rows] == ["Model A", "Model B", "Model C"]
    assert [line[0] for line in desk(ui)[:3]] == ["Model A", "Model B", "Model C"]
    assert not shown.ui.scanCollapsibleButton.visible
    rows = shown.ui.rowsTable
    assert {rows.item(n, 0).text() for n in range(rows.rowCount)} <= {
        "Model A", "Model B", "Model C", "Consensus", "All models"
    }  # fmt: skip
    tips = [shown.ui.structuresTable.item(n, 2).toolTip() for n in range(shown.ui.structuresTable.rowCount)]
    assert tips and all("Model" in tip for tip in tips)
    for key in "123":
        press(desktop, shown, key)
    assert {one.subject.model for one in read_review(review_file).verdicts} == {"Model A", "Model B", "Model C"}
    named = unblinded(read_review(review_file).standing, read_key(review_file))
    assert {one.subject.model for one in named} == {"A", "B", "C"}
    ui.readButton.checked = False
    assert sorted(row.title for row in shown.widget.logic.explorer.rows) == ["A", "B", "C"]
    assert shown.ui.scanCollapsibleButton.visible


def test_a_segment_is_corrected_in_the_segment_editor(desktop, coarse_sample, review_file, tmp_path):
    cohort_file = write_cohort_table(tmp_path / "cohort.csv", coarse_sample.cases, MODELS)
    editor = add_segment_editor(desktop)
    hosted = desktop.load_module("CrossSegmentationExplorer")
    hosted.enter()
    hosted.ui.sagittalCheckBox.checked = hosted.ui.coronalCheckBox.checked = False
    ui = read(hosted, review_file, cases=str(cohort_file))
    assert [ui.correctButton.enabled, ui.saveCorrectionButton.enabled] == [True, False]
    structure, model = hosted.widget.logic.selected.name, desk(ui)[0][0]
    words = structure.replace("_", " ")
    ui.correctButton.click()
    desktop.process_events()
    assert desktop.selected == ["SegmentEditor"]
    copy, volume, segment_id = editor.shown
    assert copy.GetName() == f"{structure} of {model}, being corrected"
    assert volume.GetName() == "SAMPLE-001"
    hosted.exit()
    voxels = slicer.util.arrayFromSegmentBinaryLabelmap(copy, segment_id, volume)
    k, j, _ = np.argwhere(voxels)[0]
    voxels[k, j] = 0
    slicer.util.updateSegmentBinaryLabelmapFromArray(voxels, copy, segment_id, volume)
    hosted.enter()
    assert ui.correctionLabel.text.startswith(f"Correcting {words} of {model} since ")
    ui.nextCaseButton.click()
    desktop.errors.clear()  # tryWithErrorDisplay raises again what it displayed
    assert "is being corrected. Save or abandon it" in desktop.messages.pop()[1]
    ui.saveCorrectionButton.click()
    assert desktop.messages == []
    ((found,), _notes) = read_corrections(review_file.with_name("corrections.csv"))
    assert (found.case, found.structure, found.model, found.reader) == ("SAMPLE-001", structure, model, "Ann")
    assert 0.5 < found.dice < 1
    assert ui.correctionLabel.text == f"{words}: {found.text}\nSaved as {found.file}."
    seg = read_dicom_seg(review_file.with_name(found.file))
    assert seg.algorithm_names == (f"{model}, corrected by Ann",)
    ui.correctButton.click()
    desktop.give("confirmYesNoDisplay", True)
    ui.abandonCorrectionButton.click()
    assert not ui.saveCorrectionButton.enabled
    ui.readButton.checked = False
    assert not ui.correctButton.enabled


@pytest.mark.parametrize(
    ("sample", "steps_per_case"), [("coarse_sample", 2), pytest.param("sample_cohort", 20, marks=pytest.mark.slow)]
)
def test_a_walk_through_the_cases(sample, steps_per_case, desktop, review_file, tmp_path, request):
    cases = request.getfixturevalue(sample).cases[:3]
    cohort_file = write_cohort_table(tmp_path / "cohort.csv", cases, MODELS)
    hosted = desktop.load_module("CrossSegmentationExplorer")
    hosted.enter()
    hosted.ui.sagittalCheckBox.checked = hosted.ui.coronalCheckBox.checked = False
    ui = read(hosted, review_file, seed=7, cases=str(cohort_file))
    assert desktop.messages == []
    scene = desktop.host.scene
    for _ in cases:
        assert scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 1
        kind = "vtkMRMLSegmentationNode"
        nodes = [scene.GetNthNodeByClass(n, kind) for n in range(scene.GetNumberOfNodesByClass(kind))]
        assert {node.GetName() for node in nodes} == {"Model A", "Model B", "Model C"}
        assert [row.title for row in hosted.widget.logic.explorer.rows] == ["Model A", "Model B", "Model C"]
        for step in range(steps_per_case):
            for _line in desk(ui)[:-1]:
                hosted.widget._review.press("5" if step % 3 else "2")
            hosted.ui.nextButton.click()
        ui.nextCaseButton.click()
    assert desktop.messages == []
    said = unblinded(read_review(review_file).standing, read_key(review_file))
    assert {one.case for one in said} == {case.name for case in cases}
    assert len({(one.case, one.subject.structure_key) for one in said}) == len(cases) * steps_per_case
    assert not any("Model" in one.subject.model for one in said)
    ui.readButton.checked = False
