"""Reading an image series: the order of its slices, its grid and its voxels, made ones and a real CT."""

from __future__ import annotations

import re

import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK
from pydicom import uid

from imaging.series_cases import OBLIQUE, refused, slices
from SegmentationConcordanceLib.errors import UnreadableFileError
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.image_series import read_image_series, read_voxels


def test_grid_of_an_axial_series_with_rows_and_columns_unlike(write_ct):
    series = read_image_series(write_ct())
    expected = [[0.5, 0, 0, -10], [0, 0.75, 0, 20], [0, 0, 2, -30], [0, 0, 0, 1]]
    assert series.geometry.shape == (5, 4, 3)
    assert np.allclose(series.geometry.ijk_to_lps, expected)


def test_what_the_header_says_of_the_series(write_ct):
    folder = write_ct(study_uid="1.2.1", series_uid="1.2.2", frame_of_reference_uid="1.2.3", series_description="Süß")
    series = read_image_series(str(folder))
    assert (series.study_uid, series.series_uid, series.frame_of_reference_uid) == ("1.2.1", "1.2.2", "1.2.3")
    assert (series.modality, series.description, series.sop_class_uid) == ("CT", "Süß", uid.CTImageStorage)
    assert series.files == tuple(slices(folder))
    assert series.sop_instance_uids == tuple(pydicom.dcmread(path).SOPInstanceUID for path in slices(folder))


def test_order_is_by_place_not_by_name_or_number(write_ct, change):
    folder = write_ct()
    for path, name, number in zip(slices(folder), "dbeca", (9, 1, 1, 4, 2)):
        change(path, InstanceNumber=number)
        path.rename(folder / name)
    series = read_image_series(folder)
    assert [path.name for path in series.files] == list("dbeca")
    assert np.array_equal(read_voxels(series), np.arange(60).reshape(5, 4, 3))


def test_k_runs_along_the_normal_where_that_points_to_the_feet(write_ct, tmp_path):
    flipped = Geometry.from_parts((5, 4, 3), (0.5, 0.75, 2), (-10, 20, 30), np.diag([1, -1, -1]))
    series = read_image_series(write_ct(geometry=flipped))
    assert series.geometry.orientation == "LAI"
    assert np.allclose(series.geometry.ijk_to_lps, flipped.ijk_to_lps)
    assert series.files == tuple(slices(tmp_path / "ct"))


def test_affine_of_an_oblique_series(write_ct):
    oblique = Geometry.from_parts((5, 4, 3), (0.5, 0.75, 2), (1, 2, 3), OBLIQUE)
    by_hand = [[0.4, 0, 1.2, 1], [0, 0.75, 0, 2], [-0.3, 0, 1.6, 3], [0, 0, 0, 1]]
    assert np.allclose(read_image_series(write_ct(geometry=oblique)).geometry.ijk_to_lps, by_hand)


def test_positions_rounded_to_a_tenth_of_a_millimetre_are_even(write_ct, change):
    folder = write_ct(geometry=Geometry.from_parts((9, 2, 2), (1, 1, 1.25), (0, 0, 0), np.eye(3)))
    for k, path in enumerate(slices(folder)):
        change(path, ImagePositionPatient=[0, 0, round(1.25 * k, 1)])
    assert read_image_series(folder).geometry.spacing_mm == pytest.approx((1, 1, 1.25))


@pytest.mark.parametrize(("between", "thickness", "expected"), [(4, 3, 4), (None, 3, 3), (-4, 3, 4)])
def test_depth_of_a_single_slice(write_ct, change, between, thickness, expected):
    folder = write_ct(geometry=Geometry.from_parts((1, 2, 2), (1, 1, 9), (0, 0, 0), np.eye(3)))
    change(slices(folder)[0], SpacingBetweenSlices=between, SliceThickness=thickness)
    assert read_image_series(folder).geometry.spacing_mm[2] == expected


def test_a_single_slice_of_unknown_depth(write_ct, change):
    folder = write_ct(geometry=Geometry.from_parts((1, 2, 2), (1, 1, 9), (0, 0, 0), np.eye(3)))
    change(slices(folder)[0], SpacingBetweenSlices=None, SliceThickness="")
    refused(folder, "one image", "neither SpacingBetweenSlices nor SliceThickness")


