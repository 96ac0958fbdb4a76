"""Reading DICOM SEG of other makers, in every encoding, and saying what is wrong with a bad one."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pydicom
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian, RLELossless

from imaging.seg_cases import (
    AXIAL,
    CYST_KIDNEY_RIGHT,
    KIDNEY_LEFT,
    SPLEEN,
    ct_series,
    highdicom_seg,
    kidney_cyst_spleen,
    masks_on,
    oblique,
    overlapping,
    reordered,
)
from SegmentationConcordanceLib.errors import DicomSegError, UnreadableFileError
from SegmentationConcordanceLib.imaging.seg_reader import check_refers_to, read_dicom_seg
from SegmentationConcordanceLib.imaging.seg_writer import write_dicom_seg


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    return ct_series(tmp_path_factory.mktemp("ct") / "ct")


@pytest.fixture
def made(series):
    """Build a SEG with highdicom from a label map: its dataset."""

    def build(label_map, kind="BINARY", of=series, **also):
        return highdicom_seg(label_map, of, kind, **also)

    return build


def read(dataset, tmp_path):
    dataset.save_as(tmp_path / "other.dcm", enforce_file_format=True)
    return read_dicom_seg(tmp_path / "other.dcm")


def assert_same(seg, label_map):
    found = masks_on(label_map.geometry, seg.label_map)
    assert found.keys() == {segment.name for segment in label_map.segments}
    for segment in label_map.segments:
        assert np.array_equal(found[segment.name], label_map.mask(segment)), segment.name


class TestEncodings:
    def test_binary_with_overlaps(self, made, tmp_path):
        seg = read(made(overlapping()), tmp_path)
        assert_same(seg, overlapping())
        assert [segment.layer for segment in seg.label_map.segments] == [0, 0, 1]

    def test_codes_and_algorithm(self, made, tmp_path):
        seg = read(made(overlapping()), tmp_path)
        assert [(s.label, s.name, s.structure, s.algorithm) for s in seg.label_map.segments] == [
            (1, "kidney_left", KIDNEY_LEFT, "Model H"),
            (2, "cyst", CYST_KIDNEY_RIGHT, "Model H"),
            (3, "spleen", SPLEEN, "Model H"),
        ]
        assert seg.algorithm_names == ("Model H",)
        assert (seg.series_description, seg.label_map_name, seg.tasks) == ("by highdicom", "", ())

    @pytest.mark.parametrize("geometry", [AXIAL, oblique()], ids=["axial", "oblique"])
    @pytest.mark.parametrize("seed", [None, 1, 2], ids=["reversed", "shuffled", "shuffled otherwise"])
    def test_frames_in_any_order(self, made, tmp_path, seed, geometry):
        dataset = made(overlapping(geometry), of=ct_series(tmp_path / "ct", geometry))
        count = int(dataset.NumberOfFrames)
        order = np.arange(count)[::-1] if seed is None else np.random.default_rng(seed).permutation(count)
        seg = read(reordered(dataset, order), tmp_path)
        assert_same(seg, overlapping(geometry))
        first, last = 1, 4
        assert seg.label_map.geometry.shape[0] == last - first + 1
        assert np.allclose(seg.label_map.geometry.lps_of((0, 0, 0)), geometry.lps_of((0, 0, first)), atol=1e-4)

    def test_slices_without_frames_are_part_of_the_grid(self, made, tmp_path):
        label_map = kidney_cyst_spleen()
        label_map.layers[0][2] = 0
        label_map = replace(label_map, segments=label_map.segments[:3])
        dataset = made(label_map)
        assert len({tuple(f.PlanePositionSequence[0].ImagePositionPatient) for f in dataset[0x52009230]}) == 3
        seg = read(dataset, tmp_path)
        assert seg.label_map.geometry.shape == (4, 9, 11)
        assert seg.source_images[1] == frozenset()
        assert_same(seg, label_map)

    def test_a_segment_without_frames_is_kept(self, made, tmp_path):
        seg = read(made(kidney_cyst_spleen()), tmp_path)
        counts = {segment.name: count for segment, count in seg.label_map.voxel_counts().items()}
        assert counts == {"spleen": 44, "kidney_left": 24, "kidney_cyst_right": 4, "not_found": 0}

    @pytest.mark.parametrize("syntax", [DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian])
    def test_binary_in_other_transfer_syntaxes(self, made, tmp_path, syntax):
        dataset = made(overlapping())
        dataset.file_meta.TransferSyntaxUID = syntax
        plain = pydicom.Dataset(dataset)
        plain.file_meta = dataset.file_meta
        plain.save_as(tmp_path / "s.dcm", enforce_file_format=True)
        assert_same(read_dicom_seg(tmp_path / "s.dcm"), overlapping())

    @pytest.mark.parametrize("vr", ["OB", "OW"])
    def test_binary_in_big_endian(self, made, tmp_path, vr):
        dataset = made(overlapping())
        plain = pydicom.Dataset(dataset)
        plain.file_meta = dataset.file_meta
        plain.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
        if vr == "OW":  # the bytes of every word change places
            data = np.frombuffer(dataset.PixelData, np.uint8).reshape(-1, 2)
            plain.PixelData = data[:, ::-1].tobytes()
        plain["PixelData"].VR = vr
        pydicom.dcmwrite(tmp_path / "s.dcm", plain, implicit_vr=False, little_endian=False, force_encoding=True)
        assert_same(read_dicom_seg(tmp_path / "s.dcm"), overlapping())

    @pytest.mark.parametrize("syntax", [None, RLELossless])
    def test_label_map(self, made, tmp_path, syntax):
        label_map = kidney_cyst_spleen()
        seg = read(made(label_map, "LABELMAP", **({"transfer_syntax_uid": syntax} if syntax else {})), tmp_path)
        assert_same(seg, label_map)
        assert [segment.label for segment in seg.label_map.segments] == [1, 2, 3, 4]

    @pytest.mark.parametrize("syntax", [None, RLELossless])
    def test_fractional_counts_from_half_on(self, made, tmp_path, syntax):
        label_map = replace(kidney_cyst_spleen(), segments=kidney_cyst_spleen().segments[:1])
        fractions = np.zeros((*AXIAL.shape, 1))
        fractions[2, 6, :4, 0] = 0.2, 0.49, 0.5, 0.9
        options = {"fractions": fractions, "max_fractional_value": 100}
        if syntax:
            options["transfer_syntax_uid"] = syntax
        seg = read(made(label_map, "FRACTIONAL", **options), tmp_path)
        assert np.argwhere(seg.label_map.layers[0]).tolist() == [[0, 6, 2], [0, 6, 3]]

    def test_spacing_falls_back_to_the_positions(self, made, tmp_path):
        dataset = made(overlapping())
        measures = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
        measures.SliceThickness = 7
        measures.SpacingBetweenSlices = 0.4
        assert read(dataset, tmp_path).label_map.geometry.spacing_mm == pytest.approx([0.7, 0.9, 2.5])
        del measures.SpacingBetweenSlices
        assert read(dataset, tmp_path).label_map.geometry.spacing_mm == pytest.approx([0.7, 0.9, 2.5])

    def test_spacing_and_orientation_of_each_frame(self, made, tmp_path):
        dataset = made(overlapping())
        _own_spacing(dataset, 0, [0.9, 0.7])
        assert_same(read(dataset, tmp_path), overlapping())


class TestBadFiles:
    def test_missing_empty_and_other_files(self, tmp_path):
        (tmp_path / "empty.dcm").touch()
        (tmp_path / "text.dcm").write_text("hello" * 100, encoding="utf-8")
        for name, fact in (
            ("no.dcm", "does not exist"),
            ("empty.dcm", "is empty"),
            ("text.dcm", "is not a DICOM file"),
        ):
            with pytest.raises(UnreadableFileError, match=fact):
                read_dicom_seg(tmp_path / name)

    def test_an_image_is_no_seg(self, series):
        with pytest.raises(DicomSegError, match="is DICOM of modality CT, not a SEG"):
            read_dicom_seg(series.files[0])

    @pytest.mark.parametrize(
        ("spoil", "fact"),
        [
            (lambda d: delattr(d, "SegmentSequence"), "describes no segments"),
            (lambda d: d.SegmentSequence.pop(), r"segments that it does not describe: \[3\]"),
            (lambda d: setattr(d.SegmentSequence[1], "SegmentNumber", 1), "two segments of number 1"),
            (lambda d: delattr(d, "PixelData"), "has no pixel data"),
            (lambda d: setattr(d, "PixelData", d.PixelData[:51]), "is truncated: pixel data of 4 of 7 frames"),
            (lambda d: delattr(d, "PerFrameFunctionalGroupsSequence"), "functional groups for 0 of 7 frames"),
            (lambda d: d.PerFrameFunctionalGroupsSequence.pop(), "functional groups for 6 of 7 frames"),
            (
                lambda d: delattr(d.PerFrameFunctionalGroupsSequence[2], "PlanePositionSequence"),
                "frame 3 lacks the functional group PlanePositionSequence",
            ),
            (
                lambda d: delattr(d.SharedFunctionalGroupsSequence[0], "PixelMeasuresSequence"),
                "lacks the functional group PixelMeasuresSequence",
            ),
            (
                lambda d: delattr(d.SharedFunctionalGroupsSequence[0], "PlaneOrientationSequence"),
                "lacks the functional group PlaneOrientationSequence",
            ),
            (lambda d: _move(d, 0, [0, 0, 0.9]), "mm apart, not evenly spaced"),
            (lambda d: _move(d, 0, [0.4, 0, 0]), "mm off an even grid"),
            (lambda d: _move(d, 0, [0, 0, 1e7]), "not evenly spaced|its frames span"),
            (lambda d: _move(d, 1, [0, 0, -2.5]), "holds 2 frames of segment 1 in one place"),
            (lambda d: _own_spacing(d, 2, [0.9, 0.75]), "its frames differ in PixelMeasuresSequence"),
            (lambda d: _own_spacing(d, 0, ["1e999", "1"]), "missing or damaged attribute .PixelSpacing inf x 1.0 mm"),
            (lambda d: _move(d, 0, [0, 0, np.nan]), "missing or damaged attribute .ImagePositionPatient"),
            (lambda d: setattr(d, "TotalPixelMatrixColumns", 10), r"tiled \(slide\) image"),
            (lambda d: delattr(d, "Rows"), "its frames have 0 rows and 11 columns"),
            (lambda d: setattr(d, "Rows", 0), "its frames have 0 rows"),
            (lambda d: setattr(d, "SegmentationType", "FOO"), "unknown type .FOO."),
        ],
    )
    def test_damage_is_told(self, made, tmp_path, spoil, fact):
        dataset = deepcopy(made(overlapping()))
        spoil(dataset)
        with pytest.raises(DicomSegError, match=fact):
            read(dataset, tmp_path)

    def test_a_file_cut_off_anywhere_is_an_error(self, made, tmp_path):
        made(overlapping()).save_as(tmp_path / "whole.dcm", enforce_file_format=True)
        whole = (tmp_path / "whole.dcm").read_bytes()
        for length in range(200, len(whole) - 2, 97):
            (tmp_path / "cut.dcm").write_bytes(whole[:length])
            with pytest.raises((DicomSegError, UnreadableFileError)):
                read_dicom_seg(tmp_path / "cut.dcm")

    def test_a_cut_off_compressed_file_is_an_error(self, made, tmp_path):
        dataset = made(kidney_cyst_spleen(), "LABELMAP", transfer_syntax_uid=RLELossless)
        dataset.save_as(tmp_path / "whole.dcm", enforce_file_format=True)
        whole = (tmp_path / "whole.dcm").read_bytes()
        for cut in (20, 60, 150):
            (tmp_path / "cut.dcm").write_bytes(whole[:-cut])
            with pytest.raises(DicomSegError):
                read_dicom_seg(tmp_path / "cut.dcm")

    def test_names_are_one_line_and_otherwise_as_they_are(self, made, tmp_path):
        dataset = made(overlapping())
        dataset.SpecificCharacterSet = "ISO_IR 192"
        dataset.SegmentSequence[0].SegmentLabel = '<b>Lüng & "x"</b>\r\n\x1b[31m'
        assert read(dataset, tmp_path).label_map.segments[0].name == '<b>Lüng & "x"</b> [31m'


def _own_spacing(dataset, frame, spacing):
    (shared,) = dataset.SharedFunctionalGroupsSequence
    for item in dataset.PerFrameFunctionalGroupsSequence:
        item.PixelMeasuresSequence = deepcopy(shared.PixelMeasuresSequence)
    del shared.PixelMeasuresSequence
    dataset.PerFrameFunctionalGroupsSequence[frame].PixelMeasuresSequence[0].PixelSpacing = spacing


def _move(dataset, frame, by):
    position = dataset.PerFrameFunctionalGroupsSequence[frame].PlanePositionSequence[0]
    position.ImagePositionPatient = [f"{a + b:.10g}" for a, b in zip(position.ImagePositionPatient, by)]


@pytest.fixture(scope="module")
def seg(series, tmp_path_factory):
    path = tmp_path_factory.mktemp("seg") / "seg.dcm"
    write_dicom_seg(path, kidney_cyst_spleen(), series, model_name="M")
    return read_dicom_seg(path)


class TestReference:
    def test_its_own_series_is_accepted(self, seg, series):
        check_refers_to(seg, series)

    def test_another_series_is_refused_with_both_uids(self, seg, series, tmp_path):
        other = ct_series(tmp_path / "ct", name="2")
        with pytest.raises(DicomSegError, match=f"refers to series {series.series_uid}, not to {other.series_uid}"):
            check_refers_to(seg, other)

    def test_without_a_series_the_source_images_decide(self, seg, series, tmp_path):
        without = replace(seg, referenced_series_uids=())
        check_refers_to(without, series)
        with pytest.raises(DicomSegError, match="refers to no image of series"):
            check_refers_to(without, ct_series(tmp_path / "ct", name="2"))

    def test_without_images_the_frame_of_reference_decides(self, seg, series):
        without = replace(seg, referenced_series_uids=(), source_images=(frozenset(),) * 4)
        check_refers_to(without, series)
        with pytest.raises(
            DicomSegError, match=rf"frame of reference is {seg.frame_of_reference_uid}, .* series 1.2.3"
        ):
            check_refers_to(without, replace(series, frame_of_reference_uid="1.2.3"))
        with pytest.raises(DicomSegError, match="frame of reference is blank"):
            blank = replace(without, frame_of_reference_uid="")
            check_refers_to(blank, replace(series, frame_of_reference_uid=""))
