"""Writing DICOM SEG: what comes back is what went in, for us, for dcmqi and for highdicom; or nothing is written."""

from __future__ import annotations

import csv
import errno
import json
from dataclasses import replace

import highdicom
import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK

from imaging.seg_cases import (
    AXIAL,
    CYST_KIDNEY_RIGHT,
    KIDNEY_LEFT,
    SPLEEN,
    ct_series,
    kidney_cyst_spleen,
    masks_on,
    oblique,
    overlapping,
    sct,
)
from SegmentationConcordanceLib.anatomy.concepts import CodedStructure
from SegmentationConcordanceLib.errors import (
    ConcordanceError,
    DicomSegError,
    GeometryMismatchError,
    OutputError,
    UnreadableFileError,
)
from SegmentationConcordanceLib.imaging import binary_seg
from SegmentationConcordanceLib.imaging.dcmqi import run_dcmqi
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.image_series import read_image_series
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.imaging.resampling import bring_to_grid
from SegmentationConcordanceLib.imaging.seg_identity import SegIdentity
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.imaging.seg_writer import write_dicom_seg
from SegmentationConcordanceLib.imaging.volume_files import read_label_volume


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    return ct_series(tmp_path_factory.mktemp("ct") / "ct")


@pytest.fixture(scope="module")
def written(series, tmp_path_factory):
    path = tmp_path_factory.mktemp("seg") / "seg.dcm"
    write_dicom_seg(
        path,
        kidney_cyst_spleen(),
        series,
        model_name="Model 2.6",
        series_description="run one",
        identity=SegIdentity("Model", "2.6", "totalsegmentator_v2", ("total",)),
        series_number=301,
    )
    return path


def assert_same_masks(read: LabelMap, meant: LabelMap) -> None:
    found = masks_on(meant.geometry, read)
    for segment in meant.segments:
        if meant.mask(segment).any():
            assert np.array_equal(found.pop(segment.name), meant.mask(segment)), segment.name
    assert not found


class TestRoundTrip:
    def test_every_voxel_comes_back(self, written):
        assert_same_masks(read_dicom_seg(written).label_map, kidney_cyst_spleen())

    def test_codes_colours_names_and_algorithm_come_back(self, written):
        read = read_dicom_seg(written).label_map.segments
        assert [(s.label, s.name, s.structure, s.color, s.algorithm, s.description) for s in read] == [
            (1, "spleen", SPLEEN, (157, 108, 162), "Model 2.6", "Spleen"),
            (2, "kidney_left", KIDNEY_LEFT, (212, 126, 151), "Model 2.6", "the left one"),
            (3, "kidney_cyst_right", CYST_KIDNEY_RIGHT, (0, 255, 1), "Model 2.6", "Cyst, Kidney, Right"),
        ]
        assert read[2].structure.region_modifier.meaning == "Right"

    def test_the_series_says_what_it_is(self, written):
        dataset = pydicom.dcmread(written)
        assert (dataset.SeriesDescription, dataset.SeriesNumber) == ("run one", 301)
        assert dataset.ContentDescription == "label map totalsegmentator_v2 [total]"
        assert dataset.SegmentationType == "BINARY"
        assert dataset.SegmentSequence[0].SegmentAlgorithmType == "AUTOMATIC"
        assert not dataset.file_meta.TransferSyntaxUID.is_compressed

    def test_frames_refer_to_the_images_that_they_lie_on(self, written, series):
        seg = read_dicom_seg(written)
        assert seg.referenced_series_uids == (series.series_uid,)
        assert (seg.study_uid, seg.frame_of_reference_uid) == (series.study_uid, series.frame_of_reference_uid)
        # Labelled slices are 1 to 4; slice 2 of the kidney is empty, but the spleen is there.
        assert seg.source_images == tuple(frozenset([uid]) for uid in series.sop_instance_uids[1:5])

    def test_dciodvfy_finds_no_error(self, written, dciodvfy):
        assert dciodvfy(written) == []

    def test_dcmqi_reads_the_same_voxels(self, written, tmp_path):
        arguments = ["--inputDICOM", str(written), "--outputDirectory", ".", "--mergeSegments", "-t", "nrrd"]
        assert run_dcmqi("segimage2itkimage", arguments, tmp_path).returncode == 0
        image = SimpleITK.ReadImage(str(next(tmp_path.glob("*.nrrd"))))
        voxels = SimpleITK.GetArrayFromImage(image)
        geometry = Geometry.from_parts(voxels.shape, image.GetSpacing(), image.GetOrigin(), image.GetDirection())
        label_map = LabelMap((voxels.astype(np.uint16),), geometry, read_dicom_seg(written).label_map.segments)
        assert_same_masks(label_map, kidney_cyst_spleen())
        attributes = json.loads(next(tmp_path.glob("*.json")).read_text(encoding="utf-8"))["segmentAttributes"]
        colours = [tuple(segment["recommendedDisplayRGBValue"]) for layer in attributes for segment in layer]
        assert sorted(colours) == sorted([(157, 108, 162), (212, 126, 151), (0, 255, 1)])

    def test_highdicom_reads_the_same_voxels(self, written, series):
        stacked = highdicom.seg.segread(written).get_pixels_by_source_instance(
            list(series.sop_instance_uids),
            combine_segments=True,
            assert_missing_frames_are_empty=True,
            ignore_spatial_locations=True,
        )
        meant = kidney_cyst_spleen()
        for number, name in enumerate(("spleen", "kidney_left", "kidney_cyst_right"), start=1):
            segment = next(s for s in meant.segments if s.name == name)
            assert np.array_equal(stacked == number, meant.mask(segment))


