"""Which model, version and task wrote some files: candidates with their evidence, never a guess."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..anatomy.label_versions import ambiguous_labels, versions_of_names
from ..anatomy.model_names import told_model
from ..anatomy.vocabulary import Vocabulary, VocabularyLabel, all_vocabularies
from ..errors import UnreadableFileError
from .dicom_files import is_dicom_file
from .header_names import names_in_header
from .label_map import label_counts
from .output_names import OutputNames
from .seg_header import SegHeader, read_seg_header
from .volume_files import is_volume_file, read_label_volume, require_file, volume_name

SURE, LEAST_DOUBT = 0.8, 0.6
"""What :func:`decided` takes: the best candidate from SURE on, if its doubt is this part of the next one's or less."""

_HIGHEST = 0.999
_SAID_IN_SEG, _OWN_FILE_NAME, _TASK_AS_WORD = 0.99, 0.9, 0.3
# Labels that a task knows, and files called as its structures, say the more, the more of the task they are.
_IDS, _FILES = (0.2, 0.5), (0.3, 0.6)
_EACH_FURTHER_TASK = 0.8
_MOST_BY_NAMES, _NAMES_LEFT_IN_DOUBT = 0.9, 0.3  # of a header: by all, and after each one that fits


@dataclass(frozen=True, slots=True)
class Recognition:
    """A model that may have written some files.

    :param vocabulary: the name of its label map, for :func:`load_vocabulary` with the same folders.
    :param tasks: the tasks of the model that the files are of, in the label map's order.
    :param confidence: 0 to 1; orders the candidates, and is no probability.
    :param evidence: what speaks for it and what leaves it open, in words.
    """

    vocabulary: str
    tasks: tuple[str, ...]
    confidence: float
    evidence: tuple[str, ...]


def recognize_model(
    paths: Sequence[str | os.PathLike[str]],
    folders: Sequence[Path] = (),
    vocabularies: Iterable[Vocabulary] | None = None,
) -> tuple[Recognition, ...]:
    """The models that may have written one output: files, folders of files, or a DICOM SEG.

    Looked at are the names of the files and of their folder, the names in NIfTI headers, what a SEG says, and the
    labels in the voxels. A label map that contradicts any of these is no candidate. Versions of a model that number
    their labels otherwise (TotalSegmentator 2.0 and 2.2) stay level unless the file tells the version.

    :param folders: the user's label maps, see :func:`label_map_folders`; those that are not sound are passed over.
    :param vocabularies: the label maps to look among; None for all.
    :returns: best first; () where no label map fits.
    :raises ConcordanceError: a path is missing, or a file cannot be read.
    """
    known = all_vocabularies(folders)[0] if vocabularies is None else tuple(vocabularies)
    files = [_File(path) for path in _files(map(Path, paths))]
    places = _places(map(Path, paths))
    found = []
    for vocabulary in known:
        for candidate in _candidates(vocabulary, files, known):
            candidate.support_by_places(places, known)
            if candidate.evidence:
                found.append(candidate)
    _level_versions(found)
    recognized = [Recognition(one.vocabulary.name, one.tasks, one.confidence, tuple(one.evidence)) for one in found]
    return tuple(sorted(recognized, key=lambda one: (-one.confidence, len(one.tasks), one.vocabulary, one.tasks)))


def decided(found: Sequence[Recognition]) -> Recognition | None:
    """The best candidate if there is no question; None where a person must say."""
    if not found or found[0].confidence < SURE:
        return None
    next_doubt = 1 - found[1].confidence if len(found) > 1 else 1.0
    return found[0] if 1 - found[0].confidence <= LEAST_DOUBT * next_doubt else None


