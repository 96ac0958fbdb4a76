"""What a command says to the person at the terminal: results on standard output, progress on standard error."""

from __future__ import annotations

import errno
import json
import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from ..errors import OutputError


class Terminal:
    """Where a command's lines go.

    :param quiet: with ``--json`` the summary is all that goes to standard output.
    :param silent: with ``--quiet`` nothing goes there, and no progress is shown.
    :param verbose: with ``--verbose`` details are said as well.
    """

    def __init__(
        self,
        *,
        quiet: bool = False,
        silent: bool = False,
        verbose: bool = False,
        out: TextIO | None = None,
        err: TextIO | None = None,
    ) -> None:
        self.out = out or sys.stdout
        self.err = err or sys.stderr
        self.quiet = quiet
        self.silent = silent
        self.verbose = verbose
        self._shown = ""
        self._span = (0.0, 1.0)
        self.notes: list[str] = []
        self.report_notes: list[str] = []

    def say(self, line: str = "") -> None:
        """A line of the result."""
        self.clear_progress()
        if not self.quiet and not self.silent:
            self._write(self.out, line + "\n")

    def detail(self, line: str) -> None:
        """A line for who asked for more."""
        if self.verbose:
            self.say(line)

    def fail(self, line: str) -> None:
        """Why the command ends without success."""
        self.complain(f"concordance: {line}")

    def complain(self, line: str) -> None:
        """One of several things that are wrong."""
        self.clear_progress()
        self._write(self.err, " ".join(line.split()) + "\n")

    def warn(self, line: str, report: str = "") -> None:
        """Something the user should know although the work goes on; the same is said once.

        :param report: what a report says of it, which others may read: no paths, as these may have names in them.
        """
        note = " ".join(line.split())
        if note in self.notes:
            return
        self.notes.append(note)
        self.report_notes += [report] if report else []
        self.clear_progress()
        self._write(self.err, f"concordance: note: {note}\n")

    def print_json(self, summary: Mapping[str, Any]) -> None:
        """The machine-readable summary, with what was noted."""
        noted = {"notes": [*dict.fromkeys((*summary.get("notes", ()), *self.notes))]} if self.notes else {}
        whole = {**summary, **noted}
        text = json.dumps(whole, indent=2, ensure_ascii=False)
        readable = _encodable(self.out, text) == text  # else \u escapes, the only ones that JSON knows
        self._write(self.out, (text if readable else json.dumps(whole, indent=2)) + "\n")

    def part(self, first: float, last: float) -> None:
        """What is shown of progress from now on is a part of the whole, from ``first`` to ``last``.

        :param first: 0 to 1.
        :param last: 0 to 1.
        """
        self._span = (first, last)

    def progress(self, fraction: float, what: str) -> None:
        """How far the work is, 0 to 1; shown in place, and only where a person looks.

        :param fraction: of the present part; values outside 0 to 1 count as its ends.
        :param what: what is being done, cut after 70 characters.
        """
        if self.silent or not _is_terminal(self.err):
            return
        self.clear_progress()
        first, last = self._span
        self._shown = (
            f"{round(100 * (first + (last - first) * min(max(fraction, 0.0), 1.0))):3d} % {' '.join(what.split())[:70]}"
        )
        self._write(self.err, self._shown)

    def _write(self, stream: TextIO, text: str) -> None:
        """Write at once. Whoever read it may have gone, as ``head`` does: no reason to stop work that goes on."""
        try:
            stream.write(_encodable(stream, text))
            stream.flush()
        except OSError as error:
            was_out = stream is self.out
            self._replace(stream)
            if was_out and error.errno not in (errno.EPIPE, errno.EINVAL):  # Windows says EINVAL of a closed pipe
                raise OutputError("standard output", f"cannot be written ({error.strerror})") from error
        except ValueError:
            if not stream.closed:
                raise
            self._replace(stream)

    def _replace(self, stream: TextIO) -> None:
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  for the rest of the process
        if stream is self.out:
            self.out = nowhere
        if stream is self.err:
            self.err = nowhere

    def clear_progress(self) -> None:
        """Take the progress line away again."""
        if self._shown:
            self._write(self.err, "\r" + " " * len(self._shown) + "\r")
            self._shown = ""


def command_to_type(*words: object) -> str:
    """A call of this program as one can type it here, also where the environment it lies in is not activated."""
    called = Path(sys.argv[0])
    program = ["concordance"]
    if shutil.which("concordance") is None:
        if called.name == "__main__.py":
            program = [sys.executable, "-m", called.parent.name]
        elif called.stem == "concordance" and called.suffix != ".py":
            program = [sys.argv[0]]
    return shlex.join([*program, *map(str, words)])


def _is_terminal(stream: TextIO) -> bool:
    return not stream.closed and stream.isatty()


def _encodable(stream: TextIO, text: str) -> str:
    """The text with what the stream cannot show spelled out: a name is no reason to fail after the work is done."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
