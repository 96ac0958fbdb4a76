"""Models that seem to mean something else by a structure: larger, or smaller, than the others in nearly every case."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from .structure_selection import Structure
from .table import TRUNCATED, AgreementRow

_OTHER_RATIO, _OTHER_SHARE, _FEWEST_CASES = 1.15, 0.9, 5


@dataclass(frozen=True, slots=True)
class OtherDefinition:
    """A model whose volume differs in nearly every case in the same direction from the others' median.

    :param ratio: median over cases of its volume / the median of the others.
    """

    structure: str
    model: str
    ratio: float
    n_cases: int


def other_definitions(agreement: Sequence[AgreementRow], structures: Collection[Structure]) -> list[OtherDefinition]:
    """Models that are larger, or smaller, than the others' median by 15 % or more in nine of ten cases.

    :param agreement: rows of any number of cases.
    :param structures: those that count.
    :returns: empty where no model differs.
    """
    kept = set(structures)
    volumes: dict[tuple[Structure, str], dict[str, float]] = {}
    for row in agreement:
        one = (row.structure, row.structure_key)
        if one in kept and row.volume_ml and row.status != TRUNCATED:
            volumes.setdefault((one, row.case), {})[row.model] = row.volume_ml
    ratios: dict[tuple[str, str], list[float]] = {}
    for (one, _), by_model in volumes.items():
        for model, volume in by_model.items():
            others = [other for name, other in by_model.items() if name != model]
            if len(others) > 1:
                ratios.setdefault((one[0], model), []).append(volume / float(np.median(others)))
    made = []
    for (structure, model), found in ratios.items():
        values = np.array(found)
        share = max(np.mean(values >= _OTHER_RATIO), np.mean(values <= 1 / _OTHER_RATIO))
        if len(values) >= _FEWEST_CASES and share >= _OTHER_SHARE:
            made.append(OtherDefinition(structure, model, float(np.median(values)), len(values)))
    return made
