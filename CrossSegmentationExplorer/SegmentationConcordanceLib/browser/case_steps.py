"""From case to case on the page: the next one is read while this one is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trame_server import Server

from ..errors import ConcordanceError
from ..exploring.scan import Scan
from ..review.case_walk import CaseWalk
from .reviewing import Reviewing


class CaseSteps:
    """Walks a work list whose first case is shown already.

    :param walk: at the shown case.
    :param review: of the page; None where nobody judges.
    :param show: shows a case, its models called as they are to be called.
    """

    def __init__(
        self, server: Server, walk: CaseWalk[Scan], review: Reviewing | None, show: Callable[[Scan], None]
    ) -> None:
        self._state = server.state
        self._walk = walk
        self._review = review
        self._show = show
        if review is not None:
            review.readings = walk.readings
        server.trigger("step_case")(self.step)
        self._state.case_error = ""
        self._tell()
        walk.read_ahead()

    def step(self, steps: Any) -> None:
        """Go so many cases on, negative back; one that cannot be read or shown is said, and the former one stays.

        :param steps: untrusted, from the page.
        """
        former = self._walk.current
        self._state.case_error = ""
        try:
            gone = self._walk.go(1 if steps == 1 else -1)
            if gone is not None:
                reading, scan = gone
                self._tell()  # with the case's name, not after it
                self._show(self._review.blinded(reading, scan) if self._review else scan)
        except ConcordanceError as error:
            self._walk.current = former
            self._state.case_error = str(error)
        self._tell()
        self._walk.read_ahead()

    def close(self) -> None:
        """Read no more ahead."""
        self._walk.close()

    def _tell(self) -> None:
        place = self._walk.readings.index(self._walk.current) + 1 if self._walk.current else 0
        self._state.case_place = f"Case {place} of {len(self._walk.readings)}"
