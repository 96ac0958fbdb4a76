"""The command line: the same commands under plain Python and under ``Slicer --python-script``.

Exit codes: 0 done; 1 a fault of ours, with its traceback; 2 the input or the call is wrong, with one line on standard
error; 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from typing import NoReturn

from . import __version__
from .commands import cohort, compare, demo, explore, harmonize, labelmaps, report, review, view
from .commands import run as run_command
from .commands.terminal import Terminal
from .errors import ConcordanceError

COMMANDS = {
    "harmonize": (harmonize, "one model's output -> one coded DICOM SEG"),
    "compare": (compare, "several models' segmentations of one image -> consensus, agreement tables, report"),
    "run": (run_command, "a whole cohort: harmonize, compare, tables and report of all cases; goes on where it ended"),
    "cohort": (cohort, "cohort files: write one from a folder tree, check one"),
    "report": (report, "agreement tables -> the interactive report"),
    "review": (review, "verdicts of readers -> their agreement, and what they say of each model"),
    "view": (view, "images and segmentations in the browser"),
    "explore": (explore, "one row of views per model, structure by structure, in the browser"),
    "labelmaps": (labelmaps, "the label maps of the models: which are known, what they say, whether they are sound"),
    "demo": (demo, "make a synthetic cohort and do everything on it"),
}


class _OneLineParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {' '.join(message.split())}. See {self.prog} --help.\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = _OneLineParser(prog="concordance", description="Compare AI segmentations without ground truth.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_OneLineParser)
    for name, (module, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=module.__doc__)
        module.add_arguments(command)
        command.add_argument("--json", action="store_true", help="print a machine-readable summary instead of text")
    return parser


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    :param argv: the words after the program's name; None takes those of the process.
    :returns: the exit code.
    """
    try:
        args = build_parser().parse_args(argv)
    except SystemExit as stop:  # argparse ends the process, which would end Slicer's as well
        return int(stop.code or 0)
    terminal = Terminal(quiet=args.json)
    try:
        with warnings.catch_warnings():
            # pydicom warns about every odd value of a file; what matters of it is said in our own words.
            warnings.filterwarnings("ignore", module="pydicom")
            summary = COMMANDS[args.command][0].run(args, terminal)
    except ConcordanceError as error:
        terminal.clear_progress()
        sys.stderr.write(f"concordance: {error}\n")
        return 2
    except KeyboardInterrupt:
        terminal.clear_progress()
        sys.stderr.write("concordance: interrupted\n")
        return 130
    if args.json:
        terminal.print_json(summary)
    return 0
