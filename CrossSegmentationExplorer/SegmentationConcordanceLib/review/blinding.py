"""Reading without knowing whose segmentation it is: names, order and colours say nothing about the model."""

from __future__ import annotations

import hashlib
import random
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Blinding:
    """What the models of one case are called for one reader, and in which order they are shown.

    :param aliases: by the model's name, in the order in which the rows are shown: "Model A" is always the first one,
        has the first colour, and is another model in another case.
    """

    aliases: Mapping[str, str]

    @property
    def order(self) -> tuple[str, ...]:
        """The models' names in the order of the rows."""
        return tuple(self.aliases)

    def shown(self, model: str) -> str:
        """What a model is called on the screen. A name that is none of the models' stays, e.g. the consensus."""
        return self.aliases.get(model, model)

    def model(self, alias: str) -> str:
        """The model behind an alias; anything else stays as it is."""
        return next((model for model, called in self.aliases.items() if called == alias), alias)


OPEN = Blinding({})
"""Nothing is hidden."""


def blinding(models: Sequence[str], *, seed: int, case: str, reader: str) -> Blinding:
    """The blinding of a case for a reader: the same at every time and on every machine.

    :param models: in any order; the result does not depend on it.
    :param seed: of the study. Who knows it can tell the models apart, so a reader should not.
    :param case: its name, or better its SeriesInstanceUID.
    """
    digest = hashlib.sha256("\0".join((str(seed), case, reader)).encode("utf-8", "surrogatepass")).digest()
    order = sorted(models)
    random.Random(int.from_bytes(digest, "big")).shuffle(order)
    return Blinding({model: f"Model {_letters(number)}" for number, model in enumerate(order)})


def _letters(number: int) -> str:
    """A to Z, then AA, AB and so on."""
    found = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = string.ascii_uppercase[rest] + found
    return found
