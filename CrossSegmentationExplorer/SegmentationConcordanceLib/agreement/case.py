"""One scan, compared: the counts, the consensus, and the rows of the two tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .comparison import Comparison, compare_models
from .consensus import Consensus
from .models import ModelSegmentation
from .rows import agreement_rows, pairwise_rows
from .table import AgreementRow, PairwiseRow
from .votes import strict_intersection


@dataclass(frozen=True, eq=False)
class CaseResult:
    """What comparing the models on one scan gave.

    :param case: what the case is called in the tables.
    """

    case: str
    comparison: Comparison
    consensus: Consensus
    agreement: tuple[AgreementRow, ...]
    pairwise: tuple[PairwiseRow, ...]

    def worst(self) -> AgreementRow | None:
        """The row with the lowest Dice to a consensus that is not empty; None where there is none."""
        compared = [row for row in self.agreement if row.dice is not None and row.consensus_volume_ml]
        return min(compared, key=lambda row: row.dice, default=None)


def compare_case(models: Sequence[ModelSegmentation], *, case: str, series_uid: str) -> CaseResult:
    """Compare the models on one scan with the strict-intersection consensus.

    :raises ConcordanceError: see :func:`compare_models`.
    """
    comparison = compare_models(models)
    consensus = strict_intersection(comparison)
    return CaseResult(
        case=case,
        comparison=comparison,
        consensus=consensus,
        agreement=tuple(agreement_rows(comparison, consensus, case=case, series_uid=series_uid)),
        pairwise=tuple(pairwise_rows(comparison, case=case)),
    )
