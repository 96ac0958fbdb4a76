"""Each kind of finding on a row of bricks: what is wrong is put in by hand, and nothing else may be found."""

from __future__ import annotations

import numpy as np
import pytest

from agreement.bricks import (
    GEOMETRY,
    LABEL,
    LEVELS,
    NAMES,
    SHAPE,
    found_alone,
    hole_in_the_liver,
    liver_in_pieces,
    model,
    output_that_stops,
    place_in,
    scan,
    small_kidney,
    swapped_sides,
    vertebrae_out_of_order,
)
from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.findings import findings_of, findings_of_cohort
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.exploring.finding_walk import FindingWalk


def found(changed: np.ndarray, *, others: int = 3, families=None, case: str = "case-01"):
    models = [model("Odd", changed), *(model(f"M{n}", scan()) for n in range(others))]
    analysis = Analysis(models, case=case, series_uid="")
    return findings_of(case, analysis.comparison, analysis.boxes, families)


def test_equal_models_give_no_finding():
    assert found(scan()) == []


def test_a_run_of_shifted_names_is_one_finding_that_names_the_levels():
    voxels = scan()
    for name, wrong in zip(LEVELS[1:], LEVELS):
        voxels[scan() == LABEL[name]] = LABEL[wrong]
    voxels[scan() == LABEL["vertebrae_T8"]] = 0
    (shift,) = found(voxels)
    assert (shift.kind, shift.models, shift.numbers["levels"]) == ("label_shift", ("Odd",), 1)
    assert set(shift.names) == set(LEVELS), "T4, which the model has not any more, belongs to it"
    assert shift.sentence == "case-01, vertebrae T4 to T8: Odd names them one level too low, held against the 3 others."
    assert shift.is_blamed
    assert shift.others == ("M0", "M1", "M2")


def test_swapped_sides_are_one_finding():
    voxels = scan()
    left, right = (scan() == LABEL[f"kidney_{side}"] for side in ("left", "right"))
    voxels[left], voxels[right] = LABEL["kidney_right"], LABEL["kidney_left"]
    (swapped,) = found(voxels)
    assert (swapped.kind, swapped.models) == ("side_swapped", ("Odd",))
    assert set(swapped.names) == {"kidney_left", "kidney_right"}


def test_two_structures_in_one_segment():
    voxels = scan()
    voxels[scan() == LABEL["vertebrae_T6"]] = LABEL["vertebrae_T5"]
    (merged,) = found(voxels)
    assert (merged.kind, merged.names) == ("merged", ("vertebrae_T5", "vertebrae_T6"))
    assert merged.numbers["volume_ml"] == pytest.approx(8**3 * 8 / 1000)
    assert place_in(merged, scan()) == LABEL["vertebrae_T6"]


def test_one_structure_in_two_segments():
    voxels = scan()
    lower = scan() == LABEL["vertebrae_T6"]
    lower[28:] = False
    voxels[lower] = LABEL["rib_left_13"]
    (split,) = found(voxels)
    assert (split.kind, split.names) == ("split", ("vertebrae_T6", "rib_left_13"))
    assert split.numbers["share"] == pytest.approx(0.5)


def test_a_part_of_the_neighbour_with_its_volume():
    voxels = scan()
    part = scan() == LABEL["vertebrae_T6"]
    part[27:] = False
    voxels[part] = LABEL["vertebrae_T7"]
    (included,) = found(voxels)
    assert (included.kind, included.names) == ("includes_neighbour", ("vertebrae_T7", "vertebrae_T6"))
    assert included.numbers["volume_ml"] == pytest.approx(3 * 8 * 8 * 8 / 1000)
    assert place_in(included, part) == 1


def test_missing_is_blamed_on_few_and_found_alone_on_one():
    without = scan()
    without[without == LABEL["liver"]] = 0
    (missing,) = found(without)
    assert (missing.kind, missing.models, missing.is_blamed) == ("missing", ("Odd",), True)
    assert missing.numbers["others_volume_ml"] == pytest.approx(20 * 16 * 30 * 8 / 1000)
    extra = scan()
    extra[52:58, 4:12, 4:20] = LABEL["rib_left_13"]
    (alone,) = found(extra)
    assert (alone.kind, alone.models) == ("found_alone", ("Odd",))
    assert place_in(alone, extra) == LABEL["rib_left_13"]


