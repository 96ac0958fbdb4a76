"""NIfTI files and SEGs that name other places than the images of their scan, as real programs write them."""

from __future__ import annotations

import nibabel
import numpy as np
import pydicom
import pytest

from imaging.seg_cases import highdicom_seg, kidney_cyst_spleen, masks_on
from SegmentationConcordanceLib.errors import DicomSeriesError, GeometryMismatchError
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.image_series import read_image_series
from SegmentationConcordanceLib.imaging.label_map import LabelMap
from SegmentationConcordanceLib.imaging.resampling import place_on_grid, resample_nearest
from SegmentationConcordanceLib.imaging.seg_reader import check_refers_to, read_dicom_seg
from SegmentationConcordanceLib.imaging.seg_writer import write_dicom_seg
from SegmentationConcordanceLib.imaging.volume_files import read_label_volume

ROWS, COLUMNS = 9, 11
SPACING = (0.7, 0.9)  # along i, along j
AXES = {"axial": np.eye(3), "sagittal": np.array([[0.0, 1, 0], [0, 0, -1], [-1, 0, 0]]).T}


@pytest.fixture
def series_at(tmp_path, write_ct, change):
    """A CT whose slices lie at the given texts along the normal."""

    def make(places: list[str], direction: np.ndarray = AXES["axial"]):
        geometry = Geometry.from_parts((len(places), ROWS, COLUMNS), (*SPACING, 2.0), (0, 0, 0), direction)
        folder = write_ct(f"ct{len(list(tmp_path.iterdir()))}", geometry, np.zeros(geometry.shape, np.int16))
        axis = int(np.abs(direction[:, 2]).argmax())
        for path, place in zip(sorted(folder.glob("*.dcm")), places):
            position = ["-20.5", "-30.25", "100.75"]
            position[axis] = place
            change(path, ImagePositionPatient=position)
        return read_image_series(folder)

    return make


def as_dcm2niix(path, voxels: np.ndarray, series, *, thickness: float | None = None, from_last: bool = False) -> None:
    """One even float32 step, taken from the first two images (or the last two, from the other end)."""
    depths = np.float32(series.geometry.origin_lps @ series.geometry.direction_lps[:, 2])
    places = np.float32(depths + series.geometry.slice_depths_mm)
    step = float(places[-1] - places[-2] if from_last else places[1] - places[0])
    affine = series.geometry.ijk_to_lps.copy()
    affine[:3, 2] = series.geometry.direction_lps[:, 2] * step
    if from_last:
        end = affine[:3, 3] + series.geometry.direction_lps[:, 2] * series.geometry.slice_depths_mm[-1]
        affine[:3, 2] *= -1
        affine[:3, 3] = end
        voxels = voxels[::-1]
    ras = np.diag([-1, -1, 1, 1]) @ affine
    image = nibabel.Nifti1Image(np.ascontiguousarray(voxels.transpose(2, 1, 0)), ras, dtype=np.uint8)
    image.set_qform(ras, 1)
    image.set_sform(ras, 1)
    if thickness:
        image.header["pixdim"][3] = thickness
    nibabel.save(image, path)


def blocks(n: int) -> np.ndarray:
    """A different pattern in every slice."""
    voxels = np.zeros((n, ROWS, COLUMNS), np.uint8)
    for k in range(n):
        voxels[k, k % ROWS, : 1 + k % COLUMNS] = 1 + k % 5
    return voxels


def read(path) -> LabelMap:
    voxels, geometry = read_label_volume(path)
    return LabelMap((voxels,), geometry, ())


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("from_last", [False, True])
@pytest.mark.parametrize(("step", "decimals"), [(1.25, 1), (0.888, 2), (0.45, 1), (0.7, 4), (2.7273, 3)])
def test_voxel_k_is_slice_k_where_the_step_is_one_of_the_gaps(tmp_path, series_at, axes, from_last, step, decimals):
    series = series_at([f"{-1210.3 + k * step:.{decimals}f}" for k in range(40)], AXES[axes])
    meant = blocks(40)
    as_dcm2niix(tmp_path / "s.nii.gz", meant, series, from_last=from_last)
    placed = place_on_grid(read(tmp_path / "s.nii.gz"), series.geometry, "s")
    assert np.array_equal(placed.label_map.layers[0], meant)
    assert placed.covered is None


