"""The memory that a case is said to need, against peaks that were measured."""

from __future__ import annotations

import nibabel
import numpy as np
import pytest
from pydicom import dcmread

from SegmentationConcordanceLib.cohort.cases import CaseOutput, CohortCase
from SegmentationConcordanceLib.cohort.memory import estimated_bytes, peak_bytes

MEASURED_MB = {  # slices of 512 x 512 voxels, models; docs/scale.md
    (75, 1): 392,
    (75, 3): 550,
    (75, 6): 691,
    (150, 1): 420,
    (150, 3): 723,
    (150, 6): 1001,
    (300, 1): 541,
    (300, 3): 1067,
    (300, 6): 1448,
}


@pytest.mark.parametrize(("slices", "models"), MEASURED_MB)
def test_estimates_have_a_margin_over_what_was_measured(slices, models):
    measured = MEASURED_MB[slices, models] * 1e6
    assert 1.15 * measured <= peak_bytes(slices * 512 * 512, models) <= 1.6 * measured


def test_the_estimate_is_of_the_image_and_the_outputs(tmp_path):
    path = tmp_path / "ct.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.zeros((10, 20, 30), np.int16), np.eye(4)), path)
    case = CohortCase("A", path, (CaseOutput((path,)), CaseOutput((path,))))
    assert estimated_bytes(case) == round(1.15 * (400e6 + 6000 * (2 + 2 * 2.3)))
    assert estimated_bytes(case, binary=True) == estimated_bytes(case)  # there is no series that a SEG could refer to


def test_binary_segs_take_what_dcmqi_holds_beside_the_rest():
    measured = 2859e6  # of both processes, six models on 300 slices with an overlapping consensus
    assert 1.15 * measured <= peak_bytes(300 * 512 * 512, 6, binary=True) <= 1.6 * measured


def test_the_folder_of_a_series_is_counted_by_its_files(sample_cohort):
    case = sample_cohort.cases[0]
    series = sorted(case.ct_folder.iterdir())
    head = dcmread(series[0], stop_before_pixels=True)
    held = CohortCase("A", case.ct_folder, ())
    voxels = len(series) * head.Rows * head.Columns
    assert estimated_bytes(held) == round(1.15 * (400e6 + 2 * voxels))
    with_output = CohortCase("A", case.ct_folder, (CaseOutput((series[0],)),))
    assert estimated_bytes(with_output, binary=True) == round(1.15 * (400e6 + voxels * (2 + 2.3 + 8 + 1.7)))


def test_an_image_that_cannot_be_read_counts_as_a_large_scan(tmp_path):
    (tmp_path / "ct.nii.gz").write_bytes(b"nothing")
    held = CohortCase("A", tmp_path / "ct.nii.gz", ())
    assert estimated_bytes(held) == peak_bytes(512 * 512 * 400, 0)
