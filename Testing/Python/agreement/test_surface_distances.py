"""Distances between surfaces: hand-made cases, all pairs, SimpleITK, surface-distance."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist

from SegmentationConcordanceLib.agreement import surface_distances as module
from SegmentationConcordanceLib.agreement.surface_area import patch_areas
from SegmentationConcordanceLib.agreement.surface_distances import surface_distances
from SegmentationConcordanceLib.agreement.surface_measures import (
    average_symmetric,
    hausdorff_percentile,
    normalized_surface_dice,
)
from SegmentationConcordanceLib.agreement.surfaces import surface_of

ANISOTROPIC = (2.5, 0.7, 0.9)
SHAPES = st.tuples(*[st.integers(1, 6)] * 3)
SPACINGS = st.tuples(*[st.sampled_from([0.6, 1.0, 1.7, 4.0])] * 3)


@st.composite
def two_masks(draw):
    shape = draw(SHAPES)
    return draw(arrays(bool, shape)), draw(arrays(bool, shape))


def between(a, b, spacing):
    return surface_distances(surface_of(a, spacing), surface_of(b, spacing))


def measures(a, b, spacing):
    """HD, HD95, median, ASSD, NSD at 1 mm and at 2.5 mm."""
    found = between(a, b, spacing)
    return [
        hausdorff_percentile(found, 100),
        hausdorff_percentile(found),
        hausdorff_percentile(found, 50),
        average_symmetric(found),
        normalized_surface_dice(found, 1.0),
        normalized_surface_dice(found, 2.5),
    ]


def ellipsoid(shape, center, half_axes):
    grid = np.ogrid[tuple(slice(n) for n in shape)]
    return sum(((axis - c) / half) ** 2 for axis, c, half in zip(grid, center, half_axes)) <= 1


def stripes(shape, factors, modulus, below):
    grid = np.ogrid[tuple(slice(n) for n in shape)]
    return sum(factor * axis for factor, axis in zip(factors, grid)) % modulus < below


def all_pairs(a, b, spacing):
    """(distance, area) of every corner of a to the nearest corner of b, by looking at each corner and each pair."""
    areas = patch_areas(spacing)

    def corners(mask):
        padded = np.pad(mask, 1)
        found = []
        for k, j, i in np.ndindex(*np.add(mask.shape, 1)):
            voxels = padded[k : k + 2, j : j + 2, i : i + 2]
            if voxels.any() and not voxels.all():
                pattern = sum(1 << (4 * p + 2 * q + r) for p, q, r in np.argwhere(voxels))
                found.append((k, j, i, areas[pattern]))
        return np.array(found)

    of_a, of_b = corners(a), corners(b)
    return cdist(of_a[:, :3] * spacing, of_b[:, :3] * spacing).min(axis=1), of_a[:, 3]


def assert_equals_all_pairs(direction, distances, areas):
    """The area within any distance is the same: the profiles may group equal distances differently."""
    assert direction.area_mm2.sum() == pytest.approx(areas.sum(), rel=1e-12)
    assert (np.diff(direction.distance_mm) >= 0).all()
    for distance in np.unique(distances):
        within = direction.area_mm2[direction.distance_mm <= distance + 1e-9].sum()
        assert within == pytest.approx(areas[distances <= distance + 1e-9].sum(), rel=1e-9)
        assert np.abs(direction.distance_mm - distance).min() < 1e-9


def test_identical_masks_are_0_mm_apart():
    mask = ellipsoid((9, 10, 11), (4, 5, 5), (3, 4, 4))
    assert measures(mask, mask, ANISOTROPIC) == [0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize(("axis", "steps"), [(0, 1), (0, 3), (1, 4), (2, 7)])
def test_a_shifted_box_is_as_far_as_it_was_shifted(axis, steps):
    mask = np.zeros((12, 14, 16), dtype=bool)
    mask[2:7, 2:9, 2:8] = True
    found = between(mask, np.roll(mask, steps, axis), ANISOTROPIC)
    assert hausdorff_percentile(found, 100) == pytest.approx(steps * ANISOTROPIC[axis])


def test_parallel_plates_with_nothing_between_are_as_far_as_their_near_sides():
    lower, upper = np.zeros((2, 12, 30, 30), dtype=bool)
    lower[:1], upper[8:9] = True, True
    spacing = (1.5, 1.0, 1.0)
    found = between(lower, upper, spacing)
    # The near sides have 7 voxels between them, the far sides one more voxel each way.
    for direction in found.directions:
        assert set(direction.distance_mm.tolist()) == {10.5, 12.0}
        assert direction.area_mm2[direction.distance_mm == 12.0].sum() == pytest.approx(found.area_a_mm2 / 2)
    assert average_symmetric(found) == pytest.approx(11.25)
    assert normalized_surface_dice(found, 10.4) == 0
    assert normalized_surface_dice(found, 10.5) == pytest.approx(0.5)
    assert normalized_surface_dice(found, 12.0) == 1


def test_one_voxel_beside_another_by_hand():
    a, b = np.zeros((2, 1, 1, 3), dtype=bool)
    a[0, 0, 0], b[0, 0, 1] = True, True
    found = between(a, b, (1.0, 1.0, 2.0))
    assert found.a_to_b.distance_mm.tolist() == [0, 2]
    assert found.area_a_mm2 == pytest.approx(3.0)  # sqrt(1 + 4 + 4)
    assert found.a_to_b.area_mm2 == pytest.approx([1.5, 1.5])
    assert average_symmetric(found) == pytest.approx(1.0)


def test_masks_at_the_edge_of_the_array_are_measured_as_inside_a_larger_one():
    a = ellipsoid((8, 9, 10), (0, 4, 9), (5, 4, 6))
    b = ellipsoid((8, 9, 10), (1, 8, 5), (6, 5, 5))
    assert measures(np.pad(a, 7), np.pad(b, 7), ANISOTROPIC) == pytest.approx(measures(a, b, ANISOTROPIC), abs=1e-12)


def test_an_empty_mask_has_no_distance():
    mask, empty = np.ones((2, 2, 2), dtype=bool), np.zeros((2, 2, 2), dtype=bool)
    assert measures(mask, empty, (1, 1, 1)) == measures(empty, mask, (1, 1, 1)) == [None, None, None, None, 0, 0]
    assert measures(empty, empty, (1, 1, 1)) == [None] * 6
    assert between(mask, empty, (1, 1, 1)).area_a_mm2 > 0


@settings(deadline=None)
@given(two_masks(), SPACINGS)
def test_distances_equal_all_pairs(masks, spacing):
    a, b = masks
    if a.any() and b.any():
        found = between(a, b, spacing)
        assert_equals_all_pairs(found.a_to_b, *all_pairs(a, b, spacing))
        assert_equals_all_pairs(found.b_to_a, *all_pairs(b, a, spacing))


@pytest.mark.parametrize(("near", "few"), [(1, 0), (1, 10**9), (7, 0), (300, 0)])
def test_every_way_of_searching_gives_the_same(monkeypatch, near, few):
    """few = 0: nothing goes to the tree before the rings end; 10 ** 9: everything beyond the near rings does."""
    a = ellipsoid((14, 12, 40), (6, 6, 8), (5, 5, 7))
    b = ellipsoid((14, 12, 40), (7, 5, 30), (4, 5, 8)) | ellipsoid((14, 12, 40), (6, 6, 8), (3, 4, 4))
    monkeypatch.setattr(module, "_N_NEAR", near)
    monkeypatch.setattr(module, "_FEW", few)
    monkeypatch.setattr(module, "_CHUNK_PROBES", 128)
    found = between(a, b, ANISOTROPIC)
    assert_equals_all_pairs(found.a_to_b, *all_pairs(a, b, ANISOTROPIC))
    assert_equals_all_pairs(found.b_to_a, *all_pairs(b, a, ANISOTROPIC))


@settings(deadline=None)
@given(two_masks(), SPACINGS)
def test_measures_are_symmetric_and_bounded(masks, spacing):
    forth, back = measures(*masks, spacing), measures(*masks[::-1], spacing)
    if not all(mask.any() for mask in masks):
        assert forth == back
    else:
        assert forth == pytest.approx(back, rel=1e-12)
        largest, p95, median, mean, nsd_narrow, nsd_wide = forth
        assert 0 <= median <= p95 <= largest <= np.linalg.norm(np.multiply(masks[0].shape, spacing)) + 1e-9
        assert 0 <= mean <= largest + 1e-9
        assert 0 <= nsd_narrow <= nsd_wide <= 1


@settings(deadline=None)
@given(two_masks(), SPACINGS, st.permutations(range(3)), st.sets(st.integers(0, 2)))
def test_flips_and_axis_order_change_nothing(masks, spacing, axes, flipped):
    turned = [np.flip(mask, tuple(flipped)).transpose(axes) for mask in masks]
    expected, found = measures(*masks, spacing), measures(*turned, [spacing[axis] for axis in axes])
    assert [value is None for value in found] == [value is None for value in expected]
    assert [v for v in found if v is not None] == pytest.approx([v for v in expected if v is not None], rel=1e-9)


@pytest.mark.parametrize("center", [(9.0, 11.0, 12.0), (10.4, 12.2, 11.5), (6.5, 9.0, 15.0), (11.0, 16.0, 8.0)])
def test_hausdorff_is_simpleitks_within_a_voxel(center):
    """SimpleITK measures between voxel centres of the bodies, which for convex bodies is as far as their surfaces."""
    a = ellipsoid((20, 26, 28), (9, 11, 12), (6, 8, 9))
    b = ellipsoid((20, 26, 28), center, (5, 9, 8))
    images = [SimpleITK.GetImageFromArray(mask.astype(np.uint8)) for mask in (a, b)]
    for image in images:
        image.SetSpacing(ANISOTROPIC[::-1])
    simpleitk = SimpleITK.HausdorffDistanceImageFilter()
    simpleitk.Execute(*images)
    found = hausdorff_percentile(between(a, b, ANISOTROPIC), 100)
    assert found == pytest.approx(simpleitk.GetHausdorffDistance(), abs=np.linalg.norm(ANISOTROPIC))


def test_hausdorff_of_shifted_boxes_is_simpleitks():
    mask = np.zeros((12, 14, 16), dtype=bool)
    mask[2:7, 2:9, 2:8] = True
    images = [SimpleITK.GetImageFromArray(m.astype(np.uint8)) for m in (mask, np.roll(mask, (2, 3, 4), (0, 1, 2)))]
    for image in images:
        image.SetSpacing(ANISOTROPIC[::-1])
    simpleitk = SimpleITK.HausdorffDistanceImageFilter()
    simpleitk.Execute(*images)
    found = hausdorff_percentile(between(mask, np.roll(mask, (2, 3, 4), (0, 1, 2)), ANISOTROPIC), 100)
    assert found == pytest.approx(simpleitk.GetHausdorffDistance(), abs=1e-6)


SURFACE_DISTANCE_CASES = {
    "shifted ellipsoids": (
        ellipsoid((20, 24, 26), (9, 11, 12), (6, 8, 9)),
        ellipsoid((20, 24, 26), (10.3, 12.2, 11.5), (5, 9, 8)),
        (1.25, 0.7, 0.7),
    ),
    "cut by the edge": (
        ellipsoid((12, 20, 18), (0, 10, 9), (8, 7, 6)),
        ellipsoid((12, 20, 18), (1, 8, 0), (7, 6, 12)),
        (5.0, 0.8, 0.9),
    ),
    "ragged": (stripes((7, 8, 9), (3, 5, 7), 11, 4), stripes((7, 8, 9), (2, 7, 4), 13, 3), (2.0, 1.0, 1.5)),
    "far apart": (
        ellipsoid((30, 20, 60), (5, 9, 7), (3, 4, 5)),
        ellipsoid((30, 20, 60), (23, 10, 52), (4, 4, 4)),
        (1.0, 1.0, 1.0),
    ),
}
# From surface-distance 0.1 with numpy 1.26.4 and scipy 1.17.1: compute_robust_hausdorff at 100, 95 and 50 %; the pooled
# average sum(distance * area) / sum(area) over both directions of compute_surface_distances;
# compute_surface_dice_at_tolerance at 1.0 and 2.5 mm.
SURFACE_DISTANCE_VALUES = {
    "shifted ellipsoids": [3.75, 2.5, 0.7, 0.7097086037279031, 0.7232688286471918, 0.9930053801929422],
    "cut by the edge": [
        8.043009387039158, 5.4, 2.4083189157584592, 2.144044327819069, 0.3063565926224223, 0.5567785294443697,
    ],
    "ragged": [2.0, 1.0, 0.0, 0.0634087287678629, 0.9902197135394901, 1.0],
    "far apart": [49.4064773081425, 48.14561246884289, 44.19275958796871, 43.752075095953565, 0.0, 0.0],
}  # fmt: skip


@pytest.mark.parametrize("case", SURFACE_DISTANCE_CASES)
def test_measures_equal_values_computed_by_surface_distance(case):
    assert measures(*SURFACE_DISTANCE_CASES[case]) == pytest.approx(SURFACE_DISTANCE_VALUES[case], abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_measures_equal_surface_distance_where_it_is_installed(seed):
    peer = pytest.importorskip("surface_distance", reason="needs surface-distance: make setup-test")
    random = np.random.default_rng(seed)
    shape = (20, 24, 26)
    a, b = (ellipsoid(shape, np.array((10, 12, 13)) + random.normal(0, 2, 3), random.uniform(5, 9, 3)) for _ in "ab")
    a, b = a ^ (random.random(shape) < 0.01), b ^ (random.random(shape) < 0.01)
    spacing = tuple(random.uniform(0.5, 3, 3))
    theirs = peer.compute_surface_distances(a, b, spacing)
    distance = np.concatenate([theirs["distances_gt_to_pred"], theirs["distances_pred_to_gt"]])
    area = np.concatenate([theirs["surfel_areas_gt"], theirs["surfel_areas_pred"]])
    expected = [peer.compute_robust_hausdorff(theirs, percent) for percent in (100, 95, 50)]
    expected.append(distance @ area / area.sum())
    expected += [peer.compute_surface_dice_at_tolerance(theirs, tolerance) for tolerance in (1.0, 2.5)]
    assert measures(a, b, spacing) == pytest.approx(expected, abs=1e-9)


def test_threads_give_the_same():
    surfaces = [surface_of(ellipsoid((20, 24, 26), (9, 11, 12), (6, 8, 5 + n)), ANISOTROPIC) for n in range(4)]

    def to_the_others(surface):
        return [average_symmetric(surface_distances(other, surface)) for other in surfaces]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(to_the_others, surfaces * 3)) == [to_the_others(surface) for surface in surfaces * 3]


def test_masks_of_different_boxes_are_refused():
    mask = np.ones((2, 2, 2), dtype=bool)
    with pytest.raises(ValueError, match="against one of"):
        surface_distances(surface_of(mask, (1, 1, 1)), surface_of(np.ones((2, 2, 3), dtype=bool), (1, 1, 1)))
    with pytest.raises(ValueError, match="against one of"):
        surface_distances(surface_of(mask, (1, 1, 1)), surface_of(mask, (1, 1, 2)))
