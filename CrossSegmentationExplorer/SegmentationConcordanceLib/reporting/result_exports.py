"""One result as files of a user's own naming."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..agreement.analysis import CaseResult
from .pictures import case_pictures
from .report import write_report
from .tables import write_agreement, write_pairwise, write_staple


def export_tables(path: str, result: CaseResult) -> None:
    """Write agreement.csv to ``path``, and beside it, with _pairwise and _staple after its name, the other tables.

    :raises OutputError: a file cannot be written.
    """
    stem = path.removesuffix(".csv")
    write_agreement(path, result.agreement)
    write_pairwise(f"{stem}_pairwise.csv", result.pairwise)
    if result.staple:
        write_staple(f"{stem}_staple.csv", result.staple)


def export_report(path: str, result: CaseResult, notes: Sequence[str], scan: NDArray[np.number] | None = None) -> None:
    """Write the report of one case, with pictures of its findings.

    :param scan: voxels (k, j, i) of the image on the grid of the result, for the pictures; None for outlines alone.
    :param notes: sentences that belong beside the numbers.
    :raises OutputError: the file cannot be written.
    """
    write_report(
        path,
        result.agreement,
        result.pairwise,
        title=f"Concordance of {result.case}",
        notes=notes,
        findings=result.findings,
        pictures=case_pictures(result, scan),
    )
