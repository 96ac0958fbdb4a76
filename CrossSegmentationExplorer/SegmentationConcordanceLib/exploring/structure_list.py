"""The list of structures that a reader goes through: one line per coded structure, worst agreement first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..agreement.comparison import ComparedStructure
from ..agreement.models import UncodedStructure
from ..agreement.severity import ALONE, COMPARED, concerned, list_key, parts_of, reason, severities
from ..agreement.table import MISSED, AgreementRow, PairwiseRow
from ..agreement.volume_spread import volume_spread
from ..anatomy.groups import OTHER, StructureGroup, group_of, shipped_groups
from .explored_scan import ExploredScan, key_of

PRESENT = "present"
MISSING = "missing"
NOT_IN_MODEL = "not in model"
NOT_LOOKED_FOR = "not looked for"
ALL_GROUPS = "All"


@dataclass(frozen=True, slots=True)
class ListedStructure:
    """One line of the list. A value that has no meaning is None.

    :param key: the structure's codes; unique in the list, unlike names.
    :param color: red, green, blue from 0 to 1; the same in all rows.
    :param presence: by model: found, not found though the model knows it, not looked for, or unknown to it.
    :param volume_spread: see :func:`.volume_spread`, over the models that found it.
    :param lowest_dice: to the consensus, over the models that know it.
    :param pairwise_spread: highest - lowest Dice of two models.
    :param disputed_ml: the largest volume that a model does not share with the others, in ml.
    :param reason: why it stands where it does in the list, e.g. "C: missed 12.3 ml"; "" where nothing is to be said.
    :param severity: of the gravest disagreement, and ``part`` of the list that it stands in: see :mod:`.severity`.
    :param rating: what a reader gave it; "" for none.
    """

    key: str
    name: str
    group: str
    color: tuple[float, float, float]
    presence: Mapping[str, str]
    volume_spread: float | None
    lowest_dice: float | None
    pairwise_spread: float | None
    rating: str = ""
    disputed_ml: float | None = None
    reason: str = ""
    severity: float = 0.0
    part: int = COMPARED

    @property
    def n_present(self) -> int:
        """How many models found it."""
        return sum(state == PRESENT for state in self.presence.values())

    @property
    def missing_in(self) -> tuple[str, ...]:
        """The models that know it and found nothing."""
        return tuple(model for model, state in self.presence.items() if state == MISSING)


COLUMNS = ("name", "group", "n_present", "reason", "volume_spread", "lowest_dice", "pairwise_spread", "rating")


def list_structures(
    scan: ExploredScan,
    groups: Sequence[StructureGroup] | None = None,
    ratings: Mapping[str, str] | None = None,
) -> tuple[ListedStructure, ...]:
    """Every structure that a model found, worst agreement first.

    :param groups: by default the shipped ones.
    :param ratings: by structure key.
    """
    groups = shipped_groups() if groups is None else groups
    counts = scan.comparison.model_counts()
    of_key: dict[str, list[AgreementRow]] = {}
    for row in scan.result.agreement:
        of_key.setdefault(row.structure_key, []).append(row)
    pairs: dict[str, list[PairwiseRow]] = {}
    for pair in scan.result.pairwise:
        pairs.setdefault(pair.structure_key, []).append(pair)
    listed = []
    for index, structure in enumerate(scan.comparison.structures):
        uncoded = isinstance(structure.identity, UncodedStructure)
        compared = structure.n_voters > 1
        rows = of_key.get(structure.key, []) if compared else []
        of_pairs = pairs.get(structure.key, []) if compared else []
        red, green, blue = (channel / 255 for channel in structure.color or (128, 128, 128))
        listed.append(
            ListedStructure(
                key=key_of(structure),
                name=structure.name,
                group=OTHER if uncoded else group_of(structure.name, groups),
                color=(red, green, blue),
                presence={
                    model: _presence(structure, bit, int(counts[index, bit]))
                    for bit, model in enumerate(scan.comparison.models)
                },
                volume_spread=volume_spread(row.volume_ml for row in rows),
                lowest_dice=min((row.dice for row in rows if row.dice is not None), default=None),
                pairwise_spread=_spread([pair.dice for pair in of_pairs if pair.dice is not None]),
                rating=(ratings or {}).get(key_of(structure), ""),
                disputed_ml=max((row.disputed_ml for row in rows if row.disputed_ml is not None), default=None),
                reason=_reason(rows),
                severity=max(severities(rows), default=0.0),
                part=parts_of(rows)[0] if rows else ALONE,
            )
        )
    return tuple(worst_first(listed))


def worst_first(structures: Iterable[ListedStructure]) -> list[ListedStructure]:
    """The order of :func:`.severity.worst_first`: gravest first, then what is truncated, then what one model knows."""
    return sorted(
        structures, key=lambda one: (*list_key(one.part, one.severity, bool(one.missing_in), one.name), one.key)
    )


def structures_found(
    structures: Iterable[ListedStructure], text: str = "", group: str = ALL_GROUPS
) -> list[ListedStructure]:
    """Those of a group whose name or group holds every word of the text; upper and lower case alike, "_" is a space.

    :param text: words with blanks between them; empty for all.
    :param group: title of one; all groups by default.
    """
    words = text.casefold().replace("_", " ").split()
    return [
        structure
        for structure in structures
        if group in (ALL_GROUPS, structure.group)
        and all(word in f"{structure.name} {structure.group}".casefold().replace("_", " ") for word in words)
    ]


def structures_by(
    structures: Iterable[ListedStructure], column: str, *, descending: bool = False
) -> list[ListedStructure]:
    """By one of :data:`COLUMNS`, numbers as numbers; those without a value last, equal ones worst first.

    :raises ValueError: there is no such column.
    """
    if column not in COLUMNS:
        raise ValueError(f"no column {column!r}")
    ordered = worst_first(structures)
    filled = [structure for structure in ordered if getattr(structure, column) not in (None, "")]
    empty = [structure for structure in ordered if getattr(structure, column) in (None, "")]

    def value(structure: ListedStructure) -> str | float:
        found = getattr(structure, column)
        return found.casefold() if isinstance(found, str) else found

    return sorted(filled, key=value, reverse=descending) + empty


def groups_of(structures: Iterable[ListedStructure]) -> list[str]:
    """ "All", and the groups that have a structure, by the alphabet; "Other" last."""
    found = sorted({structure.group for structure in structures} - {OTHER})
    return [ALL_GROUPS, *found, *([OTHER] if any(s.group == OTHER for s in structures) else [])]


def _presence(structure: ComparedStructure, bit: int, n_voxels: int) -> str:
    if structure.not_looked_for >> bit & 1:
        return NOT_LOOKED_FOR
    if not structure.voters >> bit & 1:
        return NOT_IN_MODEL
    return PRESENT if n_voxels else MISSING


def _reason(rows: Sequence[AgreementRow]) -> str:
    """Of the gravest row of a structure, with the models that it is about."""
    if not rows:
        return ""
    grave = severities(rows)
    row = max(zip(rows, grave), key=lambda one: (one[1], one[0].presence == MISSED))[0]
    said = reason(row)
    return f"{' and '.join(concerned(row, rows))}: {said}" if said else ""


def _spread(values: Sequence[float]) -> float | None:
    return max(values) - min(values) if values else None
