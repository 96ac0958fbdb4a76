"""What one of several models alone knows: held against the model itself, exactly as if it were the only one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agreement.bricks import (
    LABEL,
    NAMES,
    found_alone,
    hole_in_the_liver,
    liver_in_pieces,
    model,
    output_that_stops,
    scan,
    small_kidney,
    swapped_sides,
    vertebrae_out_of_order,
)
from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.boxes import structure_boxes
from SegmentationConcordanceLib.agreement.comparison import compare_models
from SegmentationConcordanceLib.agreement.crops import pattern_crop
from SegmentationConcordanceLib.agreement.findings import findings_of_cohort
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.agreement.subset import alone, with_models

KIDNEYS = ("kidney_left", "kidney_right")


def models_of(voxels: np.ndarray, own: tuple[str, ...]):
    """One model with all structures, and two that neither know nor have some of them."""
    known = [name for name in NAMES if name not in own]
    without = scan()
    without[np.isin(without, [LABEL[name] for name in own])] = 0
    return [model("M0", without, known), model("Only", voxels), model("M1", without, known)]


def findings_beside_others(voxels: np.ndarray, own: tuple[str, ...]):
    analysis = Analysis(models_of(voxels, own), case="case-01", series_uid="")
    return list(analysis.result(AnalysisOptions()).findings)


@pytest.mark.parametrize("own", [("liver",), KIDNEYS, ("vertebrae_T8", "vertebrae_T4"), NAMES])
def test_what_one_model_alone_knows_is_no_finding_where_it_is_sound(own):
    assert findings_beside_others(scan(), own) == []


@pytest.mark.parametrize(
    ("error", "own"),
    [
        (swapped_sides, KIDNEYS),
        (hole_in_the_liver, ("liver",)),
        (liver_in_pieces, ("liver",)),
        (vertebrae_out_of_order, ("vertebrae_T8", "vertebrae_T4")),
        (small_kidney, KIDNEYS),
        (output_that_stops, NAMES),
    ],
)
def test_the_findings_are_those_of_the_model_alone(error, own):
    voxels = scan()
    error(voxels)
    (expected,) = found_alone(voxels)
    (finding,) = findings_beside_others(voxels, own)
    for name in (
        *("kind", "structures", "names", "models", "others", "is_blamed", "numbers", "place_ras", "confidence"),
        *("severity", "is_cut", "lead"),
    ):
        assert getattr(finding, name) == getattr(expected, name), name
    others = " No other model knows it." if len(finding.names) == 1 else " No other model knows them."
    assert finding.sentence == expected.sentence + others


def test_an_error_at_a_structure_that_all_know_is_held_against_the_others_alone():
    voxels = scan()
    liver_in_pieces(voxels)
    (finding,) = findings_beside_others(voxels, KIDNEYS)
    assert finding.names == ("liver",)
    assert finding.others == ("M0", "M1")
    assert "No other model" not in finding.sentence


def test_an_output_that_stops_is_told_once_whoever_knows_what_ends_there():
    voxels = scan()
    output_that_stops(voxels)
    own = ("kidney_left",)
    told = [finding for finding in findings_beside_others(voxels, own) if finding.kind == "ends_early"]
    assert len(told) == 1 and told[0].others == ("M0", "M1")


def test_what_one_model_does_in_every_case_is_no_other_definition():
    voxels = scan()
    hole_in_the_liver(voxels)
    by_case = [[replace(one, case=case) for one in findings_beside_others(voxels, ("liver",))] for case in "abcd"]
    assert [finding.kind for finding in findings_of_cohort(by_case)] == ["hole"] * 4


def test_of_two_models_another_definition_names_both():
    voxels = scan()
    hole_in_the_liver(voxels)
    (hole,) = findings_beside_others(voxels, ("liver",))
    pair = replace(hole, models=("A", "B"), is_blamed=False)
    (finding,) = findings_of_cohort([[replace(pair, case=case)] for case in "abcd"])
    assert finding.kind == "other_definition"
    assert "A and B differ in the same way in every case" in finding.sentence


def test_one_model_of_a_comparison_is_what_a_comparison_of_it_alone_is():
    models = models_of(scan(), KIDNEYS)
    compared = compare_models(models)
    for comparison in (compared, with_models(compared, ["Only", "M1"])):
        view, only = alone(comparison, comparison.models.index("Only")), compare_models(models[1:2])
        assert view.models == only.models
        assert {one.key for one in view.structures} == {one.key for one in only.structures}
        volumes = [{one.key: n for one, n in zip(each.structures, each.model_counts()[:, 0])} for each in (view, only)]
        assert volumes[0] == volumes[1]
        for index, box in structure_boxes(view).items():
            same = [one.key for one in only.structures].index(view.structures[index].key)
            assert structure_boxes(only)[same] == box
            assert np.array_equal(pattern_crop(view, index, box), pattern_crop(only, same, box))
            assert view.cut[index, 0] == only.cut[same, 0]
