"""The order "worst first"."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from SegmentationConcordanceLib.agreement.severity import (
    ALONE,
    COMPARED,
    CUT,
    estimated_depth_mm,
    in_words,
    parts_of,
    reason,
    severities,
    severity,
    worst_first,
)
from SegmentationConcordanceLib.agreement.table import AgreementRow


def row(structure="liver", model="A", **values):
    made = AgreementRow("case", "", structure, structure, model, "ok", "majority", 3, 100.0, 100.0, 0.9, 0.8, 1.0)
    return replace(made, **{"presence": "found", **values})


def ball_ml(radius_mm):
    return 4 / 3 * math.pi * radius_mm**3 / 1000


def test_severity_by_hand():
    assert severity(9.0, 12.0, lost=False) == pytest.approx(24.0)
    assert severity(9.0, 12.0, lost=True) == pytest.approx(48.0)
    assert severity(0.0, 0.0, lost=False) == 0


def test_a_blob_is_graver_than_a_wide_rim_of_noise():
    rim, blob = severity(75.0, 1.5, lost=False), severity(7.4, 12.0, lost=False)
    assert blob > 3 * rim


def test_what_is_tiny_is_not_grave_whatever_its_dice():
    corner_of_a_lobe = severity(0.03, estimated_depth_mm(0.03, 0.0, lost=True), lost=True)
    vertebra = severity(4.0, 5.0, lost=False)
    assert corner_of_a_lobe < vertebra / 2


def test_a_lost_structure_is_as_deep_as_a_ball_of_its_volume():
    assert estimated_depth_mm(ball_ml(20.0), 0.0, lost=True) == pytest.approx(20.0)


def test_a_rim_is_as_deep_as_its_volume_over_the_surface_of_a_ball():
    shell_ml = 4 * math.pi * 30.0**2 * 2.0 / 1000
    assert estimated_depth_mm(shell_ml, ball_ml(30.0), lost=False) == pytest.approx(2.0)


def test_cut_structures_stand_behind_what_can_be_compared_and_before_what_one_model_knows():
    rows = [
        row("body", n_models=1, severity=None),
        row("aorta", "A", severity=90.0),
        row("aorta", "B", severity=1.0, presence="truncated", status="truncated"),
        row("liver", "B", severity=2.0),
        row("spleen", "A", severity=5.0),
    ]
    order = [(one.structure, one.model) for one in worst_first(rows)]
    assert order == [("spleen", "A"), ("liver", "B"), ("aorta", "A"), ("aorta", "B"), ("body", "A")]
    assert parts_of(rows) == [ALONE, CUT, CUT, COMPARED, COMPARED]


def test_of_equally_grave_rows_the_missing_one_comes_first():
    found, missed = row(model="A", severity=3.0), row(model="B", severity=3.0, status="missing", presence="missed")
    assert worst_first([found, missed]) == [missed, found]


def test_rows_of_older_tables_get_the_severity_that_volumes_and_dice_tell():
    half, missed = row(model="A", dice=0.5, presence=""), row(
        model="B", status="missing", presence="", volume_ml=0.0, consensus_volume_ml=0.0, dice=None
    )  # fmt: skip
    good = row(model="C", dice=0.99, presence="")
    expected = severity(100.0, estimated_depth_mm(100.0, 100.0, lost=False), lost=False)
    lost = severity(100.0, estimated_depth_mm(100.0, 0.0, lost=True), lost=True)
    assert severities([half, missed])[0] == pytest.approx(expected)
    assert severities([half, missed])[1] == pytest.approx(lost)
    assert worst_first([good, half, missed]) == [missed, half, good]


def test_an_old_row_without_any_number_is_not_grave():
    assert severities([row(dice=None, volume_ml=None, consensus_volume_ml=None)]) == [0.0]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"disputed_ml": 12.34, "depth_mm": 8.0}, "12.3 ml apart, 8.0 mm deep"),
        ({"disputed_ml": 0.0312}, "0.031 ml apart"),
        ({"disputed_ml": 45.0, "presence": "missed", "status": "missing"}, "missed 45.0 ml"),
        ({"disputed_ml": 2.0, "presence": "truncated"}, "2.0 ml apart (truncated by the field of view)"),
        ({"n_models": 1}, "no other model knows it"),
        ({"status": "missing", "presence": ""}, "missed it"),
        ({}, ""),
    ],
)
def test_reasons(values, words):
    assert reason(row(**values)) == words


def test_a_row_in_words_names_the_pair_and_who_found_it_alone():
    of_two = {"n_models": 2, "disputed_ml": 4.0, "dice": 0.75}
    pair = [row(model="A", **of_two), row(model="B", **of_two)]
    assert in_words(pair[1], pair) == "liver, A and B: 4.0 ml apart; Dice 0.750 with each other"
    missed = {"status": "missing", "presence": "missed", "dice": 0.0, "disputed_ml": 8.0}
    three = [row(model="A", disputed_ml=8.0, dice=0.0), row(model="B", **missed), row(model="C", **missed)]
    assert in_words(three[1], three) == "liver, B: found by A alone, 8.0 ml; Dice 0.000 with the majority"
    found = [*three[:2], row(model="C", disputed_ml=0.0, dice=1.0)]
    assert in_words(found[1], found) == "liver, B: missed 8.0 ml; Dice 0.000 with the majority"
