"""One reader at work: the case that is open, what has been said of it, and the file that keeps it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from ..errors import ConcordanceError
from .blinding import OPEN, Blinding, blinding
from .blinding_key import keep_key
from .correction import CorrectionOrigin
from .review_file import append_verdict, read_review, standing
from .verdict import Subject, Verdict
from .work_list import Progress, Reading, progress

CASE = Subject()
"""The case as a whole."""


def utc_now() -> str:
    """The time of day as the files of a review have it, e.g. 2026-01-31T09:30:00Z."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class ReviewSession:
    """Verdicts of one reader in one review file.

    Each verdict is on the disk when the call that says it returns. What the file held before is there again.

    :param path: review.csv; made with the first verdict.
    :param reader: the reader's name; may not be empty.
    :param seed: of a blinded review; None shows the models' names.
    :param clock: seconds of any beginning, for the time spent. :param now: the time of day for the file.
    :raises ConcordanceError: no name was given, or the file is no review file.
    :ivar notes: sentences on lines of the file that could not be understood.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        reader: str,
        *,
        seed: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], str] = utc_now,
    ) -> None:
        self.path = Path(path)
        self.reader = reader.strip()
        if not self.reader:
            raise ConcordanceError("review", "has no reader", "Enter your name once.")
        self._seed = seed
        self._clock, self._now = clock, now
        read = read_review(self.path)
        self.notes = read.notes
        self._said = [verdict for verdict in read.verdicts if verdict.reader == self.reader]
        self._standing = {_place(verdict): verdict for verdict in self._said}
        self.reading = Reading("")
        self._series_uid = ""
        self._subjects: tuple[Subject, ...] = ()
        self._n_subjects: dict[str, int] = {}
        self.blinding: Blinding = OPEN
        self._shown = CASE.structure_key
        self._since = self._clock()

    @property
    def is_blinded(self) -> bool:
        """Whether the models' names are hidden."""
        return self._seed is not None

    def open_case(self, case: str, models: Sequence[str], *, series_uid: str = "", repeat: int = 0) -> Blinding:
        """Read a case now; see :meth:`expect` for what there is to be read.

        :param models: their own names. Show them as the returned blinding says, in its order where it has one.
        :param repeat: number of the reading, 0 for the first.
        :raises ConcordanceError: the case was blinded before with other models.
        """
        hidden = OPEN
        if self._seed is not None:
            hidden = blinding(models, seed=self._seed, case=series_uid or case, reader=self.reader)
            keep_key(self.path, self.reader, case, hidden)
        self.reading = Reading(case, repeat)
        self._series_uid = series_uid
        self.blinding = hidden
        self._subjects = ()
        self.show("")
        return hidden

    def expect(self, subjects: Sequence[Subject]) -> None:
        """Say what is to be judged in the open case, for the progress.

        :param subjects: structures of models; with the models' own names or those of the blinding.
        """
        self._subjects = tuple(self._hidden(subject) for subject in subjects)
        self._n_subjects[self.reading.case] = len(self._subjects)

    def origin(self, subject: Subject) -> CorrectionOrigin:
        """What a correction of a subject of the open case has to say, but for time and file.

        :param subject: with the model's own name, also in a blinded review; then its alias is what is said.
        """
        hidden = self._hidden(subject)
        return CorrectionOrigin(
            reader=self.reader,
            case=self.reading.case,
            model=hidden.model,
            series_uid=self._series_uid,
            structure_key=hidden.structure_key,
            repeat=self.reading.repeat,
        )

    def show(self, structure_key: str) -> None:
        """A structure is shown now: the time spent on it begins to count."""
        self._shown = structure_key
        self._since = self._clock()

    def verdict(self, subject: Subject) -> Verdict:
        """What stands of a subject of the open case; one that says nothing where nothing was said.

        :param subject: with the model's own name, also in a blinded review.
        """
        hidden = self._hidden(subject)
        empty = Verdict(self.reader, self.reading.case, hidden, repeat=self.reading.repeat, series_uid=self._series_uid)
        return self._standing.get(_place(empty), empty)

    def say(
        self,
        subject: Subject,
        *,
        score: int | None = None,
        comment: str | None = None,
        bookmark: bool | None = None,
        take_back: bool = False,
    ) -> Verdict:
        """Keep what is said of a subject; what is not given stays as it was.

        :param take_back: forget the score.
        :raises OutputError: the file cannot be written; then nothing has changed.
        :raises ValueError: there is no such score.
        """
        former = self.verdict(subject)
        on_it = subject.structure_key == self._shown
        verdict = replace(
            former,
            subject=self._hidden(subject),
            score=None if take_back else former.score if score is None else score,
            comment=former.comment if comment is None else comment,
            bookmark=former.bookmark if bookmark is None else bookmark,
            seconds=max(0.0, self._clock() - self._since) if on_it else 0.0,
            time=self._now(),
        )
        append_verdict(self.path, verdict)
        self._said.append(verdict)
        self._standing[_place(verdict)] = verdict
        return verdict

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All that stands of this reader, in all cases; with the aliases of a blinded review."""
        return standing(self._said)

    def progress(self, readings: Sequence[Reading] = ()) -> Progress:
        """How far the open case and the work list are."""
        return progress(self.reading, self._subjects, readings or (self.reading,), self.verdicts, self._n_subjects)

    def _hidden(self, subject: Subject) -> Subject:
        return replace(subject, model=self.blinding.shown(subject.model))


def _place(verdict: Verdict) -> tuple:
    """What a later verdict of the same reader must agree in to replace an earlier one."""
    return verdict.series_uid or verdict.case, verdict.repeat, verdict.subject.key
