from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.sample.canvas import Canvas
from SegmentationConcordanceLib.sample.shapes import Box, Capsule, Cut, Ellipsoid, Loft, curve, mirrored, plane_through

IDENTITY = np.eye(4)


def contains(shape, *point: float) -> bool:
    return bool(shape.contains(*(np.array([value], dtype=np.float32) for value in point))[0])


def painted_volume(shape, spacing: float = 0.2, reach: float = 13.0) -> float:
    size = int(2 * reach / spacing) + 1
    ijk_to_body = np.diag([spacing, spacing, spacing, 1.0])
    ijk_to_body[:3, 3] = -reach
    canvas = Canvas((size, size, size), ijk_to_body)
    canvas.paint(1, [shape])
    return np.count_nonzero(canvas.labels) * spacing**3


def test_ellipsoid_with_turned_axes():
    shape = Ellipsoid((1, 2, 3), (10, 5, 2), ((0, 1, 0), (0, 0, 1), (1, 0, 0)))
    assert contains(shape, 1, 11.9, 3)
    assert not contains(shape, 1, 12.1, 3)
    assert not contains(shape, 3.1, 2, 3)
    assert shape.bounds().tolist() == [[-1, -8, -2], [3, 12, 8]]
    assert painted_volume(shape) == pytest.approx(4 / 3 * np.pi * 10 * 5 * 2, rel=0.01)


def test_capsule_has_round_ends_and_a_changing_radius():
    shape = Capsule((-10, 0, 0), (10, 0, 0), 4, 2)
    assert contains(shape, -13.9, 0, 0)
    assert contains(shape, 0, 2.9, 0)
    assert not contains(shape, 0, 3.1, 0)
    assert contains(shape, 11.9, 0, 0)
    assert not contains(shape, 12.1, 0, 0)


def test_stretched_capsule_is_wider_along_one_axis():
    shape = Capsule((-10, 0, 0), (10, 0, 0), 2, 2, stretch=(1, 1, 3))
    assert contains(shape, 0, 0, 5.9)
    assert not contains(shape, 0, 2.1, 0)
    assert shape.bounds().tolist() == [[-12, -2, -6], [12, 2, 6]]


def test_loft_interpolates_between_its_sections():
    shape = Loft(((-10, 0, 4, 8), (10, 2, 8, 8)))
    assert contains(shape, 5.9, 1, 0)
    assert not contains(shape, 6.1, 1, 0)
    assert not contains(shape, 0, 0, 10.5)
    assert np.allclose(shape.grown(2).at(0.0), (1, 8, 10))


def test_rim_lies_on_the_surface_of_the_loft():
    shape = Loft(((-10, 3, 40, 80), (10, 3, 40, 80)))
    back, left, front = (shape.rim(angle, 0) for angle in (0, np.pi / 2, np.pi))
    assert np.allclose(back, (0, 83, 0), atol=1e-6)
    assert np.allclose(left, (40, 3, 0), atol=1e-6)
    assert np.allclose(front, (0, -77, 0), atol=1e-6)
    x, y, _ = shape.rim(-0.9, 0)
    assert x < 0
    assert (abs(x) / 40) ** 2.5 + (abs(y - 3) / 80) ** 2.5 == pytest.approx(1)


def test_cut_keeps_the_side_asked_for():
    sphere = Ellipsoid((0, 0, 0), (10, 10, 10))
    plane = plane_through(((0, 0, 2), (1, 0, 2), (0, 1, 2)), keep=(0, 0, 5))
    half = Cut(sphere, (plane,))
    assert contains(half, 0, 0, 3)
    assert not contains(half, 0, 0, 1)
    assert half.bounds().tolist() == [[-10, -10, 2], [10, 10, 10]]


def test_curve_goes_through_its_points():
    path = curve([(0, 0, 0), (10, 5, 0), (20, 0, 0)], step_mm=0.5)
    assert np.linalg.norm(path - [10, 5, 0], axis=1).min() < 0.3
    assert path[0].tolist() == [0, 0, 0]
    assert np.allclose(path[-1], [20, 0, 0])


def test_mirrored_changes_left_to_right():
    assert mirrored([(1, 2, 3)], -1) == [(-1, 2, 3)]


def test_paint_respects_what_it_may_cover():
    canvas = Canvas((1, 4, 6), IDENTITY)
    canvas.paint(1, [Box((0, 0, 0), (2, 3, 0))])
    canvas.paint(2, [Box((1, 1, 0), (4, 2, 0))], over=[1])
    expected = [[1, 1, 1, 0, 0, 0], [1, 2, 2, 0, 0, 0], [1, 2, 2, 0, 0, 0], [1, 1, 1, 0, 0, 0]]
    assert canvas.labels[0].tolist() == expected


def test_what_lies_outside_of_the_canvas_is_cut_off():
    canvas = Canvas((2, 3, 4), IDENTITY)
    canvas.paint(1, [Box((-50, -50, -50), (0, 50, 50)), Box((60, 60, 60), (70, 70, 70))])
    assert canvas.labels[:, :, 0].all()
    assert not canvas.labels[:, :, 1:].any()


def test_a_flipped_grid_paints_the_same_place():
    flipped = np.array([[-1.0, 0, 0, 5], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    canvas = Canvas((1, 1, 6), flipped)
    canvas.paint(1, [Box((0, 0, 0), (1, 0, 0))])
    assert canvas.labels[0, 0].tolist() == [0, 0, 0, 0, 1, 1]
