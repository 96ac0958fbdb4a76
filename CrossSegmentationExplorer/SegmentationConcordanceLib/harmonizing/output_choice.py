"""What a user decided about one model's output."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from ..anatomy.concepts import CodedStructure

LabelKey = tuple[str, int]
"""Which label of an output: the path of its file, and the voxel value there."""


@dataclass(frozen=True, slots=True)
class LabelAnswer:
    """What a person says a label is.

    :param color: (red, green, blue), each 0 to 255, or None.
    """

    key: LabelKey
    structure_name: str
    structure: CodedStructure
    color: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class OutputChoice:
    """One model's output, as it is to be read.

    :param paths: its files and folders.
    :param name: what the run is called, and its segmentation and DICOM SEG.
    :param label_map: name of the label map that explains it; "" where no known model wrote it.
    :param task: which of the model's tasks wrote it; "" where the names of the files tell.
    :param is_confirmed: whether a person chose the version, where the files leave it open.
    :param use: whether it is applied.
    :param resample: whether it may be brought to the grid of the volume, where it does not lie on its voxels.
    :param answers: what a person said about single labels.
    """

    paths: tuple[str, ...]
    name: str
    label_map: str = ""
    task: str = ""
    is_confirmed: bool = False
    use: bool = True
    resample: bool = False
    answers: tuple[LabelAnswer, ...] = ()

    def answer(self, key: LabelKey) -> LabelAnswer | None:
        """What a person said about a label; None where nothing."""
        return next((answer for answer in self.answers if answer.key == key), None)

    def answers_with(self, answers: Sequence[LabelAnswer]) -> tuple[LabelAnswer, ...]:
        """All answers once these are given: each takes the place of an earlier one about its label."""
        return (*self.answers_without({answer.key for answer in answers}), *answers)

    def answers_without(self, keys: Set[LabelKey]) -> tuple[LabelAnswer, ...]:
        """All answers but those about these labels."""
        return tuple(answer for answer in self.answers if answer.key not in keys)
