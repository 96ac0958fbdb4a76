"""Which corners belong to a surface, and its area."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement import surfaces
from SegmentationConcordanceLib.agreement.surfaces import surface_of


def box(shape, lower, upper):
    mask = np.zeros(shape, dtype=bool)
    mask[tuple(slice(low, high) for low, high in zip(lower, upper))] = True
    return mask


def area_of_box(size, spacing):
    """Flat faces between the outermost voxel centres, edges cut off by rectangles, corners by triangles."""
    pairs = list(itertools.combinations(range(3), 2))
    inner = [(n - 1) * step for n, step in zip(size, spacing)]
    faces = sum(2 * inner[a] * inner[b] for a, b in pairs)
    edges = sum(4 * inner[3 - a - b] * np.hypot(spacing[a], spacing[b]) / 2 for a, b in pairs)
    return faces + edges + np.sqrt(sum((spacing[a] * spacing[b]) ** 2 for a, b in pairs))


@pytest.mark.parametrize("spacing", [(1, 1, 1), (5, 0.7, 0.8)])
@pytest.mark.parametrize("size", [(1, 1, 1), (1, 1, 4), (2, 3, 1), (3, 4, 5)])
def test_area_of_a_box(size, spacing):
    surface = surface_of(box((6, 7, 8), (1, 1, 1), np.add(size, 1)), spacing)
    assert surface.area_mm2 == pytest.approx(area_of_box(size, spacing), rel=1e-13)


def test_a_single_voxel_has_its_eight_corners():
    surface = surface_of(box((3, 3, 3), (1, 1, 1), (2, 2, 2)), (2.0, 3.0, 5.0))
    points = surface.points_mm(surface.corners)
    assert (points - points.min(axis=0)).tolist() == [
        [k, j, i] for k in (0, 2) for j in (0, 3) for i in (0, 5)
    ]  # in the order of the array
    assert sorted(surface.patterns.tolist()) == [1 << bit for bit in range(8)]


def test_area_of_an_empty_mask_is_0():
    surface = surface_of(np.zeros((3, 4, 5), dtype=bool), (1, 1, 1))
    assert surface.corners.size == 0
    assert surface.area_mm2 == 0


def test_a_mask_cut_by_the_edge_of_the_array_is_closed():
    full = np.ones((3, 4, 5), dtype=bool)
    assert surface_of(full, (2, 1, 1)).area_mm2 == pytest.approx(area_of_box((3, 4, 5), (2, 1, 1)))


def test_an_array_view_needs_no_copy():
    mask = np.random.default_rng(1).random((6, 7, 8)) < 0.4
    turned = surface_of(mask.T[::-1], (1.5, 0.7, 3.0))
    assert turned.area_mm2 == pytest.approx(surface_of(mask[:, :, ::-1], (3.0, 0.7, 1.5)).area_mm2, rel=1e-12)


@pytest.mark.parametrize("slab", [1, 100, 300])
def test_the_size_of_the_slabs_changes_nothing(monkeypatch, slab):
    mask = np.random.default_rng(2).random((9, 10, 11)) < 0.4
    whole = surface_of(mask, (1, 1, 1))
    monkeypatch.setattr(surfaces, "_SLAB_CORNERS", slab)
    sliced = surface_of(mask, (1, 1, 1))
    assert np.array_equal(sliced.on_surface, whole.on_surface)
    assert np.array_equal(sliced.corners, whole.corners)
    assert np.array_equal(sliced.corners, np.flatnonzero(sliced.on_surface))
    assert np.array_equal(sliced.patterns, whole.patterns)


@pytest.mark.parametrize(
    ("mask", "spacing"),
    [
        (np.zeros((2, 2), dtype=bool), (1, 1, 1)),
        (np.zeros((2, 2, 2), dtype=np.uint8), (1, 1, 1)),
        (np.zeros((2, 2, 2), dtype=bool), (1, 1)),
        (np.zeros((2, 2, 2), dtype=bool), (1, 1, 0)),
        (np.zeros((2, 2, 2), dtype=bool), (1, 1, float("nan"))),
    ],
)
def test_what_is_no_mask_is_refused(mask, spacing):
    with pytest.raises(ValueError, match="no surface"):
        surface_of(mask, spacing)
