"""Going through the structures: what is listed, in which order, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .structure_list import ALL_GROUPS, ListedStructure, structures_by, structures_found, worst_first


@dataclass(frozen=True, slots=True)
class StructureWalk:
    """The structures and how the reader wants them.

    :param text: words that must be in name or group.
    :param group: one of the groups, or "All".
    :param column: one of ``structure_list.COLUMNS``; "" for worst agreement first.
    """

    structures: tuple[ListedStructure, ...] = ()
    text: str = ""
    group: str = ALL_GROUPS
    column: str = ""
    descending: bool = False

    @property
    def listed(self) -> list[ListedStructure]:
        """The structures that are found, in their order."""
        found = structures_found(self.structures, self.text, self.group)
        return structures_by(found, self.column, descending=self.descending) if self.column else worst_first(found)

    def step(self, key: str, steps: int) -> str:
        """The key of the structure so many steps after this one, negative before; stops at both ends.

        From a structure that is not listed, or from none, it goes to the first; "" where nothing is listed.

        :param key: of the structure to go from; may be empty.
        """
        keys = [structure.key for structure in self.listed]
        if key not in keys:
            return keys[0] if keys else ""
        return keys[min(max(keys.index(key) + steps, 0), len(keys) - 1)]


def find(structures: Sequence[ListedStructure], key: str) -> ListedStructure | None:
    """The structure of a key; None where there is none.

    :param key: may be empty.
    """
    return next((structure for structure in structures if structure.key == key), None)
