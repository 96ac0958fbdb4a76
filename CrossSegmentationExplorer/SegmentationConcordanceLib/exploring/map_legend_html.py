"""The legend of the agreement map as rich text, for a label of the panel."""

from __future__ import annotations

from collections.abc import Sequence

from ..agreement.agreement_colors import AgreementStep
from ..agreement.model_looks import Color
from .visible_color import ink_on


def map_legend_html(steps: Sequence[AgreementStep]) -> str:
    """One chip with its number for each step, and what the numbers are; "" without steps.

    :param steps: from one model alone to all.
    """
    chips = "".join(
        f'<span style="background-color:{_css(step.color)}; color:{_css(ink_on(step.color))}">&nbsp;{step.count}&nbsp;'
        "</span>"
        for step in steps
    )
    return f"{chips}&nbsp;of {len(steps)} models" if steps else ""


def _css(color: Color) -> str:
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in color)
