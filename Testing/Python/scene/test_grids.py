"""Grids in RAS and LPS, with and without an extent that starts elsewhere than at index 0."""

from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.errors import GeometryMismatchError
from SegmentationConcordanceLib.scene.grids import (
    flip_lps_ras,
    geometry_from_extent,
    refuse_shear,
    united,
    whole_voxel_offset,
)

RAS = np.array([[-2.0, 0, 0, -10], [0, -3, 0, 20], [0, 0, 4, 30], [0, 0, 0, 1]])


def test_flip_changes_the_signs_of_two_rows_and_leaves_no_negative_zero() -> None:
    lps = flip_lps_ras(RAS)
    assert lps.tolist() == [[2, 0, 0, 10], [0, 3, 0, -20], [0, 0, 4, 30], [0, 0, 0, 1]]
    assert not np.signbit(lps[0, 1])
    assert np.array_equal(flip_lps_ras(lps), RAS)


def test_geometry_starts_at_the_first_voxel_of_the_extent() -> None:
    geometry = geometry_from_extent(RAS, (1, 4, 2, 3, -1, 8))
    assert geometry.shape == (10, 2, 4)
    # RAS of index (1, 2, -1): (-12, 14, 26)
    assert geometry.origin_lps.tolist() == [12, -14, 26]


def test_offset_counts_whole_voxels_along_each_axis() -> None:
    other = RAS.copy()
    other[:3, 3] += [-2 * 5, -3 * -7, 4 * 2]
    assert whole_voxel_offset(RAS, other, (0, 9, 0, 9, 0, 9)) == (5, -7, 2)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda m: m[:3, 3].__iadd__([1.0, 0, 0]), id="half a voxel"),
        pytest.param(lambda m: m[:3, 0].__imul__(1.01), id="spacing"),
        pytest.param(lambda m: m[:3, 0].__imul__(-1), id="flip"),
    ],
)
def test_offset_is_none_between_different_lattices(change) -> None:
    other = RAS.copy()
    change(other)
    assert whole_voxel_offset(RAS, other, (0, 9, 0, 9, 0, 9)) is None


def test_united_holds_both() -> None:
    assert united((0, 4, 2, 3, 0, 0), (1, 9, -2, 1, 0, 5)) == (0, 9, -2, 3, 0, 5)


def test_float32_rounding_is_no_shear_and_a_tilted_gantry_is() -> None:
    refuse_shear("x", np.array(RAS, np.float32) * (1 + 1e-7), "")
    tilted = RAS.copy()
    tilted[1, 2] = 4 * np.tan(np.radians(10))
    with pytest.raises(GeometryMismatchError, match="meet at 80 degrees"):
        refuse_shear("x", tilted, "")