class _File:
    """One file of an output; what it says is read when it is first asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def seg(self) -> SegHeader | None:
        """The header of a DICOM SEG, None for any other file."""
        if is_volume_file(self.path):
            return None
        try:
            return read_seg_header(self.path)
        except UnreadableFileError as error:
            if not self.path.is_file() or is_dicom_file(self.path):
                raise
            fact = "is not a DICOM file, nor an image file by its name"
            raise UnreadableFileError(self.path, fact, "Give what the model wrote.") from error

    @cached_property
    def names(self) -> Mapping[int, str]:
        """The names in a NIfTI header by label id."""
        return names_in_header(self.path)

    @cached_property
    def ids(self) -> frozenset[int]:
        """The labels in the voxels."""
        return frozenset(label_counts(read_label_volume(self.path)[0]))


@dataclass(slots=True)
class _Candidate:
    """:param ids: the labels that the header does not name, by which versions may differ."""

    vocabulary: Vocabulary
    tasks: tuple[str, ...]
    evidence: list[str] = field(default_factory=list)
    doubt: float = 1.0
    ids: set[int] = field(default_factory=set)
    tells_version: bool = False

    @property
    def confidence(self) -> float:
        return round(min(1 - self.doubt, _HIGHEST), 4)

    def support(self, weight: float, why: str) -> None:
        # Reasons that have nothing to do with each other add up as independent witnesses do.
        self.doubt *= 1 - weight
        self.evidence.append(why)

    def support_by_places(self, places: Iterable[str], known: Sequence[Vocabulary]) -> None:
        told = [(told, place) for place in places if (told := told_model(place, self.vocabulary, known))]
        if told:
            best, place = max(told, key=lambda one: one[0].confidence)
            self.support(best.confidence, f'"{place}" names {self.vocabulary.title}')
            self.tells_version = self.tells_version or any(one.tells_version for one, _ in told)


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            require_file(path)
            found.append(path)
            continue
        here = sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
        inside = [one for one in here if is_volume_file(one)] or [one for one in here if is_dicom_file(one)]
        if not inside:
            raise UnreadableFileError(path, "holds no image file", "Give the folder that the model wrote to.")
        found += inside
    return found


def _places(paths: Iterable[Path]) -> tuple[str, ...]:
    """The names that may tell the model: of each path and of the folder around it."""
    names = []
    for path in paths:
        path = path.resolve()
        names += [path.name if path.is_dir() else volume_name(path), path.parent.name]
    return tuple(dict.fromkeys(name for name in names if name))


def _candidates(vocabulary: Vocabulary, files: Sequence[_File], known: Sequence[Vocabulary]) -> Iterable[_Candidate]:
    if any(file.seg for file in files):
        return _of_segs(vocabulary, files, known)
    names = OutputNames.of(vocabulary)
    structures = [names.labels(file.path) for file in files]
    # One file that holds several labels is no structure file, whatever it is called.
    if all(structures) and (len(files) > 1 or len(files[0].ids) < 2):
        return _of_structures(vocabulary, names, files, structures)
    return _of_labels(vocabulary, names, files)


def _of_segs(vocabulary: Vocabulary, files: Sequence[_File], known: Sequence[Vocabulary]) -> Iterable[_Candidate]:
    """SEGs say their label map and tasks, or at least the name of an algorithm."""
    segs = [file.seg for file in files if file.seg]
    said = {seg.label_map_name for seg in segs}
    tasks = vocabulary.tasks if len(vocabulary.tasks) == 1 else ()
    if said == {""}:
        candidate = _Candidate(vocabulary, tasks)
        texts = {text for seg in segs for text in (*seg.algorithm_names, seg.series_description) if text}
        candidate.support_by_places(sorted(texts), known)
        return [candidate]
    if said != {vocabulary.name} or len(segs) < len(files):
        return []
    named = {task for seg in segs for task in seg.tasks}
    short = dict(zip(vocabulary.tasks, vocabulary.short_task_names(vocabulary.tasks)))
    told = tuple(task for task in vocabulary.tasks if named & {task, short[task]})
    candidate = _Candidate(vocabulary, told or tasks)
    candidate.support(_SAID_IN_SEG, f"the SEG says that it was made with the label map {vocabulary.name}")
    return [candidate]


def _of_structures(
    vocabulary: Vocabulary,
    names: OutputNames,
    files: Sequence[_File],
    structures: Sequence[Sequence[VocabularyLabel]],
) -> Iterable[_Candidate]:
    """One candidate for each task that has all the structures; or the first task of each, where none has all."""
    common = set.intersection(*({label.task for label in labels} for labels in structures))
    first = {labels[0].task for labels in structures}
    for tasks in [{task} for task in vocabulary.tasks if task in common] or [first]:
        candidate = _Candidate(vocabulary, tuple(task for task in vocabulary.tasks if task in tasks))
        all_ = sum(len(vocabulary.for_task(task).labels) for task in tasks)
        weight = _FILES[0] + _FILES[1] * min(len(files) / all_, 1)
        of_tasks = f"{vocabulary.title} {', '.join(candidate.tasks)}".strip()
        why = f"called as structures of {of_tasks}: {len(files)} of {all_}"
        candidate.support(weight * _EACH_FURTHER_TASK ** (len(tasks) - 1), why)
        _support_by_own_names(candidate, names, files)
        yield candidate


def _of_labels(vocabulary: Vocabulary, names: OutputNames, files: Sequence[_File]) -> Iterable[_Candidate]:
    """One candidate for each task that one file may be of; several files must leave one task each, all different."""
    if len(files) > len(vocabulary.tasks):  # said before a hundred structure files are read
        return
    options = [[task for task in vocabulary.tasks if _fits(vocabulary, task, names, file)] for file in files]
    choices = [[task] for task in options[0]]
    if len(files) > 1:
        alone = {tasks[0] for tasks in options if len(tasks) == 1}
        choices = [[tasks[0] for tasks in options]] if len(alone) == len(files) else []
    for choice in choices:
        candidate = _Candidate(vocabulary, tuple(task for task in vocabulary.tasks if task in choice))
        _support_by_names_or_ids(candidate, dict(zip(choice, files)))
        _support_by_own_names(candidate, names, files)
        told = [task for task, file in zip(choice, files) if task and task == names.task(file.path)]
        if told:
            candidate.support(_TASK_AS_WORD, f"the file name tells the task: {', '.join(told)}")
        yield candidate


def _fits(vocabulary: Vocabulary, task: str, names: OutputNames, file: _File) -> bool:
    """Whether a file may be of a task: names in its header decide; without any its own name and its labels do."""
    if file.names:
        return bool(versions_of_names([vocabulary], task, file.names))
    told = names.task(file.path)
    ids = {label.label for label in vocabulary.labels if label.task == task}
    return told in (None, task) and None not in ids and file.ids <= ids


def _support_by_names_or_ids(candidate: _Candidate, file_of_task: Mapping[str, _File]) -> None:
    of_tasks = f"{candidate.vocabulary.title} {', '.join(candidate.tasks)}".strip()
    n_names = sum(len(file.names) for file in file_of_task.values())
    if n_names:
        why = f"the header names {n_names} labels as {of_tasks} does"
        candidate.support(min(1 - _NAMES_LEFT_IN_DOUBT**n_names, _MOST_BY_NAMES), why)
        candidate.tells_version = True
    nameless = {task: file for task, file in file_of_task.items() if not file.names}
    n_ids = sum(len(file.ids) for file in nameless.values())
    if n_ids:
        candidate.ids |= frozenset().union(*(file.ids for file in nameless.values()))
        all_ = sum(len(candidate.vocabulary.for_task(task).labels) for task in nameless)
        candidate.support(_IDS[0] + _IDS[1] * n_ids / all_, f"{n_ids} labels, all among the {all_} of {of_tasks}")


def _support_by_own_names(candidate: _Candidate, names: OutputNames, files: Sequence[_File]) -> None:
    own = [file.path.name for file in files if names.is_own_name(file.path)]
    if own:
        candidate.support(_OWN_FILE_NAME, f"{own[0]} is called as {candidate.vocabulary.title} calls its files")


def _level_versions(found: Sequence[_Candidate]) -> None:
    """Two versions of one model that give a label of the file to different structures: neither is ahead."""
    for one, other in itertools.combinations(found, 2):
        model = dict(one.vocabulary.head).get("model")
        versions = (one.vocabulary, other.vocabulary)
        if not model or model != dict(other.vocabulary.head).get("model") or one.tasks != other.tasks:
            continue
        differing = [number for task in one.tasks for number in ambiguous_labels(versions, task, one.ids)]
        if not differing or one.tells_version != other.tells_version:
            continue
        one.doubt = other.doubt = max(one.doubt, other.doubt)
        numbers = f"{len(differing)} labels, {min(differing)} to {max(differing)}"
        one.evidence.append(f"open: {numbers}, are other structures in {other.vocabulary.title}")
        other.evidence.append(f"open: {numbers}, are other structures in {one.vocabulary.title}")
