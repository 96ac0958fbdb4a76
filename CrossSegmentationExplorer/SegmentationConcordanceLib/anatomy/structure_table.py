"""One table of structures over label maps: which model has which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .identity import StructureIdentity
from .vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class StructureRow:
    """A structure, and under which names the label maps have it.

    :param labels: by label map the model's own names, one per task that produces it, without repetition.
    """

    name: str
    identity: StructureIdentity
    meaning: str
    labels: dict[str, tuple[str, ...]]


def structure_table(vocabularies: Iterable[Vocabulary]) -> tuple[StructureRow, ...]:
    """Every structure of some label maps once, by codes; first those that most maps have, then by name."""
    rows: dict[StructureIdentity, StructureRow] = {}
    for vocabulary in vocabularies:
        for label in vocabulary.labels:
            identity = label.identity
            empty = StructureRow(label.structure_name, identity, label.structure.describe(), {})
            labels = rows.setdefault(identity, empty).labels
            names = labels.get(vocabulary.name, ())
            if label.name not in names:
                labels[vocabulary.name] = (*names, label.name)
    return tuple(sorted(rows.values(), key=lambda row: (-len(row.labels), row.name)))
