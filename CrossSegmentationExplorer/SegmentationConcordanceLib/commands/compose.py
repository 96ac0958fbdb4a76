"""One DICOM SEG per case from the best model, or the consensus, of each structure; each segment names its origin."""

from __future__ import annotations

import argparse
import csv
import math
from pathlib import Path
from typing import Any

from ..agreement.which_model import STRUCTURE
from ..cohort.case_comparison import Settings
from ..cohort.cases import Problem
from ..cohort.cohort_file import read_cohort
from ..cohort.cohort_tables import FAILURES_FILE, write_failures
from ..cohort.compose_case import CONSENSUS, ComposeTask, Origin, compose_case
from ..cohort.machinery import work_on
from ..cohort.memory import estimated_bytes
from ..cohort.run_cohort import CASES
from ..csv_tables import cell_number, table_lines
from ..errors import ConcordanceError
from ..imaging.seg_writer import AUTO
from ..imaging.whole_files import whole_file
from ..plurals import counted
from ..reporting.which_model_files import MODELS_FILE
from .cohort_options import add_work_arguments, machinery_of
from .parser import examples
from .storage_options import add_storage_arguments, storage_of
from .terminal import Terminal

TABLE = "composed.csv"


EXAMPLES = examples(
    "concordance compose --cohort cohort.csv --run results --answer answer/which_model.csv --output composed",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance compose``."""
    parser.add_argument("--cohort", required=True, type=Path, metavar="FILE", help="the cohort file of the run")
    parser.add_argument("--run", required=True, type=Path, metavar="DIR", help="the output of concordance run")
    parser.add_argument(
        "--answer", required=True, type=Path, metavar="FILE",
        help=f"{MODELS_FILE} of concordance which: the models in its order, per structure. You may edit the ranks",
    )  # fmt: skip
    parser.add_argument(
        "--consensus", action="store_true", help="take the run's consensus where it has the structure, models elsewhere"
    )
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help=f"for <case>.dcm and {TABLE}")
    add_storage_arguments(parser, AUTO)
    add_work_arguments(parser.add_argument_group("what the work is done with"))


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary counts the cases and the segments by origin.

    :raises ConcordanceError: nothing could be begun, or some cases failed; then all others are done.
    """
    machinery = machinery_of(args, terminal)
    if not (args.run / CASES).is_dir():
        raise ConcordanceError(args.run, "is no output of a run: it has no cases", "Give that of concordance run.")
    order = _order(args.answer, args.consensus)
    cohort = read_cohort(args.cohort, Settings())
    storage = storage_of(args)
    tasks = [
        ComposeTask(case, args.run / CASES / case.folder_name, order, args.output / f"{case.folder_name}.dcm", storage)
        for case in cohort.cases
    ]
    found: dict[int, tuple[Origin, ...]] = {}
    problems: list[Problem] = []
    for number, result in work_on(compose_case, tasks, machinery, lambda task: estimated_bytes(task.case)):
        terminal.progress((len(found) + len(problems)) / len(tasks), tasks[number].case.name)
        if isinstance(result, Exception):
            problems.append(Problem(tasks[number].case.name, "compose", "", str(result)))
            terminal.say(f"{tasks[number].case.name}: failed. {result}")
        else:
            found[number] = result
    origins = [origin for number in sorted(found) for origin in found[number]]
    _write(args.output / TABLE, origins)
    write_failures(args.output / FAILURES_FILE, sorted(problems, key=lambda one: one.case))
    counts: dict[str, int] = {}
    for origin in origins:
        counts[origin.source] = counts.get(origin.source, 0) + 1
    terminal.say(
        f"{args.output}: {counted(len(found), 'case')} composed; {args.output / TABLE} names the origin of each segment"
    )
    for source, count in sorted(counts.items(), key=lambda item: -item[1]):
        terminal.say(f"  {source}: {counted(count, 'segment')}")
    if problems:
        fact = f"{len(problems)} of {len(tasks)} cases failed"
        raise ConcordanceError(args.output / FAILURES_FILE, fact, "The table says why. All others are done.")
    return {"cases": len(found), "segments": counts, "table": str(args.output / TABLE)}


def _order(path: Path, consensus: bool) -> dict[str, tuple[str, ...]]:
    ranks: list[tuple[float, str, str]] = []
    for number, line in table_lines(path, ("scope", "structure_key", "rank", "model")):
        if line["scope"] == STRUCTURE:
            rank = cell_number(path, number, "rank", line)
            ranks.append((math.inf if rank is None else rank, line["structure_key"], line["model"]))
    order: dict[str, tuple[str, ...]] = {key: () for _, key, _ in ranks}
    for _, key, model in sorted(ranks, key=lambda one: one[0]):
        order[key] += (model,)
    if not order:
        raise ConcordanceError(path, "ranks no structure", "Give that of concordance which.")
    first = (CONSENSUS,) if consensus else ()
    return {key: (*first, *models) for key, models in order.items()}


def _write(path: Path, origins: list[Origin]) -> None:
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("case", "structure", "structure_key", "source", "choice"))
        writer.writerows((o.case, o.structure, o.structure_key, o.source, o.place) for o in origins)
