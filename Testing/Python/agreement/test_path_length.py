"""Added path length, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.path_length import added_path_length_mm

SPACING = np.array([0.8, 1.2, 5.0])  # a voxel of a contour counts 1 mm


def square(first: int, last: int, shape=(2, 12, 12)) -> np.ndarray:
    mask = np.zeros(shape, dtype=bool)
    mask[0, first : last + 1, first : last + 1] = True
    return mask


def test_nothing_was_added():
    assert added_path_length_mm(square(2, 6), square(2, 6), SPACING) == 0
    assert added_path_length_mm(square(0, -1), square(2, 6), SPACING) == 0


def test_a_contour_drawn_anew_counts_in_full():
    # A square of 5 x 5 voxels has 16 at its rim.
    assert added_path_length_mm(square(2, 6), square(0, -1), SPACING) == pytest.approx(16)


def test_only_what_moved_counts():
    corrected = square(2, 6)
    corrected[0, 2:7, 7] = True  # one more column: 5 new rim voxels, of which none was rim before
    assert added_path_length_mm(corrected, square(2, 6), SPACING) == pytest.approx(5)


def test_the_end_of_the_image_is_a_contour():
    full = np.ones((1, 4, 4), dtype=bool)
    assert added_path_length_mm(full, np.zeros_like(full), SPACING) == pytest.approx(12)


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="shapes"):
        added_path_length_mm(square(2, 6), np.zeros((1, 2, 3), dtype=bool), SPACING)
