"""Measures of distances that were written down by hand."""

from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.surface_distances import DirectedDistances, SurfaceDistances
from SegmentationConcordanceLib.agreement.surface_measures import (
    average_symmetric,
    hausdorff_percentile,
    normalized_surface_dice,
)


def directed(*pairs):
    distance, area = np.array(pairs, dtype=float).T
    return DirectedDistances(distance, area)


@pytest.fixture
def distances():
    """100 mm^2 against 50 mm^2: a tail of 5 % at 7 mm, of 8 % at 4 mm."""
    a_to_b = directed((0, 60), (1, 35), (7, 5))
    b_to_a = directed((0, 30), (2, 16), (4, 4))
    return SurfaceDistances(a_to_b, b_to_a, 100.0, 50.0)


def test_hausdorff_is_the_largest_distance(distances):
    assert hausdorff_percentile(distances, 100) == 7


@pytest.mark.parametrize(
    ("percent", "expected"),
    [
        (95, 4),  # a: 95 % lies within 1 mm; b: 92 % within 2 mm, so 4 mm. Both directions together would give 2 mm.
        (96, 7),
        (92, 2),  # a: 1 mm; b: exactly 92 % within 2 mm
        (60, 0),  # exactly 60 % of both
        (61, 2),
        (0, 0),
        (100, 7),
    ],
)
def test_percentile_is_the_larger_of_the_two_directions(distances, percent, expected):
    assert hausdorff_percentile(distances, percent) == expected


def test_average_is_pooled_over_both_surfaces(distances):
    # (35 * 1 + 5 * 7 + 16 * 2 + 4 * 4) / 150; the mean of the directions' averages would be 0.83
    assert average_symmetric(distances) == pytest.approx(118 / 150)


@pytest.mark.parametrize(("tolerance", "within"), [(0, 90), (0.9, 90), (1, 125), (2, 141), (4, 145), (7, 150)])
def test_surface_dice_is_the_share_within_the_tolerance(distances, tolerance, within):
    assert normalized_surface_dice(distances, tolerance) == pytest.approx(within / 150)


def test_a_distance_of_the_tolerance_is_within_it_whatever_the_rounding():
    three_steps = directed((3 * 0.1, 1))  # 0.30000000000000004
    assert normalized_surface_dice(SurfaceDistances(three_steps, three_steps, 1.0, 1.0), 0.3) == 1


def test_a_percentage_or_tolerance_that_cannot_be_is_refused(distances):
    for percent in (-1, 100.5, float("nan")):
        with pytest.raises(ValueError, match="percentile"):
            hausdorff_percentile(distances, percent)
    for tolerance in (-1, float("nan")):
        with pytest.raises(ValueError, match="tolerance"):
            normalized_surface_dice(distances, tolerance)
