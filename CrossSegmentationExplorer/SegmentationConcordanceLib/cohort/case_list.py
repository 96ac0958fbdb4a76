"""The cases of a cohort as a reader's work list."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..exploring.scan import Scan
from ..reporting.finding_tables import read_findings
from ..review.case_walk import CaseWalk
from ..review.verdict import Verdict
from ..review.work_list import Order, work_list
from .case_comparison import Settings
from .case_scan import scan_of_case
from .cohort_file import read_cohort
from .listener import Nobody
from .memory import available_bytes, estimated_bytes

FINDINGS_FILE = "findings.csv"
_LEFT_FREE = 2  # times the estimate: the case that is looked at grows by surfaces and counts meanwhile


def open_case_list(
    path: Path | str,
    order: Order = Order.GIVEN,
    *,
    verdicts: Iterable[Verdict] = (),
    seed: int = 0,
    repeated_share: float = 0.0,
) -> CaseWalk[Scan]:
    """The walk through the cases of a cohort file; see :func:`.work_list.work_list` for order and repetitions.

    The next case is read ahead only where the memory that is free holds it twice. How serious the findings of a case
    are is told by ``findings.csv`` beside the cohort file; without it, cases come as listed.

    :raises ConcordanceError: the cohort file cannot be read, or names no cases.
    """
    cohort = read_cohort(Path(path), Settings())
    cases = {case.name: case for case in cohort.cases}
    readings = work_list(
        list(cases),
        order,
        severity=_severity(Path(path).with_name(FINDINGS_FILE)) if order is Order.FINDINGS else None,
        verdicts=verdicts,
        seed=seed,
        repeated_share=repeated_share,
    )

    def fits(name: str) -> bool:
        free = available_bytes()
        return free is None or _LEFT_FREE * estimated_bytes(cases[name]) < free

    return CaseWalk(readings, lambda name: scan_of_case(cases[name], Nobody(), resample=cohort.settings.resample), fits)


def _severity(path: Path) -> dict[str, float]:
    """The sum of the findings' severities by case; empty where there is no such file."""
    found: dict[str, float] = {}
    for finding in read_findings(path) if path.exists() else ():
        for case in finding.cases or (finding.case,):
            found[case] = found.get(case, 0.0) + finding.severity
    return found
