"""Parts that hang together, found run by run, and depths: held against scipy's on whole arrays."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from SegmentationConcordanceLib.agreement.dispute_depths import depths_mm
from SegmentationConcordanceLib.agreement.dispute_nodes import DisputeNodes, connected

SPACING_KJI = np.array([2.5, 0.9, 0.9])


def nodes_of(held: np.ndarray) -> DisputeNodes:
    places = np.flatnonzero(held)
    return DisputeNodes.of(places, held.ravel()[places], held.shape)


def noise(seed: int, shape=(14, 30, 32), smooth=0.0) -> np.ndarray:
    field = np.random.default_rng(seed).standard_normal(shape)
    return ndimage.gaussian_filter(field, smooth) > 0.4 * (1 if not smooth else field.std() / 10)


@pytest.mark.parametrize("seed", range(4))
def test_components_are_those_of_scipy_and_never_join_two_models(seed):
    held = np.zeros((20, 36, 38), dtype=np.uint8)
    inner = held[4:-4, 4:-4, 4:-4]
    masks = [noise(seed), noise(seed + 100)]
    inner[:12, :28, :30] = (masks[0].astype(np.uint8) + 4 * masks[1].astype(np.uint8))[:12, :28, :30]
    nodes = nodes_of(held)
    components = nodes.components()
    expected, n_first = [], 0
    for bit in (0, 2):
        labels, count = ndimage.label(held >> bit & 1)
        expected.append(labels[labels > 0] - 1 + n_first)
        n_first += count
    assert nodes.bits == [0, 2]
    assert components.tolist() == np.concatenate(expected).tolist()


@pytest.mark.parametrize("seed", range(4))
def test_parts_that_touch_at_edges_and_corners_are_those_of_scipy(seed):
    mask = np.pad(np.random.default_rng(seed).random((9, 14, 15)) < 0.12, 2)
    _, rows, columns = mask.shape
    steps = [columns, (rows - 1) * columns, rows * columns, (rows + 1) * columns]
    labels, count = ndimage.label(mask, np.ones((3, 3, 3)))
    assert count > 10
    assert connected(np.flatnonzero(mask), steps, reach=1).tolist() == (labels[mask] - 1).tolist()


def test_nothing_in_dispute_has_no_nodes_no_parts_and_no_depths():
    nodes = nodes_of(np.zeros((4, 5, 6), dtype=np.uint8))
    assert nodes.bits == []
    assert nodes.components().tolist() == []
    assert depths_mm(nodes, SPACING_KJI).tolist() == []


@pytest.mark.parametrize("smooth", [0.0, 3.0], ids=["rims and crumbs", "thick"])
@pytest.mark.parametrize("seed", range(3))
def test_depths_are_the_distances_of_scipy_model_by_model(seed, smooth):
    held = np.pad(noise(seed, smooth=smooth), 5).astype(np.uint8)
    held |= np.pad(noise(seed + 50, smooth=smooth), 5).astype(np.uint8) << 3
    nodes = nodes_of(held)
    depths = depths_mm(nodes, SPACING_KJI)
    for bit in (0, 3):
        own = held >> bit & 1
        expected = ndimage.distance_transform_edt(own, SPACING_KJI)[own > 0]
        assert depths[nodes.first[bit] : nodes.first[bit + 1]] == pytest.approx(expected, abs=1e-12)


def test_depths_of_a_dispute_that_is_far_apart_are_those_of_scipy():
    held = np.zeros((30, 60, 60), dtype=np.uint8)
    held[4:9, 5:16, 5:16] = held[20:26, 45:54, 46:55] = 1
    nodes = nodes_of(held)
    assert nodes.held.size > 16 * len(nodes.voxel), "sparse"
    expected = ndimage.distance_transform_edt(held, SPACING_KJI)[held > 0]
    assert depths_mm(nodes, SPACING_KJI) == pytest.approx(expected, abs=1e-12)