def test_a_note_says_by_how_much_the_file_was_off(tmp_path, series_at):
    series = series_at(["0", "1.2", "2.5", "3.8", "5"])  # 1.25 mm at one decimal; the file ends at 4 x 1.2 = 4.8
    as_dcm2niix(tmp_path / "s.nii", blocks(5), series)
    assert "up to 0.2 mm" in place_on_grid(read(tmp_path / "s.nii"), series.geometry, "s").note


@pytest.mark.parametrize(("by", "words"), [((0.0, 0.0, 0.6), "origin off"), ((0.1, 0.0, 0.0), "origin off")])
def test_another_place_is_still_refused(tmp_path, series_at, by, words):
    series = series_at(["0", "1.2", "2.5", "3.8", "5"])
    as_dcm2niix(tmp_path / "s.nii", blocks(5), series)
    found = read(tmp_path / "s.nii")
    moved = found.geometry.ijk_to_lps.copy()
    moved[:3, 3] += by
    with pytest.raises(GeometryMismatchError, match=words):
        place_on_grid(LabelMap(found.layers, Geometry(found.geometry.shape, moved), ()), series.geometry, "s")


def test_a_step_that_is_no_gap_is_refused(tmp_path, series_at):
    series = series_at([f"{k * 1.25:.2f}" for k in range(30)])
    other = series.geometry.ijk_to_lps.copy()
    other[:3, 2] *= 1.3 / 1.25
    found = LabelMap((blocks(30),), Geometry(series.geometry.shape, other), ())
    with pytest.raises(GeometryMismatchError, match="spacing"):
        place_on_grid(found, series.geometry, "s")


@pytest.mark.parametrize("right", ["qform", "sform", "pixdim"])
def test_of_several_places_the_one_that_fits_the_scan_counts(tmp_path, series_at, right):
    series = series_at([f"{-100 + 2.5 * k}" for k in range(6)])
    ras = np.diag([-1, -1, 1, 1]) @ series.geometry.ijk_to_lps
    wrong = ras.copy()
    wrong[:3, 2] *= 1.5
    if right != "pixdim":
        wrong[:3, 3] += (7, 0, 0)
    image = nibabel.Nifti1Image(blocks(6).transpose(2, 1, 0), ras)
    image.set_qform(ras if right == "qform" else wrong, 1)
    image.set_sform(ras if right == "sform" else wrong, 1)
    if right == "pixdim":
        image.header["pixdim"][3] = 2.5
        image.header["qform_code"] = 0
    nibabel.save(image, tmp_path / "s.nii.gz")
    placed = place_on_grid(read(tmp_path / "s.nii.gz"), series.geometry, "s")
    assert np.array_equal(placed.label_map.layers[0], blocks(6))


def test_of_two_places_neither_of_which_fits_none_is_guessed(tmp_path, series_at):
    series = series_at([f"{-100 + 2.5 * k}" for k in range(6)])
    ras = np.diag([-1, -1, 1, 1]) @ series.geometry.ijk_to_lps
    one, other = ras.copy(), ras.copy()
    one[:3, 3] += (7, 0, 0)
    other[:3, 3] += (0, 9, 0)
    image = nibabel.Nifti1Image(blocks(6).transpose(2, 1, 0), ras)
    image.set_qform(one, 1)
    image.set_sform(other, 1)
    nibabel.save(image, tmp_path / "s.nii.gz")
    with pytest.raises(GeometryMismatchError, match="qform and sform differ"):
        place_on_grid(read(tmp_path / "s.nii.gz"), series.geometry, "s")
    with pytest.raises(GeometryMismatchError, match="qform and sform differ"):
        resample_nearest(read(tmp_path / "s.nii.gz"), series.geometry)