def test_a_blob_too_much_and_a_hole():
    voxels = scan()
    k, j, i = np.indices(SHAPE)
    blob = ((k - 40) ** 2 + (j - 12) ** 2 + (i - 44) ** 2) <= 25
    voxels[blob & (voxels == 0)] = LABEL["liver"]
    (added,) = found(voxels)
    assert (added.kind, added.names) == ("false_blob", ("liver",))
    assert blob[tuple(np.rint(GEOMETRY.ijk_of(np.multiply(added.place_ras, (-1, -1, 1)))).astype(int)[::-1])]
    hollow = scan()
    hollow[36:44, 9:15, 20:28] = 0
    (hole,) = found(hollow)
    assert (hole.kind, hole.numbers["volume_ml"]) == ("hole", pytest.approx(8 * 6 * 8 * 8 / 1000))


def test_what_a_blob_cuts_in_two_is_told_as_the_blob_alone():
    rest = scan()
    rest[39:43, 21:24, 2:58] = LABEL["rib_left_13"]
    odd = rest.copy()
    odd[35:47, 18:26, 21:27] = LABEL["liver"]
    models = [model("Odd", odd), *(model(f"M{n}", rest) for n in range(3))]
    analysis = Analysis(models, case="a", series_uid="")
    (blob,) = findings_of("a", analysis.comparison, analysis.boxes)
    assert (blob.kind, blob.names, blob.models) == ("false_blob", ("liver",), ("Odd",))


def test_an_output_that_stops_within_the_scan_is_one_finding():
    voxels = scan()
    voxels[36:] = 0
    (stopped,) = found(voxels)
    assert stopped.kind == "ends_early"
    assert {"liver", "vertebrae_T5"} <= set(stopped.names)
    assert "vertebrae_T4" in stopped.names, "what is missing beyond the stop is no finding of its own"


def test_a_segment_in_pieces():
    voxels = scan()
    voxels[2:6, 2:8, 2:8] = LABEL["kidney_right"]
    kinds = {finding.kind for finding in found(voxels)}
    assert kinds <= {"fragmented", "false_blob"}
    assert kinds


def test_a_boundary_that_lies_outside_all_around_has_its_offset_in_mm():
    voxels = scan()
    voxels[29:51, 3:21, 9:41][voxels[29:51, 3:21, 9:41] == 0] = LABEL["liver"]
    (offset,) = found(voxels)
    assert offset.kind == "boundary_offset"
    assert offset.numbers["offset_mm"] == pytest.approx(2.0, rel=0.6)
    assert offset.numbers["offset_mm"] > 0


def test_another_place_and_the_wrong_side_of_the_body():
    voxels = scan()
    voxels[voxels == LABEL["kidney_left"]] = 0
    voxels[40:56, 22:32, 2:12] = LABEL["kidney_left"]
    (wrong,) = found(voxels)
    assert (wrong.kind, wrong.names) == ("wrong_side_of_body", ("kidney_left",))
    assert wrong.numbers["distance_mm"] > 80
    elsewhere = scan()
    elsewhere[elsewhere == LABEL["kidney_left"]] = 0
    elsewhere[40:56, 22:32, 44:54] = LABEL["kidney_left"]
    (place,) = found(elsewhere)
    assert place.kind == "implausible_place"
    assert place.numbers["distance_mm"] == pytest.approx(60, abs=1)


def test_of_two_models_nobody_is_blamed_and_the_pair_is_named():
    voxels = scan()
    voxels[voxels == LABEL["liver"]] = 0
    (finding,) = found(voxels, others=1)
    assert not finding.is_blamed
    assert finding.models == ("Odd", "M0")
    assert finding.sentence.startswith("case-01, liver: Odd found nothing, M0 did")
    assert finding.sentence.endswith("Nothing tells which of them is right.")


def test_two_models_whose_boundaries_differ_are_both_named_with_their_dice():
    """The liver is 20 x 16 x 30 voxels, in one model 20 x 16 x 24: Dice 2 * 24 / (24 + 30) = 0.889."""
    voxels = scan()
    voxels[30:50, 4:20, 10:13] = voxels[30:50, 4:20, 37:40] = 0
    analysis = Analysis([model("Odd", voxels), model("M0", scan())], case="case-01", series_uid="")
    (finding,) = analysis.result(AnalysisOptions()).findings
    assert (finding.kind, finding.models, finding.is_blamed) == ("low_agreement", ("Odd", "M0"), False)
    assert finding.numbers["pair_dice"] == pytest.approx(48 / 54)
    assert "Odd and M0 agree with Dice 0.889 (61.4 ml and 76.8 ml)." in finding.sentence
    walk = FindingWalk((finding,)).stepped(1)
    assert {walk.mark(name, finding.structures[0]) for name in ("Odd", "M0")} == {"Low agreement (one of these)"}


