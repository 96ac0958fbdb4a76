"""Whole structures that some models segment as one and others in parts."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConcordanceError
from .coded_cells import read_concept
from .concepts import CodedStructure
from .identity import StructureIdentity, structure_identity
from .shipped_tables import shipped_rows
from .vocabulary import load_vocabulary, shipped_vocabularies

COMBINATIONS_FILE = Path(__file__).with_name("combinations.csv")


@dataclass(frozen=True, slots=True)
class Combination:
    """A whole and its parts.

    :param name: what the whole is called in the tables, e.g. "kidneys".
    :param needed: without any one of these a model does not know the whole.
    :param optional: belong to the whole where a model has them.
    """

    name: str
    structure: CodedStructure
    needed: frozenset[StructureIdentity]
    optional: frozenset[StructureIdentity]

    @property
    def identity(self) -> StructureIdentity:
        """What the whole is."""
        return structure_identity(self.structure)

    @property
    def parts(self) -> frozenset[StructureIdentity]:
        """All parts."""
        return self.needed | self.optional


def combination_named(name: str) -> Combination:
    """The combination of this name.

    :raises ConcordanceError: there is none.
    """
    if name not in combinations():
        raise ConcordanceError(name, "is no combination of structures", f"Choose: {', '.join(combinations())}.")
    return combinations()[name]


def combinations_named(names: Iterable[str]) -> tuple[Combination, ...]:
    """The combinations of these names, in the order of combinations.csv.

    :raises ConcordanceError: there is no such combination, or two of them have a part in common.
    """
    chosen = {combination_named(name).name for name in names}
    found = tuple(combination for name, combination in combinations().items() if name in chosen)
    for one, other in itertools.combinations(found, 2):
        if one.parts & other.parts:
            raise ConcordanceError(f"{one.name} and {other.name}", "have parts in common", "Choose one of the two.")
    return found


@functools.cache
def combinations() -> dict[str, Combination]:
    """All combinations by name, in the order of combinations.csv."""
    labels = (label for name in shipped_vocabularies() for label in load_vocabulary(name).labels)
    identity_of = {label.structure_name: label.identity for label in labels}
    found = {}
    for row in shipped_rows(COMBINATIONS_FILE):
        modifier = read_concept(row["modifier"]) if row["modifier"] else None
        structure = CodedStructure(read_concept(row["category"]), read_concept(row["type"]), modifier)
        parts = row["parts"].split()
        found[row["name"]] = Combination(
            row["name"],
            structure,
            frozenset(identity_of[part] for part in parts if not part.endswith("?")),
            frozenset(identity_of[part.rstrip("?")] for part in parts if part.endswith("?")),
        )
    return found