@pytest.mark.parametrize(("step", "decimals"), [(0.45, 1), (0.625, 1), (0.75, 1), (0.333, 1), (3.27, 0), (1.0, 0)])
def test_slices_are_even_within_the_rounding_of_their_header(series_at, step, decimals):
    places = [f"{-300 + k * step:.{decimals}f}" for k in range(60)]
    series = series_at(places)
    assert series.geometry.slice_depths_mm == pytest.approx(np.array(places, float) - float(places[0]))
    # The grid goes from the first slice to the last.
    assert series.geometry.spacing_mm[2] == pytest.approx((float(places[-1]) - float(places[0])) / 59)


def test_digits_that_are_there_are_no_rounding(series_at):
    with pytest.raises(DicomSeriesError, match="unevenly spaced"):
        series_at([f"{-300 + k * 0.45 + 0.07 * (k % 2):.3f}" for k in range(20)])


def test_a_slice_missing_among_rounded_ones_is_told(series_at):
    with pytest.raises(DicomSeriesError, match=r"1 slice missing between z = -297\.8 and z = -296\.9"):
        series_at([f"{-300 + k * 0.45:.1f}" for k in range(20) if k != 6])


def test_rounded_slices_are_written_as_seg_and_read_back(tmp_path, series_at):
    series = series_at([f"{-300 + k * 0.45:.1f}" for k in range(6)])
    meant = kidney_cyst_spleen(series.geometry)
    write_dicom_seg(tmp_path / "o.dcm", meant, series, model_name="m")
    seg = read_dicom_seg(tmp_path / "o.dcm", series)
    assert_same(seg, meant, series)


def assert_same(seg, meant: LabelMap, series) -> None:
    check_refers_to(seg, series)
    on_series = place_on_grid(seg.label_map, series.geometry, "seg", allow_extent_change=True).label_map
    found, should = masks_on(series.geometry, on_series), masks_on(series.geometry, meant)
    for name, mask in should.items():
        assert np.array_equal(found.get(name, np.zeros_like(mask)), mask), name
    assert seg.label_map.geometry.spacing_mm == pytest.approx(series.geometry.spacing_mm)


@pytest.fixture
def seg_of(tmp_path, series_at):
    """A SEG of another maker, changed; its series and what it holds."""

    def make(edit, places=("0", "1.2", "2.5", "3.8", "5", "6.2")):
        series = series_at(list(places))
        meant = kidney_cyst_spleen(series.geometry)
        seg = highdicom_seg(meant, series)
        edit(seg, series)
        seg.save_as(tmp_path / "x.dcm")
        return read_dicom_seg(tmp_path / "x.dcm", series), meant, series

    return make


def measures(seg) -> pydicom.Dataset:
    return seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]


def set_spacing(between, thickness):
    def edit(seg, series):
        one = measures(seg)
        for keyword, value in (("SpacingBetweenSlices", between), ("SliceThickness", thickness)):
            if value is None and keyword in one:
                delattr(one, keyword)
            elif value is not None:
                setattr(one, keyword, value)

    return edit


@pytest.mark.parametrize(("between", "thickness"), [(None, 1.25), (0.3125, 1.25), (5.0, 1.25), (None, None)])
def test_spacing_comes_from_the_series(seg_of, between, thickness):
    assert_same(*seg_of(set_spacing(between, thickness)))


def test_frames_on_every_other_slice_keep_their_volume(seg_of, tmp_path, series_at):
    series = series_at([f"{2.5 * k}" for k in range(6)])
    meant = kidney_cyst_spleen(series.geometry)
    voxels = meant.layers[0].copy()
    voxels[[0, 2, 4]] = 0
    meant = LabelMap((voxels,), series.geometry, meant.segments)
    seg = highdicom_seg(meant, series)
    set_spacing(None, 2.5)(seg, series)
    seg.save_as(tmp_path / "x.dcm")
    assert_same(read_dicom_seg(tmp_path / "x.dcm", series), meant, series)


def drop_sources(seg, series):
    for frame in seg.PerFrameFunctionalGroupsSequence:
        del frame.DerivationImageSequence


def planes(seg) -> list[pydicom.Dataset]:
    """Each once: highdicom shares them between frames."""
    return list(
        {id(one): one for one in (f.PlanePositionSequence[0] for f in seg.PerFrameFunctionalGroupsSequence)}.values()
    )


