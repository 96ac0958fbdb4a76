"""One colour per model, the same in plots and views."""

from __future__ import annotations

import colorsys

Color = tuple[float, float, float]

# Told apart by people with any colour vision: Okabe M, Ito K. Color Universal Design. 2008.
_FIRST: tuple[Color, ...] = (
    (0.90, 0.62, 0.00),
    (0.34, 0.71, 0.91),
    (0.00, 0.62, 0.45),
    (0.80, 0.47, 0.65),
    (0.84, 0.37, 0.00),
    (0.00, 0.45, 0.70),
    (0.94, 0.89, 0.26),
)
_GOLDEN_RATIO = 0.618034


def model_color(index: int) -> Color:
    """The colour of the index-th model, red, green, blue from 0 to 1; beyond the seventh, hues spread evenly."""
    if index < len(_FIRST):
        return _FIRST[index]
    return colorsys.hls_to_rgb(index * _GOLDEN_RATIO % 1, 0.45, 0.6)
