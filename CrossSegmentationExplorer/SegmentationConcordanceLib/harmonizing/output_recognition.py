"""Which of the files that a user gave are one model's output, and which model's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..anatomy.vocabulary import Vocabulary
from ..errors import ConcordanceError
from ..imaging.model_recognition import Recognition, decided, recognize_model
from ..imaging.volume_files import volume_name
from .known_models import KnownModels, model_of
from .output_choice import OutputChoice

_LISTED = 4
_LEVEL = 0.2  # candidates of a confidence this close to the best are named


@dataclass(frozen=True, slots=True)
class Recognized:
    """What the files of an output tell about who wrote them.

    :param found: the models that may have, best first.
    :param question: what a person must decide; "" where the files tell, and where no model is known.
    :param problem: why the files cannot be looked at; "" where all is well.
    """

    found: tuple[Recognition, ...] = ()
    question: str = ""
    problem: str = ""


def recognize(paths: Sequence[str], known: KnownModels, modality: str = "") -> Recognized:
    """Ask the names, headers and labels of the files of one output.

    :param modality: of the image that was segmented, as DICOM has it; "" where nobody knows. A model's version for
        other images is then passed over, unless nothing else is left.
    """
    try:
        found = recognize_model(paths, vocabularies=tuple(known.vocabularies.values()))
    except ConcordanceError as error:
        return Recognized(problem=str(error))
    found = tuple(one for one in found if modality in ("", modality_of(known, one) or modality)) or found
    return Recognized(found, "" if decided(found) or not found else _question(found, known))


def modality_of(known: KnownModels, one: Recognition) -> str:
    """For which images a label map is, as DICOM has it; "" where it does not say.

    :returns: "CT", "MR" or "".
    """
    return dict(known.vocabularies[one.vocabulary].head).get("modality", "")


def new_outputs(
    paths: Iterable[str], known: KnownModels, taken: Iterable[str] = (), modality: str = ""
) -> list[OutputChoice]:
    """The outputs that some files and folders make.

    A folder is one output. Of the files, those named after one structure each are one output per folder that they lie
    in, and those that different tasks of one model wrote are one output; any other file is an output of its own.

    :param taken: names that other outputs have: each gets a name of its own.
    :param modality: see :func:`recognize`.
    """
    names = set(taken)
    outputs = []
    for group in _groups([str(Path(path)) for path in paths], known):
        best = _best(recognize(group, known, modality), known)
        name = _free(_title(group, known.vocabulary(best[0])), names)
        names.add(name)
        outputs.append(OutputChoice(tuple(group), name, *best))
    return outputs


def renamed(choice: OutputChoice, label_map: str, known: KnownModels, taken: Iterable[str]) -> str:
    """The name of an output that is now read with another label map: a name that somebody gave it stays.

    :param label_map: the name of the new one; may be empty.
    :param taken: names of all outputs, which the new one does not repeat.
    """
    former = _title(choice.paths, known.vocabulary(choice.label_map))
    if not re.fullmatch(rf"{re.escape(former)}( \(\d+\))?", choice.name):
        return choice.name
    return _free(_title(choice.paths, known.vocabulary(label_map)), {*taken} - {choice.name})


def _best(recognized: Recognized, known: KnownModels) -> tuple[str, str, bool]:
    """Label map, task and whether there is no question, for an output nobody has looked at yet.

    Where versions of one model are level, the first is shown and the version asked for; of several models none is.
    """
    models = {model_of(known.vocabularies[one.vocabulary]) for one in _level(recognized.found)}
    if not recognized.found or (recognized.question and len(models) > 1):
        return "", "", not recognized.question
    best = recognized.found[0]
    return best.vocabulary, best.tasks[0] if len(best.tasks) == 1 else "", not recognized.question


def _groups(paths: Sequence[str], known: KnownModels) -> list[list[str]]:
    own_names = {label.name for one in known.vocabularies.values() for label in one.labels}
    groups: list[list[str]] = []
    of_structures: dict[Path, list[str]] = {}
    of_tasks: dict[str, tuple[list[str], set[str]]] = {}
    for path in dict.fromkeys(paths):
        if Path(path).is_dir():
            groups.append([path])
        elif volume_name(Path(path)) in own_names:
            group = of_structures.setdefault(Path(path).parent, [])
            if not group:
                groups.append(group)
            group.append(path)
        else:
            found = recognize([path], known).found
            model, tasks = (found[0].vocabulary, set(found[0].tasks)) if found else ("", set())
            group, held = of_tasks.get(model, ([], tasks))
            if not group or not model or held & tasks:  # another run of the same task is another output
                group, held = [], set()
                groups.append(group)
            group.append(path)
            of_tasks[model] = (group, held | tasks)
    return groups


def _question(found: Sequence[Recognition], known: KnownModels) -> str:
    titles = dict.fromkeys(known.vocabularies[one.vocabulary].title for one in _level(found))
    listed = " or ".join([*titles][:_LISTED])
    if len(titles) == 1:
        return f"It may be of {listed}, but little speaks for it. Choose the model, version and task."
    return f"It may be of {listed}: the files leave it open. Choose the model and version."


def _level(found: Sequence[Recognition]) -> list[Recognition]:
    """The best candidates, between which a person decides."""
    return [one for one in found if one.confidence > found[0].confidence - _LEVEL]


def _title(paths: Sequence[str], vocabulary: Vocabulary | None) -> str:
    """What an output is called that nobody has named: as the model, else as its first file."""
    if vocabulary is not None:
        return vocabulary.title
    first = Path(paths[0])
    return (first.name if first.is_dir() else volume_name(first)) or first.name


def _free(name: str, taken: set[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    return free
