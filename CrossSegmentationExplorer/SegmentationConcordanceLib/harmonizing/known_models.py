"""The label maps that an output can be read with: those that come with the library, and the user's own."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..anatomy.known_structures import KnownStructures
from ..anatomy.slicer_terms import terms_of
from ..anatomy.vocabulary import Vocabulary, all_vocabularies, shipped_vocabularies


@dataclass(frozen=True, eq=False)
class KnownModels:
    """All label maps, a user's own one in place of a shipped one of the same name.

    :param vocabularies: by the name of the label map.
    :param folders: the user's folders that were looked into.
    :param terminologies: Slicer's files of segmentation terms.
    :param notes: sentences on own maps that replace shipped ones, and on those that cannot be used.
    """

    vocabularies: Mapping[str, Vocabulary]
    folders: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    terminologies: tuple[Path, ...] = ()

    @classmethod
    def load(cls, folders: Sequence[Path] = (), terminologies: Sequence[Path] = ()) -> KnownModels:
        """The shipped maps and the sound ones in some folders; a folder that is not there is passed over in words.

        :param folders: of the user's label maps.
        :param terminologies: files of Slicer's terminologies, for suggestions.
        """
        notes = [
            f"{folder} is no folder: no label maps are taken from it." for folder in folders if not folder.is_dir()
        ]
        there = tuple(folder for folder in folders if folder.is_dir())
        vocabularies, errors = all_vocabularies(there)
        notes += [f"Your own {one.path} replaces {one.name}." for one in vocabularies if one.replaces_shipped]
        notes += [f"A label map of yours is left out. {error}" for error in errors]
        return cls({one.name: one for one in vocabularies}, there, tuple(notes), tuple(terminologies))

    @functools.cached_property
    def structures(self) -> KnownStructures:
        """What suggestions are taken from."""
        return KnownStructures.of(self.vocabularies.values())

    @functools.cached_property
    def terms(self) -> KnownStructures:
        """Names and codes of Slicer's own lists; none outside of Slicer."""
        return terms_of(self.terminologies)

    @property
    def models(self) -> tuple[str, ...]:
        """What people call the models, without versions, in alphabetical order."""
        return tuple(sorted({model_of(one) for one in self.vocabularies.values()}, key=str.casefold))

    def versions(self, model: str) -> tuple[Vocabulary, ...]:
        """The label maps of a model, one per version."""
        return tuple(one for one in self.vocabularies.values() if model_of(one) == model)

    def vocabulary(self, name: str) -> Vocabulary | None:
        """The label map of a name; None where there is none (any more)."""
        return self.vocabularies.get(name)


def model_of(vocabulary: Vocabulary) -> str:
    """The model that a label map is of, whatever the version."""
    return dict(vocabulary.head).get("model") or vocabulary.title


def version_of(vocabulary: Vocabulary) -> str:
    """Which version of the model, in words, and for which images where another one is for others; with the label map's
    name where it is a user's own."""
    head = dict(vocabulary.head)
    version = head.get("version") or vocabulary.name
    version = f"{version}, {head['modality']}" if head.get("modality") else version
    return version if vocabulary.path is None or not is_own(vocabulary) else f"{version} ({vocabulary.name})"


def is_own(vocabulary: Vocabulary) -> bool:
    """Whether a label map is a user's own."""
    return vocabulary.replaces_shipped or vocabulary.name not in shipped_vocabularies()