class TestGrids:
    @pytest.mark.parametrize(
        "geometry",
        [
            oblique(),
            # Coronal slices, whose normal runs from front to back.
            Geometry.from_parts((5, 8, 12), (0.5, 0.75, 3), (10, 20, 30), [[1, 0, 0], [0, 0, 1], [0, -1, 0]]),
            Geometry.from_parts((1, 8, 12), (0.5, 0.75, 5), (0, 0, 0), np.eye(3)),
        ],
        ids=["oblique", "coronal", "one slice"],
    )
    def test_other_orientations_come_back(self, tmp_path, dciodvfy, geometry):
        voxels = np.random.default_rng(3).integers(0, 3, geometry.shape).astype(np.uint8)
        label_map = LabelMap((voxels,), geometry, (Segment(1, "a", SPLEEN), Segment(2, "b", KIDNEY_LEFT)))
        series = ct_series(tmp_path / "ct", geometry)
        write_dicom_seg(tmp_path / "seg.dcm", label_map, series, model_name="M")
        read = read_dicom_seg(tmp_path / "seg.dcm").label_map
        assert read.geometry.matches(geometry)
        assert np.array_equal(read.layers[0], voxels)
        assert dciodvfy(tmp_path / "seg.dcm") == []

    def test_another_grid_is_refused(self, tmp_path, series):
        shifted = AXIAL.ijk_to_lps.copy()
        shifted[0, 3] += 0.35
        label_map = replace(kidney_cyst_spleen(), geometry=Geometry(AXIAL.shape, shifted))
        with pytest.raises(GeometryMismatchError, match=r"origin off by \(\+0.35, \+0, \+0\) mm"):
            write_dicom_seg(tmp_path / "seg.dcm", label_map, series, model_name="M")
        assert list(tmp_path.iterdir()) == []


