"""The files of the small sample cohort, read by means that are not the library's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from SegmentationConcordanceLib.sample.cohort import Sample, SampleCase


class ReadCase:
    """A case's files as arrays (k, j, i) on the axes of the CT."""

    def __init__(self, case: SampleCase) -> None:
        self.case = case
        self.truth = lps_array(case.truth)
        rows = (case.truth.parent / "truth.csv").read_text().splitlines()[1:]
        self.labels = {row.split(",")[0]: [int(label) for label in row.split(",")[1].split()] for row in rows}

    def true_mask(self, structure: str) -> np.ndarray:
        return np.isin(self.truth, self.labels[structure])

    def voxels(self, model: str, file_end: str) -> np.ndarray:
        """The one file of a model whose name ends so."""
        (path,) = (path for path in self.files(model) if path.name.endswith(file_end))
        return lps_array(path)

    def files(self, model: str) -> list[Path]:
        return sorted(path for path in (self.case.truth.parent / "models" / model).rglob("*") if path.is_file())


def lps_array(path: Path) -> np.ndarray:
    return SimpleITK.GetArrayFromImage(SimpleITK.DICOMOrient(SimpleITK.ReadImage(str(path)), "LPS"))


@pytest.fixture(scope="session")
def read_cases(sample_cohort: Sample) -> dict[str, ReadCase]:
    """The cases of the small sample by name."""
    return {case.name: ReadCase(case) for case in sample_cohort.cases}
