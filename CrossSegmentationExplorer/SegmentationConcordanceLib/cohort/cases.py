"""A cohort: its cases, each with an image and the outputs of the models on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConcordanceError
from .case_comparison import Settings


@dataclass(frozen=True, slots=True)
class CaseOutput:
    """What one run of one model left on one case.

    :param paths: DICOM SEGs; or the files and folders that the model wrote.
    :param model: its label map; "" where the SEG says it, or to be recognized.
    :param task: "" where the files tell.
    :param name: what the run is called; "" for the name in the SEG, or the model's title.
    """

    paths: tuple[Path, ...]
    model: str = ""
    task: str = ""
    name: str = ""

    @property
    def words(self) -> str:
        """What a message calls it."""
        return self.name or self.model or self.place

    @property
    def place(self) -> str:
        """The folder that its files lie in, or that they are; of one file with its name."""
        first = self.paths[0]
        if first.is_dir():
            return first.name
        return first.parent.name if len(self.paths) > 1 else f"{first.parent.name}/{first.name}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps a case, or one output of it, from being compared.

    :param step: find, fetch, read, harmonize, compare, write, or run where the process ended.
    :param output: which output; "" for the case.
    """

    case: str
    step: str
    output: str
    error: str


@dataclass(frozen=True, slots=True)
class CohortCase:
    """One case.

    :param image: folder of a DICOM series, or an image file; None where there is none.
    :param series_uid: SeriesInstanceUID, where the folder holds several series.
    :param address: of the image on a DICOMweb server: the root of the service, or of the series; see
        :func:`with_fetched_image`.
    :param facts: what is known of it beyond its name, as (column, text).
    :param problems: what was found out before any work.
    """

    name: str
    image: Path | None
    outputs: tuple[CaseOutput, ...]
    series_uid: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    address: str = ""

    @property
    def folder_name(self) -> str:
        """The name as that of a folder on any system."""
        return plain_name(self.name)


@dataclass(frozen=True)
class Cohort:
    """Many cases and how to compare them.

    :param harmonize: make DICOM SEGs of the models' own files first, where the image is a DICOM series.
    :param title: of the report; "" for one that counts models and cases.
    """

    cases: tuple[CohortCase, ...]
    settings: Settings
    harmonize: bool = True
    title: str = ""


def plain_name(text: str) -> str:
    """Text as a part of a file name on any system."""
    return re.sub(r"[^\w.+-]+", "_", text).strip("._") or "_"


def require_distinct(where: str, cases: Sequence[CohortCase]) -> None:
    """:raises ConcordanceError: two cases have one name, or names that are one on some system."""
    often = Counter(case.folder_name.casefold() for case in cases)
    double = [case.name for case in cases if often[case.folder_name.casefold()] > 1]
    if double:
        raise ConcordanceError(where, f"several cases are called {double[0]}", "Give each case a name of its own.")
