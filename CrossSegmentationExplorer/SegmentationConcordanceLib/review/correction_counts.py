"""What the corrections of a study say of each model: how often, how long, how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from ..imaging.seg_correction import corrected_name, correction_by
from .correction import Correction
from .verdict_and_numbers import SegmentKey


@dataclass(frozen=True, slots=True)
class CorrectionCounts:
    """The corrections of one structure of one model, over cases and readers. A median without values is None.

    :param structure_key: "" for all structures together.
    :param n: how many. :param n_timed: how many with a time.
    :param seconds: median time. :param dice: median Dice of the model's and the corrected segment.
    :param added_path_length_mm: median.
    :param consensus_dice: median Dice of the model's segment with the consensus, where the tables have that of the
        corrected one as well; ``corrected_consensus_dice`` is that one.
    """

    model: str
    structure: str
    structure_key: str
    n: int
    n_timed: int
    seconds: float | None
    dice: float | None
    added_path_length_mm: float | None
    consensus_dice: float | None = None
    corrected_consensus_dice: float | None = None


def correction_counts(
    corrections: Iterable[Correction], dice: Mapping[SegmentKey, float] | None = None
) -> tuple[CorrectionCounts, ...]:
    """One per model and structure, the most often corrected first; before them one per model with all its structures.

    :param corrections: see :func:`.correction.last_corrections`; repeated readings do not count twice.
    :param dice: with the consensus, by case, structure and model; the corrected SEGs under the names that they have.
    """
    found: dict[tuple[str, str], list[Correction]] = {}
    for one in corrections:
        if one.repeat == 0:
            found.setdefault((one.model, ""), []).append(one)
            found.setdefault((one.model, one.structure_key), []).append(one)
    counts = [_counts(model, key, some, dice or {}) for (model, key), some in found.items()]
    return tuple(sorted(counts, key=lambda one: (bool(one.structure_key), -one.n, one.structure, one.model)))


def _counts(model: str, key: str, some: list[Correction], dice: Mapping[SegmentKey, float]) -> CorrectionCounts:
    times = [one.seconds for one in some if one.seconds is not None]
    both = [
        (dice[before], dice[after])
        for one in some
        for before, after in [_places(one)]
        if before in dice and after in dice
    ]
    return CorrectionCounts(
        model,
        some[0].structure if key else "all structures",
        key,
        len(some),
        len(times),
        _median(times),
        _median([one.dice for one in some if one.dice is not None]),
        _median([one.added_path_length_mm for one in some]),
        _median([before for before, _ in both]),
        _median([after for _, after in both]),
    )


def _places(one: Correction) -> tuple[SegmentKey, SegmentKey]:
    """Where the tables have the model's segment, and the corrected one."""
    corrected = corrected_name(one.model, correction_by(one.reader))
    return (one.case, one.structure_key, one.model), (one.case, one.structure_key, corrected)


def _median(values: list[float]) -> float | None:
    return float(median(values)) if values else None
