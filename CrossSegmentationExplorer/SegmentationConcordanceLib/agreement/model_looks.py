"""One colour and symbol per model, by its name: the same in Slicer, the explorer, the report and its pictures.

The colours have a contrast of 3:1 at least with black (scans) and with white (plots). The first six are as far apart as
such colours can be for normal vision and for people without red, green or blue cones (at least 29 in CIELAB, simulated
after Machado et al., IEEE TVCG 2009;15:1291); those of the other names at least 16. Models that a review hides behind
letters have six colours of their own, as far apart, and at least 16 from the first six, so that none looks like a model
that a reader knows. A symbol tells apart besides.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Color = tuple[float, float, float]

SYMBOLS = (
    "circle", "square", "triangle", "diamond", "cross", "plus", "wedge", "star", "hexagon", "bowtie", "bar", "left",
    "right", "house",
)  # fmt: skip

_KNOWN = {
    "auto3dseg": ("#b4870f", "circle"),
    "moose": ("#5a692d", "square"),
    "multitalent": ("#f00f87", "triangle"),
    "cads": ("#a500a5", "diamond"),
    "totalsegmentator 1.5": ("#690fff", "cross"),
    "totalsegmentator 2.6": ("#0096ff", "plus"),
}
_HIDDEN = {
    "model a": ("#003cff", "circle"),
    "model b": ("#f0690f", "square"),
    "model c": ("#00a587", "triangle"),
    "model d": ("#c369ff", "diamond"),
    "model e": ("#695a2d", "cross"),
    "model f": ("#a52d96", "plus"),
}
_OTHERS = (
    "#00695a", "#ff00f0", "#d269c3", "#96964b", "#b40087", "#9600c3", "#0096ff", "#b4870f", "#f00f87", "#690fff",
    "#5a692d", "#a500a5",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelLook:
    """How a model is drawn.

    :param color: "#rrggbb".
    :param symbol: one of :data:`SYMBOLS`.
    """

    color: str
    symbol: str

    @property
    def rgb(self) -> Color:
        """Red, green, blue from 0 to 1."""
        red, green, blue = (int(self.color[at : at + 2], 16) / 255 for at in (1, 3, 5))
        return red, green, blue

    def __str__(self) -> str:
        return f"{self.color} {self.symbol}"


def looks_of(models: Iterable[str], kept: Mapping[str, str] | None = None) -> dict[str, ModelLook]:
    """The look of each model: by its name alone, whatever the others are and however many.

    Only where two names would get one colour the later one by the alphabet gets the next that is free.

    :param models: names; upper and lower case alike.
    :param kept: looks as tables hand them on, by model: they go before all others. What is none is passed over.
    :returns: in the order given.
    """
    models = list(dict.fromkeys(models))
    looks = {name: look for name in models if (look := parsed_look((kept or {}).get(name, ""))) is not None}
    taken = {look.color for look in looks.values()}
    for name in sorted(models, key=lambda one: (one.casefold() not in _KNOWN | _HIDDEN, one.casefold(), one)):
        if name in looks:
            continue
        looks[name] = _look(name, taken)
        taken.add(looks[name].color)
    return {name: looks[name] for name in models}


def known_first(models: Iterable[str]) -> list[str]:
    """The models that have looks of their own in one order everywhere, then the others as they come."""
    models = list(dict.fromkeys(models))
    ranks = {name: rank for rank, name in enumerate(_KNOWN)}
    return sorted(models, key=lambda name: ranks.get(name.casefold(), len(ranks)))


def parsed_look(text: str) -> ModelLook | None:
    """The look that :class:`ModelLook` writes as text; None for any other text."""
    color, _, symbol = text.partition(" ")
    is_color = len(color) == 7 and color[0] == "#" and all(digit in "0123456789abcdef" for digit in color[1:])
    return ModelLook(color, symbol) if is_color and symbol in SYMBOLS else None


def _look(name: str, taken: set[str]) -> ModelLook:
    of_its_own = _KNOWN.get(name.casefold()) or _HIDDEN.get(name.casefold())
    if of_its_own:
        return ModelLook(*of_its_own)
    number = zlib.crc32(name.casefold().encode("utf-8", "surrogatepass"))
    first = number % len(_OTHERS)
    order = _OTHERS[first:] + _OTHERS[:first]
    color = next((one for one in order if one not in taken), order[0])
    return ModelLook(color, SYMBOLS[number // len(_OTHERS) % len(SYMBOLS)])
