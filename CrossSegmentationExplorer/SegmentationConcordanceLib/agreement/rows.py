"""The tidy tables of one case, made from its counts."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from .comparison import Comparison
from .consensus import Consensus, LeaveOneOut
from .model_looks import looks_of
from .overlap import dice, jaccard, volume_ratio
from .table import (
    EMPTY_CONSENSUS,
    FOUND,
    MISSED,
    MISSING,
    NOT_LOOKED_FOR,
    OK,
    TRUNCATED,
    AgreementRow,
    PairwiseRow,
)


def agreement_rows(
    comparison: Comparison, consensus: Consensus | LeaveOneOut, *, case: str, series_uid: str
) -> list[AgreementRow]:
    """One row per structure that somebody found and model that knows it; without values where it did not look for it.

    A structure that only one model knows has its volume and no agreement: those cells are None.

    :param comparison: what was counted.
    :param consensus: what each model is held against.
    :param case: what the case is called.
    :param series_uid: SeriesInstanceUID of the scan, or "".
    :returns: structures in the order of the comparison, models in theirs; volumes in ml.
    """
    ml = comparison.geometry.voxel_volume_ml
    model_counts = comparison.model_counts()
    reference_counts = consensus.reference_counts(comparison)
    common_counts = consensus.common_counts(comparison)
    looks = looks_of(comparison.models)
    rows = []
    for index, structure in enumerate(comparison.structures):
        for bit, model in enumerate(comparison.models):
            row = AgreementRow(
                case=case,
                series_uid=series_uid,
                structure=structure.name,
                structure_key=structure.key,
                model=model,
                status=NOT_LOOKED_FOR,
                consensus=consensus.method,
                n_models=structure.n_voters,
                volume_ml=None,
                consensus_volume_ml=None,
                dice=None,
                jaccard=None,
                volume_ratio=None,
                presence=NOT_LOOKED_FOR,
                family=comparison.family(bit),
            )
            if structure.not_looked_for >> bit & 1:
                rows.append(row)
            if structure.voters >> bit & 1:
                found, common = int(model_counts[index, bit]), int(common_counts[index, bit])
                agreed = int(reference_counts[index, bit]) if structure.n_voters > 1 else None
                row = replace(row, model_look=str(looks[model]))
                rows.append(_counted(row, found, agreed, common, cut=bool(comparison.cut[index, bit]), voxel_ml=ml))
    return rows


def pairwise_rows(comparison: Comparison, *, case: str) -> list[PairwiseRow]:
    """One row per structure and pair of models that both know it, in the order of the models.

    :param comparison: what was counted.
    :param case: what the case is called.
    :returns: volumes in ml; Dice is None where both segments are empty.
    """
    ml = comparison.geometry.voxel_volume_ml
    members = comparison.pattern_members()
    model_counts = comparison.model_counts()
    rows = []
    for index, structure in enumerate(comparison.structures):
        voters = [bit for bit in range(len(comparison.models)) if structure.voters >> bit & 1]
        for a, b in combinations(voters, 2):
            common = int(comparison.counts[index] @ (members[:, a] & members[:, b]))
            count_a, count_b = int(model_counts[index, a]), int(model_counts[index, b])
            rows.append(
                PairwiseRow(
                    case=case,
                    structure=structure.name,
                    structure_key=structure.key,
                    model_a=comparison.models[a],
                    model_b=comparison.models[b],
                    dice=dice(count_a, count_b, common),
                    volume_a_ml=count_a * ml,
                    volume_b_ml=count_b * ml,
                )
            )
    return rows


def _counted(
    row: AgreementRow, found: int, agreed: int | None, common: int, *, cut: bool, voxel_ml: float
) -> AgreementRow:
    """The row of a model that looked for the structure, with its values.

    :param found: voxels of the model; ``agreed``: of the consensus, None without one; ``common``: of both.
    """
    return replace(
        row,
        status=_status(found, agreed, cut),
        volume_ml=found * voxel_ml,
        consensus_volume_ml=None if agreed is None else agreed * voxel_ml,
        dice=None if agreed is None else dice(found, agreed, common),
        jaccard=None if agreed is None else jaccard(found, agreed, common),
        volume_ratio=None if agreed is None else volume_ratio(agreed, found),
        presence=_presence(found, cut),
    )


def _presence(found: int, cut: bool) -> str:
    if found == 0:
        return MISSED
    return TRUNCATED if cut else FOUND


def _status(found: int, agreed: int | None, cut: bool) -> str:
    """The most serious of what is true of one model's segment; ``agreed`` is None where there is no consensus."""
    if found == 0:
        return MISSING
    if agreed == 0:
        return EMPTY_CONSENSUS
    return TRUNCATED if cut else OK
