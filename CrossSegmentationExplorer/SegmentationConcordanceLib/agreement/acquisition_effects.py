"""How the agreement of a model with the others goes with the acquisition: kernel, slice thickness, scanner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from .model_comparison import FEWEST_PATIENTS, holm_corrected

BETWEEN, TWO_WITHIN, WITHIN = "Kruskal-Wallis", "Wilcoxon", "Friedman"
ACQUISITION_ASSUMPTION = (
    "Scores by acquisition: where each patient has one value (one kernel, one scanner), Kruskal-Wallis between them; "
    "where patients have scans of several, Wilcoxon (two values) or Friedman within the patients who have all. It "
    "takes six patients for each value, or six who have all. The p are corrected by Holm's method for all tests of the "
    "table. Other differences between the patients or scanners are not taken out."
)


@dataclass(frozen=True, slots=True)
class AcquisitionEffect:
    """A model's scores by a fact of the acquisition.

    :param means: by value of the fact: patients, mean score.
    :param test: which was made; "" for none.
    :param p: None where there are too few patients.
    :param p_holm: corrected for all effects that were asked for together.
    """

    scope: str
    model: str
    fact: str
    means: Mapping[str, tuple[int, float]]
    test: str
    p: float | None
    p_holm: float | None = None


def acquisition_effects(
    scopes: Mapping[str, Mapping[str, Mapping[str, float]]],
    facts: Mapping[str, Mapping[str, str]],
    patients: Mapping[str, str],
) -> list[AcquisitionEffect]:
    """The scores of each model by each fact that differs between cases.

    :param scopes: by scope and model the scores by case.
    :param facts: by case the facts by name.
    :param patients: by case; a case that is not named is a patient of its own.
    """
    names = dict.fromkeys(name for known in facts.values() for name in known)
    several = [name for name in names if len({known.get(name, "") for known in facts.values()} - {""}) > 1]
    effects = [
        effect
        for scope, by_model in scopes.items()
        for fact in several
        for model, scores in by_model.items()
        if (effect := _effect(scope, model, fact, _by_level(scores, fact, facts, patients))) is not None
    ]
    corrected = holm_corrected([one.p for one in effects])
    return [replace(one, p_holm=p) for one, p in zip(effects, corrected)]


def _by_level(
    scores: Mapping[str, float], fact: str, facts: Mapping[str, Mapping[str, str]], patients: Mapping[str, str]
) -> dict[str, dict[str, float]]:
    """By value of the fact and patient the mean score."""
    levels: dict[str, dict[str, list[float]]] = {}
    for case, score in scores.items():
        level = facts.get(case, {}).get(fact, "")
        if level:
            levels.setdefault(level, {}).setdefault(patients.get(case) or case, []).append(score)
    return {
        level: {patient: float(np.mean(values)) for patient, values in sorted(of_level.items())}
        for level, of_level in sorted(levels.items())
    }


def _effect(scope: str, model: str, fact: str, levels: Mapping[str, Mapping[str, float]]) -> AcquisitionEffect | None:
    if len(levels) < 2:
        return None
    means = {level: (len(known), float(np.mean(list(known.values())))) for level, known in levels.items()}
    every = [set(known) for known in levels.values()]
    if sum(map(len, every)) == len(set().union(*every)):
        return AcquisitionEffect(scope, model, fact, means, *_between([[*known.values()] for known in levels.values()]))
    whole = sorted(set.intersection(*every))
    samples = [[known[patient] for patient in whole] for known in levels.values()]
    return AcquisitionEffect(scope, model, fact, means, *_within(samples))


def _between(samples: Sequence[Sequence[float]]) -> tuple[str, float | None]:
    if any(len(sample) < FEWEST_PATIENTS for sample in samples) or not _vary(samples):
        return "", None
    return BETWEEN, float(stats.kruskal(*samples).pvalue)


def _within(samples: Sequence[Sequence[float]]) -> tuple[str, float | None]:
    if len(samples[0]) < FEWEST_PATIENTS or not any(len(set(of_patient)) > 1 for of_patient in zip(*samples)):
        return "", None
    if len(samples) == 2:
        return TWO_WITHIN, float(stats.wilcoxon(*samples).pvalue)
    return WITHIN, float(stats.friedmanchisquare(*samples).pvalue)


def _vary(samples: Sequence[Sequence[float]]) -> bool:
    return len({value for sample in samples for value in sample}) > 1
