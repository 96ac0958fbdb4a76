"""Cohort files: write one from a folder tree, and check one before hours are spent."""

from __future__ import annotations

import argparse
from typing import Any

from ..cohort.case_comparison import Settings
from ..cohort.cohort_check import check_cohort
from ..cohort.cohort_file import read_cohort
from ..cohort.cohort_writer import write_cohort_table
from ..cohort.found_cases import found_cases
from ..errors import ConcordanceError, OutputError
from ..imaging.seg_writer import AUTO, SegStorage
from ..plurals import counted
from . import arguments
from .cohort_idc import add_idc_arguments, run_idc
from .label_map_options import add_label_map_arguments, folders_of
from .parser import Parser, examples
from .terminal import Terminal, command_to_type

_LISTED = 10
_GB = 1_000_000_000


EXAMPLES = examples("concordance cohort init study", "concordance cohort check study/cohort.csv")


def add_arguments(parser: Parser) -> None:
    """The arguments of ``concordance cohort``."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    init = actions.add_parser(
        "init", help="write a cohort file from a folder tree", epilog=examples("concordance cohort init study")
    )
    init.add_argument("folder", type=arguments.path, metavar="DIR", help="images and outputs of all cases lie below it")
    init.add_argument(
        "--output", type=arguments.path, metavar="FILE.csv", help="the file to write (default: cohort.csv in DIR)"
    )
    init.add_argument(
        "--segmentation", nargs="+", default=(), metavar="PATTERN",
        help="which files are outputs, as seen from DIR, e.g. '*/models/*' (default: all image files but "
        "those that are called truth, reference or labels)",
    )  # fmt: skip
    check = actions.add_parser(
        "check", help="say what is missing or unclear", epilog=examples("concordance cohort check study/cohort.csv")
    )
    check.add_argument("file", type=arguments.path, metavar="FILE", help="the cohort file")
    check.add_argument("--deep", action="store_true", help="recognize the model of every output; reads all files")
    add_label_map_arguments(check)
    idc = actions.add_parser(
        "idc",
        help="write a cohort file of series of NCI Imaging Data Commons, and fetch them",
        epilog=examples(
            "concordance cohort idc --from docs/examples/nlst_18.csv --segmentations --fetch --folder nlst"
        ),
    )
    add_idc_arguments(idc)
    for action in (init, check, idc):
        action.add_common_arguments(of_action=True)


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary counts cases, outputs and problems.

    :raises ConcordanceError: there is nothing to write, or the check found something.
    """
    actions = {"init": _init, "check": _check, "idc": run_idc}
    return actions[args.action](args, terminal)


def _init(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    if not args.folder.is_dir():
        raise ConcordanceError(args.folder, "is no folder", "Name the folder that holds the cases.")
    path = args.output or args.folder / "cohort.csv"
    if path.suffix.lower() != ".csv":
        raise OutputError(path, "is no CSV file by its name", "Call it cohort.csv or the like.")
    if path.exists():
        raise OutputError(path, "is there already", "Name another file with --output, or move it away.")
    found = found_cases(args.folder, args.segmentation, lambda where: terminal.progress(0.5, where))
    if not found.cases:
        raise ConcordanceError(args.folder, "holds no image series and no image file", "Name another folder.")
    write_cohort_table(path, found.cases)
    outputs = sum(len(case.outputs) for case in found.cases)
    bare = [case.name for case in found.cases if not case.outputs]
    terminal.say(f"{path}: {counted(len(found.cases), 'case')} with {counted(outputs, 'output')}")
    if bare:
        terminal.warn(f"without any output: {_listed(bare)}")
    if found.references:
        files = _listed([path.relative_to(args.folder).as_posix() for path in found.references])
        why = "left out, as their names say image or reference and not a model's output"
        terminal.say(f"{why}: {files}. --segmentation takes what it names")
    if found.alone:
        terminal.warn(f"nothing tells to which case these belong: {_listed([str(one) for one in found.alone])}")
    terminal.say(f"Next: {command_to_type('cohort', 'check', path)}")
    return {
        "file": str(path),
        "cases": len(found.cases),
        "outputs": outputs,
        "alone": [str(p) for p in found.alone],
        "references": [str(p) for p in found.references],
    }


def _check(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    cohort = read_cohort(args.file, Settings(label_map_folders=folders_of(args), storage=SegStorage(AUTO)))
    checked = check_cohort(cohort, terminal, deep=args.deep)
    for problem in checked.problems:
        terminal.say(f"{problem.case} {problem.output}: {problem.error}".replace(" :", ":"))
    terminal.say(
        f"{counted(len(cohort.cases), 'case')}; the largest needs about {checked.memory / _GB:.1f} GB of memory"
    )
    for model, count in sorted(checked.models.items()):
        terminal.say(f"  {model}: {counted(count, 'output')}")
    if checked.not_looked_at:
        outputs = counted(checked.not_looked_at, "output")
        terminal.say(f"Which model wrote them was looked at in the first case alone; --deep looks at {outputs} more.")
    summary = {
        "cases": len(cohort.cases),
        "memory_gb": round(checked.memory / _GB, 2),
        "models": checked.models,
        "problems": [
            {"case": one.case, "step": one.step, "output": one.output, "error": one.error} for one in checked.problems
        ],
    }
    if checked.problems:
        if terminal.quiet:
            terminal.print_json(summary)
        cases = len({problem.case for problem in checked.problems})
        fact = f"{counted(len(checked.problems), 'problem')} in {cases} of {counted(len(cohort.cases), 'case')}"
        raise ConcordanceError(args.file, fact, "concordance run leaves out what cannot be used, and says so.")
    return summary


def _listed(texts: list[str]) -> str:
    more = len(texts) - _LISTED
    return ", ".join(texts[:_LISTED]) + (f" and {more} more" if more > 0 else "")
