"""Compact mode: one plane of each row, larger, in a grid, where rows of several planes would be too low to be read."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .view_kinds import VIEW_KINDS, ViewKind

LEAST_ROW_PX = 160
"""A row that is lower shows little more than the text in its corner."""


def is_compact(wanted: bool | None, n_rows: int, height_px: int) -> bool:
    """Whether the rows are shown compactly.

    :param wanted: what the user said; None where the room decides.
    :param n_rows: how many rows there are.
    :param height_px: of the place for all rows, in pixels; 0 where it is not known: there is room then.
    """
    if wanted is not None:
        return wanted
    return n_rows > 1 and 0 < height_px < n_rows * LEAST_ROW_PX


def grid_columns(n_views: int) -> int:
    """How many columns a grid of so many views has: as many as lines, or one more; 1 for none."""
    return max(1, math.ceil(math.sqrt(n_views)))


def next_plane(plane: ViewKind, planes: Sequence[ViewKind] = VIEW_KINDS) -> ViewKind:
    """The kind of view after one, round at the end; the first after one that is none of them.

    :param planes: to go through; at least one.
    """
    return planes[(planes.index(plane) + 1) % len(planes)] if plane in planes else planes[0]
