"""Cohorts of small cases."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest

from SegmentationConcordanceLib.sample.cohort import Sample

AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])
LIVER, SPLEEN = 5, 1  # in TotalSegmentator 2


def write_labels(path: Path, *boxes: tuple[int, slice, slice, slice]) -> None:
    """A NIfTI file of 20 x 20 x 20 voxels with these boxes of labels."""
    labels = np.zeros((20, 20, 20), np.uint8)
    for label, *box in boxes:
        labels[tuple(box)] = label
    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.save(nibabel.Nifti1Image(labels, AFFINE), path)


def write_case(folder: Path, number: int) -> None:
    """An image and two outputs of TotalSegmentator 2, whose livers differ by one slice more with each case."""
    folder.mkdir(parents=True)
    nibabel.save(nibabel.Nifti1Image(np.full((20, 20, 20), 40, np.int16), AFFINE), folder / "ct.nii.gz")
    spleen = (SPLEEN, slice(14, 18), slice(2, 6), slice(2, 6))
    for name, last in (("full", 15), ("fast", 14 - number % 8)):
        write_labels(folder / f"{name}.nii.gz", (LIVER, slice(2, 12), slice(2, 12), slice(2, last)), spleen)


COHORT = """
ct = "{case}/ct.nii.gz"
[[model]]
segmentation = "{case}/full.nii.gz"
model = "totalsegmentator_v2"
task = "total"
name = "full"
[[model]]
segmentation = "{case}/fast.nii.gz"
model = "totalsegmentator_v2"
task = "total"
name = "fast"
"""


@pytest.fixture(scope="session")
def sample_cohort(coarse_sample: Sample) -> Sample:
    """Here the coarse one: SEGs of it are written in half the time."""
    return coarse_sample


@pytest.fixture
def nifti_cohort(tmp_path) -> Path:
    """Five cases without DICOM; the cohort file."""
    folder = tmp_path / "cases"
    for number in range(5):
        write_case(folder / f"P{number}", number)
    (folder / "cohort.toml").write_text(COHORT)
    return folder / "cohort.toml"
