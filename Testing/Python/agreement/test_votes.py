"""Majority, at least k, and leaving one model out."""

from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.comparison import compare_models
from SegmentationConcordanceLib.agreement.consensus import leave_one_out
from SegmentationConcordanceLib.agreement.rows import agreement_rows
from SegmentationConcordanceLib.agreement.votes import at_least, majority, strict_intersection


@pytest.fixture
def comparison(make_model, structures):
    """Voxels of the spleen with 0, 1, 2, 3, 4 votes of four models that know it; a fifth knows the liver."""
    votes = [[0, 1, 1, 1, 1], [0, 0, 1, 1, 1], [0, 0, 0, 1, 1], [0, 0, 0, 0, 1]]
    models = [make_model(f"M{n}", [[[v]]], {1: structures["spleen"]}) for n, v in enumerate(votes)]
    return compare_models([*models, make_model("M4", [[[[0, 0, 0, 0, 1]]]], {1: structures["liver"]})])


def test_a_tie_is_no_majority(comparison):
    assert majority(comparison).counts(comparison).tolist() == [2, 0]  # 3 and 4 of 4 votes; 2 of 4 is a tie


@pytest.mark.parametrize(("k", "expected"), [(1, 4), (2, 3), (3, 2), (4, 1), (5, 0)])
def test_at_least_k(comparison, k, expected):
    assert at_least(comparison, k).counts(comparison)[0] == expected


def test_at_least_nobody_is_refused(comparison):
    with pytest.raises(ValueError, match="k must be 1 or more"):
        at_least(comparison, 0)


def test_a_model_left_out_is_held_against_the_others(comparison):
    held = leave_one_out(comparison, strict_intersection)
    assert held.method == "intersection, leave one out"
    # Without M3 the intersection is the two voxels of M2; with M3 it has to be M3's single voxel.
    assert held.reference_counts(comparison)[0].tolist() == [1, 1, 1, 2, 1]
    assert held.common_counts(comparison)[0, :4].tolist() == [1, 1, 1, 1]


def test_two_models_left_out_in_turn_are_compared_with_each_other(make_model, structures):
    a = make_model("A", [[[[1, 1, 1, 0]]]], {1: structures["spleen"]})
    b = make_model("B", [[[[0, 1, 1, 0]]]], {1: structures["spleen"]})
    comparison = compare_models([a, b])
    rows = agreement_rows(comparison, leave_one_out(comparison, majority), case="", series_uid="")
    assert [row.dice for row in rows] == pytest.approx([0.8, 0.8])
    assert [row.consensus_volume_ml for row in rows] == pytest.approx([4.0, 6.0])


def test_leaving_a_model_out_never_lowers_agreement_with_the_intersection(make_model, structures):
    rng = np.random.default_rng(11)
    arrays = [rng.integers(0, 2, (4, 6, 6)) for _ in range(4)]
    comparison = compare_models([make_model(f"M{n}", [a], {1: structures["spleen"]}) for n, a in enumerate(arrays)])
    everyone = strict_intersection(comparison).common_counts(comparison)[0]
    for bit in range(4):
        others = strict_intersection(comparison, among=0b1111 & ~(1 << bit)).common_counts(comparison)[0]
        assert (others >= everyone).all()
