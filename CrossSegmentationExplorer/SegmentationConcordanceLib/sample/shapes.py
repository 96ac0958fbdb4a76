"""Solid shapes in mm, and curves to run tubes along: what the synthetic chest is drawn with.

Every shape answers two questions: ``bounds()``, float64 (2, 3), the lowest and highest x, y, z that it may reach, and
``contains(x, y, z)`` for float32 arrays of one shape, a bool array of that shape. Axes are LPS: left, back, head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

Point = tuple[float, float, float]
_LOFT_STEP_MM = 0.25


class Shape(Protocol):
    """Anything that can be painted on a canvas."""

    def bounds(self) -> NDArray[np.float64]: ...

    def contains(self, x: NDArray[np.float32], y: NDArray[np.float32], z: NDArray[np.float32]) -> NDArray[np.bool_]: ...


@dataclass(frozen=True)
class Ellipsoid:
    """An ellipsoid.

    :param radii: semi-axes in mm.
    :param axes: unit vectors of the semi-axes as rows; the patient's axes by default.
    """

    center: Point
    radii: Point
    axes: tuple[Point, Point, Point] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))

    def bounds(self) -> NDArray[np.float64]:
        reach = np.linalg.norm(np.array(self.axes) * np.array(self.radii)[:, None], axis=0)
        return np.array([self.center - reach, self.center + reach])

    def contains(self, x: NDArray[np.float32], y: NDArray[np.float32], z: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Whether points lie in the ellipsoid or on it.

        :param x: float32, mm in LPS; ``y`` and ``z`` likewise, all of one shape.
        :returns: bool, of that shape.
        """
        dx, dy, dz = (v - np.float32(c) for v, c in zip((x, y, z), self.center))
        total = np.zeros_like(dx)
        for axis, radius in zip(self.axes, self.radii):
            a, b, c = (np.float32(part / radius) for part in axis)
            total += np.square(a * dx + b * dy + c * dz)
        return total <= 1