def move(by_mm, sources=True):
    def edit(seg, series):
        for plane in planes(seg):
            x, y, z = plane.ImagePositionPatient
            plane.ImagePositionPatient = [x, y, z + by_mm]
        if not sources:
            drop_sources(seg, series)

    return edit


def test_a_frame_lies_on_the_image_that_it_names(seg_of):
    seg, meant, series = seg_of(move(0.9))  # nearer to the next one
    assert_same(seg, meant, series)
    assert "up to 0.9 mm from the images" in seg.notes[0]


@pytest.mark.parametrize("by_mm", [0.5, -0.5])
def test_without_one_it_lies_on_the_nearest_slice(seg_of, by_mm):
    assert_same(*seg_of(move(by_mm, sources=False)))


def test_half_a_gap_beside_every_slice_is_no_slice(seg_of):
    seg, _, series = seg_of(move(1.25, sources=False), [f"{2.5 * k}" for k in range(6)])
    with pytest.raises(GeometryMismatchError):
        place_on_grid(seg.label_map, series.geometry, "seg", allow_extent_change=True)


def test_a_shift_within_the_plane_is_refused(seg_of):
    def aside(seg, series):
        for plane in planes(seg):
            x, y, z = plane.ImagePositionPatient
            plane.ImagePositionPatient = [x + 5, y, z]

    seg, _, series = seg_of(aside)
    with pytest.raises(GeometryMismatchError, match="origin off"):
        place_on_grid(seg.label_map, series.geometry, "seg", allow_extent_change=True)


def rounded(decimals, keep_sources=True):
    """Places in the plane and pixel spacing with so many decimals."""

    def edit(seg, series):
        for plane in planes(seg):
            x, y, z = plane.ImagePositionPatient
            plane.ImagePositionPatient = [round(float(x) + 0.004, decimals), round(float(y), decimals), z]
        measures(seg).PixelSpacing = [round(float(value) + 0.003, decimals) for value in measures(seg).PixelSpacing]
        if not keep_sources:
            drop_sources(seg, series)

    return edit


def test_places_in_the_plane_that_are_rounded_are_those_of_the_images(seg_of):
    seg, meant, series = seg_of(rounded(3))
    assert_same(seg, meant, series)
    first = seg.label_map.geometry
    assert first.ijk_to_lps[:3, :2] == pytest.approx(series.geometry.ijk_to_lps[:3, :2], abs=1e-12)
    # The far corner: 0.004 mm + 10 columns of 0.003 mm along i, 8 rows of 0.003 mm along j.
    assert f"up to {np.hypot(0.034, 0.024):.3g} mm from the images" in seg.notes[0]
    with pytest.raises(GeometryMismatchError, match="origin off"):
        seg, _, series = seg_of(rounded(3, keep_sources=False))
        place_on_grid(seg.label_map, series.geometry, "seg", allow_extent_change=True)


def test_names_that_would_put_two_frames_on_one_image_do_not_count(seg_of):
    def all_the_first(seg, series):
        for frame in seg.PerFrameFunctionalGroupsSequence:
            image = frame.DerivationImageSequence[0].SourceImageSequence[0]
            image.ReferencedSOPInstanceUID = series.sop_instance_uids[0]

    assert_same(*seg_of(all_the_first))


def test_one_slice_without_a_thickness_is_read(tmp_path, series_at):
    series = series_at([f"{2.5 * k}" for k in range(6)])
    meant = kidney_cyst_spleen(series.geometry)
    voxels = np.zeros_like(meant.layers[0])
    voxels[3] = meant.layers[0][3]
    meant = LabelMap((voxels,), series.geometry, meant.segments)
    seg = highdicom_seg(meant, series)
    set_spacing(None, None)(seg, series)
    seg.save_as(tmp_path / "x.dcm")
    assert_same(read_dicom_seg(tmp_path / "x.dcm", series), meant, series)
    assert read_dicom_seg(tmp_path / "x.dcm").label_map.geometry.shape[0] == 1