@pytest.mark.parametrize("missers", [{1}, {1, 3}])
def test_where_as_many_missed_it_as_found_it_the_ones_that_missed_it_are_named_and_nobody_is_blamed(missers):
    """Whatever the order of the models."""
    without = scan()
    without[without == LABEL["liver"]] = 0
    models = [model(f"M{n}", without if n in missers else scan()) for n in range(2 * len(missers))]
    analysis = Analysis(models, case="a", series_uid="")
    (finding,) = findings_of("a", analysis.comparison, analysis.boxes, None)
    assert finding.kind == "missing"
    assert not finding.is_blamed
    who = " and ".join(f"M{n}" for n in sorted(missers))
    assert finding.sentence.startswith(f"a, liver: {who} found nothing, ")
    assert finding.suspects == tuple(f"M{n}" for n in sorted(missers))
    assert set(finding.models) == set(finding.in_doubt) == {one.model for one in models}


def test_a_family_against_an_outsider_is_said_and_counts_less():
    voxels = scan()
    voxels[voxels == LABEL["liver"]] = 0
    (plain,) = found(voxels)
    (family,) = found(voxels, families={f"M{n}": "F" for n in range(3)} | {"Odd": "G"})
    assert family.confidence < plain.confidence
    assert "one family (F)" in family.sentence


def test_two_models_with_the_same_error_are_one_finding():
    voxels = scan()
    voxels[voxels == LABEL["liver"]] = 0
    models = [model(name, voxels) for name in ("A", "B")] + [model(f"M{n}", scan()) for n in range(4)]
    analysis = Analysis(models, case="c", series_uid="")
    (finding,) = findings_of("c", analysis.comparison, analysis.boxes, {"A": "F", "B": "F"})
    assert finding.models == ("A", "B")
    assert "A and B are of one family (F)" in finding.sentence


def test_the_same_difference_in_every_case_is_another_definition():
    voxels = scan()
    voxels[29:51, 3:21, 9:41][voxels[29:51, 3:21, 9:41] == 0] = LABEL["liver"]
    by_case = [found(voxels, case=f"c{n}") for n in range(4)]
    (finding,) = findings_of_cohort(by_case)
    assert (finding.kind, finding.cases) == ("other_definition", ("c0", "c1", "c2", "c3"))
    assert finding.numbers["n_cases"] == 4
    apart = findings_of_cohort([by_case[0], [], [], []])
    assert [one.kind for one in apart] == ["boundary_offset"]


def test_findings_come_worst_first_and_small_structures_last():
    voxels = scan()
    voxels[voxels == LABEL["liver"]] = 0
    voxels[voxels == LABEL["kidney_left"]] = 0
    severities = [finding.severity for finding in found(voxels)]
    assert severities == sorted(severities, reverse=True)
    assert found(voxels)[0].names == ("liver",)


def test_of_two_models_a_region_that_is_far_from_usual_names_the_pair():
    k, j, i = np.indices(SHAPE)
    voxels = scan()
    for name in NAMES[:7]:
        voxels[(scan() == LABEL[name]) & (j == 24) & (k % 3 == 0)] = 0  # what is usual between the two
    blob = ((k - 40) ** 2 + (j - 12) ** 2 + (i - 44) ** 2) <= 25
    voxels[blob & (voxels == 0)] = LABEL["liver"]
    first = found(voxels, others=1)[0]
    assert (first.kind, first.is_blamed, first.models) == ("false_blob", False, ("Odd", "M0"))
    assert "Odd adds a region" in first.sentence
    assert "that M0 leaves out" in first.sentence


def test_one_model_alone_that_is_sound_gives_no_finding():
    assert found_alone(scan()) == []


@pytest.mark.parametrize(
    ("error", "kind", "name"),
    [
        (swapped_sides, "side_swapped", "kidney_left"),
        (hole_in_the_liver, "hole", "liver"),
        (liver_in_pieces, "fragmented", "liver"),
        (vertebrae_out_of_order, "implausible_place", "vertebrae_T4"),
        (output_that_stops, "ends_early", "liver"),
        (small_kidney, "outlier_volume", "kidney_left"),
    ],
)
def test_one_model_alone_is_held_against_itself(error, kind, name):
    voxels = scan()
    error(voxels)
    (finding,) = found_alone(voxels)
    assert (finding.kind, finding.models, finding.is_blamed) == (kind, ("Only",), True)
    assert name in finding.names
    assert finding.place_ras is not None
    assert finding.severity > 0
    assert "nobody" not in finding.sentence and "others" not in finding.sentence
