"""An output as the panel shows it: its line in the table, and what can be chosen about it."""

from __future__ import annotations

from dataclasses import dataclass

from .known_models import KnownModels, model_of, version_of
from .output_states import OutputState

NO_MODEL = "(none that is known)"
BY_FILE_NAME = "(as the file names tell)"


@dataclass(frozen=True, slots=True)
class ShownOutput:
    """Texts of an output, and the choices for its combo boxes with the number of the one that holds; -1 for none.

    :param cells: name of the run, model, and "ready" or what is to be decided first.
    :param text: what speaks for the model, and what stands in the way.
    """

    cells: tuple[str, str, str]
    models: tuple[str, ...]
    model: int
    versions: tuple[str, ...]
    version: int
    tasks: tuple[str, ...]
    task: int
    can_resample: bool
    text: str


def shown_output(state: OutputState, known: KnownModels) -> ShownOutput:
    """What the panel shows of an output.

    :param known: the label maps to choose from.
    """
    choice, problem = state.choice, state.problem
    vocabulary = known.vocabulary(choice.label_map)
    models = (NO_MODEL, *known.models)
    versions = known.versions(model_of(vocabulary)) if vocabulary else ()
    tasks = (BY_FILE_NAME, *(task for task in vocabulary.tasks if task)) if vocabulary else ()
    is_open = vocabulary is None or bool(state.question)
    return ShownOutput(
        cells=(choice.name, vocabulary.title if vocabulary else NO_MODEL, problem or "ready"),
        models=models,
        model=models.index(model_of(vocabulary)) if vocabulary else 0,
        versions=tuple(version_of(one) for one in versions),
        version=-1 if is_open else versions.index(vocabulary),
        tasks=tasks,
        task=tasks.index(choice.task) if choice.task in tasks else min(0, len(tasks) - 1),
        can_resample=bool(state.placed and state.placed.can_resample),
        text="\n".join([*state.evidence, *([problem] if problem else [])]),
    )
