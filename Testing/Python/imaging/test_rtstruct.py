"""Contours become voxels, by the rule that the reader names."""

from __future__ import annotations

import itertools

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from SegmentationConcordanceLib.errors import DicomSegError, GeometryMismatchError
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.rtstruct import RT_STRUCTURE_SET_STORAGE, is_rtstruct, read_rtstruct

pytest.importorskip("skimage", reason="needs scikit-image: make setup-test")

GRID = Geometry.from_parts((6, 20, 30), (2.0, 3.0, 5.0), (-10.0, 20.0, -100.0), np.eye(3))


def contour(points_ij, k, geometry=GRID, kind="CLOSED_PLANAR"):
    item = Dataset()
    item.ContourGeometricType = kind
    points = geometry.lps_of([(i, j, k) for i, j in points_ij])
    item.NumberOfContourPoints = len(points)
    item.ContourData = [f"{value:.4f}" for value in points.ravel()]
    return item


def rtstruct(path, structures, series_uid=""):
    """A file with structures as (name, contours)."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = RT_STRUCTURE_SET_STORAGE
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = generate_uid()
    dataset.Modality = "RTSTRUCT"
    dataset.StructureSetLabel = "Plan"
    dataset.StructureSetROISequence, dataset.ROIContourSequence = [], []
    for number, (name, contours) in enumerate(structures, start=1):
        roi, drawn = Dataset(), Dataset()
        roi.ROINumber, roi.ROIName = number, name
        drawn.ReferencedROINumber, drawn.ROIDisplayColor = number, [10 * number, 20, 30]
        drawn.ContourSequence = contours
        dataset.StructureSetROISequence.append(roi)
        dataset.ROIContourSequence.append(drawn)
    if series_uid:
        frame, study, series = Dataset(), Dataset(), Dataset()
        series.SeriesInstanceUID = series_uid
        study.RTReferencedSeriesSequence = [series]
        frame.RTReferencedStudySequence = [study]
        dataset.ReferencedFrameOfReferenceSequence = [frame]
    dataset.save_as(path, enforce_file_format=True)
    return path


def square(low, high):
    return [(low, low), (high, low), (high, high), (low, high)]


def test_a_square_holds_the_voxels_whose_centres_are_in_it(tmp_path):
    found = read_rtstruct(rtstruct(tmp_path / "rt.dcm", [("Liver", [contour(square(2.5, 7.5), 4)])]), GRID)
    (segment,) = found.label_map.segments
    mask = found.label_map.layers[0] == segment.label
    expected = np.zeros(GRID.shape, bool)
    expected[4, 3:8, 3:8] = True
    assert np.array_equal(mask, expected)
    assert (segment.name, segment.color, found.label) == ("Liver", (10, 20, 30), "Plan")


def test_a_contour_in_another_is_a_hole_and_one_beside_it_is_not(tmp_path):
    contours = [contour(square(1.5, 9.5), 1), contour(square(3.5, 6.5), 1), contour(square(11.5, 13.5), 1)]
    label_map = read_rtstruct(rtstruct(tmp_path / "rt.dcm", [("A", contours)]), GRID).label_map
    assert list(label_map.voxel_counts().values()) == [8 * 8 - 3 * 3 + 2 * 2]


def counts(tmp_path, structures):
    found = read_rtstruct(rtstruct(tmp_path / "rt.dcm", structures), GRID)
    return list(found.label_map.voxel_counts().values()), found.notes


def test_of_contours_that_lie_denser_than_the_slices_the_nearest_of_each_slice_counts(tmp_path):
    # Both planes that are nearest to a slice would cancel each other out if they were taken for one plane.
    planes = [contour(square(1.5, 4.5), k + shift) for k in (1, 2, 3) for shift in (-0.4, 0.1)]
    planes.append(contour(square(1.5, 9.5), 2.45))
    found, notes = counts(tmp_path, [("A", planes)])
    assert found == [3 * 9]
    assert notes == ("A: 4 of 7 contours lie between the slices of the images, nearer to none; left out",)


def test_a_contour_that_is_there_twice_counts_once(tmp_path):
    corners = square(1.5, 4.5)
    again = [contour(corners, 1), contour(corners[2:] + corners[:2], 1), contour(corners[::-1], 1)]
    assert counts(tmp_path, [("A", again)]) == ([9], ("A: 2 contours are there twice; counted once",))


def test_contours_on_every_other_slice_leave_the_others_empty_and_it_is_said(tmp_path):
    found, notes = counts(tmp_path, [("A", [contour(square(1.5, 4.5), k) for k in (0, 2, 4)])])
    assert found == [3 * 9]
    assert notes == ("A: contours on 3 of the 5 slices that it spans; the others stay empty",)
    assert counts(tmp_path, [("A", [contour(square(1.5, 4.5), k) for k in (0, 1, 4)])])[1] == ()


@pytest.mark.parametrize("kind", ["CLOSED_PLANAR", "CLOSEDPLANAR_XOR", "CLOSED_PLANAR_XOR"])
def test_closed_contours_by_the_terms_of_the_standard(tmp_path, kind):
    contours = [contour(square(1.5, 9.5), 1, kind=kind), contour(square(3.5, 6.5), 1, kind=kind)]
    assert counts(tmp_path, [("A", contours)]) == ([8 * 8 - 3 * 3], ())


def test_an_island_in_a_hole_in_any_order(tmp_path):
    rings = [contour(square(low, high), 1) for low, high in ((1.5, 11.5), (3.5, 9.5), (5.5, 7.5))]
    for order in itertools.permutations(rings):
        assert counts(tmp_path, [("A", list(order))]) == ([100 - 36 + 4], ())


def test_contours_that_cross_are_told(tmp_path):
    found, notes = counts(tmp_path, [("A", [contour(square(1.5, 5.5), 1), contour(square(3.5, 8.5), 1)])])
    assert found == [16 + 25 - 2 * 4]
    assert notes == ("A: contours cross each other on 1 slice; what two of them enclose is left out",)


def test_what_is_left_out_or_has_the_name_of_another_is_said(tmp_path):
    closed = [contour(square(1.5, 4.5), 0)]
    point, line = contour([(1, 1)], 0, kind="POINT"), contour(square(1, 3), 0, kind="OPEN_PLANAR")
    structures = [("Isocentre", [point]), ("A", closed), ("A", [contour(square(6.5, 8.5), 0), line]), ("B", [])]
    assert counts(tmp_path, structures) == (
        [9, 4],
        (
            "Isocentre: no closed contours; left out",
            "A: 1 contour is a point or an open line; left out",
            "B: no closed contours; left out",
            "A: the name of 2 structures; taken for one",
        ),
    )


def test_structures_that_overlap_lie_in_layers(tmp_path):
    both = [("A", [contour(square(1.5, 9.5), 0)]), ("B", [contour(square(4.5, 12.5), 0)])]
    label_map = read_rtstruct(rtstruct(tmp_path / "rt.dcm", both), GRID).label_map
    assert [segment.layer for segment in label_map.segments] == [0, 1]
    assert list(label_map.voxel_counts().values()) == [64, 64]


def test_a_tilted_grid_is_its_own(tmp_path):
    c, s = np.cos(0.3), np.sin(0.3)
    tilted = Geometry.from_parts(GRID.shape, (2, 3, 5), (5, 6, 7), [[1, 0, 0], [0, c, -s], [0, s, c]])
    label_map = read_rtstruct(
        rtstruct(tmp_path / "rt.dcm", [("A", [contour(square(2.5, 7.5), 3, tilted)])]), tilted
    ).label_map
    assert list(label_map.voxel_counts().values()) == [25]
    with pytest.raises(GeometryMismatchError, match="a contour lies at slices"):
        read_rtstruct(tmp_path / "rt.dcm", GRID)


def test_points_and_open_lines_are_no_structures(tmp_path):
    path = rtstruct(tmp_path / "rt.dcm", [("A", [contour([(1, 1)], 0, kind="POINT")])])
    assert is_rtstruct(path)
    with pytest.raises(DicomSegError, match="has no closed contours"):
        read_rtstruct(path, GRID)


def test_a_contour_outside_of_the_scan_is_refused(tmp_path):
    with pytest.raises(GeometryMismatchError, match=r"of 0 to 5"):
        read_rtstruct(rtstruct(tmp_path / "rt.dcm", [("A", [contour(square(1, 5), 9)])]), GRID)


def test_a_seg_is_none(tmp_path):
    pydicom.Dataset().save_as(tmp_path / "x.dcm", implicit_vr=False, little_endian=True)
    assert not is_rtstruct(tmp_path / "x.dcm")
