"""Groups of structures as a table that is edited in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..anatomy.groups import StructureGroup


def group_cells(groups: Sequence[StructureGroup]) -> list[tuple[str, str]]:
    """Title and words, separated by spaces, of each group. The last row is empty: what is written there is new."""
    return [(group.title, " ".join(group.words)) for group in groups] + [("", "")]


def groups_of_cells(cells: Iterable[tuple[str, str]]) -> tuple[StructureGroup, ...] | None:
    """The groups that the rows of such a table say; rows without title or words say nothing. None where none does."""
    groups = [
        StructureGroup(title.strip(), tuple(words.casefold().split()))
        for title, words in cells
        if title.strip() and words.split()
    ]
    return tuple(groups) or None