class TestSegments:
    def test_overlapping_segments_come_back(self, tmp_path, series, dciodvfy):
        write_dicom_seg(tmp_path / "seg.dcm", overlapping(), series, model_name="M")
        read = read_dicom_seg(tmp_path / "seg.dcm").label_map
        assert len(read.layers) == 2
        assert_same_masks(read, overlapping())
        assert dciodvfy(tmp_path / "seg.dcm") == []

    def test_300_segments_and_their_colours_come_back(self, tmp_path, series):
        labels = np.random.default_rng(5).permutation(np.arange(1, 301, dtype=np.uint16)) * 100
        voxels = np.zeros(AXIAL.shape, dtype=np.uint16)
        voxels.flat[: labels.size] = labels
        colours = np.random.default_rng(6).integers(0, 256, (300, 3)).tolist()
        segments = tuple(Segment(int(n), f"s{n}", SPLEEN, tuple(c)) for n, c in zip(labels, colours))
        label_map = LabelMap((voxels,), AXIAL, segments)
        write_dicom_seg(tmp_path / "seg.dcm", label_map, series, model_name="M")
        read = read_dicom_seg(tmp_path / "seg.dcm").label_map
        assert_same_masks(read, label_map)
        assert {s.name: s.color for s in read.segments} == {s.name: s.color for s in segments}

    def test_labels_beyond_16_bits_come_back(self, tmp_path, series):
        voxels = np.zeros(AXIAL.shape, dtype=np.uint32)
        voxels[2, 3], voxels[3, 4] = 4_000_000_000, 70_000
        segments = (Segment(4_000_000_000, "a", SPLEEN), Segment(70_000, "b", KIDNEY_LEFT))
        label_map = LabelMap((voxels,), AXIAL, segments)
        write_dicom_seg(tmp_path / "seg.dcm", label_map, series, model_name="M")
        assert_same_masks(read_dicom_seg(tmp_path / "seg.dcm").label_map, label_map)

    def test_hostile_names_are_written_and_come_back_as_ascii(self, tmp_path, series, dciodvfy):
        voxels = np.zeros(AXIAL.shape, dtype=np.uint8)
        voxels[2, 3], voxels[2, 4] = 1, 2
        segments = (Segment(1, "& < > \" '; rm -rf \\ Größe\n" + "x" * 80, SPLEEN), Segment(2, "肝", KIDNEY_LEFT))
        label_map = LabelMap((voxels,), AXIAL, segments)
        write_dicom_seg(tmp_path / "seg.dcm", label_map, series, model_name="Modèle <ß>")
        read = read_dicom_seg(tmp_path / "seg.dcm").label_map.segments
        assert [s.name for s in read] == ["& < > \" '; rm -rf / Grosse " + "x" * 37, "?"]
        assert read[0].algorithm == "Modele <ss>"
        assert dciodvfy(tmp_path / "seg.dcm") == []

    def test_long_codes_and_descriptions_come_back(self, tmp_path, series, dciodvfy):
        voxels = np.zeros(AXIAL.shape, dtype=np.uint8)
        voxels[2, 3] = 1
        structure = CodedStructure(SPLEEN.category, sct("123456789012345678", "a code of 18 digits"))
        label_map = LabelMap((voxels,), AXIAL, (Segment(1, "s", structure, description="d" * 2000),))
        write_dicom_seg(tmp_path / "seg.dcm", label_map, series, model_name="M")
        (read,) = read_dicom_seg(tmp_path / "seg.dcm").label_map.segments
        assert (read.structure, read.description) == (structure, "d" * 1024)
        assert dciodvfy(tmp_path / "seg.dcm") == []

    def test_nothing_segmented_is_refused(self, tmp_path, series):
        label_map = LabelMap((np.zeros(AXIAL.shape, np.uint8),), AXIAL, (Segment(1, "spleen", SPLEEN),))
        with pytest.raises(ConcordanceError, match="nothing was segmented: none of 1 segments has a voxel"):
            write_dicom_seg(tmp_path / "seg.dcm", label_map, series, model_name="M")
        assert list(tmp_path.iterdir()) == []

    def test_voxels_without_a_segment_are_refused(self, tmp_path, series):
        label_map = kidney_cyst_spleen()
        label_map = replace(label_map, segments=label_map.segments[:2])
        with pytest.raises(ConcordanceError, match="label 9 belong to no segment"):
            write_dicom_seg(tmp_path / "seg.dcm", label_map, series, model_name="M")
        assert list(tmp_path.iterdir()) == []

    def test_only_segments_with_voxels_need_codes(self, tmp_path, series):
        label_map = kidney_cyst_spleen()
        segments = [*label_map.segments[:3], Segment(77, "not_found")]
        write_dicom_seg(tmp_path / "seg.dcm", replace(label_map, segments=tuple(segments)), series, model_name="M")
        uncoded = [replace(label_map.segments[0], structure=None), *label_map.segments[1:]]
        with pytest.raises(ConcordanceError, match="1 of 3 segments have no codes: spleen"):
            write_dicom_seg(tmp_path / "no.dcm", replace(label_map, segments=tuple(uncoded)), series, model_name="M")
        assert not (tmp_path / "no.dcm").exists()


