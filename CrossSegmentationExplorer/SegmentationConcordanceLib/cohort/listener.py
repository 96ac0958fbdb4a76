"""Whom work reports to while it goes on: the terminal of a command, a worker's log, or nobody."""

from __future__ import annotations

from typing import Protocol


class Listener(Protocol):
    """What work that takes long says as it goes on."""

    def say(self, line: str = "") -> None:
        """A line of the result."""

    def warn(self, line: str, report: str = "") -> None:
        """Something the user should know although the work goes on.

        :param report: what a report says of it, which others may read: no paths, as these may have names in them.
        """

    def progress(self, fraction: float, what: str) -> None:
        """How far the work is, 0 to 1.

        :param what: what is being done, in a few words.
        """


class Nobody:
    """Listens to nothing."""

    def say(self, line: str = "") -> None: ...

    def warn(self, line: str, report: str = "") -> None: ...

    def progress(self, fraction: float, what: str) -> None: ...
