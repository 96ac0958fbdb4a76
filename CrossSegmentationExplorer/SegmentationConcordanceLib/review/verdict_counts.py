"""How often each step of the scale was given, per model and structure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .verdict import SCALE, Verdict

USABLE = 4
"""A segmentation with this score or a higher one needs no edit that matters."""


@dataclass(frozen=True, slots=True)
class VerdictCounts:
    """The verdicts on one structure of one model, over cases and readers.

    :param structure_key: "" for all structures together.
    :param counts: number of verdicts by score, from 1 to 5.
    """

    model: str
    structure: str
    structure_key: str
    counts: tuple[int, ...]

    @property
    def n(self) -> int:
        """Number of verdicts."""
        return sum(self.counts)

    @property
    def mean(self) -> float | None:
        """Mean score; None without verdicts."""
        return sum(step.score * count for step, count in zip(SCALE, self.counts)) / self.n if self.n else None

    @property
    def usable(self) -> float | None:
        """Share of scores of at least :data:`USABLE`; None without verdicts."""
        return sum(self.counts[USABLE - 1 :]) / self.n if self.n else None


def verdict_counts(verdicts: Iterable[Verdict]) -> tuple[VerdictCounts, ...]:
    """One per model and structure, the lowest mean first; before them one per model with all its structures.

    :param verdicts: standing ones; repeated readings do not count twice, and those of whole cases not at all.
    """
    found: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.score is not None and verdict.repeat == 0 and verdict.subject.structure_key:
            found.setdefault((verdict.subject.model, ""), []).append(verdict)
            found.setdefault((verdict.subject.model, verdict.subject.structure_key), []).append(verdict)
    counts = [
        VerdictCounts(
            model,
            some[0].subject.structure if key else "all structures",
            key,
            tuple(sum(verdict.score == step.score for verdict in some) for step in SCALE),
        )
        for (model, key), some in found.items()
    ]
    return tuple(sorted(counts, key=lambda one: (bool(one.structure_key), one.mean, one.structure, one.model)))
