"""Where the names of outlines stand in a view: beside the structure, not over it, and not over each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

_STEP = 6  # pixels between the places that are tried
_GAP = 3
_LEAST_APART, _CLEARLY_APART = 2.0, 3.0


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of a view, in pixels from its lower left."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Rectangle, gap: float = 0.0) -> bool:
        """Whether the two share a pixel, or come nearer than a gap.

        :param other: of the same view.
        :param gap: in pixels.
        """
        return (
            self.x < other.x + other.width + gap
            and other.x < self.x + self.width + gap
            and self.y < other.y + other.height + gap
            and other.y < self.y + self.height + gap
        )

    def nearest(self, point: tuple[float, float]) -> tuple[float, float]:
        """The point of the rectangle that is nearest to one."""
        return (
            min(max(point[0], self.x), self.x + self.width),
            min(max(point[1], self.y), self.y + self.height),
        )

    def distance(self, point: tuple[float, float]) -> float:
        """How far a point is from the rectangle, in pixels; 0 inside."""
        x, y = self.nearest(point)
        return float(np.hypot(point[0] - x, point[1] - y))


def place_labels(
    view: tuple[int, int],
    sizes: Sequence[tuple[float, float]],
    anchors: Sequence[tuple[float, float]],
    structure: Rectangle,
    taken: Sequence[Rectangle] = (),
) -> list[Rectangle | None]:
    """A place for each label: in the view, near its anchor, outside of the structure's box, over nothing that is taken.

    Where the box leaves no room, as when it is larger than the view, a label stands at the view's margin as far from
    the box's middle as can be. None where there is no room at all.

    :param view: width and height in pixels.
    :param sizes: width and height of each label.
    :param anchors: what each label names, in pixels from the lower left.
    :param structure: the box that is to be seen.
    :param taken: where other text stands.
    """
    placed: list[Rectangle | None] = []
    middle = structure.x + structure.width / 2, structure.y + structure.height / 2
    for (width, height), anchor in zip(sizes, anchors, strict=True):
        tried = _places(view, width, height)
        apart = [*taken, *(one for one in placed if one is not None)]
        free = tried[~_overlapping(tried, width, height, apart)]
        beside = free[~_overlapping(free, width, height, [structure])]
        if len(beside):
            placed.append(_best(beside, width, height, anchor))
        elif len(free):
            far = np.abs(np.add(free, (width / 2, height / 2)) - middle) / view
            best = free[np.argmax(far.max(axis=1))]
            placed.append(Rectangle(float(best[0]), float(best[1]), width, height))
        else:
            placed.append(None)
    return _untangled(view, placed, anchors, [structure, *taken])


def eligible_pixels(outlines: Sequence[NDArray[np.bool_]]) -> list[NDArray[np.int64]]:
    """The pixels of each outline that a label may point to: those that are clearly apart from the others' outlines.

    Where an outline is nowhere so, the pixels that are most apart; where it runs with the others, all of its pixels.

    :param outlines: bool (height, width), all of one shape, the first row at the bottom.
    :returns: (x, y) each, int (n, 2); none of an empty outline.
    """
    found = []
    for number, outline in enumerate(outlines):
        rows, columns = np.nonzero(outline)
        others = [one for other, one in enumerate(outlines) if other != number and one.any()]
        apart = _apart(rows, columns, others)
        best = apart.max(initial=0.0)
        eligible = apart >= min(best / 2, _CLEARLY_APART) if best > _LEAST_APART else np.ones(len(apart), bool)
        found.append(np.stack([columns, rows], axis=1)[eligible])
    return found


def first_anchors(pixels: Sequence[NDArray[np.int64]]) -> list[tuple[float, float]]:
    """One pixel of each outline, farthest in a direction that is another one for each; (0, 0) of none.

    :param pixels: of :func:`eligible_pixels`.
    """
    anchors = []
    for number, eligible in enumerate(pixels):
        angle = np.pi * (2 * number / len(pixels) + 0.25)
        along = eligible @ np.array((np.cos(angle), np.sin(angle)))
        x, y = eligible[int(np.argmax(along))] if len(eligible) else (0, 0)
        anchors.append((float(x), float(y)))
    return anchors


def nearest_anchor(pixels: NDArray[np.int64], label: Rectangle) -> tuple[float, float]:
    """The pixel of an outline that is nearest to its label.

    :param pixels: (x, y) each, (n, 2), at least one, in the label's pixels.
    :param label: where the label stands.
    """
    lower = np.array((label.x, label.y))
    away = np.maximum(np.maximum(lower - pixels, pixels - lower - (label.width, label.height)), 0)
    x, y = pixels[int(np.argmin(np.hypot(away[:, 0], away[:, 1])))]
    return float(x), float(y)


def _apart(rows: np.ndarray, columns: np.ndarray, others: Sequence[np.ndarray]) -> np.ndarray:
    """How far each pixel is from the nearest one of other outlines; 0 without any."""
    if not others:
        return np.zeros(len(rows))
    from scipy.ndimage import distance_transform_edt

    distance = distance_transform_edt(~np.logical_or.reduce(list(others)))
    return np.asarray(distance)[rows, columns]


def _places(view: tuple[int, int], width: float, height: float) -> np.ndarray:
    x = np.arange(_GAP, view[0] - width - _GAP + 1, _STEP)
    y = np.arange(_GAP, view[1] - height - _GAP + 1, _STEP)
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2).astype(float)


def _overlapping(places: np.ndarray, width: float, height: float, others: Sequence[Rectangle]) -> np.ndarray:
    found = np.zeros(len(places), bool)
    for other in others:
        found |= (
            (places[:, 0] < other.x + other.width + _GAP)
            & (other.x < places[:, 0] + width + _GAP)
            & (places[:, 1] < other.y + other.height + _GAP)
            & (other.y < places[:, 1] + height + _GAP)
        )
    return found


def _best(places: np.ndarray, width: float, height: float, anchor: tuple[float, float]) -> Rectangle:
    away = np.maximum(np.maximum(places - anchor, anchor - np.add(places, (width, height))), 0)
    x, y = places[np.argmin(np.hypot(away[:, 0], away[:, 1]))]
    return Rectangle(float(x), float(y), width, height)


def _untangled(
    view: tuple[int, int],
    placed: list[Rectangle | None],
    anchors: Sequence[tuple[float, float]],
    taken: Sequence[Rectangle],
) -> list[Rectangle | None]:
    """Two labels change places where that makes their lines shorter: so lines that cross come apart."""
    for first, second in combinations(range(len(placed)), 2):
        one, other = placed[first], placed[second]
        if one is None or other is None:
            continue
        moved = (
            Rectangle(min(other.x, view[0] - one.width - _GAP), other.y, one.width, one.height),
            Rectangle(min(one.x, view[0] - other.width - _GAP), one.y, other.width, other.height),
        )
        before = one.distance(anchors[first]) + other.distance(anchors[second])
        after = moved[0].distance(anchors[first]) + moved[1].distance(anchors[second])
        rest = [r for at, r in enumerate(placed) if r is not None and at not in (first, second)]
        clear = not any(a.overlaps(b, _GAP) for a in moved for b in (*rest, *taken)) and not moved[0].overlaps(
            moved[1], _GAP
        )
        if after < before and clear:
            placed[first], placed[second] = moved
    return placed
