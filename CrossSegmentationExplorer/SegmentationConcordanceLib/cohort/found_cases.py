"""The cases of a folder tree that nobody has described: image series, and the outputs that belong to each.

A SEG or RT Structure Set says which series it belongs to. Of one that names none, and of a model's own files, the path
tells: it has the series' UID, the patient's ID or the case's folder in it, or it lies nearest to that series. Layouts
of IDC (collection/patient/study/series), of one folder per patient and of one folder per model with a file or folder
per series are found so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.multival import MultiValue

from ..anatomy.model_names import told_model
from ..anatomy.vocabulary import all_vocabularies, shipped_vocabularies
from ..errors import ConcordanceError
from ..imaging.dicom_files import first_values, is_dicom_file
from ..imaging.rtstruct import referenced_series
from ..imaging.volume_files import is_volume_file, volume_name
from .case_image import case_name
from .cases import CaseOutput, CohortCase
from .reference_names import ReferenceNames

_MODALITIES = ("CT", "MR", "PT")
_FACTS = {
    "patient_id": "PatientID",
    "manufacturer": "Manufacturer",
    "manufacturer_model": "ManufacturerModelName",
    "kernel": "ConvolutionKernel",
    "slice_thickness_mm": "SliceThickness",
    "contrast": "ContrastBolusAgent",
}
_OF_MODELS = ("SEG", "RTSTRUCT")
_REFERENCES = ["ReferencedSeriesSequence", "ReferencedFrameOfReferenceSequence"]
_TAGS = ["ImageType", "Modality", "SeriesInstanceUID", "StudyInstanceUID", *_REFERENCES, *_FACTS.values()]


@dataclass(frozen=True)
class FoundCases:
    """What was found.

    :param alone: outputs that belong to no image, or of which nothing tells to which.
    :param references: files that are no model's output by their names, see :class:`ReferenceNames`, and copies of the
        DICOM series as image files.
    """

    cases: tuple[CohortCase, ...]
    alone: tuple[Path, ...]
    references: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class _Series:
    folder: Path
    name: str
    uid: str
    facts: tuple[tuple[str, str], ...]

    @classmethod
    def at(cls, folder: Path, uid: str = "", facts: tuple[tuple[str, str], ...] = ()) -> _Series:
        return cls(folder, case_name(folder), uid, facts)

    @property
    def patient(self) -> str:
        """The PatientID; "" where it has none."""
        return dict(self.facts).get("patient_id", "")


def found_cases(folder: Path, outputs: Sequence[str] = (), progress: Callable[[str], object] = str) -> FoundCases:
    """Look through a folder and all below it.

    :param outputs: patterns of the models' files as seen from ``folder``, with * for any text; empty for all image
        files but references.
    :param progress: called with each folder.
    """
    series: dict[str, _Series] = {}
    segs: list[tuple[Path, tuple[str, ...]]] = []
    volumes: list[Path] = []
    named: set[Path] = set()
    for path, head in _things(folder, progress):
        if any(fnmatch(path.relative_to(folder).as_posix(), pattern) for pattern in outputs):
            named.add(path)
        if head is None:
            volumes.append(path)
        elif head.get("Modality") in _OF_MODELS:
            segs.append((path, _referenced(head)))
        elif head.get("Modality") in _MODALITIES:
            uid = str(head.get("SeriesInstanceUID", ""))
            series.setdefault(f"{path.parent}\n{uid}", _Series.at(path.parent, uid, _facts_of(head)))
    folders = [one.folder for one in series.values()]
    pictured = set(_image_files(volumes, folders, folder)) - named
    copies = {path for path in pictured if any(path.parent in one.parents for one in folders)}
    images = [*series.values(), *(_Series.at(path) for path in sorted(pictured - copies))]
    files = [path for path in volumes if path not in pictured and (not outputs or path in named)]
    references = copies | _references([*(path for path, _ in segs), *files], images, folder) - named
    found: dict[int, list[tuple[Path, ...]]] = {index: [] for index in range(len(images))}
    alone = []
    for path, uids in segs:
        if path not in references:
            index = next((index for index, one in enumerate(images) if one.uid in uids), None)
            if not uids:
                index = _belongs_to(path, images, folder)
            found[index].append((path,)) if index is not None else alone.append(path)
    for paths in _outputs_of([path for path in files if path not in references], images, folder):
        index = _belongs_to(paths[0], images, folder)
        found[index].append(paths) if index is not None else alone.extend(paths)
    return FoundCases(tuple(_cases(images, found)), tuple(alone), tuple(sorted(references)))


def _references(paths: Sequence[Path], images: Sequence[_Series], root: Path) -> set[Path]:
    told = [text for one in images for text in (one.name, one.uid, one.patient)]
    names = ReferenceNames.of(root, [one.folder for one in images], told)
    return {path for path in paths if names.include(path)}


def _things(folder: Path, progress: Callable[[str], object]) -> Iterator[tuple[Path, Dataset | None]]:
    """Image files; and of each folder the first DICOM image of a series that is no localizer, and every other DICOM
    object."""
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        progress(where)
        seen: set[str] = set()
        for name in sorted(names):
            path = Path(where, name)
            if is_volume_file(path):
                yield path, None
            elif not name.startswith(".") and (head := _head(path)) is not None:
                if head.get("Modality") in _MODALITIES and "LOCALIZER" in (head.get("ImageType") or ()):
                    continue
                uid = str(head.get("SeriesInstanceUID", ""))
                if head.get("Modality") in _OF_MODELS or uid not in seen:
                    yield path, head
                seen.add(uid)


def _head(path: Path) -> Dataset | None:
    try:
        return first_values(path, _TAGS) if is_dicom_file(path) else None
    except (ConcordanceError, OSError, InvalidDicomError, ValueError, KeyError, AttributeError):
        return None  # what cannot be read is no image; reading the case says why


def _referenced(head: Dataset) -> tuple[str, ...]:
    if head.get("Modality") == "RTSTRUCT":
        return referenced_series(head)
    uids = (str(item.get("SeriesInstanceUID", "")) for item in head.get("ReferencedSeriesSequence") or [])
    return tuple(uid for uid in uids if uid)


def _facts_of(head: Dataset) -> tuple[tuple[str, str], ...]:
    return tuple((name, _text(head.get(keyword))) for name, keyword in _FACTS.items())


def _text(value: object) -> str:
    """A value in one line; several with the sign that DICOM has between them."""
    values = value if isinstance(value, MultiValue) else [value or ""]
    return " ".join("\\".join(map(str, values)).split())


def _image_files(volumes: Sequence[Path], series: Sequence[Path], root: Path) -> list[Path]:
    """The files that are called as images are; beside DICOM series only those of a case's folder, with more below it:
    some models call their output as they called the image."""
    called = [path for path in volumes if case_name(path) != volume_name(path)]
    if not series:
        return called
    above = {folder for one in (*series, *(path.parent for path in volumes)) for folder in one.parents}
    return [path for path in called if path.parent in above - {root}]


def _outputs_of(volumes: Sequence[Path], images: Sequence[_Series], root: Path) -> list[tuple[Path, ...]]:
    """The files of one folder that belong to one image are one output, but for those called after different models."""
    together: dict[tuple[Path, int | None, frozenset[str]], list[Path]] = {}
    for path in volumes:
        key = path.parent, _belongs_to(path, images, root), _called_after(volume_name(path))
        together.setdefault(key, []).append(path)
    return [tuple(paths) for paths in together.values()]


@lru_cache(maxsize=4096)
def _called_after(name: str) -> frozenset[str]:
    """The label maps of the model and versions that a file's name tells; empty where it tells none."""
    known = all_vocabularies()[0]
    return frozenset(one.name for one in known if told_model(name, one, known))


