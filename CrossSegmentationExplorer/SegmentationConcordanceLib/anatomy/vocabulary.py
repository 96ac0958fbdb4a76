"""A model's vocabulary: which structures it can produce, under which labels, and what each of them is."""

from __future__ import annotations

import functools
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import LabelMapTableError, Setting
from ..near_matches import did_you_mean
from .concepts import CodedStructure
from .identity import StructureIdentity, structure_identity
from .label_map_folders import label_maps_in
from .label_map_table import LabelMapTable, TableRow, read_table
from .vocabulary_check import check_table, shipped_files


@dataclass(frozen=True, slots=True)
class VocabularyLabel:
    """One label that a model can produce.

    :param label: the voxel value, 1 or higher; None where the model publishes none (one file per structure).
    :param name: the model's own text for the label.
    :param structure_name: the name that all label maps share, e.g. "lung_upper_lobe_left".
    :param color: display colour, (red, green, blue), each 0 to 255, or None.
    :param task: which run of the model produces it; label ids are unique within a task only.
    :param output_file: what the model calls the file that holds the label, e.g. "spleen.nii.gz" or
        "<case>_part_551.nii.gz", where "<case>" stands for any text; "" where the file name is up to the user.
    """

    label: int | None
    name: str
    structure_name: str
    structure: CodedStructure
    color: tuple[int, int, int] | None = None
    task: str = ""
    output_file: str = ""

    @property
    def identity(self) -> StructureIdentity:
        """What the structure is, in canonical codes."""
        return structure_identity(self.structure)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The label map of one model and version.

    :param name: the name of the label map, e.g. "totalsegmentator_v2".
    :param title: what people call the model, e.g. "TotalSegmentator 2.6".
    :param head: (key, text) pairs of the file's head: model, version, sources of ids and codes, licence, notes.
    :param labels: in the order of the file, tasks one after the other.
    :param path: the file that it was read from.
    """

    name: str
    title: str
    labels: tuple[VocabularyLabel, ...]
    head: tuple[tuple[str, str], ...] = ()
    path: Path | None = None

    @property
    def replaces_shipped(self) -> bool:
        """Whether it is a user's map with the name of one that comes with the library; say so where it is used."""
        return self.name in shipped_vocabularies() and not self.is_shipped

    @property
    def is_shipped(self) -> bool:
        """Whether it comes with the library."""
        return self.path in (None, *shipped_files())

    @property
    def family(self) -> str:
        """What the model learned from, e.g. "TotalSegmentator data": models of one family share their errors; "" where
        the label map does not say it."""
        return dict(self.head).get("family", "")

    @property
    def tasks(self) -> tuple[str, ...]:
        """The model's tasks in the order of the file."""
        return tuple(dict.fromkeys(label.task for label in self.labels))

    def for_task(self, task: str) -> Vocabulary:
        """The vocabulary of one task alone.

        :raises LabelMapTableError: the model has no such task.
        """
        labels = tuple(label for label in self.labels if label.task == task)
        if not labels:
            raise self._no_task(task)
        return replace(self, labels=labels)

    def short_task_names(self, tasks: Iterable[str]) -> tuple[str, ...]:
        """The tasks in a form that takes little room: without what all the model's tasks begin with, cut to the first
        three letters or as many as tell them apart, e.g. "org" for "clin_ct_organs"."""
        return tuple(self._short_names()[task] for task in tasks)

    def tasks_called(self, names: Iterable[str]) -> tuple[str, ...]:
        """The tasks that are called so, in full or in short.

        :raises LabelMapTableError: the model has no such task.
        """
        names = tuple(names)
        called = {short: task for task, short in self._short_names().items()} | {task: task for task in self.tasks}
        unknown = [name for name in names if name not in called]
        if unknown:
            raise self._no_task(unknown[0])
        return tuple(called[name] for name in names)

    def tasks_run(self, named: Iterable[str]) -> tuple[str, ...]:
        """The tasks that were run: those that are named, else the only one; () where nothing tells.

        :raises LabelMapTableError: the model has no such task.
        """
        return self.tasks_called(named) or (self.tasks if len(self.tasks) == 1 else ())

    def structures_known(self, named: Iterable[str]) -> frozenset[StructureIdentity]:
        """What these tasks can find; nothing where it is not told which of several tasks were run.

        The one answer to the question whether a model could have found a structure.

        :param named: names of tasks, in full or in short.
        :raises LabelMapTableError: the model has no such task.
        """
        return frozenset().union(*(self.for_task(task).identities for task in self.tasks_run(named)))

    def not_looked_for(self, named: Iterable[str], looked_for: Collection[str]) -> frozenset[StructureIdentity]:
        """Structures of these tasks that were not asked for; none where nothing tells.

        :param looked_for: the model's own names of what was asked for, as in a subset of regions; empty for all.
        """
        if not looked_for:
            return frozenset()
        labels = [label for task in self.tasks_run(named) for label in self.for_task(task).labels]
        asked = {label.identity for label in labels if label.name in looked_for}
        return frozenset(label.identity for label in labels) - asked

    def _no_task(self, task: str) -> LabelMapTableError:
        tasks = ", ".join(filter(None, self.tasks))
        remedy = f"Its tasks: {tasks}." if tasks else "It has no tasks: leave the task out."
        return LabelMapTableError(self.name, f'has no task "{task}"', f"{did_you_mean(task, self.tasks)} {remedy}")

    def _short_names(self) -> dict[str, str]:
        common = os.path.commonprefix(self.tasks) if len(self.tasks) > 1 else ""  # noqa: RUF071 - letters are meant
        rests = {task: task[len(common) :] for task in self.tasks}
        short = {}
        for task, rest in rests.items():
            others = [other for other_task, other in rests.items() if other_task != task]
            length = next(
                (n for n in range(3, len(rest)) if not any(o.startswith(rest[:n]) for o in others)), len(rest)
            )
            short[task] = rest[:length]
        return short

    @property
    def identities(self) -> frozenset[StructureIdentity]:
        """Every structure that the model can produce."""
        return frozenset(label.identity for label in self.labels)


