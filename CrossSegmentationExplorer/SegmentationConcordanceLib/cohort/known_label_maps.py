"""Label maps, shipped and of the user's own; one in place of a shipped one is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..anatomy.vocabulary import Vocabulary, all_vocabularies, load_vocabulary
from .listener import Listener


def known_vocabulary(name: str, folders: Sequence[Path], listener: Listener) -> Vocabulary:
    """A label map by its name or file, see :func:`load_vocabulary`.

    :param folders: the user's, see :func:`label_map_folders`.
    :param listener: is told where it takes the place of a shipped one.
    :raises LabelMapTableError: there is none, or it is unsound.
    """
    return _noted(load_vocabulary(name, folders), listener)


def known_vocabularies(folders: Sequence[Path], listener: Listener) -> list[Vocabulary]:
    """Every label map; one's own that is not finished is named and left out.

    :param folders: the user's, see :func:`label_map_folders`.
    :param listener: is told what was left out, and what takes the place of a shipped one.
    """
    vocabularies, errors = all_vocabularies(folders)
    for error in errors:
        listener.warn(f"left out: {error}")
    return [_noted(vocabulary, listener) for vocabulary in vocabularies]


def _noted(vocabulary: Vocabulary, listener: Listener) -> Vocabulary:
    if vocabulary.replaces_shipped:
        listener.warn(
            f"{vocabulary.path} takes the place of the program's own label map {vocabulary.name}",
            f"The label map {vocabulary.name} is one of the user's own, in the place of the program's.",
        )
    return vocabulary
