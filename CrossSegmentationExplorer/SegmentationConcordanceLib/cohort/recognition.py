"""The label map for a command's files: the one that was named, or the one that is recognized, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..anatomy.vocabulary import Vocabulary
from ..errors import ConcordanceError, Setting, UnknownLabelError
from ..imaging.model_recognition import Recognition, decided, recognize_model
from ..imaging.output_names import OutputNames
from ..imaging.volume_files import is_volume_file
from ..plurals import first_few

_LISTED = 4


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """What a model's files are read with.

    :param task: the task where it is one; None where the file names tell.
    :param recognized: why this model was taken; None where the user named it.
    """

    vocabulary: Vocabulary
    task: str | None
    recognized: Recognition | None = None

    @property
    def reason(self) -> str:
        """Why this model, in words; "" where the user named it."""
        return "" if self.recognized is None else f"recognized: {'; '.join(self.recognized.evidence)}"


def told_task(paths: Sequence[Path], vocabulary: Vocabulary, setting: Setting | None = None) -> str | None:
    """The one task of a model that a file's name, header or labels leave; None where its reader knows without, and for
    several files, whose names must tell.

    :param setting: what names a task; for the message.
    :raises ConcordanceError: the file is a label file and may be of several tasks, or of none.
    """
    path, names = _only_file(paths), OutputNames.of(vocabulary)
    if path is None or len(vocabulary.tasks) < 2 or names.labels(path) or names.task(path) is not None:
        return None
    left = {one.tasks for one in recognize_model([path], vocabularies=[vocabulary])}
    if len(left) == 1:
        (tasks,) = left
        return tasks[0] if len(tasks) == 1 else None
    if not left:
        fact = f"no task of {vocabulary.title} has all of its labels"
        raise UnknownLabelError(path, fact, "Choose the model and version that wrote it.")
    likely = [task for task in vocabulary.tasks if (task,) in left] or list(vocabulary.tasks)
    listed = first_few(likely, _LISTED)
    fact = f"neither its name nor its labels tell which task of {vocabulary.title} wrote it"
    raise ConcordanceError(path, f"{fact}; they leave {listed}", "Name the task.", setting or Setting("task"))


def _only_file(paths: Sequence[Path]) -> Path | None:
    """The file where it is one, by itself or alone in its folder."""
    files = [file for path in paths for file in (filter(is_volume_file, path.iterdir()) if path.is_dir() else [path])]
    return files[0] if len(files) == 1 and files[0].is_file() else None


def recognized_model(
    paths: Sequence[Path], vocabularies: Sequence[Vocabulary], task: str | None, setting: Setting | None = None
) -> ChosenModel:
    """The model that wrote some files.

    :param task: where the user named one: only models with this task are looked at.
    :param setting: what names the label map; for the message.
    :raises ConcordanceError: none fits, or it is not clear which; the message names the candidates.
    """
    found = recognize_model(paths, vocabularies=vocabularies)
    found = tuple(one for one in found if task is None or one.tasks == (task,))
    best = decided(found)
    subject = ", ".join(str(path) for path in paths[:2]) + (", ..." if len(paths) > 2 else "")
    if best is None:
        raise ConcordanceError(subject, _question(found), "Name its label map.", setting or Setting("label_map"))
    vocabulary = next(one for one in vocabularies if one.name == best.vocabulary)
    return ChosenModel(vocabulary, best.tasks[0] if len(best.tasks) == 1 else task, best)


def _question(found: Sequence[Recognition]) -> str:
    if not found:
        return "no label map fits what is in it"
    likely = [one for one in found if one.confidence > found[0].confidence / 2]
    titles = [" ".join([one.vocabulary, *([one.tasks[0]] if len(one.tasks) == 1 else [])]).strip() for one in likely]
    more = f" and {len(titles) - _LISTED} more" if len(titles) > _LISTED else ""
    # What leaves two versions open is the last reason of both.
    return f"may be of {' or '.join(titles[:_LISTED])}{more} ({found[0].evidence[-1]})"
