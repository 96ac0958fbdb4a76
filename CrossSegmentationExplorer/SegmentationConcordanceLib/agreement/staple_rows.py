"""What STAPLE estimated, as a tidy table and in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from ..plurals import first_few
from .comparison import Comparison
from .consensus import Consensus, LeaveOneOut
from .staple import StapleConsensus
from .table import StapleRow

_LISTED = 5


def staple_rows(
    comparison: Comparison, consensus: Consensus | LeaveOneOut, *, margin_mm: float, case: str
) -> list[StapleRow]:
    """One row per structure and model that has a say in it, for each model left out; empty for other methods.

    :param margin_mm: of the region, as it was given to :func:`.staple`.
    """
    if isinstance(consensus, LeaveOneOut):
        made = list(zip(comparison.models, consensus.of_others))
    else:
        made = [("", consensus)]
    return [
        row
        for left_out, one in made
        if isinstance(one, StapleConsensus)
        for row in _rows(comparison, one, margin_mm, case, left_out)
    ]


def staple_note(rows: Sequence[StapleRow]) -> str:
    """Region and medians over the structures in one sentence per model; "" without rows."""
    if not rows:
        return ""
    models = dict.fromkeys(row.model for row in rows)
    words = ", ".join(
        f"{model} {_median(rows, model, 'sensitivity')} / {_median(rows, model, 'specificity')}" for model in models
    )
    return (
        f"STAPLE: the prior is taken from the box around all that any model marked, with a margin of "
        f"{rows[0].margin_mm:g} mm. Median sensitivity / specificity: {words}."
    )


def unsettled_note(comparison: Comparison, consensus: Consensus | LeaveOneOut) -> str:
    """A sentence where STAPLE stopped at its limit of iterations; "" elsewhere.

    :param comparison: what was counted.
    :param consensus: by any method.
    """
    parts = consensus.of_others if isinstance(consensus, LeaveOneOut) else (consensus,)
    names: dict[str, int] = {}
    for part in parts:
        for index, estimate in part.estimates.items() if isinstance(part, StapleConsensus) else ():
            if not estimate.has_settled:
                names[comparison.structures[index].name] = estimate.iterations
    if not names:
        return ""
    return (
        f"STAPLE has not converged for {first_few(list(names), _LISTED)}: stopped after {max(names.values())} "
        "iterations. Its estimates there still drift; look at the majority."
    )


def _rows(
    comparison: Comparison, consensus: StapleConsensus, margin_mm: float, case: str, left_out: str
) -> Iterable[StapleRow]:
    for index, estimate in consensus.estimates.items():
        structure = comparison.structures[index]
        for bit, model in enumerate(comparison.models):
            if structure.voters >> bit & 1 and model != left_out:
                yield StapleRow(
                    case=case,
                    structure=structure.name,
                    structure_key=structure.key,
                    model=model,
                    left_out=left_out,
                    sensitivity=_known(estimate.sensitivity[bit]),
                    specificity=_known(estimate.specificity[bit]),
                    margin_mm=margin_mm,
                    region_ml=float(consensus.region_ml[index]),
                    prior=estimate.prior,
                )


def _known(value: float) -> float | None:
    return None if value != value else float(value)


def _median(rows: Iterable[StapleRow], model: str, field: str) -> str:
    values = [value for row in rows if row.model == model for value in (getattr(row, field),) if value is not None]
    return f"{median(values):.4f}" if values else "-"
