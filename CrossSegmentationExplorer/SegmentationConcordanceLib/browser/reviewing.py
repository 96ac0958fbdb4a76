"""The page's review: the lines of the desk, and what the reader does with them."""

from __future__ import annotations

from typing import Any

from trame_server import Server

from ..errors import ConcordanceError
from ..exploring.scan import Scan
from ..exploring.structure_desk import StructureDesk
from ..exploring.structure_list import ListedStructure
from ..review.review_session import ReviewSession
from ..review.work_list import Reading

_LONGEST_COMMENT = 2000


class Reviewing:
    """Hands the page's keys and clicks to the desk, and the desk's lines to the page.

    What the page sends is not trusted: what has no meaning changes nothing.

    :param models: called as on the page, in the order of its rows.
    :ivar readings: the work list, for the progress; empty without one.
    """

    def __init__(self, server: Server, session: ReviewSession, models: list[str]) -> None:
        self._state = server.state
        self.desk = StructureDesk(session, models)
        self.readings: tuple[Reading, ...] = ()
        self._state.update({"verdicts": [], "review_progress": "", "review_error": "", "comment": ""})
        server.trigger("press")(self.press)
        server.trigger("move")(lambda steps: self._do(lambda: self.desk.move(int(steps))))

    def blinded(self, reading: Reading, scan: Scan) -> Scan:
        """Another case is read next; the scan as the reader is to see it.

        :param reading: of the case.
        :param scan: with the models' own names.
        :raises ConcordanceError: the case was blinded before with other models.
        """
        session = self.desk.session
        uid = scan.series_uid
        return scan.blinded(session.open_case(reading.case, scan.models, series_uid=uid, repeat=reading.repeat))

    def open(self, models: list[str]) -> None:
        """The models of another case are judged from now on.

        :param models: called as on the page, in the order of its rows.
        """
        self.desk = StructureDesk(self.desk.session, models)

    def expect(self, structures: tuple[ListedStructure, ...]) -> None:
        """Count these structures, of every model that knows them."""
        self.desk.expect(structures)

    def show(self, structure: ListedStructure | None) -> None:
        """The page shows another structure."""
        self.desk.show_listed(structure)
        self.tell()

    def press(self, key: Any) -> None:
        """A key that the desk knows."""
        self._do(lambda: self.desk.press(str(key)))

    def score(self, title: Any, score: Any) -> None:
        """A click on a step of a line.

        :param title: of the line that was judged; untrusted, from the page.
        :param score: the step; untrusted as well, and ignored where there is no such.
        """
        self._choose(title)
        self.press(score)

    def mark(self, title: Any) -> None:
        """A click on a line's bookmark."""
        self._choose(title)
        self.press("b")

    def choose(self, title: Any) -> None:
        """A click on a line."""
        self._choose(title)
        self.tell()

    def comment(self, text: Any) -> None:
        """A comment on the active line."""
        self._do(lambda: self.desk.say(comment=str(text or "")[:_LONGEST_COMMENT]))

    def tell(self) -> None:
        """Put what stands onto the page."""
        lines = self.desk.lines
        with self._state:
            self._state.verdicts = [
                {
                    "title": line.title,
                    "score": line.score or 0,
                    "text": line.text,
                    "comment": line.comment,
                    "bookmark": line.bookmark,
                    "active": line.is_active,
                }
                for line in lines
            ]
            self._state.comment = next((line.comment for line in lines if line.is_active), "")
            self._state.review_progress = self.desk.session.progress(self.readings).text

    def _choose(self, title: Any) -> None:
        self.desk.choose(next((line.model for line in self.desk.lines if line.title == title), "?"))

    def _do(self, what: Any) -> None:
        self._state.review_error = ""
        try:
            what()
        except ConcordanceError as error:
            self._state.review_error = str(error)
        self.tell()
