from __future__ import annotations

import numpy as np

from SegmentationConcordanceLib.sample.boundary_noise import displaced, outline_zone
from SegmentationConcordanceLib.sample.noise import NoiseField

SPACING = np.array([2.0, 1.0, 1.0])


def constant(value: float) -> NoiseField:
    return NoiseField(np.full((3, 3, 3), value, dtype=np.float32), (20.0, 20.0, 20.0))


def block() -> np.ndarray:
    labels = np.zeros((20, 20, 20), dtype=np.uint8)
    labels[5:15, 5:15, 5:15] = 7
    return labels


def test_constant_field_moves_an_outline_by_whole_voxels():
    labels = block()
    zone = outline_zone(labels, SPACING, 2.0)
    moved = displaced(labels, zone, SPACING, (constant(1), constant(0), constant(-1)), 2.0)
    expected = np.zeros_like(labels)
    expected[4:14, 5:15, 7:17] = 7
    assert np.array_equal(moved, expected)
    assert np.array_equal(labels, block())


def test_nothing_changes_outside_of_the_zone():
    labels = block()
    zone = outline_zone(labels, SPACING, 1.0)
    rng = np.random.default_rng(5)
    fields = tuple(NoiseField.drawn(labels.shape, SPACING, 6.0, rng) for _ in range(3))
    moved = displaced(labels, zone, SPACING, fields, 1.0)
    assert np.any(moved != labels)
    assert not np.any((moved != labels) & ~zone)
    assert zone[5, 10, 10]
    assert not zone[10, 10, 10]
    assert not zone[0, 0, 0]


def test_field_is_read_off_linearly_between_its_nodes():
    nodes = np.zeros((2, 2, 2), dtype=np.float32)
    nodes[1] = 1
    field = NoiseField(nodes, (4.0, 4.0, 4.0))
    places = (np.array([0, 1, 4]), np.array([0, 3, 2]), np.array([0, 1, 4]))
    assert np.allclose(field.at(places), [0, 0.25, 1])


def test_mixing_keeps_the_variance():
    rng = np.random.default_rng(1)
    one, other = (NoiseField.drawn((200, 200, 200), np.ones(3), 4.0, rng) for _ in range(2))
    mixed = one.mixed_with(other, 0.5)
    assert abs(mixed.nodes.var() - 1) < 0.02
    assert abs(np.corrcoef(mixed.nodes.ravel(), other.nodes.ravel())[0, 1] - np.sqrt(0.5)) < 0.02
