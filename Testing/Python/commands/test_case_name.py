"""What ``concordance compare`` calls a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from SegmentationConcordanceLib.cohort.case_image import case_name


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("/data/P01/ct", "P01"),
        ("/data/P01/DICOM", "P01"),
        ("/data/P01/Series 2", "P01"),
        ("/data/P01/images", "P01"),
        ("/data/P01", "P01"),
        ("/data/ct_thorax", "ct_thorax"),
        ("/ct", "ct"),
    ],
)
def test_a_folder_named_after_the_kind_of_images_gives_way_to_the_one_around_it(folder, name):
    assert case_name(Path(folder)) == name


def test_a_file_is_called_as_itself_or_as_its_folder(tmp_path):
    (tmp_path / "P01").mkdir()
    for name in ("ct.nii.gz", "thorax.nii.gz"):
        (tmp_path / "P01" / name).write_bytes(b"")
    assert case_name(tmp_path / "P01" / "ct.nii.gz") == "P01"
    assert case_name(tmp_path / "P01" / "thorax.nii.gz") == "thorax"
