"""What a file says in an unusual way is read as it is meant, with a word about it, or refused."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import nibabel
import numpy as np
import pytest
from highdicom.sr.coding import CodedConcept as Code
from pydicom.pixels import unpack_bits

from imaging.seg_cases import AXIAL, SPLEEN, ct_series, highdicom_seg, kidney_cyst_spleen, masks_on, sct
from SegmentationConcordanceLib.agreement import staple
from SegmentationConcordanceLib.agreement.staple import estimate
from SegmentationConcordanceLib.agreement.staple_rows import unsettled_note
from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.anatomy.identity import structure_identity
from SegmentationConcordanceLib.errors import DicomSegError, VoxelTypeError
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.imaging.seg_alike import told_apart
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.imaging.volume_files import read_label_volume


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    return ct_series(tmp_path_factory.mktemp("ct") / "ct")


def assert_same(seg, meant: LabelMap) -> None:
    found = masks_on(AXIAL, seg.label_map)
    for segment in meant.segments[:3]:
        assert np.array_equal(found[segment.name], meant.mask(segment)), segment.name


class TestPaddedFrames:
    """Frames of 9 x 11 voxels: 99 bits, 13 bytes."""

    def padded(self, tmp_path, series, more: int = 0):
        seg = highdicom_seg(kidney_cyst_spleen(), series)
        n = int(seg.NumberOfFrames)
        bits = unpack_bits(seg.PixelData, as_array=True)[: n * 99].reshape(n, 99)
        data = np.packbits(np.pad(bits, ((0, 0), (0, 5))), axis=1, bitorder="little").tobytes()
        seg.PixelData = data + b"\0" * (len(data) % 2) + b"\0" * more
        seg.save_as(tmp_path / "x.dcm")
        return tmp_path / "x.dcm"

    def test_they_are_read_frame_by_frame_and_it_is_said(self, tmp_path, series):
        seg = read_dicom_seg(self.padded(tmp_path, series), series)
        assert_same(seg, kidney_cyst_spleen())
        assert any("padded to whole bytes" in note for note in seg.notes)

    def test_a_length_that_fits_neither_is_refused(self, tmp_path, series):
        with pytest.raises(DicomSegError, match="bytes of pixel data, where"):
            read_dicom_seg(self.padded(tmp_path, series, more=4), series)

    def test_packed_frames_need_no_word(self, tmp_path, series):
        highdicom_seg(kidney_cyst_spleen(), series).save_as(tmp_path / "x.dcm")
        assert read_dicom_seg(tmp_path / "x.dcm", series).notes == ()


class TestFractional:
    def seg(self, tmp_path, series, values: dict[int, int]):
        """Every voxel of each segment has a value of its own: by segment number, of 255."""
        seg = highdicom_seg(kidney_cyst_spleen(), series, "FRACTIONAL")
        frames = np.frombuffer(seg.PixelData, np.uint8)[: int(seg.NumberOfFrames) * 99].reshape(-1, 99).copy()
        for number, frame in enumerate(seg.PerFrameFunctionalGroupsSequence):
            of = int(frame.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
            frames[number][frames[number] > 0] = values[of]
            if values[of] < 0:
                frames[number] = 0
        data = frames.tobytes()
        seg.PixelData = data + b"\0" * (len(data) % 2)
        seg.save_as(tmp_path / "x.dcm")
        return read_dicom_seg(tmp_path / "x.dcm", series)

    def test_a_single_value_below_half_is_a_mask_and_it_is_said(self, tmp_path, series):
        seg = self.seg(tmp_path, series, {1: 1, 2: 255, 3: 100, 4: 1})
        assert_same(seg, kidney_cyst_spleen())
        (note,) = seg.notes
        assert note == "spleen, kidney_cyst_right: fractional with one single value below half; taken as masks"

    def test_values_below_half_everywhere_warn(self, tmp_path, series):
        fractions = np.stack([kidney_cyst_spleen().mask(one) for one in kidney_cyst_spleen().segments], axis=-1) * 0.3
        fractions[1] *= 0.5
        highdicom_seg(kidney_cyst_spleen(), series, "FRACTIONAL", fractions=fractions).save_as(tmp_path / "x.dcm")
        seg = read_dicom_seg(tmp_path / "x.dcm", series)
        assert any("below half everywhere" in note and "kidney_left" in note for note in seg.notes)


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.uint8, np.uint16])
@pytest.mark.parametrize("highest", [1, 5, 117])
def test_labels_saved_as_scaled_floats_are_whole_numbers(tmp_path, dtype, highest):
    voxels = np.arange(4 * 5 * 6).reshape(4, 5, 6) % (highest + 1)
    header = nibabel.Nifti1Image(np.zeros((4, 5, 6), dtype), np.eye(4)).header
    nibabel.save(nibabel.Nifti1Image(voxels.astype(np.float64), np.eye(4), header), tmp_path / "a.nii.gz")
    read, _ = read_label_volume(tmp_path / "a.nii.gz")
    assert np.array_equal(read, voxels.transpose(2, 1, 0))


def test_probabilities_under_an_integer_header_are_none(tmp_path):
    values = np.linspace(0, 1, 120).reshape(4, 5, 6)
    header = nibabel.Nifti1Image(np.zeros((4, 5, 6), np.uint8), np.eye(4)).header
    nibabel.save(nibabel.Nifti1Image(values, np.eye(4), header), tmp_path / "a.nii.gz")
    with pytest.raises(VoxelTypeError, match="no whole numbers"):
        read_label_volume(tmp_path / "a.nii.gz")


ANATOMY = sct("123037004", "Anatomical Structure")
KIDNEY = CodedStructure(ANATOMY, sct("64033007", "Kidney"))
ORGAN = CodedStructure(ANATOMY, sct("113343008", "Body organ"))


class TestAlike:
    def names(self, segments) -> list[str]:
        return ["" if one.structure is None else structure_identity(one.structure).key for one in segments]

    def test_sides_that_only_the_names_give(self):
        segments, (note,) = told_apart([Segment(1, "kidney left", KIDNEY), Segment(2, "Kidney_Right", KIDNEY)])
        assert self.names(segments) == ["SCT:64033007|SCT:7771000", "SCT:64033007|SCT:24028007"]
        assert "taken by their names" in note

    def test_all_called_organ(self):
        found, (note,) = told_apart([Segment(n, name, ORGAN) for n, name in enumerate(["liver", "spleen", "blob"], 1)])
        assert self.names(found) == ["SCT:10200004", "SCT:78961009", ""]
        assert "3 segments have the same codes SCT:113343008" in note and "blob: not compared" in note

    def test_what_no_name_explains_is_uncoded_rather_than_summed(self):
        found, (note,) = told_apart([Segment(1, "lesion 1", SPLEEN), Segment(2, "lesion 2", SPLEEN)])
        assert self.names(found) == ["", ""]
        assert "lesion 1, lesion 2: not compared" in note

    def test_a_name_that_contradicts_the_code_is_no_explanation(self):
        found, _ = told_apart([Segment(1, "spleen", SPLEEN), Segment(2, "liver", SPLEEN)])
        assert self.names(found) == ["SCT:78961009", ""]

    def test_one_name_is_one_structure(self):
        found, (note,) = told_apart([Segment(1, "spleen", SPLEEN), Segment(2, "Spleen", SPLEEN)])
        assert self.names(found) == ["SCT:78961009"] * 2
        assert "taken together" in note

    def test_segments_that_differ_need_no_word(self):
        segments = kidney_cyst_spleen().segments[:3]
        assert told_apart(segments) == (segments, ())

    def test_a_second_modifier_that_differs(self, tmp_path, series):
        meant = kidney_cyst_spleen()
        segments = [replace(one, name=name, structure=KIDNEY) for one, name in zip(meant.segments, ["a", "b", "c"])]
        seg = highdicom_seg(LabelMap(meant.layers, AXIAL, tuple(segments)), series)
        for item, side in zip(seg.SegmentSequence, ("Upper", "Lower", "Middle")):
            modifiers = [Code("7771000", "SCT", "Left"), Code(f"9999{len(side)}", "99TEST", side)]
            item.SegmentedPropertyTypeCodeSequence[0].SegmentedPropertyTypeModifierCodeSequence = modifiers
        seg.save_as(tmp_path / "x.dcm")
        read = read_dicom_seg(tmp_path / "x.dcm", series)
        assert all(one.structure is None for one in read.label_map.segments)
        assert "3 segments have the same codes" in read.notes[0]


@pytest.mark.parametrize("scheme", ["SRT", "SNM3", "99SDM"])
def test_old_snomed_codes_equal_the_new_ones(scheme):
    old = CodedStructure(
        CodedConcept("T-D0050", scheme, "Tissue"),
        CodedConcept("T-71000", scheme, "Kidney"),
        CodedConcept("G-A101", scheme, "L"),
    )
    new = CodedStructure(sct("85756007", "Tissue"), sct("64033007", "Kidney"), sct("7771000", "Left"))
    assert structure_identity(old) == structure_identity(new)


def test_totalsegmentators_own_left_subclavian_artery():
    own = CodedStructure(ANATOMY, sct("29700009", "Subclavian artery"), sct("7771000", "Left"))
    ours = CodedStructure(ANATOMY, sct("36765005", "Subclavian artery"), sct("7771000", "Left"))
    assert structure_identity(own) == structure_identity(ours)
    right = CodedStructure(ANATOMY, sct("29700009", "Subclavian artery"), sct("24028007", "Right"))
    assert structure_identity(right).modifier == "SCT:24028007"


def test_staple_goes_on_until_it_settles_or_says_that_it_did_not(monkeypatch):
    counts = np.array([100_000, 900, 1000, 3])
    assert estimate(counts, 2).has_settled
    monkeypatch.setattr(staple, "_MOST_ITERATIONS", 2)
    stopped = estimate(counts, 2)
    assert (stopped.has_settled, stopped.iterations) == (False, 2)
    comparison = SimpleNamespace(structures=[SimpleNamespace(name="spleen")])
    consensus = staple.StapleConsensus("STAPLE", np.zeros((1, 4), bool), {0: 1.0}, {0: stopped})
    assert "not converged for spleen: stopped after 2 iterations" in unsettled_note(comparison, consensus)
