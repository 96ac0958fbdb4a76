"""The groups in which a reader goes through structures: Lungs, Heart, Ribs, ..."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..csv_tables import table_lines
from ..errors import ConcordanceError

GROUPS_FILE = Path(__file__).with_name("groups.csv")

OTHER = "Other"
"""The group of a structure that no row names."""


@dataclass(frozen=True, slots=True)
class StructureGroup:
    """A group, and whole words of harmonized names of which one makes a structure a member, e.g. "rib"."""

    title: str
    words: tuple[str, ...]

    def holds(self, name: str) -> bool:
        """Whether a structure of this harmonized name belongs to the group: "rib" holds rib_left_4, not "tribe"."""
        padded = f"_{'_'.join(_words(name))}_"
        return any(f"_{word}_" in padded for word in self.words)


def read_groups(path: str | os.PathLike[str] = GROUPS_FILE) -> tuple[StructureGroup, ...]:
    """The groups of a CSV file with the columns group and words; words are separated by spaces.

    A word may be several joined by "_", e.g. "lung_vessels". The order counts: the first group that holds a structure
    is its group.

    :raises ConcordanceError: the file cannot be read, lacks a column, or a group has no words.
    """
    path = Path(path)
    groups = []
    for number, cells in table_lines(path, ("group", "words"), comments=True):
        title, words = cells["group"], cells["words"].split()
        if not title or not words:
            fact = f"group {title!r} has the words {words}"
            raise ConcordanceError(f"{path}, line {number}", fact, "Give every group a title and words.")
        groups.append(StructureGroup(title, tuple("_".join(_words(word)) for word in words)))
    return tuple(groups)


@functools.cache
def shipped_groups() -> tuple[StructureGroup, ...]:
    """The groups of groups.csv."""
    return read_groups()


def group_of(name: str, groups: Sequence[StructureGroup]) -> str:
    """Title of the first group that holds a harmonized name; :data:`OTHER` where none does.

    :param name: harmonized, e.g. "rib_left_3".
    :param groups: the first that fits counts.
    """
    return next((group.title for group in groups if group.holds(name)), OTHER)


def require_groups(titles: Iterable[str]) -> None:
    """:raises ConcordanceError: a title is of no shipped group; the message has them all."""
    known = [*(group.title for group in shipped_groups()), OTHER]
    for title in titles:
        if title not in known:
            raise ConcordanceError(title, "is no group of structures", f"Choose: {', '.join(known)}.")


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", text.casefold()) if word]
