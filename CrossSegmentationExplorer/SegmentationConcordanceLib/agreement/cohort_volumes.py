"""Volumes that are odd for a cohort: what the same model measures in the other cases is all that they are held against.

Of each structure and model the logarithm of the volume is held against its median over the cases, in units of the
median absolute deviation (robust z; Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993, whose limit of 3.5
is used).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from . import finding_kinds as kinds
from .finding import Finding
from .finding_sentences import readable
from .severity import estimated_depth_mm, is_cut, severities, severity
from .table import AgreementRow

FEWEST_CASES = 8
"""Fewer do not tell what is usual."""
_Z, _Z_OF_OTHERS = 3.5, 2.0
_RATIO = 1.5
"""Less than so many times larger or smaller is no error, however alike all other cases are."""
_LEAST_DEVIATION = 0.05


def odd_volumes_of_cohort(agreement: Sequence[AgreementRow], known: Iterable[Finding] = ()) -> list[Finding]:
    """One finding per case, structure and model with an odd volume that no known finding is about.

    Where the other models of the case measure what is as odd, it is the patient, and no finding. What is truncated by
    the field of view is left out.

    :param agreement: rows of the cases; of several consensuses those of the first one count.
    :param known: of the same cases.
    :returns: empty for less than :data:`FEWEST_CASES` cases.
    """
    told = {
        (case, key, model)
        for one in known
        for case in (one.case, *one.cases)
        for key in one.structures
        for model in one.models
    }
    grave = dict(zip(map(id, agreement), severities(agreement)))
    of_structure: dict[str, dict[tuple[str, str], AgreementRow]] = {}
    for row in agreement:
        if row.volume_ml and not is_cut(row):
            rows = of_structure.setdefault(row.structure_id, {})
            rows.setdefault((row.case, row.model), row)
    found = []
    for key, rows in of_structure.items():
        scores = _scores(rows)
        for (case, model), z in scores.items():
            others = [score for (there, other), score in scores.items() if there == case and other != model]
            is_patient = bool(others) and float(np.median(np.array(others) * np.sign(z))) > _Z_OF_OTHERS
            if abs(z) > _Z and not is_patient and (case, key, model) not in told:
                row = rows[case, model]
                usual = [one.volume_ml or 0.0 for (_, who), one in rows.items() if who == model]
                found += _finding(row, key, float(np.median(usual)), len(usual), grave[id(row)])
    return found


def _scores(rows: dict[tuple[str, str], AgreementRow]) -> dict[tuple[str, str], float]:
    """By case and model the robust z of its volume; of models that have the structure in enough cases."""
    scores = {}
    for model in dict.fromkeys(model for _, model in rows):
        own = {place: math.log(row.volume_ml or 1.0) for place, row in rows.items() if place[1] == model}
        if len(own) < FEWEST_CASES:
            continue
        values = np.array(list(own.values()))
        middle = float(np.median(values))
        deviation = max(_LEAST_DEVIATION, 1.4826 * float(np.median(np.abs(values - middle))))
        scores.update({place: (value - middle) / deviation for place, value in own.items()})
    return scores


def _finding(row: AgreementRow, key: str, usual_ml: float, n_cases: int, grave: float) -> list[Finding]:
    own_ml = row.volume_ml or 0.0
    if 1 / _RATIO < own_ml / usual_ml < _RATIO:
        return []
    apart_ml = abs(own_ml - usual_ml)
    depth_mm = estimated_depth_mm(apart_ml, usual_ml, lost=False)
    lead = f"{row.case}, {readable(row.structure)}"
    said = f"{row.model} has {own_ml:.1f} ml, its median over {n_cases:,} cases is {usual_ml:.1f} ml"
    return [
        Finding(
            kind=kinds.OUTLIER_VOLUME,
            case=row.case,
            structures=(key,),
            names=(row.structure,),
            models=(row.model,),
            sentence=f"{lead}: {said}.",
            lead=lead,
            numbers={
                "volume_ratio": own_ml / usual_ml,
                "model_volume_ml": own_ml,
                "others_volume_ml": usual_ml,
                "n_cases": n_cases,
            },
            confidence=0.6,
            severity=max(grave, severity(apart_ml, depth_mm, lost=False)),
        )
    ]
