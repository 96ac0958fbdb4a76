"""Which files of a folder are images, by content, and files that are damaged."""

from __future__ import annotations

import shutil

import numpy as np
import pydicom
import pytest
from pydicom import uid

from imaging.series_cases import refused, slices
from SegmentationConcordanceLib.errors import UnreadableFileError
from SegmentationConcordanceLib.imaging.image_series import read_image_series, read_voxels


def test_files_are_found_by_content_in_folders_of_any_name(write_ct, tmp_path):
    folder = write_ct("Größe; CT 1")
    (folder / "unter ordner").mkdir()
    for path in slices(folder)[::2]:
        path.rename(folder / "unter ordner" / path.stem)
    (folder / "notes.txt").write_text("no DICOM")
    (folder / "empty").touch()
    (folder / "._slice_0001.dcm").write_bytes(b"what macOS leaves beside a file")
    series = read_image_series(folder)
    assert len(series.files) == 5
    assert np.array_equal(read_voxels(series), np.arange(60).reshape(5, 4, 3))


def test_segmentations_and_localizers_beside_are_set_aside(write_ct, change):
    folder = write_ct()
    for name, values in {
        "seg.dcm": {"SOPClassUID": uid.SegmentationStorage, "Modality": "SEG"},
        "scout.dcm": {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]},
        "dose.dcm": {"SOPClassUID": uid.SecondaryCaptureImageStorage},
    }.items():
        shutil.copy(folder / "slice_0001.dcm", folder / name)
        change(folder / name, SOPInstanceUID="1.2.3", SeriesInstanceUID="1.2.4", **values)
    assert len(read_image_series(folder).files) == 5
    for path in slices(folder):
        path.unlink()
    refused(folder, "no CT, MR or PET image", "1 SEG", "1 localizer", "1 CT")


@pytest.mark.parametrize(
    ("sop_class", "modality"),
    [(uid.MRImageStorage, "MR"), (uid.PositronEmissionTomographyImageStorage, "PT"), (uid.CTImageStorage, "CT")],
)
def test_modality_is_that_of_the_sop_class(write_ct, change, sop_class, modality):
    folder = write_ct()
    for path in slices(folder):
        change(path, SOPClassUID=sop_class, Modality="OT")
    assert read_image_series(folder).modality == modality


def test_sop_class_left_empty_is_taken_from_the_meta_information(write_ct):
    folder = write_ct()
    for path in slices(folder):
        dataset = pydicom.dcmread(path)
        dataset.SOPClassUID = ""
        # As a file, since save_as would put the empty value into the meta information too.
        pydicom.dcmwrite(path, dataset, enforce_file_format=False)
    assert pydicom.dcmread(slices(folder)[0]).SOPClassUID == ""
    assert read_image_series(folder).sop_class_uid == uid.CTImageStorage


def test_no_such_folder_and_a_file_in_its_place(tmp_path):
    (tmp_path / "a.dcm").touch()
    refused(tmp_path / "none", "none: there is no such folder")
    refused(tmp_path / "a.dcm", "is a file, not a folder")


def test_folders_without_dicom(tmp_path):
    refused(tmp_path, "holds no files")
    for number in range(7):
        (tmp_path / f"{number}.txt").write_text("text")
    refused(tmp_path, "7 files, none of them a DICOM image")


def test_a_file_cut_anywhere_is_refused(write_ct, tmp_path):
    whole = slices(write_ct())[0].read_bytes()
    (tmp_path / "cut").mkdir()
    for size in range(132, len(whole)):
        (tmp_path / "cut" / "slice").write_bytes(whole[:size])
        refused(tmp_path / "cut", "slice", kind=UnreadableFileError)


def test_cut_pixel_data_are_counted(write_ct):
    path = slices(write_ct())[0]
    path.write_bytes(path.read_bytes()[:-10])
    refused(path.parent, "slice_0001.dcm: is cut short: 14 bytes of pixel data, not 24", kind=UnreadableFileError)


def test_pixel_data_that_do_not_fill_the_matrix(write_ct, change):
    path = slices(write_ct())[0]
    change(path, Rows=40)
    refused(path.parent, "24 bytes of pixel data, not 240", kind=UnreadableFileError)


def test_an_empty_file_named_dcm_may_be_a_lost_slice(write_ct):
    path = slices(write_ct())[4]
    path.write_bytes(b"")
    refused(path.parent, "slice_0005.dcm: is named .dcm but is no DICOM file (0 bytes", kind=UnreadableFileError)


def test_a_position_that_is_no_number(write_ct):
    path = slices(write_ct())[0]
    path.write_bytes(path.read_bytes().replace(b"-10.0\\20.0", b"-10.0\\2O.0"))
    refused(path.parent, "slice_0001.dcm: its DICOM header is damaged", kind=UnreadableFileError)


def test_decimals_with_a_comma_are_those_with_a_point(write_ct):
    folder = write_ct()
    expected = read_image_series(folder).geometry
    for path in slices(folder):
        header = pydicom.dcmread(path, stop_before_pixels=True)
        content = path.read_bytes()
        for keyword in ("ImagePositionPatient", "PixelSpacing", "SliceThickness", "SpacingBetweenSlices"):
            raw = header.get_item(keyword) if keyword in header else None
            if raw is not None and b"." in raw.value:
                content = content.replace(raw.value, raw.value.replace(b".", b","))
        path.write_bytes(content)
    assert b"," in slices(folder)[0].read_bytes()
    found = read_image_series(folder).geometry
    assert np.array_equal(found.ijk_to_lps, expected.ijk_to_lps)
    assert np.array_equal(found.slice_depths_mm, expected.slice_depths_mm)


def test_a_cut_compressed_file_is_refused(real_cases, tmp_path):
    whole = next((real_cases / "thorax_dicom" / "ct").iterdir()).read_bytes()
    for size in (len(whole) - 1, len(whole) - 8, len(whole) // 2):
        (tmp_path / "slice").write_bytes(whole[:size])
        refused(tmp_path, "is cut short", "within the compressed pixel data", kind=UnreadableFileError)
