"""What the files of one model's output hold."""

from __future__ import annotations

from dataclasses import dataclass

from ..anatomy.vocabulary import Vocabulary
from ..errors import ConcordanceError
from ..imaging.label_map import LabelMap
from ..imaging.model_output import ModelOutput, read_model_output
from .known_models import KnownModels
from .output_choice import OutputChoice

NO_MODEL = Vocabulary("", "an unknown model", ())


@dataclass(frozen=True, eq=False)
class OutputContent:
    """The labels of an output on the grid of its own files.

    :param output: None where it cannot be read.
    :param vocabulary: what explains them; None for an unknown model.
    :param problem: why it cannot be read, in a sentence; "" where all is well.
    """

    output: ModelOutput | None
    vocabulary: Vocabulary | None
    problem: str = ""

    @property
    def label_map(self) -> LabelMap | None:
        """The labels; None where they cannot be read."""
        return self.output.label_map if self.output else None

    @property
    def tasks(self) -> tuple[str, ...]:
        """The model's tasks that were run; empty for an unknown model."""
        return self.output.tasks if self.output and self.vocabulary else ()


def read_content(choice: OutputChoice, known: KnownModels) -> OutputContent:
    """Read the files of an output. What goes wrong is told in the content: one output must not stop the others.

    A label map that is no longer there counts as a problem. Labels that the label map does not know are kept.

    :param choice: the files, the label map and the task.
    """
    vocabulary = known.vocabulary(choice.label_map)
    if choice.label_map and vocabulary is None:
        return OutputContent(None, None, f"There is no label map {choice.label_map}: choose the model again.")
    try:
        output = read_model_output(choice.paths, vocabulary or NO_MODEL, choice.task or None, keep_unknown=True)
    except ConcordanceError as error:
        return OutputContent(None, vocabulary, str(error))
    if vocabulary is not None and output.found and not output.tasks:
        named = f"one of {', '.join(vocabulary.tasks)}" if vocabulary.tasks != ("",) else "another model"
        return OutputContent(None, vocabulary, f"The files do not tell which task wrote them. Choose {named}.")
    return OutputContent(output, vocabulary)
