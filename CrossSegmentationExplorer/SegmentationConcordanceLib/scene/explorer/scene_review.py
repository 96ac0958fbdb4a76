"""The review of a volume in Slicer: one reader's verdicts, kept in a file, on what the explorer shows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import slicer

from ...errors import ConcordanceError
from ...exploring.structure_desk import StructureDesk
from ...exploring.structure_list import ListedStructure
from ...imaging.image_series import ImageSeries
from ...review.blinding import OPEN, Blinding
from ...review.correction import CorrectionOrigin
from ...review.review_desk import DeskLine
from ...review.review_session import ReviewSession
from ...review.verdict import SCORE_OF_GRADE, Subject, Verdict
from ...review.work_list import Reading
from ..volume_series import series_uid_of_volume
from .old_ratings import read_old_ratings

REVIEW_FILE = "review.csv"


class SceneReview:
    """What a reader does in the panel, from :meth:`start` to :meth:`stop`.

    The explorer calls :meth:`open` before it compares the models of a volume, and shows them as the returned blinding
    says; it never learns the names that it hides.

    :ivar readings: the work list, for the progress; empty without one.
    :ivar series: the images of the shown case, where it came from a work list; else None.
    """

    def __init__(self) -> None:
        self._session: ReviewSession | None = None
        self._desk: StructureDesk | None = None
        self._volume: slicer.vtkMRMLScalarVolumeNode | None = None
        self._listed = ""
        self._named: Blinding = OPEN
        self.readings: tuple[Reading, ...] = ()
        self.series: ImageSeries | None = None

    @property
    def is_on(self) -> bool:
        """Whether somebody reads."""
        return self._session is not None

    @property
    def is_blinded(self) -> bool:
        """Whether the models' names are hidden."""
        return self._session is not None and self._session.is_blinded

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on lines of the review file that could not be understood."""
        return self._session.notes if self._session else ()

    def start(self, path: str | os.PathLike[str], reader: str, seed: int | None = None) -> None:
        """Begin to read, or go on.

        :param seed: of a blinded review; None shows the models' names.
        :raises ConcordanceError: there is no name or no file, or the file is no review file.
        """
        if not os.fspath(path):
            raise ConcordanceError("review", "has no file", "Choose where the verdicts are kept.")
        self._session = ReviewSession(path, reader, seed=seed)
        self._desk, self._listed, self._named = None, "", OPEN

    def stop(self) -> None:
        """Read no more; what was said is in the file."""
        self._session = self._desk = self._volume = self.series = None
        self._listed, self._named = "", OPEN

    def open_reading(self, reading: Reading, models: Sequence[str], series: ImageSeries | None) -> Blinding:
        """A case of a work list comes into the scene; what its models are to be called there already.

        :param reading: of the case.
        :param models: their own names.
        :param series: its images; None where they are no DICOM series.

        :raises ConcordanceError: the case was blinded before with other models.
        """
        if self._session is None:
            return OPEN
        uid = series.series_uid if series else ""
        self._named = self._session.open_case(reading.case, models, series_uid=uid, repeat=reading.repeat)
        self._listed, self.series = reading.case, series
        return self._named

    def open(self, volume: slicer.vtkMRMLScalarVolumeNode, models: Sequence[str]) -> Blinding:
        """A volume is shown next; what its models are to be called.

        :raises ConcordanceError: the case was blinded before with other models.
        """
        if self._session is None:
            return OPEN
        if self._listed == volume.GetName():  # named as it is to be when it was brought into the scene
            hidden = Blinding({alias: alias for alias in self._named.aliases.values() if alias in models})
        else:
            self.series = None
            uid = series_uid_of_volume(volume)
            hidden = self._session.open_case(volume.GetName(), models, series_uid=uid)
        self._volume = volume
        shown = tuple(hidden.shown(model) for model in (hidden.order or models))
        self._desk = StructureDesk(self._session, shown)
        return hidden

    def expect(self, structures: Sequence[ListedStructure]) -> None:
        """These structures are there to be judged. What a scene of an older version says of them is taken over."""
        if self._session is None or self._volume is None or self._desk is None:
            return
        self._desk.expect(structures)
        names = {structure.key: structure.name for structure in structures}
        for key, old in read_old_ratings(self._volume).items():
            subject = Subject(key, names.get(key, ""))
            if key in names and old.grade and self._session.verdict(subject).is_empty:
                preferred = f"preferred: {old.preferred}" if old.preferred and not self.is_blinded else ""
                self._session.say(subject, score=SCORE_OF_GRADE[old.grade], comment=preferred)

    def show(self, structure: ListedStructure | None) -> None:
        """Another structure is shown, or the same one still."""
        if self._desk is not None:
            self._desk.show_listed(structure)

    @property
    def lines(self) -> tuple[DeskLine, ...]:
        """The desk's lines; empty while nobody reads or nothing is shown."""
        return self._desk.lines if self._desk else ()

    def judged(self, structure_key: str) -> str:
        """How many models of a structure have a score, e.g. "2/3"; "" for none."""
        return self._desk.judged(structure_key) if self._desk else ""

    @property
    def active(self) -> Subject | None:
        """The structure and the model, called as on the screen, that are judged next; None for the case as a whole."""
        if self._desk is None or not self._desk.active or not self._desk.structure.structure_key:
            return None
        return replace(self._desk.structure, model=self._desk.active)

    def correction_origin(self, subject: Subject) -> CorrectionOrigin:
        """Who corrects a subject of the shown case.

        :param subject: of :attr:`active`.
        :raises ConcordanceError: nobody reads.
        """
        return self._reading().origin(subject)

    @property
    def folder(self) -> Path:
        """Where the review file lies.

        :raises ConcordanceError: nobody reads.
        """
        return self._reading().path.parent

    def _reading(self) -> ReviewSession:
        if self._session is None:
            raise ConcordanceError("review", "nobody reads", "Press Read first.")
        return self._session

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All that stands of this reader; with the names of a blinded review."""
        return self._session.verdicts if self._session else ()

    @property
    def progress(self) -> str:
        """How far the reading is, in words; "" while nobody reads."""
        return self._session.progress(self.readings).text if self._session and self._desk else ""

    def press(self, key: str) -> bool:
        """Do what a key means; whether it means anything.

        :raises OutputError: the verdict cannot be kept.
        """
        return self._desk is not None and self._desk.press(key)

    def move(self, steps: int) -> None:
        """Judge another line next."""
        if self._desk is not None:
            self._desk.move(steps)

    def choose(self, model: str) -> None:
        """Judge this model next, called as on the screen; "" for the case as a whole."""
        if self._desk is not None:
            self._desk.choose(model)

    def comment(self, text: str) -> None:
        """Keep a comment on the line that is judged next.

        :raises OutputError: it cannot be kept.
        """
        if self._desk is not None:
            self._desk.say(comment=text)


def default_review_file(volume: slicer.vtkMRMLScalarVolumeNode) -> str:
    """review.csv beside the file that the volume was read from, else beside the saved scene; "" where neither is."""
    storage = volume.GetStorageNode()
    for place in (storage.GetFileName() if storage is not None else "", volume.GetScene().GetURL()):
        if place and Path(place).is_absolute():
            return str(Path(place).with_name(REVIEW_FILE))
    return ""
