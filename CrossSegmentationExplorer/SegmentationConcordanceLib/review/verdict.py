"""What a reader says of a segmentation: one of five steps from "cannot be used" to "can be used as it is"."""

from __future__ import annotations

from dataclasses import dataclass

LEAST, MOST = 1, 5


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the scale.

    :param score: 1 to 5; more is better.
    :param title: how far the reader agrees with "this segmentation can be used as it is".
    :param meaning: what that says of the edits it needs.
    """

    score: int
    title: str
    meaning: str


# The five steps of the quality assessment of the AIMI annotations, DOI 10.5281/zenodo.8345959, in our own words.
SCALE = (
    Step(1, "strongly disagree", "It is so wrong that it is of no use."),
    Step(2, "disagree", "It needs large edits; starting anew would be quicker."),
    Step(3, "neither agree nor disagree", "It needs small edits, which take less time than starting anew."),
    Step(4, "agree", "Edits would be a matter of style; it is acceptable as it is."),
    Step(5, "strongly agree", "It can be used as it is, for treatment as well."),
)

SCORE_OF_GRADE = {"acceptable": 5, "minor": 3, "major": 2}
"""The steps of the three grades that scenes of version 0.1 hold, per structure."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a verdict is about.

    :param structure_key: the structure's codes; "" for the case as a whole.
    :param structure: its name, for people.
    :param model: the model whose segment it is; "" for the segments of all models together.
    """

    structure_key: str = ""
    structure: str = ""
    model: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from other subjects of the same case; names do not."""
        return self.structure_key, self.model


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one reader said of one subject in one case.

    :param score: one of the scores of :data:`SCALE`; None for no verdict yet, or one that was taken back.
    :param comment: free text; "" for none.
    :param bookmark: whether the reader wants to come back to it.
    :param seconds: how long the subject was shown before the verdict.
    :param repeat: 0 for the first reading of the case, 1 for the first repeated one, and so on.
    :param time: when it was said, ISO 8601 in UTC.
    :raises ValueError: there is no such score, or the time spent is negative.
    """

    reader: str
    case: str
    subject: Subject
    score: int | None = None
    comment: str = ""
    bookmark: bool = False
    seconds: float = 0.0
    repeat: int = 0
    time: str = ""
    series_uid: str = ""

    def __post_init__(self) -> None:
        if self.score is not None and not LEAST <= self.score <= MOST:
            raise ValueError(f"no score {self.score}; it is {LEAST} to {MOST}")
        if not self.seconds >= 0 or self.repeat < 0:
            raise ValueError("time spent and the number of a repetition cannot be negative")

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return self.score is None and not self.comment and not self.bookmark


def step_of(score: int) -> Step:
    """The step of a score.

    :raises ValueError: there is no such score.
    """
    if not LEAST <= score <= MOST:
        raise ValueError(f"no score {score}")
    return SCALE[score - LEAST]
