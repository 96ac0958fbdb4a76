"""Areas of surface patches, by hand and by symmetry."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from SegmentationConcordanceLib.agreement.surface_area import patch_areas

CORNERS = list(itertools.product((0, 1), repeat=3))
SPACINGS = st.tuples(*[st.floats(0.2, 6)] * 3)


def pattern_of(*inside):
    """The pattern in which the voxels on these sides (a, b, c) of the corner are inside."""
    return sum(1 << (4 * a + 2 * b + c) for a, b, c in set(inside))


def moved(pattern, axes, flips):
    """The pattern after its cube was mirrored along some axes and its axes were reordered."""
    inside = [corner for corner in CORNERS if pattern >> (4 * corner[0] + 2 * corner[1] + corner[2]) & 1]
    mirrored = [tuple(side ^ flip for side, flip in zip(corner, flips)) for corner in inside]
    return pattern_of(*(tuple(corner[axis] for axis in axes) for corner in mirrored))


def test_all_outside_and_all_inside_have_no_surface():
    areas = patch_areas((1, 2, 3))
    assert areas.shape == (256,)
    assert np.flatnonzero(areas == 0).tolist() == [0, 255]


@pytest.mark.parametrize("spacing", [(1, 1, 1), (5, 0.7, 0.8)])
@pytest.mark.parametrize("axis", range(3))
def test_a_flat_face_is_one_voxel_face(spacing, axis):
    half = [corner for corner in CORNERS if corner[axis] == 1]
    others = [step for n, step in enumerate(spacing) if n != axis]
    assert patch_areas(spacing)[pattern_of(*half)] == pytest.approx(others[0] * others[1], rel=1e-14)


@pytest.mark.parametrize("corner", CORNERS)
def test_one_voxel_is_cut_off_by_a_triangle(corner):
    a, b, c = 5, 0.7, 0.8  # half of each along the edges: |cross product| / 2
    expected = np.sqrt((a * b) ** 2 + (b * c) ** 2 + (a * c) ** 2) / 8
    assert patch_areas((a, b, c))[pattern_of(corner)] == pytest.approx(expected, rel=1e-14)


def test_an_edge_is_cut_off_by_a_rectangle():
    a, b, c = 5, 0.7, 0.8
    areas = patch_areas((a, b, c))
    assert areas[pattern_of((0, 0, 0), (0, 0, 1))] == pytest.approx(c * np.hypot(a, b) / 2, rel=1e-14)
    assert areas[pattern_of((0, 0, 0), (1, 0, 0))] == pytest.approx(a * np.hypot(b, c) / 2, rel=1e-14)


def test_voxels_that_touch_in_a_diagonal_are_not_joined():
    areas = patch_areas((1, 1, 1))
    one = areas[pattern_of((0, 0, 0))]
    assert areas[pattern_of((0, 0, 0), (0, 1, 1))] == pytest.approx(2 * one)
    assert areas[pattern_of((0, 0, 0), (1, 1, 1))] == pytest.approx(2 * one)
    assert areas[pattern_of((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0))] == pytest.approx(4 * one)


def test_three_voxels_in_an_l_keep_their_flat_half_face():
    # Half a face, and beyond it half of the regular hexagon with sides of sqrt(1/2) that halves the cube.
    hexagon = 3 * np.sqrt(3) / 2 * 0.5
    assert patch_areas((1, 1, 1))[pattern_of((0, 0, 0), (0, 0, 1), (0, 1, 0))] == pytest.approx(0.5 + hexagon / 2)


def test_a_corner_with_its_three_neighbours_is_the_regular_hexagon():
    pattern = pattern_of((0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0))
    assert patch_areas((1, 1, 1))[pattern] == pytest.approx(3 * np.sqrt(3) / 4)


@given(SPACINGS)
def test_inside_and_outside_can_be_exchanged(spacing):
    areas = patch_areas(spacing)
    assert np.allclose(areas, areas[::-1], rtol=1e-12)


@given(SPACINGS, st.permutations(range(3)), st.tuples(*[st.booleans()] * 3))
def test_mirrored_and_reordered_axes_have_the_same_areas(spacing, axes, flips):
    areas = patch_areas(spacing)
    reordered = patch_areas([spacing[axis] for axis in axes])
    assert np.allclose(reordered[[moved(pattern, axes, flips) for pattern in range(256)]], areas, rtol=1e-12)


@given(SPACINGS, st.floats(0.1, 10))
def test_areas_grow_with_the_square_of_the_size(spacing, factor):
    assert np.allclose(patch_areas([factor * step for step in spacing]), factor**2 * patch_areas(spacing), rtol=1e-12)


@pytest.mark.parametrize("spacing", [(1, 1, 1), (3, 0.7, 0.7), (1.2, 3.4, 0.6), (0.5, 5, 2)])
def test_areas_equal_those_of_surface_distance(spacing):
    tables = pytest.importorskip("surface_distance.lookup_tables", reason="needs surface-distance: make setup-test")
    expected = tables.create_table_neighbour_code_to_surface_area(spacing)
    their_pattern = [int(f"{pattern:08b}"[::-1], 2) for pattern in range(256)]  # they number the voxels backwards
    assert np.allclose(patch_areas(spacing), expected[their_pattern], rtol=0, atol=1e-12)
