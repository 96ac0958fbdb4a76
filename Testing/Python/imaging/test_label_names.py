"""Names that segmentation files bring along, written by nibabel."""

from __future__ import annotations

import nibabel
import numpy as np
import pytest

from SegmentationConcordanceLib.errors import UnreadableFileError
from SegmentationConcordanceLib.imaging.label_names import read_nifti_label_names, read_seg_labels

LABELS = (
    '<Label Key="0" Red="0" Green="0" Blue="0" Alpha="0"><![CDATA[???]]></Label>'
    '<Label Key="7" Red="1.0" Green="0.5" Blue="0" Alpha="1"><![CDATA[spleen]]></Label>\n'
    '<Label Key="2" Red="0" Green="0" Blue="0" Alpha="1"> kidney &amp; cyst </Label>'
)
XML = (
    '<?xml version="1.0" encoding="UTF-8"?> <CaretExtension><VolumeInformation Index="0"><LabelTable>'
    f"{LABELS}</LabelTable></VolumeInformation></CaretExtension>\n   "
)


def write(path, *contents: bytes, kind=nibabel.Nifti1Image):
    image = kind(np.zeros((2, 3, 4), np.uint8), np.eye(4))
    for content in contents:
        image.header.extensions.append(nibabel.nifti1.Nifti1Extension(0, content))
    nibabel.save(image, path)
    return path


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
def test_names_in_the_header_extension(tmp_path, suffix, kind):
    path = write(tmp_path / f"a{suffix}", b"something else", XML.encode(), kind=kind)
    assert [(label.label, label.name) for label in read_nifti_label_names(path)] == [
        (2, "kidney & cyst"),
        (7, "spleen"),
    ]


@pytest.mark.parametrize("contents", [(), (b"<not xml",), (b"<!DOCTYPE x [<!ENTITY y 'z'>]><x/>",), (b"",)])
def test_a_file_without_names_has_none(tmp_path, contents):
    assert read_nifti_label_names(write(tmp_path / "a.nii.gz", *contents)) == ()


def test_a_damaged_file_is_refused(tmp_path):
    path = write(tmp_path / "a.nii.gz", XML.encode())
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(UnreadableFileError, match="truncated or damaged"):
        read_nifti_label_names(path)
    (tmp_path / "b.nii").write_bytes(b"no nifti file at all")
    with pytest.raises(UnreadableFileError, match="not a NIfTI file"):
        read_nifti_label_names(tmp_path / "b.nii")


def test_totalsegmentator_wrote_its_names(real_cases):
    names = read_nifti_label_names(real_cases / "abdomen_nifti" / "totalsegmentator_v2_total.nii.gz")
    by_label = {label.label: label.name for label in names}
    assert (by_label[1], by_label[92], by_label[117]) == ("spleen", "rib_left_1", "costal_cartilages")


def test_the_segments_of_a_dicom_seg(tmp_path):
    from imaging import seg_cases

    label_map = seg_cases.kidney_cyst_spleen()
    series = seg_cases.ct_series(tmp_path / "ct")
    seg_cases.highdicom_seg(label_map, series).save_as(tmp_path / "a.dcm")
    read = read_seg_labels(tmp_path / "a.dcm")
    assert [label.structure for label in read] == [segment.structure for segment in label_map.segments]
    assert [label.name for label in read] == [segment.name for segment in label_map.segments]
