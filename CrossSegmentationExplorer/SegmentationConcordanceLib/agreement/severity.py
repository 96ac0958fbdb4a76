"""How grave a disagreement is: the one order "worst first" of tables, panels, the explorer and the report.

A model is held against the majority of the models that found the structure, see :func:`.majority_or_others`, whatever
consensus the table was made with. What counts is the volume in ml that the two do not share, how deep it is in mm at
its deepest voxel, and whether the structure was lost as a whole::

    severity = depth in mm * (1 + log10(1 + volume in ml)), twice that where nothing is shared

Depth comes first, as a rim of noise around a large organ may hold more millilitres than a wrong vertebra, but is thin.
Volume counts by its order of magnitude. So what is tiny comes late, whatever its Dice. Depth is measured where voxels
are at hand, and kept in the tables. In tables without it it is estimated: what it would be if the volume were spread
evenly over a ball of the structure's size; of a lost structure it is the radius of that ball.

A model that missed a structure is at least as grave there as any that found it: missing never wins. Structures that
are truncated by the field of view stand behind all others: models differ in what they make of a rest.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from .comparison import Comparison
from .consensus import leave_one_out
from .disputed_regions import deepest_mm
from .finders import of_finders
from .overlap import dice
from .table import MISSED, MISSING, NOT_LOOKED_FOR, TRUNCATED, AgreementRow
from .threads import thread_count
from .votes import majority, majority_or_others

_LOST_FACTOR = 2.0
_MM3_PER_ML = 1000.0

COMPARED, CUT, ALONE = 0, 1, 2
"""Which part of a list a row stands in: what can be compared, what is truncated, what one model alone knows."""


def severity(disputed_ml: float, depth_mm: float, *, lost: bool) -> float:
    """How grave a disagreement is, 0 or more.

    :param disputed_ml: volume of what is not shared, in ml.
    :param depth_mm: distance of its deepest voxel to its border, in mm.
    :param lost: nothing is shared.
    """
    return depth_mm * (1 + math.log10(1 + disputed_ml)) * (_LOST_FACTOR if lost else 1.0)


def estimated_depth_mm(disputed_ml: float, volume_ml: float, *, lost: bool) -> float:
    """How deep a disagreement would be if it were spread evenly over a ball, in mm.

    :param volume_ml: of the structure.
    :param lost: nothing is shared: the disagreement is the ball itself.
    """
    if lost or not volume_ml:
        return _radius_mm(disputed_ml)
    area_mm2 = 4 * math.pi * _radius_mm(volume_ml) ** 2
    return min(disputed_ml * _MM3_PER_ML / area_mm2, _radius_mm(disputed_ml))


@dataclass(frozen=True, slots=True)
class Apart:
    """What a model and those that it is held against do not share of a structure.

    :param dice_others: Dice with the majority of the other finders.
    :param disputed_ml: volume of what is not shared. :param depth_mm: of its deepest voxel.
    :param lost: nothing is shared.
    """

    dice_others: float | None
    disputed_ml: float
    depth_mm: float
    lost: bool

    @property
    def severity(self) -> float:
        """See :func:`severity`."""
        return severity(self.disputed_ml, self.depth_mm, lost=self.lost)


def measured(comparison: Comparison) -> dict[tuple[str, str], Apart]:
    """By structure key and model what is apart, its depth measured; structures that one model alone knows are left out.

    Looks at all voxels that are disputed.
    """
    voting = of_finders(comparison)
    own = comparison.model_counts()
    others, held = leave_one_out(voting, majority), majority_or_others(voting)
    of_others = others.reference_counts(voting), others.common_counts(voting)
    reference, common = held.reference_counts(voting), held.common_counts(voting)
    carries = comparison.pattern_members().astype(bool).T
    chosen = np.stack([consensus.chosen for consensus in held.of_others], axis=1)
    ml = comparison.geometry.voxel_volume_ml
    voters = {
        index: [bit for bit in range(len(comparison.models)) if structure.voters >> bit & 1]
        for index, structure in enumerate(comparison.structures)
        if structure.n_voters > 1
    }

    def depths_of(index: int) -> dict[int, float]:
        knows = np.isin(np.arange(len(comparison.models)), voters[index])[:, None]
        return deepest_mm(comparison, index, (chosen[index] != carries) & knows)

    with ThreadPoolExecutor(thread_count()) as executor:
        depths = dict(zip(voters, executor.map(depths_of, voters)))
    found = {}
    for index, bits in voters.items():
        for bit in bits:
            at = index, bit
            n, agreed, shared = int(own[at]), int(reference[at]), int(common[at])
            found[comparison.structures[index].key, comparison.models[bit]] = Apart(
                dice(n, int(of_others[0][at]), int(of_others[1][at])) if n else 0.0,
                (n + agreed - 2 * shared) * ml,
                depths[index].get(bit, 0.0),
                shared == 0,
            )
    return found


def with_severity(rows: Sequence[AgreementRow], apart: Mapping[tuple[str, str], Apart]) -> list[AgreementRow]:
    """The rows with what models are told apart by: ``dice_others``, ``disputed_ml``, ``depth_mm``, ``severity``.

    :param apart: see :func:`measured`.
    """
    judged = []
    for row in rows:
        one = apart.get((row.structure_key, row.model))
        if one is None or not _is_compared(row):
            judged.append(row)
            continue
        judged.append(
            replace(
                row,
                dice_others=one.dice_others,
                disputed_ml=one.disputed_ml,
                depth_mm=one.depth_mm,
                severity=one.severity,
            )
        )
    return _missing_gravest(judged)


def _missing_gravest(rows: Sequence[AgreementRow]) -> list[AgreementRow]:
    gravest: dict[str, float] = {}
    for row in rows:
        gravest[row.structure_key] = max(gravest.get(row.structure_key, 0.0), row.severity or 0.0)
    return [
        replace(row, severity=gravest[row.structure_key])
        if row.presence == MISSED and row.severity is not None
        else row
        for row in rows
    ]


def worst_first(rows: Iterable[AgreementRow]) -> list[AgreementRow]:
    """The gravest rows first; then structures that are truncated, then what one model alone knows; models as they came.

    Rows of tables that hold no severity get the one that follows from volumes and Dice.
    """
    rows = list(rows)
    parts, grave = parts_of(rows), severities(rows)
    order = sorted(
        range(len(rows)),
        key=lambda at: (
            *list_key(parts[at], grave[at], rows[at].status == MISSING, rows[at].structure), rows[at].case
        ),
    )  # fmt: skip
    return [rows[at] for at in order]


def list_key(part: int, severity: float, missed: bool, structure: str) -> tuple[int, float, bool, str]:
    """What is sorted by for "worst first": the part of the list, the severity, what was missed before what was found.

    :param part: of :func:`parts_of`. :param structure: its name.
    """
    return part, -severity, not missed, structure


def parts_of(rows: Sequence[AgreementRow]) -> list[int]:
    """Of each row, which part of a list it stands in: :data:`COMPARED`, :data:`CUT` or :data:`ALONE`.

    A structure is truncated by the field of view where it is in any model of the case.
    """
    cut = {(row.case, row.structure_id) for row in rows if is_cut(row)}
    return [
        ALONE if not _is_compared(row) else CUT if (row.case, row.structure_id) in cut else COMPARED for row in rows
    ]


def severities(rows: Sequence[AgreementRow]) -> list[float]:
    """The severity of each row; 0 where nothing is known of it."""
    volumes: dict[tuple[str, str, str], list[float]] = {}
    for row in rows:
        if row.severity is None and row.volume_ml:
            volumes.setdefault((row.case, row.structure_id, row.consensus), []).append(row.volume_ml)
    return [
        _estimated(row, volumes.get((row.case, row.structure_id, row.consensus), ()))
        if row.severity is None
        else row.severity
        for row in rows
    ]


def estimate_note(rows: Iterable[AgreementRow]) -> str:
    """A sentence where rows that can be compared hold no depth, so that their order is an estimate; else "".

    :param rows: of any number of tables.
    """
    if not any(_is_compared(row) and row.depth_mm is None for row in rows):
        return ""
    return "Worst first is estimated from volumes and Dice where the tables hold no depth of the disagreement."


def is_cut(row: AgreementRow) -> bool:
    """Whether the model's segment is truncated by the field of view."""
    return TRUNCATED in (row.presence, row.status)


