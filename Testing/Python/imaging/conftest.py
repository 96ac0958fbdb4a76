"""DICOM files that the imaging tests make themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest

from SegmentationConcordanceLib.imaging.ct_writer import seeded_uid, write_ct_series
from SegmentationConcordanceLib.imaging.geometry import Geometry


@pytest.fixture
def write_ct(tmp_path: Path) -> Callable[..., Path]:
    """Write a small CT series: voxels (k, j, i) of HU 0, 1, 2, ... in tmp_path/NAME unless told otherwise."""

    def write(name: str = "ct", geometry: Geometry | None = None, voxels: np.ndarray | None = None, **also) -> Path:
        geometry = geometry or Geometry.from_parts((5, 4, 3), (0.5, 0.75, 2.0), (-10, 20, -30), np.eye(3))
        if voxels is None:
            voxels = np.arange(np.prod(geometry.shape), dtype=np.int16).reshape(geometry.shape)
        names = {"patient_id": "P1", "patient_name": "One^Patient", "study_uid": seeded_uid("study")}
        names |= {"series_uid": seeded_uid("series", name), "frame_of_reference_uid": seeded_uid("frame")}
        write_ct_series(tmp_path / name, voxels, geometry, **(names | also))
        return tmp_path / name

    return write


@pytest.fixture
def change() -> Callable[..., None]:
    """Set attributes of a DICOM file, by keyword; None deletes one."""

    def rewrite(path: Path, **values) -> None:
        dataset = pydicom.dcmread(path)
        for keyword, value in values.items():
            if value is None:
                delattr(dataset, keyword)
            else:
                setattr(dataset, keyword, value)
        if values.get("SOPClassUID"):
            dataset.file_meta.MediaStorageSOPClassUID = values["SOPClassUID"]
        dataset.save_as(path)

    return rewrite
