"""The tables of a cohort, put together of its cases' tables; failures.csv, cases.csv and the report of all."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..agreement.finding import Finding
from ..agreement.findings import findings_of_cohort
from ..agreement.table import AgreementRow
from ..agreement.table_findings import worst_findings
from ..imaging.whole_files import whole_file
from ..plurals import counted, first_few
from ..reporting.case_files import AGREEMENT_FILE, FINDINGS_FILE, PAIRWISE_FILE, REPORT_FILE, STAPLE_FILE
from ..reporting.case_table import CaseTable
from ..reporting.finding_tables import read_findings, write_findings
from ..reporting.kept_pictures import kept_pictures
from ..reporting.pictures import Picture
from ..reporting.report import MOST_PICTURES, write_report
from ..reporting.tables import read_agreement, read_pairwise
from .case_record import read_record
from .case_work import CaseOutcome, CaseTask
from .cases import Cohort, Problem

FAILURES_FILE = "failures.csv"
CASES_FILE = "cases.csv"
JOINED = (AGREEMENT_FILE, PAIRWISE_FILE, STAPLE_FILE, FINDINGS_FILE)
"""The tables of a case that the cohort has as well, one case after the other."""

_FAILURE_COLUMNS = ("case", "step", "output", "error")
_ROWS_IN_PAGE = 100_000
_MOST_ROWS = 1_500_000
_LISTED = 5


@dataclass(frozen=True)
class CohortFiles:
    """What was written for all cases.

    :param report: None where there is nothing to report, or more than one page can carry.
    """

    tables: tuple[Path, ...]
    failures: Path | None
    report: Path | None


def write_cohort_tables(
    output: Path, tasks: Sequence[CaseTask], outcomes: Sequence[CaseOutcome], cohort: Cohort
) -> CohortFiles:
    """Write the tables of all cases, in the cohort's order: the same bytes for the same results.

    :raises OutputError: a file cannot be written.
    """
    compared = [task for task, outcome in zip(tasks, outcomes) if outcome.has_tables]
    tables = []
    for name in JOINED:
        parts = [path for task in compared if (path := task.folder / name).is_file()]
        if parts:
            _join(output / name, parts)
            tables.append(output / name)
        else:
            (output / name).unlink(missing_ok=True)
    tables.append(_write_cases(output / CASES_FILE, tasks, outcomes))
    problems = [problem for outcome in outcomes for problem in outcome.problems]
    failures = write_failures(output / FAILURES_FILE, problems)
    report = _report(output, compared, problems, cohort) if compared else None
    return CohortFiles(tuple(tables), failures, report)


def _join(path: Path, parts: Iterable[Path]) -> None:
    """One table after the other; they have the same columns. Line by line, as all together may not fit into memory."""
    with whole_file(path) as temporary, temporary.open("wb") as joined:
        for number, part in enumerate(parts):
            with part.open("rb") as stream:
                head = stream.readline()
                if number == 0:
                    joined.write(head)
                for block in iter(lambda: stream.read(2**20), b""):
                    joined.write(block)


def write_failures(path: Path, problems: Sequence[Problem]) -> Path | None:
    """failures.csv; none, and no old one, where nothing failed.

    :param path: the file; appears whole or not at all.
    :param problems: one row each.
    :raises OutputError: it cannot be written.
    """
    if not problems:
        path.unlink(missing_ok=True)
        return None
    _write_csv(path, _FAILURE_COLUMNS, ((one.case, one.step, one.output, one.error) for one in problems))
    return path


def _write_cases(path: Path, tasks: Sequence[CaseTask], outcomes: Sequence[CaseOutcome]) -> Path:
    """A line per case: what is known of it, whether it was compared, and the identifiers of its series."""
    columns = list(dict.fromkeys(name for task in tasks for name, _ in task.case.facts))

    def lines() -> Iterator[Sequence[str]]:
        for task, outcome in zip(tasks, outcomes):
            facts = dict(task.case.facts)
            failed = " ".join(dict.fromkeys(problem.step for problem in outcome.problems))
            study = read_record(task.folder).study_uid if outcome.has_tables else ""
            compared = "yes" if outcome.has_tables else "no"
            yield (task.case.name, compared, failed, study, *(facts.get(name, "") for name in columns))

    _write_csv(path, ("case", "compared", "failed", "study_uid", *columns), lines())
    return path


def _write_csv(path: Path, columns: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    with (
        whole_file(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream,
    ):
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(lines)


def _findings(path: Path, cases: Sequence[str], agreement: Sequence[AgreementRow]) -> list[Finding] | None:
    """Those of all cases, see :func:`findings_of_cohort`; None where the cases have no such table."""
    if not path.is_file():
        return None
    by_case: dict[str, list[Finding]] = {case: [] for case in cases}
    for finding in read_findings(path):
        by_case.setdefault(finding.case, []).append(finding)
    found = findings_of_cohort(list(by_case.values()), agreement)
    write_findings(path, found)
    return found


def _report(output: Path, compared: Sequence[CaseTask], problems: Sequence[Problem], cohort: Cohort) -> Path | None:
    path = output / REPORT_FILE
    rows = _rows_of(output / AGREEMENT_FILE)
    if rows > _MOST_ROWS:
        path.unlink(missing_ok=True)
        return None
    agreement = read_agreement(output / AGREEMENT_FILE)
    pairwise = read_pairwise(output / PAIRWISE_FILE)
    models = len({row.model for row in agreement})
    findings = _findings(output / FINDINGS_FILE, [task.case.name for task in compared], agreement)
    if findings is None:
        findings = worst_findings(agreement, pairwise)
    write_report(
        path,
        agreement,
        pairwise,
        findings=findings,
        title=cohort.title or f"Concordance of {counted(models, 'model')} on {counted(len(compared), 'case')}",
        notes=_notes(compared, problems, len(cohort.cases)),
        cases=_case_table(compared),
        viewer=cohort.settings.viewer,
        data_beside=rows > _ROWS_IN_PAGE,
        pictures=_pictures(compared, findings[:MOST_PICTURES]),
    )
    return path


def _pictures(compared: Sequence[CaseTask], findings: Sequence[Finding]) -> list[Picture]:
    """Of the cases of the gravest findings."""
    shown = {finding.case for finding in findings}
    return [picture for task in compared if task.case.name in shown for picture in kept_pictures(task.folder)]


def _rows_of(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(2**20), b"")) - 1


def _notes(compared: Sequence[CaseTask], problems: Sequence[Problem], n_cases: int) -> list[str]:
    """What failed, counted, and what was said of the cases; a sentence that several cases share is said once."""
    notes = []
    left_out = n_cases - len(compared)
    if left_out:
        notes.append(f"{left_out} of {n_cases} cases could not be compared and are not in this report.")
    partly = sorted({one.case for one in problems} & {task.case.name for task in compared})
    if partly:
        listed = first_few(partly, _LISTED)
        notes.append(f"Without some model, whose output could not be used: {listed}. See {FAILURES_FILE}.")
    said: dict[str, list[str]] = {}
    for task in compared:
        for note in read_record(task.folder).notes:
            said.setdefault(note, []).append(task.case.name)
    return notes + [f"{note} ({len(cases)} cases)" if len(cases) > 1 else note for note, cases in said.items()]


def _case_table(compared: Sequence[CaseTask]) -> CaseTable:
    columns = tuple(dict.fromkeys(name for task in compared for name, _ in task.case.facts))
    studies, segs = {}, {}
    for task in compared:
        record = read_record(task.folder)
        if record.study_uid:
            studies[task.case.name] = record.study_uid
        segs.update({(task.case.name, model): uids for model, uids in record.seg_uids.items()})
    values = {task.case.name: tuple(dict(task.case.facts).get(name, "") for name in columns) for task in compared}
    return CaseTable(columns, values if columns else {}, {}, studies, segs)
