"""One row per label: what it is, or what it could be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scene.agreement_scene import LIVER, SPLEEN
from scene.harmonizer_files import box, organs, own_files, write_output
from SegmentationConcordanceLib.harmonizing.label_rows import label_rows
from SegmentationConcordanceLib.harmonizing.label_table import (
    count_text,
    label_cells,
    next_label_order,
    row_tool_tip,
    shown_labels,
)
from SegmentationConcordanceLib.harmonizing.output_choice import LabelAnswer, OutputChoice
from SegmentationConcordanceLib.harmonizing.output_content import read_content
from SegmentationConcordanceLib.harmonizing.structure_answer import choice_reason, choice_text, choices_for


@pytest.fixture
def rows_of(known_models):
    def rows(choice: OutputChoice, others=()):
        return label_rows(0, choice, read_content(choice, known_models), others, known_models)

    return rows


def moose(path: str, **chosen) -> OutputChoice:
    return OutputChoice((path,), "M", "moose", "clin_ct_organs", **chosen)


def test_labels_of_the_label_map_are_exact_and_the_others_of_the_task_empty(tmp_path, rows_of):
    rows = rows_of(moose(organs(tmp_path)))
    found = [
        (row.value, row.label_name, row.structure_name, round(row.volume_ml, 6))
        for row in rows
        if row.status == "exact"
    ]
    assert found == [(8, "liver", "liver", 40.0), (15, "spleen", "spleen", 60.0)]
    empty = [row for row in rows if row.status == "empty"]
    assert len(empty) == 17 and all(row.key is None and row.volume_ml == 0 for row in empty)
    assert count_text(rows) == "2 exact, 17 empty"


def test_a_label_that_the_label_map_does_not_know_is_unknown(tmp_path, rows_of):
    rows = rows_of(moose(organs(tmp_path, labels={15: 0, 500: 2})))
    assert [(row.value, row.status) for row in rows[:2]] == [(15, "exact"), (500, "unknown")]
    assert rows[1].label_name == "label 500" and rows[1].structure is None


def test_the_same_voxels_as_a_known_structure_are_evidence(tmp_path, rows_of, known_models):
    other = read_content(moose(organs(tmp_path)), known_models).label_map
    mine = OutputChoice((write_output(tmp_path / "mine.nii.gz", {501: box(1), 502: box(3)}),), "mine")
    first, second = rows_of(mine, [other])
    assert (first.status, first.structure, first.structure_name) == ("suggested", None, "spleen")
    assert first.candidates[0].reasons == ("same voxels as spleen (Dice 1.00)",)
    assert second.status == "unknown"
    assert rows_of(mine)[0].status == "unknown"


def test_files_of_unknown_structures_are_found_by_their_names(tmp_path, rows_of):
    rows = rows_of(OutputChoice((own_files(tmp_path / "run"),), "mine"))
    by_name = {row.label_name: row for row in rows}
    assert (by_name["spleen"].status, by_name["spleen"].structure) == ("alias", SPLEEN)
    assert by_name["liver"].structure == LIVER and by_name["liver"].color is not None
    assert by_name["qzx_7"].status == "unknown"


def test_an_answer_goes_before_all_else(tmp_path, rows_of):
    path = organs(tmp_path, labels={15: 0, 500: 2})
    answers = (LabelAnswer((path, 500), "liver", LIVER, (1, 2, 3)), LabelAnswer((path, 15), "liver", LIVER))
    rows = rows_of(moose(path, answers=answers))
    assert [(row.status, row.structure_name, row.color) for row in rows[:2]] == [
        ("accepted", "liver", None),
        ("accepted", "liver", (1, 2, 3)),
    ]


def test_table_shows_unknown_first_then_filters_and_sorts(tmp_path, rows_of):
    rows = rows_of(moose(organs(tmp_path, labels={15: 0, 8: 1, 500: 2})))
    assert [row.value for row in shown_labels(rows, "", ("", False))] == [500, 8, 15]
    assert len(shown_labels(rows, "", ("", False), with_empty=True)) == 3 + 17
    assert [row.value for row in shown_labels(rows, "exact SPLEEN", ("", False))] == [15]
    assert [row.value for row in shown_labels(rows, "SCT:10200004", ("", False))] == [8]
    assert [row.value for row in shown_labels(rows, "", ("id", True))] == [500, 15, 8]
    assert [row.value for row in shown_labels(rows, "", ("structure", False))] == [500, 8, 15]
    for column in ("status", "label", "colour", "ml", "codes", "output"):
        assert len(shown_labels(rows, "", (column, False))) == 3
    assert next_label_order(("", False), 1) == ("id", False)
    assert next_label_order(("id", False), 1) == ("id", True)
    assert next_label_order(("id", True), 1) == ("", False)


def test_cells_and_reasons(tmp_path, rows_of, known_models):
    exact = rows_of(moose(organs(tmp_path)))[1]
    assert label_cells(exact) == ("exact", "15", "spleen", "spleen", "", "60.0", "M", "SCT:78961009")
    assert "Anatomical Structure: Spleen" in row_tool_tip(exact)
    other = read_content(moose(organs(tmp_path)), known_models).label_map
    mine = OutputChoice((write_output(tmp_path / "mine.nii.gz", {501: box(1)}),), "mine")
    (row,) = rows_of(mine, [other])
    assert label_cells(row)[:4] == ("suggested 1.00", "501", "label 501", "spleen?")
    best, *others = choices_for(row, known_models)
    assert (choice_text(best), choice_reason(best)) == (
        "spleen (1.00)",
        f"SCT:78961009: {row.candidates[0].reasons[0]}",
    )
    names = [choice_text(other) for other in others]
    assert len(names) > 300 and names == sorted(names, key=str.casefold) and "spleen" not in names
    assert "aorta" in names and choice_reason(others[names.index("aorta")]) == "SCT:15825003: your choice"
    assert choices_for(replace(row, key=None), known_models) == ()


def test_what_cannot_be_read_has_no_rows(tmp_path, rows_of):
    assert rows_of(replace(moose(str(tmp_path / "gone.nii.gz")))) == []
