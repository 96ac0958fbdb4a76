"""The arguments of commands that work on many cases, and the words for what became of them."""

from __future__ import annotations

import argparse
import os
from typing import Any

from ..cohort.dask_workers import LOCAL
from ..cohort.machinery import Machinery
from ..cohort.run_cohort import DONE, FAILED, UNCHANGED, CohortOutcome
from ..errors import ConcordanceError
from ..plurals import counted
from . import arguments
from .terminal import Terminal

_GB = 1_000_000_000
_IN_PART = "in_part"
_SHOWN = 20


def add_machinery_arguments(group: argparse._ArgumentGroup) -> None:
    """What the work is done with, and what is written beyond the tables."""
    group.add_argument(
        "--parquet", action="store_true", help="write the tables as Parquet too, by case, with a manifest"
    )
    group.add_argument(
        "--case-reports", action="store_true", help="write a report of each case too; that of all shows each as well"
    )
    add_work_arguments(group)


def add_work_arguments(group: argparse._ArgumentGroup) -> None:
    """Processes, memory, a cluster."""
    group.add_argument(
        "--workers",
        type=arguments.natural,
        default=0,
        metavar="N",
        help="cases at a time, each in a process (default: one per core)",
    )
    group.add_argument(
        "--memory", type=float, metavar="GB",
        help="what the cases at work may need together; a case begins only when it fits (default: four fifths of what "
        "is free)",
    )  # fmt: skip
    group.add_argument(
        "--scheduler", default="", metavar="ADDRESS",
        help=f"work on a Dask cluster, e.g. tcp://10.0.0.1:8786; '{LOCAL}' makes one on this machine. Its workers see "
        "the same files under the same paths",
    )  # fmt: skip


def machinery_of(args: argparse.Namespace, terminal: Terminal) -> Machinery:
    """What the arguments say.

    :param terminal: is told where this machine cannot do so.
    :raises ConcordanceError: a number that makes no sense.
    """
    if args.workers < 0:
        raise ConcordanceError("--workers", f"{args.workers} is no number of processes", "Give 1 or more.")
    if args.memory is not None and not args.memory > 0:
        raise ConcordanceError("--memory", f"{args.memory:g} GB is no amount of memory", "Give more than 0.")
    workers = args.workers or os.cpu_count() or 1
    machinery = Machinery(workers, None if args.memory is None else round(args.memory * _GB), args.scheduler)
    if not machinery.is_possible:
        terminal.warn("PythonSlicer, which other processes would run, is not found; so one case after the other")
    return machinery


def tell_outcome(outcome: CohortOutcome, terminal: Terminal) -> dict[str, Any]:
    """Say what became of the cases; the summary has the same.

    :raises ConcordanceError: some failed; all others are done.
    """
    counts = {status: outcome.count(status) for status in (DONE, UNCHANGED)}
    counts[_IN_PART] = sum(one.status == FAILED and one.has_tables for one in outcome.outcomes)
    counts[FAILED] = outcome.count(FAILED) - counts[_IN_PART]
    words = {DONE: "compared", UNCHANGED: "unchanged", _IN_PART: "compared without some outputs", FAILED: "failed"}
    terminal.say("cases: " + (", ".join(f"{count} {words[s]}" for s, count in counts.items() if count) or "none"))
    files = [*outcome.files.tables, *filter(None, (outcome.files.failures, outcome.files.report))]
    for path in files:
        terminal.say(str(path))
    if outcome.files.report is None and counts[FAILED] < len(outcome.outcomes):
        terminal.say("too many rows for one page; make pages of parts with concordance report --agreement")
    problems = [
        {"case": one.case, "step": one.step, "output": one.output, "error": one.error} for one in outcome.problems
    ]
    summary = {"cases": counts, "failures": problems[:_SHOWN], "files": [str(path) for path in files]}
    if problems:
        if terminal.quiet:
            terminal.print_json(summary)
        lack = "lacks" if counts[_IN_PART] == 1 else "lack"
        parts = {FAILED: "failed", _IN_PART: f"{lack} outputs that could not be used"}
        fact = " and ".join(f"{counts[status]} {words}" for status, words in parts.items() if counts[status])
        fact = f"of {counted(len(outcome.outcomes), 'case')} {fact}"
        raise ConcordanceError(str(outcome.files.failures), fact, "The table says which and why. All others are done.")
    return summary
