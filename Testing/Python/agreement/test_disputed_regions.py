"""The place of a disagreement: the deepest voxel of the dispute; a blob on a rim is a region of its own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.dispute_depths import middle_voxel
from SegmentationConcordanceLib.agreement.disputed_place import disputed_place
from SegmentationConcordanceLib.agreement.disputed_regions import DisputedRegion, disputed_regions, regions_of_voxels

SPACING_KJI = np.array([2.5, 0.9, 0.9])


def regions_of(masks: list[np.ndarray], spacing_kji=SPACING_KJI, voters: int | None = None):
    """The regions of masks (k, j, i) of the whole scan, one per model."""
    patterns = sum(mask.astype(np.uint16) << bit for bit, mask in enumerate(masks))
    everyone = (1 << len(masks)) - 1
    places = np.flatnonzero(patterns)
    return regions_of_voxels(
        places, patterns.ravel()[places], voters or everyone, patterns.shape, np.asarray(spacing_kji)
    )


def ball(shape, center, radius_mm, spacing_kji=SPACING_KJI) -> np.ndarray:
    places = np.moveaxis(np.indices(shape), 0, -1)
    return (((places - center) * spacing_kji) ** 2).sum(axis=-1) <= radius_mm**2


@pytest.mark.parametrize("seed", range(3))
def test_a_false_blob_on_one_of_four_noisy_livers_comes_first(seed):
    shape, middle = (56, 150, 180), np.array([28, 75, 95])
    places = (np.moveaxis(np.indices(shape), 0, -1) - middle) * SPACING_KJI
    radius = np.sqrt(((places / [45, 42, 55]) ** 2).sum(axis=-1))
    noise = np.random.default_rng(seed)
    livers = []
    for _ in range(4):
        field = ndimage.gaussian_filter(noise.standard_normal(shape), 8 / SPACING_KJI)
        livers.append((radius - 1) * 45 < 1.5 * field / field.std())
    blob = ball(shape, middle - [0, 0, (55 + 5) / 0.9], 12.1)
    livers[1] |= blob
    found = regions_of(livers)
    first = found[0]
    assert blob.sum() * SPACING_KJI.prod() / 1000 == pytest.approx(7.4, abs=0.2)
    assert blob[first.voxel]
    assert first.minority == 0b0010
    assert 5 < first.volume_ml < 9, "the rim that the blob hangs on is a region of its own"
    assert first.depth_mm > 2 * found[1].depth_mm


def test_depth_is_the_euclidean_distance_in_mm_also_across_thick_slices():
    one, two = np.zeros((2, 9, 40, 40), dtype=bool)
    one[:] = two[:] = False
    two[2:7, 8:30, 8:25] = True
    (region,) = regions_of([one, two])
    expected = ndimage.distance_transform_edt(two, SPACING_KJI)
    assert region.depth_mm == pytest.approx(expected.max())
    assert expected[region.voxel] == expected.max()
    assert region.n_voxels == two.sum()


@pytest.mark.parametrize("seed", range(5))
def test_of_any_two_masks_the_first_region_is_as_deep_as_it_can_be(seed):
    noise = np.random.default_rng(seed)
    spacing = noise.uniform(0.6, 4.0, 3)
    fields = [ndimage.gaussian_filter(noise.standard_normal((24, 40, 40)), 2.5) > 0 for _ in range(2)]
    differ = np.pad(fields[0] ^ fields[1], 5, mode="edge")  # the end of the scan ends no dispute
    expected = ndimage.distance_transform_edt(differ, spacing)[5:-5, 5:-5, 5:-5]
    found = regions_of(fields, spacing)
    inside = [region for region in found if all(4 < v < n - 5 for v, n in zip(region.voxel, differ.shape))]
    assert inside
    for region in inside:
        assert region.depth_mm == pytest.approx(expected[region.voxel])


def test_a_dispute_that_the_scan_cuts_is_deepest_at_the_cut():
    one = np.zeros((20, 30, 30), dtype=bool)
    two = ball(one.shape, (0, 15, 15), 10)
    (region,) = regions_of([one, two])
    assert region.voxel == (0, 15, 15)
    whole = np.pad(two, ((9, 0), (0, 0), (0, 0)), mode="reflect")
    assert region.depth_mm == pytest.approx(ndimage.distance_transform_edt(whole, SPACING_KJI)[9, 15, 15])


def test_the_place_is_where_fewest_models_are_in_the_minority():
    masks = [np.zeros((5, 5, 12), dtype=bool) for _ in range(5)]
    for mask in masks[:4]:
        mask[1:4, 1:4, 1:11] = True
    masks[3][1:4, 1:4, 6:11] = False
    first = regions_of(masks, (1, 1, 1))[0]
    assert (first.minority, first.n_voxels) == (0b10000, 90)
    assert first.voxel[2] < 5, "where model 5 alone left it out, not where model 4 did so too"


def test_equal_masks_have_no_regions_and_a_tie_is_told_once():
    mask = ball((9, 20, 20), (4, 10, 10), 8)
    nothing = np.zeros_like(mask)
    assert regions_of([mask, mask]) == ()
    assert len(regions_of([mask, mask, nothing, nothing])) == 1


def test_models_that_do_not_know_the_structure_have_no_say():
    mask = ball((9, 20, 20), (4, 10, 10), 8)
    assert regions_of([mask, mask, np.zeros_like(mask)], voters=0b011) == ()


def test_a_large_dispute_is_measured_to_within_a_voxel():
    mask = ball((70, 130, 130), (35, 65, 65), 55, np.ones(3))
    first = regions_of([mask, np.zeros_like(mask)], (1, 1, 1))[0]
    assert np.linalg.norm(np.subtract(first.voxel, (35, 65, 65))) <= 3
    assert first.depth_mm == pytest.approx(35.5, abs=25)


def test_the_middle_of_a_structure_lies_inside_it():
    ring = ball((5, 60, 60), (2, 30, 30), 24) & ~ball((5, 60, 60), (2, 30, 30), 18)
    voxel = middle_voxel(ring, (10, 20, 30), SPACING_KJI)
    assert ring[tuple(np.subtract(voxel, (10, 20, 30)))]


def test_the_panel_and_the_explorer_go_to_one_place(make_model, structures):
    names = {1: structures["spleen"]}
    layers = [np.zeros((8, 12, 12), np.uint8) for _ in range(3)]
    for layer in layers:
        layer[2:6, 3:9, 3:9] = 1
    layers[1][2:6, 3:9, 9:12] = 1
    models = [make_model(name, [layer], names) for name, layer in zip("ABC", layers)]
    analysis = Analysis(models, case="a", series_uid="")
    first = disputed_regions(analysis.comparison, 0)[0]
    assert isinstance(first, DisputedRegion)
    left, back, up = analysis.comparison.geometry.lps_of(first.voxel[::-1])
    place = disputed_place(analysis.comparison, models, "SCT:78961009")
    assert place == pytest.approx((-left, -back, up))
    assert first.minority == 0b010
