"""Structure colours as they are drawn on the black of a scan: light enough to be seen."""

from __future__ import annotations

from collections.abc import Sequence

Color = tuple[float, float, float]

LEAST_CONTRAST = 3.0
"""Of a graphical object against what lies beside it: WCAG 2.2, success criterion 1.4.11."""

_STEPS = 50


def contrast_on_black(color: Sequence[float]) -> float:
    """The contrast of a colour and black, 1 to 21, as WCAG 2.2 defines it.

    :param color: red, green, blue of sRGB, each 0 to 1.
    """
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in color]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return (luminance + 0.05) / 0.05


def visible_on_black(color: Color) -> Color:
    """The colour itself, or where it is too dark the same hue mixed with as little white as is needed.

    :param color: red, green, blue of sRGB, each 0 to 1.
    :returns: a colour with a contrast of at least :data:`LEAST_CONTRAST` to black.
    """
    for step in range(_STEPS + 1):
        share = step / _STEPS
        red, green, blue = (value + (1 - value) * share for value in color)
        if contrast_on_black((red, green, blue)) >= LEAST_CONTRAST:
            return red, green, blue
    return (1.0, 1.0, 1.0)


def ink_on(color: Sequence[float]) -> Color:
    """Black or white, whichever is read better on a colour.

    :param color: red, green, blue of sRGB, each 0 to 1.
    """
    on_black = contrast_on_black(color)
    return (0.0, 0.0, 0.0) if on_black * on_black >= contrast_on_black((1.0, 1.0, 1.0)) else (1.0, 1.0, 1.0)
