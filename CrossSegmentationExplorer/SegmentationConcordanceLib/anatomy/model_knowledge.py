"""What a model could have found: only then can it be said that it missed a structure. One rule for all doors."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from .identity import StructureIdentity
from .vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class ModelKnowledge:
    """What is known of the model that made a segmentation.

    :param structures: all that it could have found; empty where nobody knows. What it did not find of them is missing.
    :param tasks: of the label map, those that were run.
    :param family: see :attr:`Vocabulary.family`.
    :param note: what cannot be told, as the rest of a sentence about the segmentation; "" where all is known.
    """

    structures: frozenset[StructureIdentity] = frozenset()
    tasks: tuple[str, ...] = ()
    family: str = ""
    note: str = ""


UNKNOWN = ModelKnowledge(note="does not say its label map, so what it lacks counts as not in the model")


def knowledge_of(
    vocabulary: Vocabulary, named_tasks: Iterable[str], found: Iterable[StructureIdentity]
) -> ModelKnowledge:
    """What the model could have found, by its label map and the tasks that were run.

    Where the segmentation names no tasks, its structures tell: a task was run when one of them is a structure that no
    other task of the model makes. Tasks without such a structure may have been run or not. What they hold is not said
    to be missing: a false alarm for each structure of a task that nobody ran would hide the true ones.

    :param named_tasks: in full or in short; empty where nothing is said.
    :param found: the structures of the segmentation.
    :raises LabelMapTableError: the label map has no task of a name.
    """
    tasks = vocabulary.tasks_run(named_tasks) or _tasks_told_by(vocabulary, frozenset(found))
    if tasks:
        return ModelKnowledge(vocabulary.structures_known(tasks), tasks, vocabulary.family)
    note = f"does not say which tasks of {vocabulary.name} were run, so what it lacks counts as not in the model"
    return ModelKnowledge(family=vocabulary.family, note=note)


def _tasks_told_by(vocabulary: Vocabulary, found: Collection[StructureIdentity]) -> tuple[str, ...]:
    tasks_of: dict[StructureIdentity, set[str]] = {}
    for label in vocabulary.labels:
        tasks_of.setdefault(label.identity, set()).add(label.task)
    told = {next(iter(tasks)) for identity, tasks in tasks_of.items() if identity in found and len(tasks) == 1}
    return tuple(task for task in vocabulary.tasks if task in told)
