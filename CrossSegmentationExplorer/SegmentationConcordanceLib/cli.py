"""The command line: the same commands under plain Python and under ``Slicer --python-script``.

Exit codes: 0 done; 1 a fault of ours, with its traceback; 2 the input or the call is wrong, with one line on standard
error; 130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

from . import __version__
from .commands.option_words import in_options
from .commands.parser import Parser
from .commands.terminal import Terminal
from .errors import ConcordanceError
from .imaging.pydicom_notes import without_pydicom_notes
from .memory_budget import VARIABLE

COMMANDS = {
    "harmonize": "one model's output -> one coded DICOM SEG",
    "compare": "several models' segmentations of one image -> consensus, agreement tables, report",
    "run": "a whole cohort: harmonize, compare, tables and report of all cases; goes on where it ended",
    "cohort": "cohort files: write one from a folder tree, check one",
    "which": "which model, for which structure: rankings of a cohort with their uncertainty",
    "compose": "one SEG per case from the best model, or the consensus, of each structure",
    "findings": "what is wrong, whose error it may be, where to look: listed, or as DICOM structured report",
    "report": "agreement tables -> the interactive report",
    "correction": "what a reader changed about a model's segmentation, in numbers",
    "review": "verdicts of readers -> their agreement, and what they say of each model",
    "view": "images and segmentations in the browser",
    "explore": "one row of views per model, structure by structure, in the browser",
    "labelmaps": "the label maps of the models: which are known, what they say, whether they are sound",
    "demo": "make a synthetic cohort and do everything on it",
}
"""The commands, each a module of that name in ``commands``, with a line on what it does."""


_COMPLETING = "_ARGCOMPLETE"


def command_module(name: str) -> Any:
    """The module of a command. It is imported when asked for: some of what a command needs takes long to import.

    :param name: a key of :data:`COMMANDS`.
    """
    return importlib.import_module(f".commands.{name}", __package__)


def build_parser(words: Sequence[str] | None = None) -> Parser:
    """The parser of all commands.

    :param words: what is to be parsed: commands other than the first word are then there by name alone, and their
        modules are not imported. The shell that completes a line needs them all, as does None.
    """
    parser = Parser(
        prog="concordance",
        description="Compare AI segmentations without ground truth.",
        epilog="concordance COMMAND --help shows the options of a command, with examples.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    named = COMMANDS if words is None or _COMPLETING in os.environ else words[:1]
    for name, summary in COMMANDS.items():
        if name not in named:
            commands.add_parser(name, help=summary)
            continue
        module = command_module(name)
        command = commands.add_parser(name, help=summary, description=module.__doc__, epilog=module.EXAMPLES)
        module.add_arguments(command)
        command.add_common_arguments()
    return parser


def run(argv: Sequence[str] | None = None, parser: Parser | None = None) -> int:
    """Run one command.

    :param argv: the words after the program's name; None takes those of the process.
    :param parser: of these words, where it is made already.
    :returns: the exit code.
    """
    parser = parser or build_parser(sys.argv[1:] if argv is None else argv)
    _offer_completion(parser)
    try:
        args = parser.parse_args(argv)
    except SystemExit as stop:  # argparse ends the process, which would end Slicer's as well
        return int(stop.code or 0)
    terminal = Terminal(quiet=args.json, silent=args.quiet, verbose=args.verbose)
    try:
        summary = _done(args, terminal)
    except KeyboardInterrupt:
        terminal.fail("interrupted")
        return 130
    return 2 if summary is None else 0


def _done(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any] | None:
    """The summary of a command, printed where it was asked for; None where the input or the call was wrong, which has
    been said."""
    try:
        with without_pydicom_notes():
            summary = command_module(args.command).run(args, terminal)
        if args.json:
            terminal.print_json(summary)
        return summary
    except ConcordanceError as error:
        terminal.fail(in_options(error, args))
    except MemoryError:
        terminal.fail(f"this needs more memory than there is. Close other programs, or lower {VARIABLE}.")
    except OSError as error:
        if error.filename is None or isinstance(error, ConnectionError):
            raise
        place = os.fsdecode(error.filename)
        terminal.fail(f"{_short(place)}: cannot be used ({error.strerror}). Check the path and its permissions.")
    return None


def _short(place: str) -> str:
    return place if len(place) <= 200 else f"{place[:100]} ... {place[-60:]}"


def _offer_completion(parser: Parser) -> None:
    """Answer the shell that asks what could come next, where the optional package argcomplete is installed."""
    if _COMPLETING not in os.environ:
        return
    try:
        import argcomplete
    except ImportError:
        sys.exit(1)
    argcomplete.autocomplete(parser)
