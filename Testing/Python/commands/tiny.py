"""A CT of 6 x 9 x 11 voxels and two models' SEGs on it: for calls that are made often."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np

from imaging.seg_cases import AXIAL, ct_series, highdicom_seg, kidney_cyst_spleen


class Tiny:
    """Paths of a small case.

    :param total: a NIfTI label map with label 1, the spleen of TotalSegmentator's task total.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ct = folder / "ct"
        series = ct_series(self.ct)
        self.segs = []
        for name in ("A", "B"):
            dataset = highdicom_seg(kidney_cyst_spleen(), series, "BINARY")
            for segment in dataset.SegmentSequence:
                segment.SegmentAlgorithmName = name
            self.segs.append(folder / f"{name}.dcm")
            dataset.save_as(self.segs[-1], enforce_file_format=True)
        voxels = np.zeros(AXIAL.shape, np.uint8)
        voxels[2:4, 6:8] = 1
        self.total = folder / "total.nii.gz"
        affine = np.diag([-1, -1, 1, 1]) @ AXIAL.ijk_to_lps
        nibabel.save(nibabel.Nifti1Image(voxels.transpose(2, 1, 0), affine), self.total)