@dataclass(frozen=True)
class Capsule:
    """A straight rod with round ends whose radius may change along it.

    :param stretch: how many times the rod is wider than its radius along x, y, z, e.g. (1, 1, 2) for a rib, which is
        twice as high as thick.
    """

    start: Point
    end: Point
    start_radius: float
    end_radius: float
    stretch: Point = (1.0, 1.0, 1.0)

    def bounds(self) -> NDArray[np.float64]:
        reach = max(self.start_radius, self.end_radius) * np.array(self.stretch)
        ends = np.array([self.start, self.end])
        return np.array([ends.min(axis=0) - reach, ends.max(axis=0) + reach])

    def contains(self, x: NDArray[np.float32], y: NDArray[np.float32], z: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Whether points lie in the rod or on it.

        :param x: float32, mm in LPS; ``y`` and ``z`` likewise, all of one shape.
        :returns: bool, of that shape.
        """
        stretch = np.array(self.stretch)
        start, end = (np.array(point) / stretch for point in (self.start, self.end))
        along = end - start
        length_squared = max(float(along @ along), 1e-12)
        offsets = [v * np.float32(1 / s) - np.float32(c) for v, s, c in zip((x, y, z), stretch, start)]
        share = reduce(np.add, (np.float32(a / length_squared) * d for a, d in zip(along, offsets)))
        np.clip(share, 0, 1, out=share)
        distance = sum(np.square(d - np.float32(a) * share) for a, d in zip(along, offsets))
        radius = np.float32(self.start_radius) + np.float32(self.end_radius - self.start_radius) * share
        return distance <= np.square(radius)


@dataclass(frozen=True)
class Box:
    """A box along the patient's axes, from its lowest to its highest corner."""

    lowest: Point
    highest: Point

    def bounds(self) -> NDArray[np.float64]:
        return np.array([self.lowest, self.highest], dtype=float)

    def contains(self, x: NDArray[np.float32], y: NDArray[np.float32], z: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Whether points lie in the box or on it.

        :param x: float32, mm in LPS; ``y`` and ``z`` likewise, all of one shape.
        :returns: bool, of that shape.
        """
        inside = np.ones(x.shape, dtype=bool)
        for v, low, high in zip((x, y, z), self.lowest, self.highest):
            inside &= (v >= low) & (v <= high)
        return inside


@dataclass(frozen=True)
class Loft:
    """A column of superellipses (exponent 2.5, between an ellipse and a rectangle) stacked along z.

    :param sections: rows (z, center y, radius x, radius y) in mm, z ascending, linear in between; nothing below the
        first or above the last. Every section is centred on x = 0.
    """

    sections: tuple[tuple[float, float, float, float], ...]

    def grown(self, mm: float) -> Loft:
        """The same column with every radius larger by ``mm``."""
        return Loft(tuple((z, y, max(rx + mm, 1.0), max(ry + mm, 1.0)) for z, y, rx, ry in self.sections))

    def at(
        self, z: NDArray[np.float64] | float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Center y, radius x and radius y at height z, all in mm."""
        table = np.array(self.sections)
        return tuple(np.interp(z, table[:, 0], table[:, column]) for column in (1, 2, 3))

    def rim(self, angle: float, z: float) -> Point:
        """The point of the surface at height z, ``angle`` radians from the back, to the left where positive.

        :param z: in mm of the body.
        """
        center, radius_x, radius_y = self.at(z)
        sine, cosine = np.sin(angle), np.cos(angle)
        x = radius_x * np.sign(sine) * abs(sine) ** 0.8
        y = center + radius_y * np.sign(cosine) * abs(cosine) ** 0.8
        return float(x), float(y), float(z)

    def bounds(self) -> NDArray[np.float64]:
        z, y, rx, ry = np.array(self.sections).T
        return np.array([[-rx.max(), (y - ry).min(), z.min()], [rx.max(), (y + ry).max(), z.max()]])

    @cached_property
    def _profile(self) -> np.ndarray:
        bottom, top = self.sections[0][0], self.sections[-1][0]
        center, radius_x, radius_y = self.at(np.arange(bottom, top + _LOFT_STEP_MM, _LOFT_STEP_MM))
        return np.array([center, 1 / radius_x, 1 / radius_y], dtype=np.float32)

    def contains(self, x: NDArray[np.float32], y: NDArray[np.float32], z: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Whether points lie in the column or on it.

        :param x: float32, mm in LPS; ``y`` and ``z`` likewise, all of one shape.
        :returns: bool, of that shape.
        """
        bottom, top = self.sections[0][0], self.sections[-1][0]
        rows = ((z - np.float32(bottom)) * np.float32(1 / _LOFT_STEP_MM)).astype(np.int32)
        np.clip(rows, 0, self._profile.shape[1] - 1, out=rows)
        center, per_x, per_y = self._profile
        inside = _power_2_5(x * per_x[rows]) + _power_2_5((y - center[rows]) * per_y[rows]) <= 1
        return inside & (z >= bottom) & (z <= top)


def _power_2_5(values: np.ndarray) -> np.ndarray:
    squares = np.square(values)
    return squares * np.sqrt(np.sqrt(squares))


@dataclass(frozen=True)
class Cut:
    """The part of a shape that lies below every one of some planes.

    :param planes: (normal, offset): keeps the points whose product with the normal is at most the offset (mm).
    """

    shape: Shape
    planes: tuple[tuple[Point, float], ...]

    def bounds(self) -> NDArray[np.float64]:
        bounds = self.shape.bounds()
        for normal, offset in self.planes:
            axis = int(np.argmax(np.abs(normal)))
            if np.count_nonzero(normal) == 1:
                limit = offset / normal[axis]
                row = 1 if normal[axis] > 0 else 0
                bounds[row, axis] = min(bounds[1, axis], limit) if row else max(bounds[0, axis], limit)
        return bounds

    def contains(self, x: NDArray[np.float32], y: NDArray[np.float32], z: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Whether points lie in the shape and on the right side of every plane.

        :param x: float32, mm in LPS; ``y`` and ``z`` likewise, all of one shape.
        :returns: bool, of that shape.
        """
        inside = self.shape.contains(x, y, z)
        for (a, b, c), offset in self.planes:
            inside &= np.float32(a) * x + np.float32(b) * y + np.float32(c) * z <= offset
        return inside


def plane_through(points: tuple[Point, Point, Point], keep: Point) -> tuple[Point, float]:
    """The plane through three points, as :class:`Cut` takes it, with ``keep`` on the side that is kept.

    :param points: three, not on one line, in mm.
    """
    first, second, third = (np.array(point, dtype=float) for point in points)
    normal = np.cross(second - first, third - first)
    normal /= np.linalg.norm(normal)
    if normal @ (np.array(keep) - first) > 0:
        normal = -normal
    return tuple(normal.tolist()), float(normal @ first)


def curve(points: Sequence[Point], step_mm: float = 8.0) -> NDArray[np.float64]:
    """A smooth curve through the points: float64 (n, 3), about ``step_mm`` apart.

    :param points: two or more, in mm.
    """
    knots = np.array(points, dtype=float)
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(knots, axis=0), axis=1))])
    count = max(2, round(lengths[-1] / step_mm) + 1)
    if len(knots) == 2:
        return np.linspace(knots[0], knots[1], count)
    return CubicSpline(lengths, knots)(np.linspace(0, lengths[-1], count))


def tube(
    points: Sequence[Point], radius: float | Sequence[float], stretch: Point = (1.0, 1.0, 1.0), step_mm: float = 8.0
) -> tuple[Capsule, ...]:
    """A tube along the smooth curve through the points; one radius, or one per point.

    :param radius: in mm.
    :param stretch: factors along x, y, z, for a tube that is not round.
    :param step_mm: length of its pieces.
    """
    path = curve(points, step_mm)
    knots = np.linspace(0, 1, np.size(radius)) if np.size(radius) > 1 else [0.0]
    radii = np.interp(np.linspace(0, 1, len(path)), knots, np.atleast_1d(radius))
    rows, sizes = path.tolist(), radii.tolist()
    ends = zip(rows, rows[1:], sizes, sizes[1:])
    return tuple(Capsule(tuple(start), tuple(end), first, last, stretch) for start, end, first, last in ends)


def mirrored(points: Sequence[Point], side: int) -> list[Point]:
    """The points as given for side 1 (left), or reflected to the right for side -1.

    :param points: (x, y, z) in mm; x is left.
    """
    return [(side * x, y, z) for x, y, z in points]
