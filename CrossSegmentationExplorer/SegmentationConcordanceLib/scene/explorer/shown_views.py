"""The views that rows get: the chosen planes, or one of them, larger, where rows of all would be too low."""

from __future__ import annotations

from typing import Any

from ...exploring.compact import is_compact
from .review_choices import ReviewChoices


def views_of(choices: ReviewChoices, n_rows: int, height_px: int) -> dict[str, Any]:
    """What ``Explorer.set_views`` is to be called with.

    :param n_rows: how many rows are shown.
    :param height_px: of the place for all rows; 0 where it is not known.
    """
    compact = is_compact(choices.compact, n_rows, 0 if choices.as_columns else height_px)
    return {
        "kinds": (choices.plane,) if compact else choices.kinds,
        "as_columns": choices.as_columns,
        "as_grid": compact,
    }
