"""The colours of the agreement map: how many models mark a voxel, from one alone, light, to all of them, dark.

No structure of the shipped label maps has such a colour, as it is stored or as it is drawn, and no model: every one is
at least 12 away from them in CIELAB. The lightness falls from step to step, so that they are told apart with any colour
vision and in grey print.
"""

from __future__ import annotations

from dataclasses import dataclass

from .model_looks import Color

_FEW, _HALF, _ALL = ((175, 237, 170), (69, 155, 62), (70, 98, 7))
ALL_OPACITY = 0.5
"""Of what all models mark: the image stays visible where there is nothing to look for."""


@dataclass(frozen=True, slots=True)
class AgreementStep:
    """A number of models that mark a voxel, and what it looks like.

    :param text: e.g. "2 of 6 models".
    :param opacity: 0 to 1.
    """

    count: int
    text: str
    color: Color
    opacity: float


def agreement_steps(n_models: int) -> tuple[AgreementStep, ...]:
    """The steps of a map of so many models, from one model alone to all; none for fewer than one."""
    return tuple(
        AgreementStep(
            count,
            f"{count} of {n_models} models",
            _color((count - 1) / max(1, n_models - 1)),
            1.0 if count < n_models else ALL_OPACITY,
        )
        for count in range(1, n_models + 1)
    )


def _color(share: float) -> Color:
    low, high = (_FEW, _HALF) if share < 0.5 else (_HALF, _ALL)
    along = 2 * share if share < 0.5 else 2 * share - 1
    red, green, blue = ((a + (b - a) * along) / 255 for a, b in zip(low, high))
    return red, green, blue
