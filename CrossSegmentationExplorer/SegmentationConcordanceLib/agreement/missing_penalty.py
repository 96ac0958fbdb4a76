"""What a model pays for a structure that it missed: 0, or by the rule of the CADS evaluation.

By that rule a structure that the reference has and the model lacks counts as Dice 0, NSD 0 and a distance of the
diagonal of the whole scan. It does not count at all where the reference has a tenth or less of the structure's
typical volume: then the field of view holds a mere rest of it. As the published evaluation does it (CADS,
cads/utils/compute_metrics.py of 2026-07): a mean over cases then neither forgives a miss nor punishes a model for
where the scan ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from ..imaging.geometry import Geometry
from .table import MISSING, AgreementRow

LEAST_SHARE_OF_TYPICAL = 0.1


def with_missing_as_zero(rows: Iterable[AgreementRow]) -> list[AgreementRow]:
    """The rows, those of missed structures with 0 for each share that can be said of a structure that is compared.

    Without a reference nobody knows whether a structure is there that some models found and one did not. But a model
    that knows it and found nothing must never look better than the ones that found it.
    """
    return [
        replace(row, dice=0.0, jaccard=0.0, nsd=None if row.nsd_tolerance_mm is None else 0.0)
        if row.status == MISSING and row.n_models > 1
        else row
        for row in rows
    ]


def with_missing_penalty(
    rows: Iterable[AgreementRow], geometry: Geometry, typical_volumes_ml: Mapping[str, float]
) -> list[AgreementRow]:
    """The rows, those of missed structures with the penalty or, where they do not count, without any value.

    :param typical_volumes_ml: by the structure's name; a structure without one always counts.
    """
    diagonal_mm = float(np.linalg.norm(np.array(geometry.shape[::-1]) * geometry.spacing_mm))
    return [
        _judged(row, diagonal_mm, typical_volumes_ml.get(row.structure)) if row.status == MISSING else row
        for row in rows
    ]


def _judged(row: AgreementRow, diagonal_mm: float, typical_ml: float | None) -> AgreementRow:
    if not row.consensus_volume_ml:
        return row
    if typical_ml is not None and row.consensus_volume_ml <= LEAST_SHARE_OF_TYPICAL * typical_ml:
        return replace(row, dice=None, jaccard=None, hd95_mm=None, assd_mm=None, nsd=None)
    return replace(row, dice=0.0, jaccard=0.0, hd95_mm=diagonal_mm, assd_mm=diagonal_mm, nsd=0.0)