def test_two_series_are_listed_and_one_can_be_named(write_ct, tmp_path):
    write_ct("one", series_uid="1.2.1", series_description="Lung\x1b[31m")
    write_ct("two", series_uid="1.2.2", geometry=Geometry.from_parts((6, 2, 2), (1, 1, 1), (0, 0, 0), np.eye(3)))
    message = refused(
        tmp_path, "2 image series", '1.2.2 (CT, "Synthetic CT", 6 images); 1.2.1 (CT, "Lung?[31m", 5 images)'
    )
    assert message.endswith("Name one.")
    assert read_image_series(tmp_path, "1.2.2").geometry.shape == (6, 2, 2)
    refused(tmp_path, "no series 1.2.9", "1.2.1", "1.2.2", series_uid="1.2.9")


def test_voxels_are_hounsfield_units(write_ct):
    values = np.array([-1024, -1000, -1, 0, 40, 3071] * 10, dtype=np.int16).reshape(5, 4, 3)
    voxels = read_voxels(read_image_series(write_ct(voxels=values)))
    assert voxels.dtype == np.int16
    assert np.array_equal(voxels, values)


def test_rescale_slopes_that_differ_from_slice_to_slice(write_ct, change):
    folder = write_ct()
    slopes = [1, 0.5, 0.25, 2.5, 1]
    for path, slope in zip(slices(folder), slopes):
        change(path, SOPClassUID=uid.PositronEmissionTomographyImageStorage, RescaleSlope=slope, RescaleIntercept=0)
    stored = np.stack([pydicom.dcmread(path).pixel_array for path in slices(folder)])
    voxels = read_voxels(read_image_series(folder))
    assert voxels.dtype == np.float32
    assert np.array_equal(voxels, stored * np.reshape(slopes, (5, 1, 1)))


def test_pixels_that_cannot_be_decoded(write_ct):
    series = read_image_series(write_ct())
    path = series.files[1]
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = uid.JPEG2000Lossless
    dataset.PixelData = pydicom.encaps.encapsulate([b"no JPEG 2000"])
    dataset["PixelData"].is_undefined_length = True
    dataset.save_as(path)
    with pytest.raises(UnreadableFileError, match=re.escape(f"{path}: its pixels cannot be read")):
        read_voxels(series)


@pytest.fixture(scope="module")
def real_ct(real_cases):
    return read_image_series(real_cases / "thorax_dicom" / "ct")


def test_real_ct_lies_where_gdcm_says(real_ct, real_cases):
    names = SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(real_cases / "thorax_dicom" / "ct"))
    image = SimpleITK.ReadImage(names)
    theirs = Geometry.from_parts(image.GetSize()[::-1], image.GetSpacing(), image.GetOrigin(), image.GetDirection())
    assert [str(path) for path in real_ct.files] == list(names)
    assert real_ct.geometry.differences(theirs) == []
    assert real_ct.geometry.matches(theirs, 1e-9)
    assert np.array_equal(read_voxels(real_ct), SimpleITK.GetArrayFromImage(image))


def test_real_ct_lies_where_its_segmentation_lies(real_ct, real_cases):
    image = nibabel.load(real_cases / "thorax_dicom" / "totalsegmentator_v2_total.nii.gz")
    # Voxel (i, j, k) of the CT is voxel (i, last - j, k) of the NIfTI; NIfTI's world is RAS.
    ct_to_nifti = np.array([[1, 0, 0, 0], [0, -1, 0, image.shape[1] - 1], [0, 0, 1, 0], [0, 0, 0, 1]])
    assert image.shape == real_ct.geometry.shape[::-1]
    assert np.allclose(np.diag([-1, -1, 1, 1]) @ image.affine @ ct_to_nifti, real_ct.geometry.ijk_to_lps)


def test_real_ct_decodes_as_openjpeg_does(shared_cases):
    voxels = read_voxels(read_image_series(shared_cases / "thorax_dicom" / "ct"))
    # Sums of the pixels less 1024, decoded with pylibjpeg-openjpeg.
    assert (voxels.dtype, voxels.min(), voxels.max(), voxels.sum(dtype=np.int64)) == (
        np.int16,
        -1024,
        1839,
        -3272217339,
    )
    assert voxels[:3].sum(axis=(1, 2), dtype=np.int64).tolist() == [-164982396, -164854799, -164640895]
