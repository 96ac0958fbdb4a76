"""Slicer's lists of segmentation terms (its terminology files) as a source of names and codes; none is shipped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import LabelMapTableError
from .concepts import CodedConcept, CodedStructure
from .known_structures import KnownStructures
from .text_files import read_json
from .vocabulary import Vocabulary, VocabularyLabel

HOME = "SLICER_HOME"
"""Environment variable: Slicer sets it in its own process, and in what is started from it."""

_INSTALLED = "share/Slicer-*/qt-loadable-modules/Terminologies/SegmentationCategoryType*.json"


def installed_terminologies(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The files of segmentation terms that Slicer brings along; () outside of Slicer."""
    home = environment.get(HOME, "")
    return tuple(sorted(Path(home).glob(_INSTALLED))) if home else ()


def terms_of(paths: Iterable[Path]) -> KnownStructures:
    """The terms of some terminology files, to be found by text.

    :raises LabelMapTableError: see :func:`read_terminology`.
    """
    return KnownStructures.of(map(read_terminology, paths))


def read_terminology(path: Path) -> Vocabulary:
    """One file: every type of every category, alone and with each modifier, as labels without ids.

    :raises LabelMapTableError: the file is missing, is no JSON, or no list of segmentation categories and types.
    """
    remedy = "Give a file such as Slicer's SegmentationCategoryTypeModifier-DICOM-Master.term.json."
    content = read_json(path, remedy)
    try:
        labels = tuple(_labels(content["SegmentationCodes"]["Category"]))
        title = str(content.get("SegmentationCategoryTypeContextName") or path.stem)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise LabelMapTableError(path, "is no list of segmentation categories and types", remedy) from error
    return Vocabulary(title, title, labels, path=path)


def _labels(categories: Iterable[Mapping[str, Any]]) -> Iterator[VocabularyLabel]:
    for category in categories:
        for type_ in category.get("Type", ()):
            structure = CodedStructure(_concept(category), _concept(type_))
            yield _label(type_, structure)
            for modifier in type_.get("Modifier", ()):
                yield _label(modifier, CodedStructure(structure.category, structure.type, _concept(modifier)))


def _concept(entry: Mapping[str, Any]) -> CodedConcept:
    return CodedConcept(str(entry["CodeValue"]), str(entry["CodingSchemeDesignator"]), str(entry["CodeMeaning"]))


def _label(entry: Mapping[str, Any], structure: CodedStructure) -> VocabularyLabel:
    described = structure.describe()
    color: Sequence[object] = entry.get("recommendedDisplayRGBValue") or ()
    return VocabularyLabel(
        None,
        str(entry.get("slicerDisplayName") or entry.get("3dSlicerLabel") or described),
        "_".join(described.lower().replace(",", " ").split()),
        structure,
        (int(str(color[0])), int(str(color[1])), int(str(color[2]))) if len(color) == 3 else None,
    )
