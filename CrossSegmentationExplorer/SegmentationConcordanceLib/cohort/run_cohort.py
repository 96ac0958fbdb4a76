"""Working on a whole cohort: every case, in parallel, and the tables and the report of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import OutputError
from ..imaging.seg_writer import BINARY
from ..reporting.report import MOST_PICTURES
from .case_work import DONE, FAILED, FEWEST_PICTURES, UNCHANGED, CaseOutcome, CaseTask, work_on_case
from .cases import Cohort, Problem
from .cohort_tables import CohortFiles, write_cohort_tables
from .listener import Listener
from .machinery import Machinery, work_on
from .memory import estimated_bytes
from .one_run import one_run_at_a_time
from .parquet_tables import require_parquet, write_parquet

CASES = "cases"


@dataclass(frozen=True)
class CohortOutcome:
    """What became of a cohort.

    :param outcomes: of the cases, in their order.
    :param files: what was written for all of them.
    """

    outcomes: tuple[CaseOutcome, ...]
    files: CohortFiles

    def count(self, status: str) -> int:
        """How many cases have this status."""
        return sum(outcome.status == status for outcome in self.outcomes)

    @property
    def problems(self) -> list[Problem]:
        """All that went wrong, case by case."""
        return [problem for outcome in self.outcomes for problem in outcome.problems]


def run_cohort(
    cohort: Cohort,
    output: Path,
    machinery: Machinery,
    listener: Listener,
    *,
    redo: bool = False,
    parquet: bool = False,
) -> CohortOutcome:
    """Work on every case into ``output``/cases, then write the tables and the report of all into ``output``.

    It may be ended at any moment; another run goes on from there and ends with the same tables. A case that fails
    stops no other.

    :param redo: do again what is done.
    :param parquet: write the tables as Parquet too, see :mod:`.parquet_tables`.
    :raises OutputError: the folder cannot be written to, or another run is at work in it.
    """
    if parquet:
        require_parquet()
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(output, f"cannot be made ({error.strerror})", "Choose another place.") from error
    # As many as the page of all can show: of few cases many, of many cases the gravest of each.
    pictures = max(FEWEST_PICTURES, MOST_PICTURES // max(len(cohort.cases), 1))
    tasks = [
        CaseTask(case, cohort.settings, output / CASES / case.folder_name, cohort.harmonize, redo, pictures)
        for case in cohort.cases
    ]
    with one_run_at_a_time(output):
        outcomes = _outcomes(tasks, machinery, listener)
        listener.progress(0.98, "writing the tables and the report of all cases")
        files = write_cohort_tables(output, tasks, outcomes, cohort)
        if parquet:
            compared = [task for task, outcome in zip(tasks, outcomes) if outcome.has_tables]
            manifest = write_parquet(output, compared, cohort.settings)
            files = replace(files, tables=(*files.tables, manifest))
    return CohortOutcome(tuple(outcomes), files)


def _outcomes(tasks: Sequence[CaseTask], machinery: Machinery, listener: Listener) -> list[CaseOutcome]:
    found: dict[int, CaseOutcome] = {}
    try:
        for number, result in work_on(work_on_case, tasks, machinery, _memory_of):
            outcome = result if isinstance(result, CaseOutcome) else _fault(tasks[number], result)
            found[number] = outcome
            _tell(outcome, listener)
            listener.progress(0.97 * len(found) / len(tasks), f"{len(found)} of {len(tasks)} cases")
    except KeyboardInterrupt:
        listener.say(f"{len(found)} of {len(tasks)} cases are done; the same command goes on from here")
        raise
    return [found[number] for number in range(len(tasks))]


def _memory_of(task: CaseTask) -> int:
    return estimated_bytes(task.case, binary=task.settings.storage.kind == BINARY)


def _fault(task: CaseTask, error: Exception) -> CaseOutcome:
    """A fault of the program, or a process that ended: of that case alone."""
    return CaseOutcome(task.case.name, FAILED, False, (Problem(task.case.name, "run", "", str(error)),))


def _tell(outcome: CaseOutcome, listener: Listener) -> None:
    for problem in outcome.problems:
        what = f"{problem.case} {problem.output}".strip()
        listener.say(f"{what}: failed ({problem.step}). {problem.error}")
    if outcome.sentence:
        listener.say(f"{outcome.case}: {outcome.sentence}")
    for note in outcome.notes:
        listener.say(f"{outcome.case}: {note}")
    for name in outcome.renewed:
        listener.say(f"{outcome.case}: {name} has another content than before, and so new UIDs")


__all__ = ["DONE", "FAILED", "UNCHANGED", "CohortOutcome", "Machinery", "run_cohort"]