def shipped_vocabularies() -> tuple[str, ...]:
    """The names of the label maps that come with the library, sorted."""
    return tuple(path.stem for path in shipped_files())


def load_vocabulary(name_or_path: str | Path, folders: Sequence[Path] = ()) -> Vocabulary:
    """A model's vocabulary: by the name of a label map in a user's folders or a shipped one, or from a CSV file.

    :param folders: see :func:`label_map_folders`; a map in them goes before a shipped one of the same name.
    :raises LabelMapTableError: there is no such label map, the name leaves the model's version open, or the map is
        unsound; the message has the first finding.
    """
    own, shipped = label_maps_in(folders), shipped_vocabularies()
    name = str(name_or_path)
    if name in own:
        return _load_file(own[name])
    if name in shipped:
        return _load_shipped(name)
    path = Path(name_or_path)
    if path.suffix.lower() == ".csv":
        return _load_file(path)
    versions = [other for other in (*own, *shipped) if other.startswith(f"{name.lower()}_")]
    if versions:
        fact = "has several versions, and one label id is not the same structure in all of them"
        raise LabelMapTableError(name, fact, f"Name the version that wrote the file: {', '.join(versions)}.")
    meant = did_you_mean(name, (*own, *shipped))
    remedy = f"{meant} Name a CSV file or one of {', '.join((*own, *shipped))}."
    raise LabelMapTableError(name, "is no label map", remedy)


def all_vocabularies(folders: Sequence[Path] = ()) -> tuple[tuple[Vocabulary, ...], tuple[LabelMapTableError, ...]]:
    """Every label map, shipped ones first, and why a user's map is not among them: drafts are not sound yet."""
    found, errors = [], []
    for name in dict.fromkeys((*shipped_vocabularies(), *label_maps_in(folders))):
        try:
            found.append(load_vocabulary(name, folders))
        except LabelMapTableError as error:
            errors.append(error)
    return tuple(found), tuple(errors)


@functools.cache
def _load_shipped(name: str) -> Vocabulary:
    return _load_file(next(path for path in shipped_files() if path.stem == name))


def _load_file(path: Path) -> Vocabulary:
    table = read_table(path)
    findings = check_table(table)
    if findings:
        first, more = findings[0], len(findings) - 1
        fact = f"{first.kind}: {first.text}" + (f"; {more} more findings" if more else "")
        raise LabelMapTableError(f"{path}, line {first.line}", fact, "Correct it.", Setting("check"))
    labels = tuple(_label(table, row, row.structure) for row in table.rows if row.structure is not None)
    return Vocabulary(path.stem, table.head.get("title") or path.stem, labels, tuple(table.head.items()), path)


def _label(table: LabelMapTable, row: TableRow, structure: CodedStructure) -> VocabularyLabel:
    pattern = table.head.get(f"output {row.task}") or table.head.get("output", "")
    return VocabularyLabel(
        row.label,
        row.name,
        row.structure_name,
        structure,
        row.color,
        row.task,
        pattern.replace("<name>", row.name),
    )
