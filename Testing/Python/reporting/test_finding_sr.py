"""The structured report of findings: its places, and SEGs that other programs made as those it refers to."""

from __future__ import annotations

import json
from pathlib import Path

import highdicom
import pydicom
import pytest
import SimpleITK

from imaging.seg_cases import AXIAL, KIDNEY_LEFT, SPLEEN, ct_series, highdicom_seg, kidney_cyst_spleen
from SegmentationConcordanceLib.agreement.finding import Finding
from SegmentationConcordanceLib.anatomy.identity import structure_identity
from SegmentationConcordanceLib.imaging.dcmqi import run_dcmqi
from SegmentationConcordanceLib.imaging.label_map import LabelMap
from SegmentationConcordanceLib.reporting.finding_sr import read_referenced, write_finding_sr

SPLEEN_KEY, KIDNEY_KEY = (structure_identity(one).key for one in (SPLEEN, KIDNEY_LEFT))


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    return ct_series(tmp_path_factory.mktemp("ct") / "ct")


@pytest.fixture(scope="module")
def found_segments():
    """What other programs take: segments that have voxels."""
    whole = kidney_cyst_spleen()
    return LabelMap(whole.layers, whole.geometry, whole.segments[:3])


def by_highdicom(path: Path, label_map, series, kind):
    highdicom_seg(label_map, series, kind).save_as(path)