def _belongs_to(path: Path, images: Sequence[_Series], root: Path) -> int | None:
    """The image that a file's path names; else the one that lies nearest to it, if that is one."""
    parts = {*path.relative_to(root).parts[:-1], volume_name(path)}
    for told in (lambda one: one.uid, lambda one: one.patient, lambda one: one.name):
        named = [index for index, one in enumerate(images) if told(one) and told(one) in parts]
        if len(named) == 1:
            return named[0]
    depths = [len(Path(os.path.commonpath([path.parent, one.folder])).parts) for one in images]
    deepest = max(depths, default=0)
    nearest = [index for index, depth in enumerate(depths) if depth == deepest]
    return nearest[0] if len(nearest) == 1 else None


def _cases(images: Sequence[_Series], found: dict[int, list[tuple[Path, ...]]]) -> Iterator[CohortCase]:
    names: list[str] = []
    for index, one in enumerate(images):
        several = sum(other.folder == one.folder for other in images) > 1
        name = one.uid if several else one.name
        if name in names:
            name = one.uid or f"{name}_{index + 1}"
        names.append(name)
        outputs = tuple(CaseOutput(paths, _told_label_map(paths[0])) for paths in found[index])
        yield CohortCase(name, one.folder, outputs, one.uid if several else "", one.facts)


def _told_label_map(path: Path) -> str:
    """The label map that a folder is called after, to the letter; "" where it is to be recognized."""
    names = set(shipped_vocabularies())
    return next((part for part in reversed(path.parts[:-1]) if part in names), "") if is_volume_file(path) else ""
