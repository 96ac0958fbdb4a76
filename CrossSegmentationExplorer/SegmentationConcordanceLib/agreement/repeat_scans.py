"""How a model's volumes repeat over several scans of one patient."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from .model_comparison import Interval
from .structure_selection import Structure
from .table import TRUNCATED, AgreementRow

REPEAT_ASSUMPTION = (
    "The variation over repeat scans is the within-patient coefficient of variation of the volume, root mean square "
    "over patients: what changed in the anatomy, and how the scans differ, are in it beside the model. Its 95 % "
    "interval takes the volumes of a patient for normally distributed. What the field of view truncates is left out."
)


@dataclass(frozen=True, slots=True)
class Repeatability:
    """How a model's volume of a structure repeats over the scans of one patient.

    :param variation: standard deviation / mean of the volume within patients, root mean square over patients, weighted
        by their degrees of freedom; with the chi-square interval (Raunig et al., Stat Methods Med Res 24, 2015).
    """

    structure: str
    model: str
    n_patients: int
    n_scans: int
    variation: Interval


def repeatability(
    agreement: Sequence[AgreementRow], structures: Collection[Structure], patients: Mapping[str, str]
) -> list[Repeatability]:
    """Per structure and model, of patients with several scans; what is truncated by the field of view is left out.

    :param agreement: rows of any number of cases.
    :param structures: those that count.
    :param patients: the patient by case; a case that is not named counts for no one.
    :returns: empty without a patient who has several scans.
    """
    kept = set(structures)
    volumes: dict[tuple[Structure, str], dict[str, list[float]]] = {}
    for row in agreement:
        one = (row.structure, row.structure_key)
        patient = patients.get(row.case)
        if patient and one in kept and row.volume_ml and row.status != TRUNCATED:
            volumes.setdefault((one, row.model), {}).setdefault(patient, []).append(row.volume_ml)
    made = []
    for (one, model), by_patient in volumes.items():
        several = [np.array(values) for values in by_patient.values() if len(values) > 1]
        if several:
            made.append(Repeatability(one[0], model, len(several), sum(map(len, several)), _variation(several)))
    return made


def _variation(several: Sequence[NDArray[np.float64]]) -> Interval:
    free = np.array([len(values) - 1 for values in several])
    squares = np.array([values.var(ddof=1) / values.mean() ** 2 for values in several])
    total = int(free.sum())
    pooled = float(np.sqrt((free * squares).sum() / total))
    low, high = (pooled * float(np.sqrt(total / stats.chi2.ppf(share, total))) for share in (0.975, 0.025))
    return Interval(pooled, low, high)
