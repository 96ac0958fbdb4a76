"""The errors that a user can put right. Each says which file or value, the fact, and what to do about it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Named = Literal[
    "cases",
    "check",
    "image",
    "label_map",
    "label_maps",
    "name",
    "ohif",
    "resample",
    "run_label_map",
    "run_task",
    "series",
    "task",
]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a remedy asks for. Each program has its own words for it: the command line an option.

    :param named: which one.
    :param run: the run of a model that it is for; "" for all of them.
    :param label_map: the label map that a task is of.
    """

    named: Named
    run: str = ""
    label_map: str = ""


class ConcordanceError(Exception):
    """Something in the input or in the call is wrong; nothing was written.

    The message is one line, "subject: fact. remedy". The command line prints it and exits with 2.

    :param subject: the file, folder, series or value that is wrong.
    :param fact: what is wrong with it, with the numbers that show it.
    :param remedy: what the user can do, in words for every program; may be empty.
    :param setting: what the remedy asks for, so that a program can add its own word for it.
    """

    def __init__(
        self, subject: str | os.PathLike[str], fact: str, remedy: str = "", setting: Setting | None = None
    ) -> None:
        self.subject = os.fspath(subject)
        self.fact = fact
        self.remedy = remedy
        self.setting = setting
        sentences = f"{self.subject}: {fact.rstrip('.')}. {remedy}".strip()
        super().__init__(" ".join(sentences.split()))

    def __reduce__(self) -> tuple[type, tuple[str, str, str, Setting | None]]:
        return type(self), (self.subject, self.fact, self.remedy, self.setting)

    def in_words_of(self, words: Mapping[str, str]) -> str:
        """The message, its remedy followed by the program's own word for what it asks for: "Name one: --series UID."

        :param words: by :attr:`Setting.named`; {run} (with "=") and {label_map} in them are filled in.
        """
        word = "" if self.setting is None else words.get(self.setting.named, "")
        if self.setting is None or not word:
            return str(self)
        run = f"{self.setting.run}=" if self.setting.run else ""
        filled = word.replace("{label_map}", self.setting.label_map).replace("{run}", run)
        return f"{str(self).removesuffix('.')}: {filled}."


class UnreadableFileError(ConcordanceError):
    """A file is missing, empty, truncated, or not of a format that we read."""


class VoxelTypeError(ConcordanceError):
    """A label image holds something that is no label: fractions, negative numbers, several components, a time axis."""


class UnknownLabelError(ConcordanceError):
    """A label image holds labels that the model's label map does not know."""


class GeometryMismatchError(ConcordanceError):
    """Two images do not lie on the same voxels."""


class DicomSeriesError(ConcordanceError):
    """A folder does not hold one complete image series."""


class DicomSegError(ConcordanceError):
    """A DICOM segmentation is damaged, refers to another series, or came out other than what went in."""


class LabelMapTableError(ConcordanceError):
    """A model's label map (the CSV table of its labels) is missing or unsound."""


class OutputError(ConcordanceError):
    """An output file or folder cannot be written."""
