"""What else a cohort tells of a model: how often it fails, how its volumes repeat, how its agreement goes with the
acquisition, and whether it seems to mean something else by a structure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from .model_comparison import FEWEST_PATIENTS, Interval, share_interval
from .peer_scores import PeerScores
from .structure_selection import Structure
from .table import MISSING, NOT_LOOKED_FOR, TRUNCATED, AgreementRow

LOW_SCORE = 0.5
"""A score below this counts as a failure."""

_OTHER_RATIO, _OTHER_SHARE, _FEWEST_CASES = 1.15, 0.9, 5


@dataclass(frozen=True, slots=True)
class FailureRate:
    """How often a model failed where most of the others found the structure.

    :param rate: share of the structures and cases that it was asked for; the interval takes them for independent.
    """

    model: str
    missing: int
    low: int
    of: int
    rate: Interval


@dataclass(frozen=True, slots=True)
class Repeatability:
    """How a model's volume of a structure repeats over the scans of one patient.

    :param variation: mean over patients of standard deviation / mean of the volume.
    """

    structure: str
    model: str
    n_patients: int
    variation: float


@dataclass(frozen=True, slots=True)
class AcquisitionEffect:
    """A model's scores by a fact of the acquisition.

    :param means: by value of the fact: patients, mean score.
    :param p: of the Kruskal-Wallis test over patients; None where some value has too few.
    """

    scope: str
    model: str
    fact: str
    means: Mapping[str, tuple[int, float]]
    p: float | None


@dataclass(frozen=True, slots=True)
class OtherDefinition:
    """A model whose volume differs in nearly every case in the same direction from the others' median.

    :param ratio: median over cases of its volume / the median of the others.
    """

    structure: str
    model: str
    ratio: float
    n_cases: int


def failure_rates(
    agreement: Sequence[AgreementRow], scores: PeerScores, structures: Collection[Structure]
) -> list[FailureRate]:
    """Per model; a structure counts in a case where more than half of the models that know it found it.

    :param agreement: rows of any number of cases.
    :param scores: of the same rows.
    :param structures: those that count.
    :returns: empty where nothing can be judged.
    """
    found: dict[tuple[str, Structure], list[AgreementRow]] = {}
    for row in agreement:
        one = (row.structure, row.structure_key)
        if one in structures and row.status != NOT_LOOKED_FOR:
            found.setdefault((row.case, one), []).append(row)
    counts: dict[str, list[int]] = {}
    for (case, one), rows in found.items():
        if 2 * sum(row.status != MISSING for row in rows) <= len(rows):
            continue
        for row in rows:
            missing, low, of = counts.setdefault(row.model, [0, 0, 0])
            score = scores.of(one, row.model).get(case)
            is_low = row.status not in (MISSING, TRUNCATED) and score is not None and score < LOW_SCORE
            counts[row.model] = [missing + (row.status == MISSING), low + is_low, of + 1]
    return [
        FailureRate(model, missing, low, of, share_interval(missing + low, of))
        for model, (missing, low, of) in counts.items()
    ]


def repeatability(
    agreement: Sequence[AgreementRow], structures: Collection[Structure], patients: Mapping[str, str]
) -> list[Repeatability]:
    """Per structure and model, of patients with several scans; what is truncated by the field of view is left out.

    :param agreement: rows of any number of cases.
    :param structures: those that count.
    :param patients: the patient by case; a case that is not named counts for no one.
    :returns: empty without a patient who has several scans.
    """
    volumes: dict[tuple[Structure, str], dict[str, list[float]]] = {}
    for row in agreement:
        one = (row.structure, row.structure_key)
        patient = patients.get(row.case)
        if patient and one in structures and row.volume_ml and row.status != TRUNCATED:
            volumes.setdefault((one, row.model), {}).setdefault(patient, []).append(row.volume_ml)
    made = []
    for (one, model), by_patient in volumes.items():
        several = [np.array(values) for values in by_patient.values() if len(values) > 1]
        if several:
            variation = float(np.mean([values.std(ddof=1) / values.mean() for values in several]))
            made.append(Repeatability(one[0], model, len(several), variation))
    return made


def acquisition_effects(
    scope: str, values: Mapping[str, Mapping[str, float]], facts: Mapping[str, Mapping[str, str]],
    patients: Mapping[str, str],
) -> list[AcquisitionEffect]:  # fmt: skip
    """The scores of each model by each fact that differs between cases.

    :param values: by model the scores by case.
    :param facts: by case the facts by name.
    """
    names = list(dict.fromkeys(name for known in facts.values() for name in known))
    made = []
    for fact in names:
        if len({known.get(fact, "") for known in facts.values()} - {""}) < 2:
            continue
        for model, scores in values.items():
            levels: dict[str, dict[str, list[float]]] = {}
            for case, score in scores.items():
                level = facts.get(case, {}).get(fact, "")
                if level:
                    levels.setdefault(level, {}).setdefault(patients.get(case) or case, []).append(score)
            samples = {level: [float(np.mean(v)) for v in who.values()] for level, who in sorted(levels.items())}
            means = {level: (len(sample), float(np.mean(sample))) for level, sample in samples.items()}
            made.append(AcquisitionEffect(scope, model, fact, means, _kruskal(list(samples.values()))))
    return made


def _kruskal(samples: Sequence[Sequence[float]]) -> float | None:
    enough = len(samples) > 1 and all(len(sample) >= FEWEST_PATIENTS for sample in samples)
    if not enough or len({value for sample in samples for value in sample}) < 2:
        return None
    return float(stats.kruskal(*samples).pvalue)


def other_definitions(agreement: Sequence[AgreementRow], structures: Collection[Structure]) -> list[OtherDefinition]:
    """Models that are larger, or smaller, than the others' median by 15 % or more in nine of ten cases.

    :param agreement: rows of any number of cases.
    :param structures: those that count.
    :returns: empty where no model differs.
    """
    volumes: dict[tuple[Structure, str], dict[str, float]] = {}
    for row in agreement:
        one = (row.structure, row.structure_key)
        if one in structures and row.volume_ml and row.status != TRUNCATED:
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
