"""What ``concordance compare`` calls a case, and what it says to a file in the place of the series."""

from __future__ import annotations

from pathlib import Path

import pytest

from SegmentationConcordanceLib.commands.compare import case_name


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


def test_a_file_in_the_place_of_the_series_is_refused_with_what_takes_it(refused, tmp_path):
    path = tmp_path / "ct.nii.gz"
    path.write_bytes(b"")
    line = refused("compare", "--ct", path, "--seg", "a", "b", "--output", tmp_path / "out")
    assert "to which consensus.dcm is to refer" in line
    assert "concordance explore" in line
