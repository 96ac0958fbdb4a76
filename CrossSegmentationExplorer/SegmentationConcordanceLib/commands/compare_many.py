"""``concordance compare --cases``: the models of every case of a folder tree, by patterns."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from ..cohort.case_comparison import Settings
from ..cohort.case_patterns import path_pattern
from ..cohort.cases import Cohort
from ..cohort.cohort_file import cases_of_patterns
from ..cohort.harmonize_plan import PlannedModel
from ..cohort.run_cohort import run_cohort
from ..errors import ConcordanceError
from . import arguments
from .cohort_options import add_machinery_arguments, machinery_of, tell_outcome
from .option_words import words_of
from .run_arguments import parse_runs
from .terminal import Terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments for many cases."""
    group = parser.add_argument_group(
        "many cases",
        "With --cases, --ct (where there are images) and --seg are patterns as seen from its DIR: {case} stands for "
        "what tells the cases apart, any other {word} for what tells apart several runs of one case, and *, ? and ** "
        "match as usual. The results of each case go to cases/<case> in the folder of --output, beside the tables and "
        "the report of all. What is there already, made of the same files with the same options, is not made again. "
        "One bad case does not stop the others; then there is failures.csv, and the exit code is 2.",
    )
    group.add_argument("--cases", type=arguments.path, metavar="DIR", help="the folder that holds the cases")
    group.add_argument("--redo", action="store_true", help="make again what is there already")
    add_machinery_arguments(group)


def run(args: argparse.Namespace, settings: Settings, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary counts the cases and names the files.

    :raises ConcordanceError: nothing could be begun, or some cases failed; then all others are done.
    """
    for option in ("series", "case"):
        if getattr(args, option):
            raise ConcordanceError(f"--{option}", "is for a single case", "Leave it out.")
    machinery = machinery_of(args, terminal)
    models = _planned([text for texts in args.seg for text in texts], args.model)
    cases = cases_of_patterns(args.cases, str(args.ct or ""), models, args.output)
    cohort = Cohort(
        tuple(cases), replace(settings, case_reports=args.case_reports, words=words_of(args)), harmonize=False
    )
    outcome = run_cohort(cohort, args.output, machinery, terminal, redo=args.redo, parquet=args.parquet)
    return tell_outcome(outcome, terminal)


def _planned(segs: list[str], models: list[str]) -> list[PlannedModel]:
    """A model for each pattern; patterns of one NAME are one."""
    planned: dict[str, PlannedModel] = {}
    for number, one in enumerate(parse_runs(segs, models)):
        pattern = path_pattern("--seg", str(one.path))
        key = one.name or str(number)
        patterns = (*planned[key].patterns, pattern) if key in planned else (pattern,)
        planned[key] = PlannedModel(patterns, one.label_map_name, one.task, one.name)
    return list(planned.values())
