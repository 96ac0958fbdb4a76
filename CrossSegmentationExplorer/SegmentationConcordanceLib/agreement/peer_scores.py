"""How each model agrees with the others, case by case, without any consensus: the score by which models are compared.

The score of a model for a structure of a case is its mean Dice with the models of the other families, each family
counted once. A family are models that were trained on the same data or are versions of one: they agree whether they are
right or wrong. With an intersection the model that marks least would win; with this score none wins by marking little.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise as neighbours

import numpy as np
from numpy.typing import NDArray

from .structure_selection import Structure
from .table import PairwiseRow

_FEWEST = 2


@dataclass(frozen=True, eq=False)
class ScoreBlock:
    """The scores of the models that can be compared on some structures, in the cases that have all of them.

    :param scores: (n_cases, n_models), 0 to 1, no gaps.
    :param structures: those that a score is the mean of, as far as a case shows them.
    :param models_left_out: models that know too few of the structures that were asked for.
    :param n_families: how many the models are of that know them; with two, each is held against the other alone.
    :param n_left_out: cases that some model has no score in.
    """

    cases: tuple[str, ...]
    models: tuple[str, ...]
    scores: NDArray[np.float64]
    structures: tuple[Structure, ...]
    models_left_out: tuple[str, ...]
    n_families: int
    n_left_out: int


class PeerScores:
    """The scores of a cohort.

    :param families: by model the name of its family; one that is not named is a family of its own.
    """

    def __init__(self, pairs: Sequence[PairwiseRow], families: Mapping[str, str] | None = None) -> None:
        self.models = tuple(dict.fromkeys(model for row in pairs for model in (row.model_a, row.model_b)))
        family = self._family = {model: (families or {}).get(model) or model for model in self.models}
        found: dict[tuple[str, Structure, str], dict[str, list[float]]] = {}
        for row in pairs:
            if row.dice is None or family[row.model_a] == family[row.model_b]:
                continue
            for model, other in ((row.model_a, row.model_b), (row.model_b, row.model_a)):
                key = (row.case, (row.structure, row.structure_key), model)
                found.setdefault(key, {}).setdefault(family[other], []).append(row.dice)
        self._scores: dict[Structure, dict[str, dict[str, float]]] = {}
        for (case, structure, model), by_family in found.items():
            score = float(np.mean([np.mean(values) for values in by_family.values()]))
            self._scores.setdefault(structure, {}).setdefault(model, {})[case] = score
        self.cases = tuple(dict.fromkeys(row.case for row in pairs))

    def family(self, model: str) -> str:
        """The name of the model's family; that of the model where it is of none."""
        return self._family.get(model, model)

    def of(self, structure: Structure, model: str) -> Mapping[str, float]:
        """A model's scores for a structure, by case.

        :param structure: its key.
        :returns: 0 to 1 each; empty where it has none.
        """
        return self._scores.get(structure, {}).get(model, {})

    def block(self, structures: Collection[Structure]) -> ScoreBlock | None:
        """The models' mean scores over some structures; None where no two models can be compared.

        Models take part that know most of the structures, and of these the structures that all of them know.
        """
        known = {model: {one for one in structures if self.of(one, model)} for model in self.models}
        most = max(map(len, known.values()), default=0)
        models = [model for model in self.models if known[model] and 2 * len(known[model]) > most]
        shared = [one for one in structures if all(one in known[model] for model in models)]
        if len(models) < _FEWEST or not shared:
            return None
        rows, cases = [], []
        for case in self.cases:
            values = [[self.of(one, model).get(case) for model in models] for one in shared]
            whole = [line for line in values if None not in line]
            if whole:
                rows.append(np.mean(np.array(whole, dtype=float), axis=0))
                cases.append(case)
        if not rows:
            return None
        return ScoreBlock(
            cases=tuple(cases),
            models=tuple(models),
            scores=np.array(rows),
            structures=tuple(shared),
            models_left_out=tuple(model for model in self.models if known[model] and model not in models),
            n_families=len({self.family(model) for model in self.models if known[model] & set(shared)}),
            n_left_out=len(self.cases) - len(cases),
        )


def by_patient(block: ScoreBlock, patients: Mapping[str, str]) -> NDArray[np.float64]:
    """The scores with one row per patient, the mean over their cases: several scans of one are no independent sample.

    :param patients: by case; a case that is not named is a patient of its own.
    :returns: (n_patients, n_models).
    """
    names = [patients.get(case) or case for case in block.cases]
    order = np.argsort(np.array(names), kind="stable")
    ordered = [names[index] for index in order]
    starts = [0, *(index + 1 for index, (one, other) in enumerate(neighbours(ordered)) if one != other)]
    counts = np.diff([*starts, len(ordered)])
    return np.add.reduceat(block.scores[order], starts, axis=0) / counts[:, None]
