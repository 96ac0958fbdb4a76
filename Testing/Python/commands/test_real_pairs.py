"""concordance harmonize on every real pair of image and model output: clean, and read back alike by three readers."""

from __future__ import annotations

import json

import highdicom
import numpy as np
import pydicom
import pytest
import SimpleITK

from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.imaging.ct_writer import seeded_uid, write_ct_series
from SegmentationConcordanceLib.imaging.dcmqi import run_dcmqi
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.image_series import read_image_series
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg

PAIRS = ("thorax_dicom/totalsegmentator_v2_total", "abdomen_nifti/totalsegmentator_v2_total")
PAIRS += ("abdomen_nifti/totalsegmentator_v2_total_fast",)
CONCEPTS = ("category", "type", "modifier", "region", "region_modifier")


@pytest.fixture(scope="module")
def images(real_cases, tmp_path_factory):
    """The DICOM series of each folder of pairs: that of the thorax; the abdomen's written from its NIfTI file."""
    volume = SimpleITK.DICOMOrient(SimpleITK.ReadImage(str(real_cases / "abdomen_nifti" / "ct.nii.gz")), "LPS")
    voxels = SimpleITK.GetArrayFromImage(volume).clip(-1024, 3071).astype(np.int16)
    direction = np.reshape(volume.GetDirection(), (3, 3))
    geometry = Geometry.from_parts(voxels.shape, volume.GetSpacing(), volume.GetOrigin(), direction)
    abdomen = tmp_path_factory.mktemp("abdomen") / "ct"
    names = ("study_uid", "series_uid", "frame_of_reference_uid")
    uids = {name: seeded_uid("abdomen", name) for name in names}
    write_ct_series(abdomen, voxels, geometry, patient_id="A", patient_name="A", **uids)
    return {"thorax_dicom": real_cases / "thorax_dicom" / "ct", "abdomen_nifti": abdomen}


@pytest.fixture(scope="module", params=PAIRS)
def pair(request, real_cases, images, tmp_path_factory):
    """(the SEG, the series, the model's own masks by all of their codes); the model was not named but recognized."""
    from SegmentationConcordanceLib.cli import run

    folder = images[request.param.partition("/")[0]]
    source = real_cases / f"{request.param}.nii.gz"
    path = tmp_path_factory.mktemp("pair") / "seg.dcm"
    words = ["harmonize", "--ct", folder, "--segmentation", source, "--output", path]
    assert run([str(word) for word in words]) == 0
    series = read_image_series(folder)
    voxels = SimpleITK.GetArrayFromImage(
        SimpleITK.DICOMOrient(SimpleITK.ReadImage(str(source)), series.geometry.orientation)
    )
    labels = load_vocabulary("totalsegmentator_v2").for_task("total").labels
    found = [label for label in labels if np.any(voxels == label.label)]
    meant = {coded(*(getattr(label.structure, name) for name in CONCEPTS)): voxels == label.label for label in found}
    assert len(meant) == len(found) > 20
    return path, series, meant


def coded(*concepts):
    """(scheme, value) of category, type, modifier, region and its modifier; None for what is not coded."""
    return tuple(None if one is None else (one.scheme, one.value) for one in concepts)


def coded_item(item):
    """The same of an item of a SEG's SegmentSequence."""

    def first(place, keyword):
        return place[keyword].value[0] if place is not None and place.get(keyword) else None

    kind, region = first(item, "SegmentedPropertyTypeCodeSequence"), first(item, "AnatomicRegionSequence")
    concepts = (
        first(item, "SegmentedPropertyCategoryCodeSequence"),
        kind,
        first(kind, "SegmentedPropertyTypeModifierCodeSequence"),
        region,
        first(region, "AnatomicRegionModifierSequence"),
    )
    return tuple(None if one is None else (one.CodingSchemeDesignator, one.CodeValue) for one in concepts)


def coded_json(segment):
    """The same of a segment in dcmqi's JSON."""
    keywords = (
        *("SegmentedPropertyCategoryCodeSequence", "SegmentedPropertyTypeCodeSequence"),
        *("SegmentedPropertyTypeModifierCodeSequence", "AnatomicRegionSequence", "AnatomicRegionModifierSequence"),
    )
    found = [segment.get(keyword) for keyword in keywords]
    return tuple(None if one is None else (one["CodingSchemeDesignator"], one["CodeValue"]) for one in found)


def require_equal(meant, read):
    assert meant.keys() == read.keys()
    for codes, mask in meant.items():
        assert np.array_equal(mask, read[codes]), codes


def test_dciodvfy_finds_no_error(pair, dciodvfy):
    assert dciodvfy(pair[0]) == []


def test_highdicom_reads_equal_voxels_and_codes(pair):
    path, series, meant = pair
    seg = highdicom.seg.segread(path)
    stacked = seg.get_pixels_by_source_instance(
        list(series.sop_instance_uids), assert_missing_frames_are_empty=True, ignore_spatial_locations=True
    )
    require_equal(meant, {coded_item(item): stacked[..., n] > 0 for n, item in enumerate(seg.SegmentSequence)})


def test_dcmqi_reads_equal_voxels_and_codes(pair, tmp_path):
    path, series, meant = pair
    arguments = ["--inputDICOM", str(path), "--outputDirectory", ".", "--mergeSegments", "-t", "nrrd"]
    assert run_dcmqi("segimage2itkimage", arguments, tmp_path).returncode == 0
    image = SimpleITK.ReadImage(str(next(tmp_path.glob("*.nrrd"))))
    read = SimpleITK.GetArrayFromImage(image)
    first = round(float(series.geometry.ijk_of(image.GetOrigin())[2]))
    voxels = np.zeros(series.geometry.shape, np.uint16)
    voxels[first : first + len(read)] = read
    attributes = json.loads(next(tmp_path.glob("*.json")).read_text(encoding="utf-8"))["segmentAttributes"]
    segments = [segment for layer in attributes for segment in layer]
    require_equal(meant, {coded_json(segment): voxels == segment["labelID"] for segment in segments})


def test_our_own_reader_gives_equal_voxels_codes_and_the_recognized_model(pair):
    path, series, meant = pair
    seg = read_dicom_seg(path)
    assert (seg.label_map_name, seg.tasks) == ("totalsegmentator_v2", ("total",))
    assert {str(item.SegmentAlgorithmName) for item in pydicom.dcmread(path).SegmentSequence} == {
        "TotalSegmentator 2.6"
    }
    first = round(float(series.geometry.ijk_of(seg.label_map.geometry.origin_lps)[2]))
    read = {}
    for segment in seg.label_map.segments:
        mask = np.zeros(series.geometry.shape, bool)
        found = seg.label_map.mask(segment)
        mask[first : first + len(found)] = found
        read[coded(*(getattr(segment.structure, name) for name in CONCEPTS))] = mask
    require_equal(meant, read)
