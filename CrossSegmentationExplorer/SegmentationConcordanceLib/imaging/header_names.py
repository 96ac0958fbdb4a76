"""Whether the label names in a file's header allow the label map that was chosen for it."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..anatomy.known_structures import KnownStructures, spelling
from ..anatomy.label_versions import versions_of_names
from ..anatomy.vocabulary import VocabularyLabel, all_vocabularies
from ..errors import ConcordanceError
from .label_names import read_nifti_label_names

_SHOWN = 3
_LARGEST_HEADER = 2**20


def names_in_header(path: Path) -> dict[int, str]:
    """The names in the header of a NIfTI file or a Slicer segmentation (.seg.nrrd) by label id; empty without any."""
    name = path.name.lower()
    if name.endswith((".nii", ".nii.gz")):
        return {label.label: label.name for label in read_nifti_label_names(path) if label.label is not None}
    return slicer_segment_names(path) if name.endswith(".nrrd") else {}


def slicer_segment_names(path: Path) -> dict[int, str]:
    """The names that Slicer writes into the header of a .seg.nrrd by label id; empty for another NRRD."""
    with path.open("rb") as stream:
        header = re.split(rb"\r?\n\r?\n", stream.read(_LARGEST_HEADER), maxsplit=1)[0].decode("utf-8", "replace")
    fields = dict(re.findall(r"^(Segment\d+_(?:LabelValue|Name)):=(.*?)\r?$", header, re.MULTILINE))
    found = {}
    for key, value in fields.items():
        number = key.removesuffix("_LabelValue")
        if number != key and value.strip().isdigit():
            found[int(value)] = " ".join(fields.get(f"{number}_Name", "").split())
    return {label: name for label, name in found.items() if label and name}


def require_fitting_names(path: Path, labels: Sequence[VocabularyLabel]) -> None:
    """Refuse a label map that gives an id to another structure than the file's own header does.

    A name that any label map has for the same structure is no contradiction, nor is one that no label map knows.

    :param labels: of the task that the file is read as, with ids.
    :raises ConcordanceError: the header contradicts them; it names the label maps that have the header's names.
    """
    names = names_in_header(path) if labels else {}
    named = [(label, names.get(label.label, "") if label.label is not None else "") for label in labels]
    wrong = [(label, name) for label, name in named if _contradicts(label, name, labels)]
    if not wrong:
        return
    shown = "; ".join(f"{label.label} is {' '.join(name.split())}, not {label.name}" for label, name in wrong[:_SHOWN])
    more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    fitting = _maps_with(names)
    remedy = f"Choose {' or '.join(fitting)}: these are its names." if fitting else "Choose the one that wrote it."
    raise ConcordanceError(path, f"its header contradicts the chosen label map: {shown}{more}", remedy)


def _contradicts(label: VocabularyLabel, name: str, labels: Sequence[VocabularyLabel]) -> bool:
    said = spelling(name)
    if said in ("", spelling(label.name), spelling(label.structure_name)):
        return False
    meant = _known().spelled(name) | {other.identity for other in labels if said == spelling(other.name)}
    return bool(meant) and label.identity not in meant


def _maps_with(names: Mapping[int, str]) -> list[str]:
    found = []
    for vocabulary in all_vocabularies()[0]:
        tasks = [task for task in vocabulary.tasks if versions_of_names([vocabulary], task, names)]
        of_several = tasks if len(vocabulary.tasks) > 1 else [""] * len(tasks)
        found += [f"{vocabulary.name}, task {task}" if task else vocabulary.name for task in of_several]
    return found


@functools.cache
def _known() -> KnownStructures:
    return KnownStructures.of(all_vocabularies()[0])
