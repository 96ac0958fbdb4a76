"""Where every output stands: read or not, recognized as what, in place or not. Remembers what took time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..imaging.geometry import Geometry
from ..imaging.label_map import LabelMap
from .known_models import KnownModels, is_own
from .label_rows import LabelRow, label_rows
from .output_choice import OutputChoice
from .output_content import OutputContent, read_content
from .output_recognition import Recognized, recognize
from .placed_output import PlacedOutput, place_output

Progress = Callable[[float, str], None]


@dataclass(frozen=True, eq=False)
class OutputState:
    """What is known about one output now.

    :param content: None as long as it has not been read.
    :param placed: None without a volume, or without content.
    """

    choice: OutputChoice
    recognized: Recognized | None = None
    content: OutputContent | None = None
    placed: PlacedOutput | None = None

    @property
    def question(self) -> str:
        """What a person must decide about model, version or task; "" where nothing."""
        if self.choice.is_confirmed or self.recognized is None:
            return ""
        return self.recognized.question or "Choose the version that wrote it."

    @property
    def problem(self) -> str:
        """Why it cannot be applied, in a sentence; "" where it can."""
        if self.recognized is None or self.content is None:
            return "It has not been read yet."
        placed = self.placed.problem if self.placed else ""
        return self.recognized.problem or self.content.problem or self.question or placed

    @property
    def is_waiting(self) -> bool:
        """Whether it has still to be read."""
        return self.recognized is None or self.content is None

    @property
    def evidence(self) -> tuple[str, ...]:
        """What speaks for the label map that is chosen, in sentences."""
        if self.recognized is None:
            return ()
        if not self.choice.label_map:
            return () if self.question else ("No known model fits: every label must be explained.",)
        lines = [
            f"{', '.join(one.tasks) or one.vocabulary} ({one.confidence:.2f}): {'; '.join(one.evidence)}"
            for one in self.recognized.found
            if one.vocabulary == self.choice.label_map and self.choice.task in ("", *one.tasks)
        ]
        vocabulary = self.content.vocabulary if self.content else None
        if vocabulary is not None and is_own(vocabulary):
            replaces = ", which replaces the shipped one" if vocabulary.replaces_shipped else ""
            lines.append(f"Your own label map {vocabulary.path}{replaces}.")
        return tuple(lines) or ("You chose it; the files do not speak for it.",)


class OutputStates:
    """Reads outputs, and remembers the voxels until another label map is chosen for them."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Forget everything, e.g. as the label maps are others now."""
        self._recognized: dict[tuple[str, ...], Recognized] = {}
        self._contents: dict[tuple, OutputContent] = {}
        self._placed: dict[tuple, PlacedOutput] = {}
        self._rows: dict[tuple, list[LabelRow]] = {}

    def read(self, choices: Sequence[OutputChoice], known: KnownModels, progress: Progress, modality: str = "") -> None:
        """Read the outputs that have not been read yet; may take seconds each.

        :param progress: called before each; may raise to cancel, and then the rest waits.
        :param modality: of the image that was segmented; "" where nobody knows.
        """
        waiting = [choice for choice in choices if self.state(choice, None).is_waiting]
        for number, choice in enumerate(waiting):
            progress(number / len(waiting), f"reading {choice.name}")
            if choice.paths not in self._recognized:
                self._recognized[choice.paths] = recognize(choice.paths, known, modality)
            if _content_key(choice) not in self._contents:
                self._contents[_content_key(choice)] = read_content(choice, known)
        self._drop_unused(choices)

    def state(self, choice: OutputChoice, grid: Geometry | None) -> OutputState:
        """Where an output stands, relative to the grid of the volume; None for no volume.

        :param grid: of the volume that was chosen.
        """
        content = self._contents.get(_content_key(choice))
        placed = None
        if grid is not None and content is not None and content.label_map is not None:
            place = (*_content_key(choice), choice.name, choice.resample, grid.shape, grid.ijk_to_lps.tobytes())
            if place not in self._placed:
                self._placed[place] = place_output(
                    content.label_map, grid, choice.name, choice.paths, resample=choice.resample
                )
            placed = self._placed[place]
        return OutputState(choice, self._recognized.get(choice.paths), content, placed)

    def rows(self, choices: Sequence[OutputChoice], known: KnownModels) -> list[LabelRow]:
        """The labels of all outputs that have been read.

        :param choices: in the order of the panel.
        """
        states = [self.state(choice, None) for choice in choices]
        found: list[LabelRow] = []
        for number, (choice, state) in enumerate(zip(choices, states)):
            if state.content is None:
                continue
            place = (number, choice, *((_content_key(other), other.is_confirmed) for other in choices))
            if place not in self._rows:
                others = [other for other in map(_explained, states) if other and other is not state.content.label_map]
                is_open = bool(state.question)
                self._rows[place] = label_rows(number, choice, state.content, others, known, is_open=is_open)
            found += self._rows[place]
        return found

    def _drop_unused(self, choices: Sequence[OutputChoice]) -> None:
        """Let go of the voxels of outputs that are no longer there, or are read with another label map."""
        used = {_content_key(choice) for choice in choices}
        self._contents = {key: content for key, content in self._contents.items() if key in used}
        self._placed = {key: placed for key, placed in self._placed.items() if key[:3] in used}
        self._rows = {}


def _content_key(choice: OutputChoice) -> tuple:
    return choice.paths, choice.label_map, choice.task


def _explained(state: OutputState) -> LabelMap | None:
    """The label map of a known model whose version is settled: its voxels are evidence for others."""
    content = state.content
    if content is None or content.vocabulary is None or state.question:
        return None
    return content.label_map
