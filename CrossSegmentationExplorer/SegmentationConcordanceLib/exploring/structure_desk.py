"""The review desk on the explorer's list: the same in Slicer and in the browser."""

from __future__ import annotations

from collections.abc import Sequence

from ..review.review_desk import ReviewDesk
from ..review.review_session import ReviewSession
from .judged import judged_models, judged_subjects
from .structure_list import ListedStructure


class StructureDesk(ReviewDesk):
    """The verdicts on one listed structure at a time, by each model that knows it.

    :param session: with an open case.
    :param models: of the scan, called as on the screen, in the order of the rows.
    """

    def __init__(self, session: ReviewSession, models: Sequence[str]) -> None:
        super().__init__(session, models)
        self._of_scan = tuple(models)

    def expect(self, structures: Sequence[ListedStructure]) -> None:
        """These structures are there to be judged: they count in the progress."""
        self.session.expect(judged_subjects(structures, self._of_scan))

    def show_listed(self, structure: ListedStructure | None) -> None:
        """Another structure is shown, or the same one still; None for none."""
        if structure is None:
            self.show("", "")
        else:
            self.show(structure.key, structure.name, judged_models(structure, self._of_scan))
