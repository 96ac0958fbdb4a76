"""The parser of a command line: one line for a mistake, with what may have been meant; examples at the end of help."""

from __future__ import annotations

import argparse
import contextlib
import re
import textwrap
from collections.abc import Iterable
from typing import Any, NoReturn

from ..near_matches import did_you_mean

_COMMON = {
    ("--json",): "print a machine-readable summary instead of text",
    ("-q", "--quiet"): "say nothing but notes and errors",
    ("-v", "--verbose"): "say more, such as why a model was recognized",
}
_CHOICE = re.compile(r"invalid choice: '(.*?)' \(choose from (.*)\)", re.DOTALL)


class Parser(argparse.ArgumentParser):
    """Ends with code 2 and one line on standard error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"formatter_class": argparse.RawDescriptionHelpFormatter, **kwargs})
        if self.description:
            self.description = _wrapped(self.description)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As ever, with a near match for an unknown option.

        :param args: the words; None takes those of the process.
        :param namespace: what gets the values; None makes one.
        :raises SystemExit: with code 2, after one line on standard error, for a wrong call; with 0 after help or
            version.
        """
        found, unknown = self.parse_known_args(args, namespace)
        if unknown:
            parser = self._parser_of(found)
            first = next((word for word in unknown if word.startswith("-")), unknown[0])
            meant = did_you_mean(first.partition("=")[0], parser.options()) if first.startswith("-") else ""
            parser.error(f"unrecognized arguments: {' '.join(unknown)}{'. ' * bool(meant)}{meant}")
        return found

    def add_common_arguments(self, *, of_action: bool = False) -> None:
        """What every command takes.

        :param of_action: for an action of a command: without defaults, which would undo what the command was given.
        """
        group = self.add_argument_group("output")
        for words, text in _COMMON.items():
            group.add_argument(*words, action="store_true", default=argparse.SUPPRESS, help=text)
        if not of_action:
            self.set_defaults(**{words[-1].lstrip("-"): False for words in _COMMON})

    def options(self) -> Iterable[str]:
        """The long options that this parser knows."""
        return [option for action in self._actions for option in action.option_strings if option.startswith("--")]

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and what may have been meant."""
        choice = _CHOICE.search(message)
        if choice:
            meant = did_you_mean(choice[1], [one.strip(" '") for one in choice[2].split(",")])
            message = f"{message}. {meant}" if meant else message
        message = " ".join(message.split()).rstrip(".")
        ending = "" if message.endswith("?") else "."
        said = f"{self.prog}: {message}{ending} See {self.prog} --help.\n"
        self.exit(2, said.encode("utf-8", "backslashreplace").decode())

    def _print_message(self, message: str, file: Any = None) -> None:
        """Whoever reads may have gone, as head does. Python has this from 3.11 on."""
        with contextlib.suppress(OSError):
            super()._print_message(message, file)

    def _parser_of(self, found: argparse.Namespace) -> Parser:
        """The parser of the subcommand that was called."""
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                name = getattr(found, action.dest, None)
                if name in action.choices:
                    return action.choices[name]._parser_of(found)
        return self


def examples(*lines: str) -> str:
    """The end of a command's help."""
    return "\n".join(["examples:", *(f"  {line}" for line in lines)])


def _wrapped(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), 100)
