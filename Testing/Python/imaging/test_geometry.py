"""The grid: affine, orientation and what differs between two grids, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.imaging.geometry import Geometry

OBLIQUE = np.array([[0.8, -0.6, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])


def axial(shape=(4, 5, 6), spacing=(0.5, 0.75, 2.0), origin=(10.0, 20.0, 30.0), direction=None) -> Geometry:
    return Geometry.from_parts(shape, spacing, origin, np.eye(3) if direction is None else direction)


def test_position_of_a_voxel_by_hand():
    grid = axial(direction=OBLIQUE)
    # (i, j, k) = (2, 4, 3): 1 mm along (0.8, 0.6, 0), 3 mm along (-0.6, 0.8, 0), 6 mm along z.
    assert grid.lps_of([2, 4, 3]) == pytest.approx([10 + 0.8 - 1.8, 20 + 0.6 + 2.4, 36])


def test_index_of_a_position_undoes_position_of_an_index():
    grid = axial(direction=OBLIQUE)
    indices = np.array([[0, 0, 0], [5, 4, 3], [0.5, -1, 2.25]])
    assert grid.ijk_of(grid.lps_of(indices)) == pytest.approx(indices)


def test_parts_come_back():
    grid = axial(direction=OBLIQUE)
    assert grid.spacing_mm == pytest.approx([0.5, 0.75, 2.0])
    assert grid.origin_lps == pytest.approx([10, 20, 30])
    assert grid.direction_lps == pytest.approx(OBLIQUE)
    assert grid.shape == (4, 5, 6)


def test_voxel_volume_in_ml_of_a_straight_and_a_sheared_grid():
    assert axial().voxel_volume_ml == pytest.approx(0.00075)
    sheared = np.diag([2.0, 2.0, 5.0, 1.0])
    sheared[1, 2] = 3.0  # a gantry tilt: the voxel is a parallelepiped of base 4 and height 5
    assert Geometry((1, 1, 1), sheared).voxel_volume_ml == pytest.approx(0.020)


@pytest.mark.parametrize(
    ("columns", "letters"),
    [
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], "LPS"),
        ([[-1, 0, 0], [0, -1, 0], [0, 0, 1]], "RAS"),
        ([[1, 0, 0], [0, 0, -1], [0, 1, 0]], "LSA"),  # j along +z; k along -y
        ([[0, 0, 1], [-1, 0, 0], [0, -1, 0]], "AIL"),
    ],
)
def test_orientation_letters_are_where_each_axis_runs_to(columns, letters):
    assert axial(direction=columns).orientation == letters


def test_affine_is_a_read_only_copy():
    affine = np.eye(4)
    grid = Geometry((1, 1, 1), affine)
    affine[0, 3] = 7
    assert grid.origin_lps[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        grid.ijk_to_lps[0, 0] = 2


def test_affine_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"\(3, 3\)"):
        Geometry((1, 1, 1), np.eye(3))


def test_largest_offset_is_that_of_the_worst_corner():
    # Spacing along i longer by 1 part in 1000: the last of 6 columns lies 5 * 0.001 voxels off.
    assert axial().largest_offset_voxels(axial(spacing=(0.5005, 0.75, 2.0))) == pytest.approx(0.005)
    assert axial().largest_offset_voxels(axial(origin=(10, 20, 31))) == pytest.approx(0.5)


def test_offset_of_grids_of_different_shape_has_no_meaning():
    with pytest.raises(ValueError, match="differ"):
        axial().largest_offset_voxels(axial(shape=(4, 5, 7)))


def test_matching_grids():
    assert axial().matches(axial(origin=(10.0004, 20, 30)))
    assert not axial().matches(axial(origin=(10.0006, 20, 30)))
    assert not axial().matches(axial(shape=(3, 5, 6)))


def test_differences_name_shape_spacing_origin_and_orientation():
    other = axial(shape=(4, 5, 7), spacing=(0.5, 0.75, 2.5), origin=(10, 18.5, 30), direction=np.diag([-1, -1, 1]))
    assert axial().differences(other) == [
        "shape 6 x 5 x 4 voxels, not 7 x 5 x 4",
        "spacing 0.5 x 0.75 x 2 mm, not 0.5 x 0.75 x 2.5",
        "orientation LPS, not RAS",
        "origin off by (+0, +1.5, +0) mm (L, P, S)",
    ]


def test_differences_of_a_tilt_give_the_angle():
    angle = np.radians(2)
    tilt = [[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]]
    assert axial(direction=tilt).differences(axial()) == ["axes tilted by 2 degrees"]


def test_no_differences_between_equal_grids():
    assert axial().differences(axial()) == []
