"""``concordance harmonize --cases``: the arguments, and the words for what became of every file."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

from ..cohort.case_patterns import path_pattern
from ..cohort.harmonize_cases import TABLE, harmonize_cases
from ..cohort.harmonize_plan import PlannedModel, planned_model, read_plan
from ..cohort.harmonized_table import FAILED, UNCHANGED, WRITTEN
from ..errors import ConcordanceError
from ..plurals import counted
from . import arguments
from .label_map_options import folders_of
from .terminal import Terminal

_SHOWN = ("case", "input", "model", "task", "output", "status", "reason", "segments", "seconds")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments for many cases."""
    group = parser.add_argument_group(
        "many cases",
        "With --cases, --ct and --segmentation are patterns as seen from its DIR: {case} stands for what tells the "
        "cases apart, any other {word} for what tells apart several runs of one case, and *, ? and ** match as usual. "
        f"--output is a folder, for <case>/<model>.dcm, or a pattern with {{case}} and {{model}}; {TABLE} in it says "
        "what became of every file. What is there already, made from the same files, is not made again. One bad case "
        "does not stop the others; then the exit code is 2, as it is for a single case.",
    )
    group.add_argument("--cases", type=arguments.path, metavar="DIR", help="the folder that holds the cases")
    group.add_argument(
        "--plan", type=arguments.path, metavar="FILE.csv",
        help="several models: a line for each with the columns segmentation, model, task, name "
        "(instead of the options; several patterns of one model are joined by ';')",
    )  # fmt: skip
    group.add_argument("--redo", action="store_true", help="make again what is there already")


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary has a row for every output.

    :raises ConcordanceError: nothing could be begun, or some outputs failed; then all the others are done, as they are
        where a fault of the program is raised.
    """
    if args.series:
        raise ConcordanceError("--series", "is for a single case", "Write --ct so that it finds one series per case.")
    folders = folders_of(args)
    models = _planned_models(args)
    done = harmonize_cases(
        args.cases, path_pattern("--ct", args.ct), models, args.output,
        redo=args.redo, folders=folders, listener=terminal, kind=args.kind, compression=args.compression,
    )  # fmt: skip
    counts = Counter(row.status for row in done.rows)
    listed = ", ".join(f"{counts[status]} {status}" for status in (WRITTEN, UNCHANGED, FAILED) if counts[status])
    terminal.say(f"{listed}; {done.table} says it file by file")
    summary = {"table": str(done.table), **{s: counts[s] for s in (WRITTEN, UNCHANGED, FAILED)}}
    summary["rows"] = [{name: getattr(row, name) for name in _SHOWN} for row in done.rows]
    if done.fault is not None:
        raise done.fault
    if counts[FAILED]:
        if terminal.quiet:
            terminal.print_json(summary)
        fact = f"{counts[FAILED]} of {counted(len(done.rows), 'output')} failed"
        raise ConcordanceError(done.table, fact, "The table has the reasons. All others are done.")
    return summary


def _planned_models(args: argparse.Namespace) -> list[PlannedModel]:
    """Those of the plan's lines, or the one of the options."""
    if args.plan is not None:
        for option in ("segmentation", "model", "task", "name"):
            if getattr(args, option):
                raise ConcordanceError(f"--{option}", "is what the lines of --plan say", "Give the one or the other.")
        return read_plan(args.plan)
    if not args.segmentation:
        raise ConcordanceError("--segmentation", "is missing", "Give a pattern, e.g. '{case}/ts/*.nii.gz', or --plan.")
    return [planned_model("--segmentation", args.segmentation, args.model or "", args.task or "", args.name or "")]
