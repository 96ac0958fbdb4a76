"""References in a folder tree: what is held for true is no model's output, and its name says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..imaging.volume_files import volume_name

_REFERENCE = re.compile(r"(?<![a-z])(ground[ _-]?truths?|gold[ _-]?standards?|truths?|gt|references?)(?![a-z])", re.I)
_LABELS = r"labels?(?:tr|ts|val)?"
_ARE_LABELS = re.compile(_LABELS, re.I)
_LABELS_OF = re.compile(rf"{_LABELS}[ _.-]+(?P<after>.+)|(?P<before>.+?)[ _.-]+{_LABELS}", re.I)


@dataclass(frozen=True)
class ReferenceNames:
    """Tells references by their names, in a tree whose images are known.

    :param root: the folder of the tree.
    :param cases: what the images, their patients and their folders are called: "GT_01" may be a patient.
    :param around: the folders that the images lie in, at any depth.
    """

    root: Path
    cases: frozenset[str]
    around: frozenset[Path]

    @classmethod
    def of(cls, root: Path, images: Iterable[Path], told: Iterable[str]) -> ReferenceNames:
        """For a tree with these images.

        :param images: folder of a series, or image file.
        :param told: names of the cases, the series' UIDs, the patients' IDs; empty ones are passed over.
        """
        places = list(images)
        names = {*told, *(place.name for place in places)}
        around = {folder for place in places for folder in (place, *place.parents)}
        return cls(root, frozenset(names - {""}), frozenset(around | {root}))

    def include(self, path: Path) -> bool:
        """Whether a file, or a folder of its own that it lies in, is called truth, reference or labels of a case.

        A name that is only "labels" may be a model's: in a folder of its own, and of files that have other names.
        """
        own = volume_name(path).removesuffix(".dcm")
        folders = list(self._own_folders(path))
        names = [own, *(folder.name for folder in folders)]
        if any(name not in self.cases and _REFERENCE.search(name) for name in names):
            return True
        if own in self.cases:
            return any(folder.parent in self.around and _ARE_LABELS.fullmatch(folder.name) for folder in folders)
        return self._are_labels(own) and all(self._are_labels(folder.name) for folder in folders)

    def _own_folders(self, path: Path) -> Iterator[Path]:
        """The folders of the file in which no image lies."""
        for folder in path.parents:
            if folder in self.around:
                return
            yield folder

    def _are_labels(self, name: str) -> bool:
        """Whether a name says labels, or labels of a case, and nothing else."""
        found = _LABELS_OF.fullmatch(name)
        return bool(_ARE_LABELS.fullmatch(name) or (found and (found["after"] or found["before"]) in self.cases))
