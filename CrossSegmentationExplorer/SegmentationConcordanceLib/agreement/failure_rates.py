"""How often a model fails where the others find a structure, with an interval that knows of patients."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .model_comparison import Interval, share_interval
from .peer_scores import PeerScores
from .structure_selection import Structure
from .table import MISSING, NOT_LOOKED_FOR, TRUNCATED, AgreementRow

LOW_SCORE = 0.5
"""A score below this counts as a failure."""

FAILURE_ASSUMPTION = (
    "The interval of a failure rate is Wilson's, of as many observations as the structures of all patients are worth "
    "(Rao and Scott): failures of one patient come together. Where nothing failed, or everything, each patient counts "
    "as one observation, which makes the interval rather too wide."
)


@dataclass(frozen=True, slots=True)
class FailureRate:
    """How often a model failed where most of the others found the structure.

    :param missing: it knows the structure and found nothing.
    :param low: it found it, and its score is below :data:`LOW_SCORE`.
    :param of: the structures and cases that it was asked for.
    :param rate: share of these that failed; see :data:`FAILURE_ASSUMPTION` for the interval.
    """

    model: str
    missing: int
    low: int
    of: int
    n_patients: int
    rate: Interval


def failure_rates(
    agreement: Sequence[AgreementRow],
    scores: PeerScores,
    structures: Collection[Structure],
    patients: Mapping[str, str],
) -> list[FailureRate]:
    """Per model; a structure counts in a case where more than half of the families that know it found it.

    :param agreement: rows of any number of cases.
    :param scores: of the same rows.
    :param structures: those that count.
    :param patients: by case; a case that is not named is a patient of its own.
    :returns: empty where nothing can be judged.
    """
    kept = set(structures)
    asked: dict[tuple[str, Structure], list[AgreementRow]] = {}
    for row in agreement:
        one = (row.structure, row.structure_key)
        if one in kept and row.status != NOT_LOOKED_FOR:
            asked.setdefault((row.case, one), []).append(row)
    counts: dict[str, dict[str, list[int]]] = {}
    for (case, one), rows in asked.items():
        if not _most_found(rows, scores):
            continue
        for row in rows:
            of_patient = counts.setdefault(row.model, {}).setdefault(patients.get(case) or case, [0, 0, 0])
            score = scores.of(one, row.model).get(case)
            is_low = row.status not in (MISSING, TRUNCATED) and score is not None and score < LOW_SCORE
            for place, more in enumerate((row.status == MISSING, is_low, True)):
                of_patient[place] += more
    return [_rate(model, np.array(list(by_patient.values()), dtype=np.int64)) for model, by_patient in counts.items()]


def _most_found(rows: Sequence[AgreementRow], scores: PeerScores) -> bool:
    families: dict[str, list[bool]] = {}
    for row in rows:
        families.setdefault(scores.family(row.model), []).append(row.status != MISSING)
    return 2 * sum(sum(found) / len(found) for found in families.values()) > len(families)


def _rate(model: str, counts: NDArray[np.int64]) -> FailureRate:
    missing, low, of = map(int, counts.sum(axis=0))
    failed, asked = counts[:, 0] + counts[:, 1], counts[:, 2]
    effective = of / _design_effect(failed, asked)
    rate = share_interval((missing + low) / of * effective, effective)
    return FailureRate(model, missing, low, of, len(counts), rate)


def _design_effect(failed: NDArray[np.int64], asked: NDArray[np.int64]) -> float:
    """How many observations of patients' structures are worth one independent one, 1 or more.

    J. N. K. Rao, A. J. Scott, A simple method for the analysis of clustered binary data, Biometrics 48 (1992).

    :param failed: by patient, like ``asked``.
    """
    n, total = len(failed), int(asked.sum())
    share = failed.sum() / total
    if n < 2 or share in (0.0, 1.0):
        return total / n
    residuals = failed - share * asked
    between = n / (n - 1) * float((residuals**2).sum()) / total**2
    return min(max(between / (share * (1 - share) / total), 1.0), total / n)
