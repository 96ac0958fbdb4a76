"""Versions of one model that give one label id to different structures: which ids leave the version open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .identity import StructureIdentity
from .vocabulary import Vocabulary


def ambiguous_labels(
    versions: Sequence[Vocabulary], task: str, present: Iterable[int] | None = None
) -> dict[int, dict[str, str]]:
    """The ids that are one structure in one version and another in another.

    TotalSegmentator numbers its ribs otherwise since 2.2: of its ``total`` task 16 ids are two ribs, depending on the
    version. Unless a file brings its names along (:func:`versions_of_names`), ask the user, never guess.

    :param versions: those that could have written the file; a version without the task is passed over.
    :param present: the ids of the file; None for all that the versions know.
    :returns: id -> the name of the structure by the name of the version, ascending; empty where all versions agree.
    """
    meanings: dict[int, dict[str, str]] = {}
    identities: dict[int, set[StructureIdentity]] = {}
    for version in versions:
        for label in version.labels:
            if label.task == task and label.label is not None:
                meanings.setdefault(label.label, {})[version.name] = label.structure_name
                identities.setdefault(label.label, set()).add(label.identity)
    asked = sorted(meanings) if present is None else sorted(set(present) & set(meanings))
    return {label: meanings[label] for label in asked if len(identities[label]) > 1}


def versions_of_names(versions: Sequence[Vocabulary], task: str, names: Mapping[int, str]) -> tuple[str, ...]:
    """The versions whose names for these ids are those that a file brings along in its header; () for no names.

    :param versions: label maps of one model.
    :param task: one that they have.
    :param names: by label id.
    """
    found = []
    for version in versions:
        own = {label.label: label.name for label in version.labels if label.task == task}
        if names and all(own.get(number) == name for number, name in names.items()):
            found.append(version.name)
    return tuple(found)
