"""What a reader has before them: the models of the shown structure, which one the next key judges, what was said.

The desk is the same in Slicer and in the browser: both show its lines and hand it the keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .review_session import CASE, ReviewSession
from .verdict import LEAST, MOST, SCALE, Subject, Verdict, step_of

KEYS = tuple(str(step.score) for step in SCALE)
"""The keys that give a score; "0" takes it back, "b" sets and removes a bookmark."""

HELP = "\n".join(
    ["Can this segmentation be used as it is?", *(f"{step.score}  {step.title}: {step.meaning}" for step in SCALE)]
)


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One line of the desk.

    :param model: the model's own name; "" for the case as a whole. Do not show it in a blinded review.
    :param title: what it is called on the screen; untrusted text.
    :param score: 1 to 5, or None. :param text: the score in words, "" without one.
    :param is_active: whether the next key judges it.
    """

    model: str
    title: str
    score: int | None
    text: str
    comment: str
    bookmark: bool
    is_active: bool


class ReviewDesk:
    """The verdicts on one structure at a time.

    :param session: with an open case.
    :param models: that can be judged, in the order in which they are shown.
    :ivar structure: the shown one; :data:`.review_session.CASE` for none.
    """

    def __init__(self, session: ReviewSession, models: Sequence[str]) -> None:
        self.session = session
        self._models = tuple(models)
        self._active = 0
        self.structure: Subject = CASE

    def show(self, structure_key: str, structure: str, models: Sequence[str] | None = None) -> None:
        """Show another structure; the first model is judged next.

        :param models: those that can be judged for it; None for the same as before.
        """
        if models is not None:
            self._models = tuple(models)
        if structure_key != self.structure.structure_key:
            self._active = 0
            self.session.show(structure_key)
        self.structure = Subject(structure_key, structure)

    @property
    def active(self) -> str:
        """The model that the next key judges; "" for none, and for the case as a whole."""
        return self._models[self._active] if self._active < len(self._models) else ""

    def move(self, steps: int) -> None:
        """Judge another model next: so many further down, negative up; the case as a whole is the last line."""
        self._active = min(max(self._active + steps, 0), len(self._models))

    def choose(self, model: str) -> None:
        """Judge this model next; "" for the case as a whole. One that is not there changes nothing."""
        if model in (*self._models, ""):
            self._active = (*self._models, "").index(model)

    def press(self, key: str) -> bool:
        """Do what a key means; a score goes on to the next model.

        :returns: whether the key means anything here.
        :raises OutputError: the verdict cannot be kept; then nothing has changed.
        """
        key = key.lower()
        if key in KEYS:
            self.say(score=int(key))
            if self._active + 1 < len(self._models):
                self._active += 1
        elif key == "0":
            self.say(take_back=True)
        elif key == "b":
            self.say(bookmark=not self._verdict(self.active).bookmark)
        else:
            return False
        return True

    def say(
        self,
        *,
        score: int | None = None,
        comment: str | None = None,
        bookmark: bool | None = None,
        take_back: bool = False,
    ) -> None:
        """Keep a verdict on the active line, see :meth:`.review_session.ReviewSession.say`.

        :param score: one of the five steps; None leaves it as it is, like the other two.
        :param take_back: forget the verdict.
        """
        subject = self._subject(self.active)
        self.session.say(subject, score=score, comment=comment, bookmark=bookmark, take_back=take_back)

    @property
    def lines(self) -> tuple[DeskLine, ...]:
        """The models of the shown structure, then the case as a whole. Without a structure, only the case."""
        models = self._models if self.structure.structure_key else ()
        return tuple(self._line(model) for model in (*models, ""))

    def judged(self, structure_key: str) -> str:
        """How many of a structure's models have a score, e.g. "2/3"; "" where none has one."""
        scored = sum(
            self.session.verdict(Subject(structure_key, "", model)).score is not None for model in self._models
        )
        return f"{scored}/{len(self._models)}" if scored else ""

    def _line(self, model: str) -> DeskLine:
        verdict = self._verdict(model)
        return DeskLine(
            model,
            self.session.blinding.shown(model) if model else "The case as a whole",
            verdict.score,
            step_of(verdict.score).title if verdict.score is not None else "",
            verdict.comment,
            verdict.bookmark,
            (model == self.active) if self.structure.structure_key else True,
        )

    def _subject(self, model: str) -> Subject:
        if not model or not self.structure.structure_key:
            return CASE
        return Subject(self.structure.structure_key, self.structure.structure, model)

    def _verdict(self, model: str) -> Verdict:
        return self.session.verdict(self._subject(model))


def stars(score: int | None) -> str:
    """A score as five signs, for tables that have little room; "" without one."""
    if score is None or not LEAST <= score <= MOST:
        return ""
    return "●" * score + "○" * (MOST - score)
