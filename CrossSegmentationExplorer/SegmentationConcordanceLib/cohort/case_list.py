"""The cases of a cohort as a reader's work list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ..exploring.scan import Scan
from ..review.case_walk import CaseWalk
from ..review.verdict import Verdict
from ..review.work_list import Order, work_list
from .case_comparison import Settings
from .case_scan import scan_of_case
from .cohort_file import read_cohort
from .listener import Nobody
from .memory import available_bytes, estimated_bytes

_LEFT_FREE = 2  # times the estimate: the case that is looked at grows by surfaces and counts meanwhile


def open_case_list(
    path: Path | str,
    order: Order = Order.GIVEN,
    *,
    severity: Mapping[str, float] | None = None,
    verdicts: Iterable[Verdict] = (),
    seed: int = 0,
    repeated_share: float = 0.0,
) -> CaseWalk[Scan]:
    """The walk through the cases of a cohort file; see :func:`.work_list.work_list` for order and repetitions.

    The next case is read ahead only where the memory that is free holds it twice.

    :raises ConcordanceError: the cohort file cannot be read, or names no cases.
    """
    cohort = read_cohort(Path(path), Settings())
    cases = {case.name: case for case in cohort.cases}
    readings = work_list(
        list(cases), order, severity=severity, verdicts=verdicts, seed=seed, repeated_share=repeated_share
    )

    def fits(name: str) -> bool:
        free = available_bytes()
        return free is None or _LEFT_FREE * estimated_bytes(cases[name]) < free

    return CaseWalk(readings, lambda name: scan_of_case(cases[name], Nobody(), resample=cohort.settings.resample), fits)