class TestPlaces:
    @pytest.mark.parametrize("character_set", ["ISO_IR 100", "ISO_IR 192"])
    def test_odd_paths_and_patients(self, tmp_path, monkeypatch, change, character_set):
        folder = tmp_path / "Größe a,b; & 'c'"
        series = ct_series(folder / "c t")
        for file in series.files:
            change(file, SpecificCharacterSet=character_set, PatientName="Müller^Jörg")
        monkeypatch.setattr("tempfile.tempdir", str(folder))
        write_dicom_seg(folder / "ß ,;.dcm", kidney_cyst_spleen(), series, model_name="M")
        assert_same_masks(read_dicom_seg(folder / "ß ,;.dcm").label_map, kidney_cyst_spleen())
        assert str(pydicom.dcmread(folder / "ß ,;.dcm").PatientName) == "Müller^Jörg"
        assert sorted(path.name for path in folder.iterdir()) == ["c t", "ß ,;.dcm"]


class TestFailure:
    def test_when_dcmqi_fails_no_file_appears_and_an_old_one_stays(self, tmp_path, monkeypatch):
        series = ct_series(tmp_path / "ct")
        real = binary_seg.run_dcmqi
        without = ["--outputDICOM", "no/such/folder.dcm"]
        monkeypatch.setattr(binary_seg, "run_dcmqi", lambda name, words, *rest: real(name, [*words, *without], *rest))
        (tmp_path / "seg.dcm").write_bytes(b"old")
        with pytest.raises(DicomSegError, match="dcmqi failed"):
            write_dicom_seg(tmp_path / "seg.dcm", kidney_cyst_spleen(), series, model_name="M")
        assert (tmp_path / "seg.dcm").read_bytes() == b"old"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["ct", "seg.dcm"]

    def test_a_full_disk_leaves_nothing(self, tmp_path, series, monkeypatch):
        def full(written, target, description):
            target.write_bytes(b"a part")
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(binary_seg, "rewrite_head", full)
        with pytest.raises(OutputError, match="no space left"):
            write_dicom_seg(tmp_path / "new" / "seg.dcm", kidney_cyst_spleen(), series, model_name="M")
        assert list(tmp_path.iterdir()) == []

    def test_a_temporary_folder_that_cannot_be_written_is_named(self, tmp_path):
        with pytest.raises(OutputError, match="temporary files cannot be written here"):
            binary_seg._write_image(np.zeros((1, 1, 1), np.uint8), AXIAL, tmp_path / "gone" / "layer.nrrd")

    def test_an_image_that_has_gone_is_named(self, tmp_path, series):
        gone = replace(series, files=(tmp_path / "gone.dcm", *series.files[1:]))
        with pytest.raises(UnreadableFileError, match=r"gone\.dcm: cannot be read again"):
            write_dicom_seg(tmp_path / "seg.dcm", kidney_cyst_spleen(), gone, model_name="M")
        assert list(tmp_path.iterdir()) == []