def by_dcmqi(path: Path, label_map, series, kind):
    """As dcmqi's own users call it: a label map in NIfTI and a JSON file."""
    folder = path.parent
    image = SimpleITK.GetImageFromArray(label_map.layers[0])
    image.SetSpacing((0.7, 0.9, 2.5))
    image.SetOrigin((-10.125, 20.25, -1800.5))
    SimpleITK.WriteImage(image, str(folder / "labels.nii.gz"))

    def code(concept):
        return {
            "CodeValue": concept.value,
            "CodingSchemeDesignator": concept.scheme,
            "CodeMeaning": concept.meaning,
        }

    def attributes(segment):
        structure = segment.structure
        made = {
            "labelID": segment.label,
            "SegmentLabel": segment.name,
            "SegmentAlgorithmType": "AUTOMATIC",
            "SegmentAlgorithmName": "Other program",
            "SegmentedPropertyCategoryCodeSequence": code(structure.category),
            "SegmentedPropertyTypeCodeSequence": code(structure.type),
            "recommendedDisplayRGBValue": list(segment.color),
        }
        if structure.modifier is not None:
            made["SegmentedPropertyTypeModifierCodeSequence"] = code(structure.modifier)
        return made

    about = {
        "ContentCreatorName": "Reader^A",
        "ClinicalTrialCoordinatingCenterName": "local",
        "SeriesDescription": "by dcmqi",
        "SeriesNumber": "300",
        "InstanceNumber": "1",
        "segmentAttributes": [[attributes(one) for one in label_map.segments]],
    }
    (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
    files = ",".join(str(file) for file in series.files)
    words = ["--inputImageList", "labels.nii.gz", "--inputDICOMList", files, "--inputMetadata", "about.json"]
    done = run_dcmqi("itkimage2segimage", [*words, "--outputDICOM", path.name], folder)
    assert done.returncode == 0, done.stderr


def finding(**changes) -> Finding:
    values = {
        "kind": "false_blob",
        "case": "a",
        "structures": (SPLEEN_KEY,),
        "names": ("spleen",),
        "models": ("Odd",),
        "sentence": "a, spleen: Odd adds 1.2 ml",
        "numbers": {"volume_ml": 1.2, "depth_mm": 4.5},
        "place_ras": (5.5, -22.25, -1790.125),
        "confidence": 0.9,
        "severity": 0.4,
    }
    return Finding(**{**values, **changes})


def points_of(group):
    return [point for one in group.get_measurements() for point in one.referenced_coordinates]


@pytest.mark.parametrize(("make", "kind"), [(by_highdicom, "BINARY"), (by_highdicom, "LABELMAP"), (by_dcmqi, "")])
def test_a_seg_of_another_program_is_referred_to_with_the_place(make, kind, found_segments, series, tmp_path, dciodvfy):
    make(tmp_path / "seg.dcm", found_segments, series, kind)
    seg = pydicom.dcmread(tmp_path / "seg.dcm", stop_before_pixels=True)
    told = [finding(), finding(kind="hole", structures=(KIDNEY_KEY,), sentence="b", place_ras=None)]
    assert write_finding_sr(tmp_path / "sr.dcm", told, [read_referenced(tmp_path / "seg.dcm", "Odd")]) == 2
    # That program is older than segmentations as label maps, and takes them for none.
    too_new = "Shall not be present for Referenced SOP Class that is not segmentation" if kind == "LABELMAP" else "none"
    assert [error for error in dciodvfy(tmp_path / "sr.dcm") if too_new not in error] == []
    report = highdicom.sr.srread(tmp_path / "sr.dcm")
    blob, hole = report.content.get_volumetric_roi_measurement_groups()
    (number,) = blob.referenced_segment.referenced_segment_numbers
    (item,) = [one for one in seg.SegmentSequence if one.SegmentNumber == number]
    assert item.SegmentedPropertyTypeCodeSequence[0].CodeValue == SPLEEN.type.value
    assert blob.referenced_segment.referenced_sop_instance_uid == seg.SOPInstanceUID
    (place,) = report.content.get_image_measurement_groups()
    assert place.tracking_uid == blob.tracking_uid != hole.tracking_uid
    assert (place.finding_type, place.finding_sites[0].value) == (blob.finding_type, blob.finding_sites[0].value)
    (point,) = points_of(place)
    # RAS of the finding, LPS in DICOM.
    assert point.graphic_type is highdicom.sr.GraphicTypeValues3D.POINT
    assert point.value.tolist() == [[-5.5, 22.25, -1790.125]]
    assert point.frame_of_reference_uid == seg.FrameOfReferenceUID


def test_the_place_of_a_voxel_is_the_point_that_dicom_gives_it(series, found_segments, tmp_path):
    """Slice 2 of the kidney's scan: what the images' own attributes say of voxel (i, j) is what the report holds."""
    by_highdicom(tmp_path / "seg.dcm", found_segments, series, "BINARY")
    i, j, k = 4, 3, 1
    (image,) = [
        one for one in map(pydicom.dcmread, series.files) if one.ImagePositionPatient[2] == AXIAL.lps_of((0, 0, k))[2]
    ]
    (down, across), position = image.PixelSpacing, image.ImagePositionPatient
    expected = [position[0] + i * across, position[1] + j * down, position[2]]
    left, posterior, superior = AXIAL.lps_of((i, j, k))
    told = finding(place_ras=(-left, -posterior, superior))
    write_finding_sr(tmp_path / "sr.dcm", [told], [read_referenced(tmp_path / "seg.dcm", "Odd")])
    (group,) = highdicom.sr.srread(tmp_path / "sr.dcm").content.get_image_measurement_groups()
    (point,) = points_of(group)
    assert point.value[0].tolist() == pytest.approx(expected, abs=1e-3)


def test_where_nobody_is_blamed_the_report_refers_to_the_segments_of_both(found_segments, series, tmp_path, dciodvfy):
    by_highdicom(tmp_path / "a.dcm", found_segments, series, "BINARY")
    by_highdicom(tmp_path / "b.dcm", found_segments, series, "BINARY")
    segs = [read_referenced(tmp_path / f"{name}.dcm", name) for name in "ab"]
    numbers = {"pair_dice": 0.81}
    pair = finding(kind="low_agreement", models=("a", "b"), is_blamed=False, numbers=numbers)
    assert write_finding_sr(tmp_path / "sr.dcm", [pair], segs) == 1
    assert dciodvfy(tmp_path / "sr.dcm") == []
    content = highdicom.sr.srread(tmp_path / "sr.dcm").content
    groups = content.get_volumetric_roi_measurement_groups()
    referred = [group.referenced_segment.referenced_sop_instance_uid for group in groups]
    assert referred == [seg.dataset.SOPInstanceUID for seg in segs]
    assert len({group.tracking_uid for group in groups}) == 1
    dice = [[one.value for one in group.get_measurements() if one.name.value == "pair_dice"] for group in groups]
    assert dice == [[0.81], [0.81]]
    assert len(content.get_image_measurement_groups()) == 1
    blamed = finding(models=("b",))
    write_finding_sr(tmp_path / "one.dcm", [blamed], segs)
    (group,) = highdicom.sr.srread(tmp_path / "one.dcm").content.get_volumetric_roi_measurement_groups()
    assert group.referenced_segment.referenced_sop_instance_uid == segs[1].dataset.SOPInstanceUID
