"""Images that make no volume: each reason is one line, with its numbers."""

from __future__ import annotations

import shutil

import numpy as np
import pydicom
import pytest
from pydicom import uid

from imaging.series_cases import OBLIQUE, refused, slices
from SegmentationConcordanceLib.imaging.geometry import Geometry


@pytest.mark.parametrize("keyword", ["SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"])
def test_empty_uids(write_ct, keyword):
    folder = write_ct()
    for path in slices(folder):
        dataset = pydicom.dcmread(path)
        setattr(dataset, keyword, "")
        pydicom.dcmwrite(path, dataset, enforce_file_format=False)
    refused(folder, f"5 of 5 images have an empty {keyword} (the first: slice_0001.dcm)", "anonymize")


def test_one_image_in_two_files(write_ct):
    folder = write_ct(series_uid="1.2.3")
    shutil.copy(folder / "slice_0002.dcm", folder / "copy")
    message = refused(folder, "1 of 5 images lie there more than once", "copy and slice_0002.dcm")
    assert pydicom.dcmread(folder / "copy").SOPInstanceUID in message


def test_two_images_at_one_place(write_ct, change):
    folder = write_ct()
    shutil.copy(folder / "slice_0002.dcm", folder / "second echo.dcm")
    change(folder / "second echo.dcm", SOPInstanceUID="1.2.3")
    refused(folder, "6 images at 5 slice positions", "second echo.dcm and slice_0002.dcm", "at z = -28 mm")


def test_one_missing_slice(write_ct):
    folder = write_ct()
    (folder / "slice_0003.dcm").unlink()
    refused(folder, "1 slice missing between z = -28 and z = -24 mm (the others are 2 mm apart)")


def test_one_of_three_slices_missing(write_ct):
    folder = write_ct()
    for number in (3, 5):
        (folder / f"slice_000{number}.dcm").unlink()
    refused(folder, "1 slice missing between z = -28 and z = -24 mm")


def test_several_gaps(write_ct):
    folder = write_ct(geometry=Geometry.from_parts((12, 2, 2), (1, 1, 2.5), (0, 0, 0), np.eye(3)))
    for number in (2, 5, 6):
        (folder / f"slice_{number:04}.dcm").unlink()
    refused(
        folder,
        "1 slice missing between z = 0 and z = 5 mm, 2 slices missing between z = 7.5 and z = 15 mm",
        "(the others are 2.5 mm apart)",
    )


def test_missing_slice_of_an_oblique_series(write_ct):
    folder = write_ct(geometry=Geometry.from_parts((5, 2, 2), (1, 1, 2), (0, 0, 0), OBLIQUE))
    (folder / "slice_0003.dcm").unlink()
    refused(folder, "1 slice missing between normal position 2 and normal position 6 mm")


def test_uneven_slices(write_ct, change):
    folder = write_ct()
    change(folder / "slice_0005.dcm", ImagePositionPatient=[-10, 20, -21.4])
    refused(folder, "unevenly spaced: 2 to 2.6 mm apart, 2.6 mm between z = -24 and z = -21.4 mm")


def test_spacing_that_drifts(write_ct, change):
    folder = write_ct(geometry=Geometry.from_parts((9, 2, 2), (1, 1, 2), (0, 0, 0), np.eye(3)))
    for k, path in enumerate(slices(folder)):
        change(path, ImagePositionPatient=[0, 0, 2 * k + 0.01 * k**2])
    refused(folder, "unevenly spaced: 2.01 to 2.15 mm apart")


def test_tilted_gantry(write_ct, change):
    folder = write_ct()
    for k, path in enumerate(slices(folder)):
        change(path, ImagePositionPatient=[-10, 20 + 2 * k, -30 + 2 * k])
    refused(folder, "sheared", "2 mm to the side of the one before", "45 degrees")


def test_one_slice_aside(write_ct, change):
    folder = write_ct()
    change(folder / "slice_0003.dcm", ImagePositionPatient=[-5, 20, -26])
    refused(folder, "slice_0003.dcm lies 5 mm beside the line of the other slices")


@pytest.mark.parametrize(
    ("values", "phrases"),
    [
        ({"PixelSpacing": [0.75, 0.6]}, ["pixel spacing", "0.75 x 0.5 in 4, 0.75 x 0.6 in slice_0002.dcm"]),
        (
            {"ImageOrientationPatient": [0, 1, 0, -1, 0, 0]},
            ["orientation: (1, 0, 0, 0, 1, 0) in 4", "(0, 1, 0, -1, 0, 0)"],
        ),
        ({"Rows": 3, "Columns": 4}, ["matrix", "3 x 4 in 4, 4 x 3 in slice_0002.dcm"]),
        ({"StudyInstanceUID": "1.2.9"}, ["StudyInstanceUID", "1.2.9 in slice_0002.dcm (1 differ"]),
        ({"FrameOfReferenceUID": ""}, ["FrameOfReferenceUID", "none in slice_0002.dcm"]),
    ],
)
def test_images_that_differ(write_ct, change, values, phrases):
    folder = write_ct()
    change(folder / "slice_0002.dcm", **values)
    refused(folder, "the images differ in", *phrases)


@pytest.mark.parametrize("keyword", ["ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"])
def test_images_without_a_place(write_ct, change, keyword):
    folder = write_ct()
    change(folder / "slice_0004.dcm", **{keyword: None})
    refused(folder, f"1 of 5 images have no {keyword} (the first: slice_0004.dcm)")


def test_axes_that_are_not_at_right_angles(write_ct, change):
    folder = write_ct()
    for path in slices(folder):
        change(path, ImageOrientationPatient=[1, 0, 0, 0.1, 1, 0])
    refused(folder, "(1, 0, 0, 0.1, 1, 0) is not two unit vectors at a right angle")


@pytest.mark.parametrize(
    "values", [{"NumberOfFrames": 2}, {"SOPClassUID": uid.EnhancedCTImageStorage, "NumberOfFrames": 1}]
)
def test_multi_frame_images(write_ct, change, values):
    folder = write_ct()
    for path in slices(folder):
        change(path, **values)
    refused(folder, "slice_0001.dcm is a multi-frame (enhanced) CT image", "single-frame")


def test_real_ct_without_uids_is_refused(real_cases):
    folder = real_cases / "thorax_dicom" / "ct_blank_uids"
    count = len(list(folder.iterdir()))
    refused(folder, f"{count} of {count} images have an empty SOPInstanceUID, StudyInstanceUID and SeriesInstanceUID")