class TestUidsThatAreNoneByTheStandard:
    @pytest.mark.parametrize("field", ["study_uid", "series_uid", "frame_of_reference_uid"])
    def test_a_part_with_leading_zeros_is_kept_as_the_images_have_it(self, series, tmp_path, field):
        odd = replace(series, **{field: "1.2.840.007.03"})
        write_dicom_seg(tmp_path / "seg.dcm", kidney_cyst_spleen(), odd, model_name="M")
        seg = read_dicom_seg(tmp_path / "seg.dcm")
        assert (seg.study_uid, seg.referenced_series_uids) == (odd.study_uid, (odd.series_uid,))
        assert seg.frame_of_reference_uid == odd.frame_of_reference_uid
        assert_same_masks(seg.label_map, kidney_cyst_spleen())

    def test_those_of_the_images_as_well(self, series, tmp_path):
        uids = tuple(f"1.2.840.0{number}" for number in range(len(series.files)))
        write_dicom_seg(
            tmp_path / "seg.dcm", kidney_cyst_spleen(), replace(series, sop_instance_uids=uids), model_name="M"
        )
        assert read_dicom_seg(tmp_path / "seg.dcm").source_images == tuple(frozenset([uid]) for uid in uids[1:5])

    def test_one_that_is_too_long_is_named(self, series, tmp_path):
        odd = replace(series, study_uid="1." + "2" * 64)
        with pytest.raises(DicomSegError, match=r"the images have the UID 1\.2+ of 66 letters, which no SEG can name"):
            write_dicom_seg(tmp_path / "seg.dcm", kidney_cyst_spleen(), odd, model_name="M")


def test_segs_of_images_without_a_frame_of_reference_share_one(series, tmp_path):
    old = replace(series, frame_of_reference_uid="")
    for name in ("a", "b"):
        write_dicom_seg(tmp_path / f"{name}.dcm", kidney_cyst_spleen(), old, model_name=name)
    one, other = (read_dicom_seg(tmp_path / f"{name}.dcm") for name in ("a", "b"))
    assert one.frame_of_reference_uid and one.frame_of_reference_uid == other.frame_of_reference_uid
    assert_same_masks(one.label_map, kidney_cyst_spleen())


def test_a_real_ct_and_its_segmentation(real_cases, shared_reference, tmp_path, dciodvfy):
    """TotalSegmentator's output, a left-handed grid, on a JPEG 2000 CT: every voxel where nibabel finds it."""
    series = read_image_series(real_cases / "thorax_dicom" / "ct")
    source = real_cases / "thorax_dicom" / "totalsegmentator_v2_total.nii.gz"
    voxels, geometry = read_label_volume(source)
    present = np.unique(voxels)[1:].tolist()
    with (shared_reference / "labelmaps" / "totalsegmentator_v2.csv").open(encoding="utf-8", newline="") as table:
        rows = {int(row["label_id"]): row for row in csv.DictReader(table) if row["task"] == "total"}
    segments = tuple(_segment_of(rows[label]) for label in present)
    label_map = bring_to_grid(LabelMap((voxels,), geometry, segments), series.geometry, str(source))
    write_dicom_seg(tmp_path / "ts.dcm", label_map, series, model_name="TotalSegmentator 2.6")

    image = nibabel.load(source)
    read = read_dicom_seg(tmp_path / "ts.dcm").label_map
    assert len(read.segments) == len(present) > 20
    # Where a voxel of the SEG lies in the NIfTI file, by the affine of nibabel (RAS).
    to_file = np.linalg.inv(image.affine) @ np.diag([-1, -1, 1, 1]) @ read.geometry.ijk_to_lps
    labels = np.array([0, *present])
    k, j, i = np.nonzero(read.layers[0])
    places = np.rint(to_file @ np.stack([i, j, k, np.ones_like(i)]))[:3].astype(int)
    in_file = np.asarray(image.dataobj)
    assert np.array_equal(in_file[tuple(places)], labels[read.layers[0][k, j, i]])
    assert len(k) == np.count_nonzero(in_file)
    assert dciodvfy(tmp_path / "ts.dcm") == []


def _segment_of(row) -> Segment:
    parts = [
        sct(row[f"{part}_code"], row[f"{part}_meaning"]) if row[f"{part}_code"] else None
        for part in ("category", "type", "modifier", "region", "region_modifier")
    ]
    color = tuple(int(row[channel]) for channel in "rgb")
    return Segment(int(row["label_id"]), row["harmonized_name"], CodedStructure(*parts), color)
