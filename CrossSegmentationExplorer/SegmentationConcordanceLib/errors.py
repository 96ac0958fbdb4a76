"""The errors that a user can put right. Each says which file or value, the fact, and what to do about it."""

from __future__ import annotations

import os


class ConcordanceError(Exception):
    """Something in the input or in the call is wrong; nothing was written.

    The message is one line, "subject: fact. remedy". The command line prints it and exits with 2.

    :param subject: the file, folder, series or value that is wrong.
    :param fact: what is wrong with it, with the numbers that show it.
    :param remedy: what the user can do; may be empty.
    """

    def __init__(self, subject: str | os.PathLike[str], fact: str, remedy: str = "") -> None:
        self.subject = os.fspath(subject)
        self.fact = fact
        self.remedy = remedy
        sentences = f"{self.subject}: {fact.rstrip('.')}. {remedy}".strip()
        super().__init__(" ".join(sentences.split()))

    def __reduce__(self) -> tuple[type, tuple[str, str, str]]:
        return type(self), (self.subject, self.fact, self.remedy)


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
