"""What a command says to the person at the terminal: results on standard output, progress on standard error."""

from __future__ import annotations

import sys
from typing import TextIO


class Terminal:
    """Where a command's lines go.

    :param quiet: with ``--json`` the summary is all that goes to standard output.
    """

    def __init__(self, *, quiet: bool = False, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.out = out or sys.stdout
        self.err = err or sys.stderr
        self.quiet = quiet
        self._shown = ""

    def say(self, line: str = "") -> None:
        """A line of the result."""
        self.clear_progress()
        if not self.quiet:
            self.out.write(line + "\n")
            self.out.flush()

    def warn(self, line: str) -> None:
        """Something the user should know although the work goes on."""
        self.clear_progress()
        self.err.write(f"concordance: note: {' '.join(line.split())}\n")

    def progress(self, fraction: float, what: str) -> None:
        """How far the work is, 0 to 1; shown in place, and only where a person looks."""
        if not self.err.isatty():
            return
        self.clear_progress()
        self._shown = f"{round(100 * fraction):3d} % {' '.join(what.split())[:70]}"
        self.err.write(self._shown)
        self.err.flush()

    def clear_progress(self) -> None:
        """Take the progress line away again."""
        if self._shown:
            self.err.write("\r" + " " * len(self._shown) + "\r")
            self._shown = ""
