"""Vertebrae, ribs and lobes in their order, and pairs of sides, by codes."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.anatomy.series import counterpart, series_place, side_of
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary, shipped_vocabularies


@pytest.fixture(scope="module")
def identities():
    labels = (label for name in shipped_vocabularies() for label in load_vocabulary(name).labels)
    return {label.structure_name: label.identity for label in labels}


def test_vertebrae_follow_each_other_from_c1_to_s1(identities):
    names = [*(f"C{n}" for n in range(1, 8)), *(f"T{n}" for n in range(1, 13)), *(f"L{n}" for n in range(1, 6)), "S1"]
    places = [series_place(identities[f"vertebrae_{name}"]) for name in names]
    assert [place.position for place in places] == list(range(1, 26))
    assert [place.member for place in places] == names
    assert {place.series for place in places} == {"vertebrae"}


def test_a_sixth_lumbar_vertebra_stands_between_l5_and_s1(identities):
    place = series_place(identities["vertebrae_L6"])
    assert 24 < place.position < 25


@pytest.mark.parametrize("side", ["left", "right"])
def test_ribs_and_lobes_have_their_order_on_each_side(identities, side):
    ribs = [series_place(identities[f"rib_{side}_{n}"]) for n in range(1, 14)]
    assert [rib.position for rib in ribs] == list(range(1, 14))
    assert {rib.series for rib in ribs} == {f"ribs, {side}"}
    upper, lower = (series_place(identities[f"lung_{name}_lobe_{side}"]) for name in ("upper", "lower"))
    assert upper.series == lower.series
    assert upper.position < lower.position


def test_pairs_are_each_others_counterpart(identities):
    for name in ("kidney", "lung_upper_lobe", "rib_{}_4", "hip", "atrium"):
        left, right = (
            identities.get(name.format(side) if "{}" in name else f"{name}_{side}") for side in ("left", "right")
        )
        if left is not None and right is not None:
            assert counterpart(left) == right
            assert counterpart(right) == left
            assert (side_of(left), side_of(right)) == ("left", "right")


def test_the_middle_lobe_is_one_of_the_right_lung(identities):
    upper, middle, lower = (
        series_place(identities[f"lung_{name}_lobe_right"]) for name in ("upper", "middle", "lower")
    )
    assert upper.series == middle.series == lower.series == "lung lobes, right"
    assert upper.position < middle.position < lower.position
    assert side_of(identities["lung_middle_lobe_right"]) == "right"
    assert counterpart(identities["lung_middle_lobe_right"]) is None


def test_what_has_no_side_and_no_series_says_so(identities):
    assert counterpart(identities["liver"]) is None
    assert series_place(identities["liver"]) is None
    assert side_of(identities["liver"]) == ""
