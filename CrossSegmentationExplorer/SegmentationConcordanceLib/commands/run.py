"""A whole cohort: every model's output becomes a DICOM SEG, the models of each case are compared, and the tables and
the report of all cases are written. Ended at any moment, the same command goes on; what is done and unchanged is not
done again."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from ..cohort.case_comparison import Settings
from ..cohort.cohort_file import read_cohort
from ..cohort.run_cohort import run_cohort
from ..imaging.seg_writer import AUTO
from . import arguments
from .analysis_options import add_analysis_arguments, analysis_options
from .cohort_options import add_machinery_arguments, machinery_of, tell_outcome
from .label_map_options import add_label_map_arguments, folders_of
from .parser import examples
from .storage_options import add_storage_arguments, storage_of
from .terminal import Terminal
from .viewer_option import add_viewer_argument, viewer_of

EXAMPLES = examples(
    "concordance run --cohort cohort.csv --output results",
    "concordance run --cohort cohort.toml --output results --workers 2 --memory 8",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance run``."""
    parser.add_argument(
        "--cohort", required=True, type=arguments.path, metavar="FILE",
        help="which cases, outputs and settings: TOML, CSV or Parquet; 'concordance cohort init' writes one",
    )  # fmt: skip
    parser.add_argument("--output", required=True, type=arguments.path, metavar="DIR", help="folder for everything")
    parser.add_argument("--redo", action="store_true", help="do again what is done")
    parser.add_argument(
        "--no-harmonize", action="store_true", help="compare the models' own files, write no DICOM SEG of them"
    )
    parser.add_argument("--resample", action="store_true", help="bring what lies on other voxels to those of the image")
    add_machinery_arguments(parser.add_argument_group("what the work is done with"))
    add_storage_arguments(parser, AUTO)
    add_viewer_argument(parser)
    add_label_map_arguments(parser)
    add_analysis_arguments(parser)


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary counts the cases and names the files.

    :raises ConcordanceError: nothing could be begun, or some cases failed; then all others are done.
    """
    machinery = machinery_of(args, terminal)
    options, viewer = analysis_options(args), viewer_of(args)
    settings = Settings(
        options, tuple(args.combine), args.resample, folders_of(args), viewer, args.case_reports, storage_of(args)
    )
    cohort = read_cohort(args.cohort, settings)
    if args.no_harmonize:
        cohort = replace(cohort, harmonize=False)
    outcome = run_cohort(cohort, args.output, machinery, terminal, redo=args.redo, parquet=args.parquet)
    return tell_outcome(outcome, terminal)