def reason(row: AgreementRow) -> str:
    """Why a row stands where it does in the list, in a few words; "" where nothing is known."""
    cut = " (truncated by the field of view)" if is_cut(row) else ""
    if row.status == NOT_LOOKED_FOR:
        return "did not look for it"
    if row.n_models < 2:
        return f"no other model knows it{cut}"
    if row.disputed_ml is None:
        return f"missed it{cut}" if row.status == MISSING else cut.strip()
    if row.presence == MISSED:
        return f"missed {_ml(row.disputed_ml)}{cut}"
    depth = "" if row.depth_mm is None else f", {row.depth_mm:.1f} mm deep"
    return f"{_ml(row.disputed_ml)} apart{depth}{cut}"


def concerned(row: AgreementRow, rows: Iterable[AgreementRow]) -> tuple[str, ...]:
    """The models that a row's disagreement is between: the row's own, or both of two, of which none can be blamed.

    :param row: one of ``rows``.
    :param rows: of any number of structures and cases.
    """
    if row.n_models > 2:
        return (row.model,)
    there = (row.case, row.structure_id, row.consensus)
    return tuple(one.model for one in rows if (one.case, one.structure_id, one.consensus) == there) or (row.model,)


def in_words(row: AgreementRow, rows: Sequence[AgreementRow]) -> str:
    """A row of a list in a line: structure, the models concerned, the reason, Dice.

    :param row: one of ``rows``.
    :param rows: of any number of structures and cases.
    """
    models = concerned(row, rows)
    said = reason(row)
    there = (row.case, row.structure_id, row.consensus)
    finders = [
        one.model
        for one in rows
        if (one.case, one.structure_id, one.consensus) == there and one.presence not in (MISSED, NOT_LOOKED_FOR)
    ]
    if row.presence == MISSED and len(finders) == 1:
        said = f"found by {finders[0]} alone, {_ml(row.disputed_ml or 0.0)}"
    held = f"the {row.consensus}" if len(models) == 1 else "each other"
    dice = "" if row.dice is None else f"Dice {row.dice:.3f} with {held}"
    return f"{row.structure}, {' and '.join(models)}: {'; '.join(part for part in (said, dice) if part)}"


def _is_compared(row: AgreementRow) -> bool:
    return row.n_models > 1 and row.status != NOT_LOOKED_FOR


def _estimated(row: AgreementRow, volumes: Sequence[float]) -> float:
    """Of a row without severity, from what it has: volumes and Dice, or Dice alone."""
    if not _is_compared(row):
        return 0.0
    if row.status == MISSING or not row.dice:
        lost_ml = row.volume_ml or (median(volumes) if volumes else 0.0)
        if row.status != MISSING and row.dice is None:
            return 0.0
        return severity(lost_ml, estimated_depth_mm(lost_ml, 0.0, lost=True), lost=True)
    own = row.volume_ml or 1.0
    both = own + (own * row.dice / (2 - row.dice) if row.consensus_volume_ml is None else row.consensus_volume_ml)
    disputed_ml = both * (1 - row.dice)
    return severity(disputed_ml, estimated_depth_mm(disputed_ml, both / 2, lost=False), lost=False)


def _radius_mm(ml: float) -> float:
    return float(np.cbrt(3 * ml * _MM3_PER_ML / (4 * math.pi)))


def _ml(ml: float) -> str:
    return f"{ml:.1f} ml" if ml >= 1 else f"{ml:.2g} ml"
