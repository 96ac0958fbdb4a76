"""Which case a reader looks at next, and how far the reading is."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from .verdict import Subject, Verdict


class Order(Enum):
    """In which order the cases come."""

    GIVEN = "as listed"
    FINDINGS = "most serious findings first"
    UNREAD = "fewest verdicts first"
    RANDOM = "at random"


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at one case.

    :param repeat: 0 for the first, 1 for one that is repeated to see how well the reader agrees with themselves.
    """

    case: str
    repeat: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reading is.

    :param subjects: structures of the case, or structures and models where each model is judged by itself.
    :param cases: readings of the whole list that are complete, and how many there are.
    """

    subjects: int
    all_subjects: int
    cases: int
    all_cases: int

    @property
    def text(self) -> str:
        """In words."""
        return f"{self.subjects} of {self.all_subjects} structures, {self.cases} of {self.all_cases} cases"


def work_list(
    cases: Sequence[str],
    order: Order = Order.GIVEN,
    *,
    severity: Mapping[str, float] | None = None,
    verdicts: Iterable[Verdict] = (),
    seed: int = 0,
    repeated_share: float = 0.0,
) -> tuple[Reading, ...]:
    """The readings in their order. Some cases come again later, unannounced.

    :param severity: of the findings by case, for :attr:`Order.FINDINGS`; a case without one counts as 0.
    :param verdicts: standing ones of the reader, for :attr:`Order.UNREAD`.
    :param seed: of the order at random, and of the choice of what is repeated.
    :param repeated_share: share of the cases that are read twice, 0 to 1; rounded up to whole cases.
    :raises ValueError: the share is none, or a case is listed twice.
    """
    if not 0 <= repeated_share <= 1:
        raise ValueError(f"a share of {repeated_share}")
    if len(set(cases)) != len(cases):
        raise ValueError("a case is listed twice")
    chance = random.Random(seed)
    ordered = list(cases)
    if order is Order.FINDINGS:
        ordered.sort(key=lambda case: -(severity or {}).get(case, 0.0))
    elif order is Order.UNREAD:
        said = [verdict.case for verdict in verdicts]
        ordered.sort(key=said.count)
    elif order is Order.RANDOM:
        chance.shuffle(ordered)
    n_repeated = -int(-repeated_share * len(ordered) // 1)
    # The last cases would come again before they are forgotten.
    early = ordered[: max(n_repeated, len(ordered) * 3 // 4)]
    places = {Reading(case): float(place) for place, case in enumerate(ordered)}
    for case in chance.sample(early, n_repeated):
        earliest = places[Reading(case)] + 1 + len(ordered) / 4
        places[Reading(case, 1)] = chance.uniform(earliest, max(earliest, len(ordered)) + n_repeated)
    return tuple(sorted(places, key=places.__getitem__))


def progress(
    reading: Reading,
    subjects: Sequence[Subject],
    readings: Sequence[Reading],
    verdicts: Iterable[Verdict],
    subjects_of: Mapping[str, int],
) -> Progress:
    """How many subjects of the case have a score, and how many readings are complete.

    :param subjects: of the case that is shown.
    :param verdicts: standing ones of the reader.
    :param subjects_of: by case, how many subjects it has; a case that was never opened has none and is not complete.
    """
    scored: dict[Reading, set[tuple[str, str]]] = {}
    for verdict in verdicts:
        if verdict.score is not None and verdict.subject.structure_key:
            scored.setdefault(Reading(verdict.case, verdict.repeat), set()).add(verdict.subject.key)
    here = scored.get(reading, set()) & {subject.key for subject in subjects}
    complete = sum(0 < subjects_of.get(one.case, 0) <= len(scored.get(one, ())) for one in readings)
    return Progress(len(here), len(subjects), complete, len(readings))


def next_reading(readings: Sequence[Reading], current: Reading | None, steps: int) -> Reading | None:
    """So many readings on, negative back; stops at both ends. None for an empty list.

    :param current: None before the first one.
    :param steps: how many.
    """
    if not readings:
        return None
    if current not in readings:
        return readings[0 if steps >= 0 else -1]
    return readings[min(max(readings.index(current) + steps, 0), len(readings) - 1)]
