"""What the library asks for in plain words, as the options of a command."""

from __future__ import annotations

import argparse

from ..errors import ConcordanceError

_MAPS = "; concordance labelmaps list names all label maps"
_OPTIONS = {
    "cases": "--cases DIR",
    "image": "--ct PATH",
    "label_map": f"--model LABELMAP{_MAPS}",
    "label_maps": "--labelmaps DIR",
    "ohif": "--ohif DIR",
    "resample": "--resample",
    "run_label_map": f"--model {{run}}LABELMAP[:TASK]{_MAPS}",
    "run_task": "--model {run}{label_map}:TASK",
    "series": "--series UID",
    "task": "--task TASK",
}
_COMMANDS = {"check": "concordance labelmaps check says what is wrong"}


def in_options(error: ConcordanceError, args: argparse.Namespace) -> str:
    """The message of an error; where its remedy asks for something that the command has an option for, with the option.

    :param args: of the command: it has the options that these have.
    """
    return error.in_words_of(words_of(args))


def words_of(args: argparse.Namespace) -> dict[str, str]:
    """What a remedy can ask for, as the options that a command has, see :meth:`ConcordanceError.in_words_of`.

    :param args: of the command: it has the options that these have.
    """
    own = {named: words for named, words in _OPTIONS.items() if hasattr(args, words.split()[0].removeprefix("--"))}
    return {**own, **_COMMANDS}
