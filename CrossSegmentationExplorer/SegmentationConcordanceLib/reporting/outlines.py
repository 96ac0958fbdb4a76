"""The outline of a mask as the path of a picture, along the edges of its pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_RIGHT, _DOWN, _LEFT, _UP = range(4)
_STEP = ((1, 0), (0, 1), (-1, 0), (0, -1))


def outline_path(mask: NDArray[np.bool_]) -> str:
    """The edges between a mask and what is not in it, as closed lines in the words of an SVG path.

    :param mask: bool (rows, columns); pixel (y, x) fills the square from (x, y) to (x + 1, y + 1). What lies beyond the
        mask's edge is not in it, but is not seen either: no line is drawn along the edge of the picture.
    :returns: e.g. "M1 1h2v1h-2z"; "" for an empty mask.
    """
    # A line along the picture's own edge would say that the structure ends there.
    padded = np.pad(mask, 1, mode="edge")
    leaving = _edges(padded, np.pad(mask, 1))
    rings = []
    while leaving:
        rings.append(_ring(leaving))
    return "".join(_words(ring) for ring in rings)


def _edges(padded: np.ndarray, inside: np.ndarray) -> dict[tuple[int, int], list[int]]:
    """By corner (x, y) of the pixels the directions in which an edge leaves it, the mask at its right hand."""
    leaving: dict[tuple[int, int], list[int]] = {}
    # (rows, columns) of the pixels that have the other value at their top, right, bottom and left; where edges begin.
    sides = (((0, -1), (0, 0), _RIGHT), ((1, 0), (1, 0), _DOWN), ((0, 1), (1, 1), _LEFT), ((-1, 0), (0, 1), _UP))
    for (dx, dy), (x0, y0), direction in sides:
        other = np.roll(padded, (-dy, -dx), axis=(0, 1))
        rows, columns = np.nonzero(inside & ~other)
        for x, y in zip((columns - 1 + x0).tolist(), (rows - 1 + y0).tolist()):
            leaving.setdefault((x, y), []).append(direction)
    return leaving


def _ring(leaving: dict[tuple[int, int], list[int]]) -> list[tuple[int, int]]:
    """Take one line out of the edges: its corners, the first one last again where it is closed."""
    led_to = {(x + _STEP[way][0], y + _STEP[way][1]) for (x, y), ways in leaving.items() for way in ways}
    # A line that ends at the picture's edge begins where nothing leads to.
    at = next((corner for corner in leaving if corner not in led_to), next(iter(leaving)))
    corners, heading = [at], _UP
    while at in leaving:
        ways = leaving[at]
        # Two parts that touch at a corner stay two: turn right first.
        way = min(ways, key=lambda one: (one - heading - 1) % 4)
        ways.remove(way)
        if not ways:
            del leaving[at]
        at = (at[0] + _STEP[way][0], at[1] + _STEP[way][1])
        if way == heading and len(corners) > 1:
            corners[-1] = at
        else:
            corners.append(at)
        heading = way
    return corners


def _words(corners: list[tuple[int, int]]) -> str:
    (x, y), *rest = corners
    words = [f"M{x} {y}"]
    is_closed = rest and rest[-1] == (x, y)
    for to_x, to_y in rest[:-1] if is_closed else rest:
        words.append(f"h{to_x - x}" if to_x != x else f"v{to_y - y}")
        x, y = to_x, to_y
    return "".join(words) + ("z" if is_closed else "")
