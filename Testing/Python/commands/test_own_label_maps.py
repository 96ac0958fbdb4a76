"""A user's own label map through harmonize and compare; one made from a DICOM SEG of another maker."""

from __future__ import annotations

import highdicom
import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK
from highdicom.seg.content import SegmentDescription
from pydicom.sr.coding import Code

from SegmentationConcordanceLib.reporting.tables import read_agreement

SHAPE = (30, 48, 48)
SPLEEN = {"meaning": "Spleen", "value": "78961009", "name": "Milz"}
KIDNEY = {"meaning": "Kidney", "value": "64033007", "name": "Niere li"}


def described(number, known, color):
    """A segment as a foreign program writes it: its own label, DICOM's category code, the side as modifier."""
    left = highdicom.sr.CodedConcept("7771000", "SCT", "Left")
    segment = SegmentDescription(
        segment_number=number,
        segment_label=known["name"],
        segmented_property_category=Code("91723000", "SCT", "Anatomical Structure"),
        segmented_property_type=Code(known["value"], "SCT", known["meaning"]),
        algorithm_type="AUTOMATIC",
        algorithm_identification=highdicom.AlgorithmIdentificationSequence(
            "Foreign", Code("123110", "DCM", "Artificial Intelligence"), "1"
        ),
        display_color=highdicom.color.CIELabColor.from_rgb(*color),
    )
    if known is KIDNEY:
        segment.SegmentedPropertyTypeCodeSequence[0].SegmentedPropertyTypeModifierCodeSequence = [left]
    return segment


@pytest.fixture(scope="module")
def foreign(case, tmp_path_factory):
    """A SEG written by highdicom on the first case, and a NIfTI file of the same model: 1 is spleen, 2 left kidney."""
    folder = tmp_path_factory.mktemp("foreign")
    images = [pydicom.dcmread(path) for path in case.ct_folder.iterdir()]
    images.sort(key=lambda image: image.ImagePositionPatient[2])
    labels = np.zeros(SHAPE, np.uint8)
    labels[4:8, 8:18, 12:22], labels[12:15, 20:22, 20:30] = 1, 2
    seg = highdicom.seg.Segmentation(
        source_images=images,
        pixel_array=labels,
        segmentation_type="BINARY",
        segment_descriptions=[described(1, SPLEEN, (10, 200, 30)), described(2, KIDNEY, (200, 20, 30))],
        series_instance_uid=highdicom.UID(),
        series_number=7,
        sop_instance_uid=highdicom.UID(),
        instance_number=1,
        manufacturer="Foreign",
        manufacturer_model_name="F",
        software_versions="1",
        device_serial_number="1",
    )
    seg.save_as(folder / "foreign.dcm")
    image = SimpleITK.GetImageFromArray(labels)
    image.CopyInformation(SimpleITK.DICOMOrient(SimpleITK.ReadImage(str(case.truth)), "LPS"))
    SimpleITK.WriteImage(image, str(folder / "run.nii.gz"))
    return folder


@pytest.fixture(scope="module")
def maps(foreign, tmp_path_factory):
    """A folder with the label map that the SEG was made into."""
    from SegmentationConcordanceLib.cli import run

    folder = tmp_path_factory.mktemp("maps")
    words = ["labelmaps", "import", foreign / "foreign.dcm", "--output", folder / "foreign.csv", "--model", "Foreign"]
    assert run([str(word) for word in words]) == 0
    return folder


def codes(item):
    modifiers = item.SegmentedPropertyTypeCodeSequence[0].get("SegmentedPropertyTypeModifierCodeSequence") or ()
    return item.SegmentedPropertyTypeCodeSequence[0].CodeValue, *(one.CodeValue for one in modifiers)


def test_a_seg_becomes_a_label_map_that_harmonizes_the_models_next_output(
    concordance, case, foreign, maps, tmp_path, dciodvfy
):
    assert concordance("labelmaps", "check", maps / "foreign.csv").code == 0
    output = tmp_path / "out.dcm"
    call = ["harmonize", "--ct", case.ct_folder, "--segmentation", foreign / "run.nii.gz", "--output", output]
    outcome = concordance(*call, "--model", "foreign", "--labelmaps", maps, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.json()["volumes_ml"] == pytest.approx(
        {"spleen": 400 * 8 * 8 * 9 / 1000, "kidney_left": 60 * 8 * 8 * 9 / 1000}
    )
    assert dciodvfy(output) == []
    seg = highdicom.seg.segread(output)
    assert [codes(item) for item in seg.SegmentSequence] == [("78961009",), ("64033007", "7771000")]
    wanted = pydicom.dcmread(foreign / "foreign.dcm", stop_before_pixels=True).SegmentSequence
    for item, original in zip(seg.SegmentSequence, wanted):
        assert np.allclose(item.RecommendedDisplayCIELabValue, original.RecommendedDisplayCIELabValue, atol=600)
    found = seg.get_volume(combine_segments=False).array.sum(axis=(0, 1, 2)).tolist()
    assert found == [400, 60]


def test_without_its_folder_the_map_is_not_known(refused, case, foreign, tmp_path):
    call = ["harmonize", "--ct", case.ct_folder, "--segmentation", foreign / "run.nii.gz", "--model", "foreign"]
    assert "foreign: is no label map" in refused(*call, "--output", tmp_path / "out.dcm")


def test_the_folders_of_the_environment_and_of_the_user(concordance, case, foreign, maps, tmp_path, monkeypatch):
    call = ["harmonize", "--ct", case.ct_folder, "--segmentation", foreign / "run.nii.gz", "--model", "foreign"]
    monkeypatch.setenv("CONCORDANCE_LABEL_MAPS", str(maps))
    assert concordance(*call, "--output", tmp_path / "a.dcm").code == 0
    monkeypatch.delenv("CONCORDANCE_LABEL_MAPS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    own = tmp_path / "data" / "segmentation-concordance" / "labelmaps"
    own.parent.mkdir(parents=True)
    own.symlink_to(maps)
    assert concordance(*call, "--output", tmp_path / "b.dcm").code == 0


def test_compare_knows_by_the_users_map_what_the_model_could_have_found(concordance, case, foreign, maps, tmp_path):
    both = ["--seg", f"all={foreign / 'run.nii.gz'}", f"some={tmp_path / 'some.nii.gz'}"]
    image = nibabel.load(foreign / "run.nii.gz")
    voxels = np.asarray(image.dataobj)
    nibabel.save(nibabel.Nifti1Image(np.where(voxels == 1, voxels, 0), image.affine), tmp_path / "some.nii.gz")
    call = ["compare", "--ct", case.ct_folder, *both, "--model", "foreign", "--output", tmp_path / "out"]
    outcome = concordance(*call, "--labelmaps", maps)
    assert outcome.code == 0
    rows = read_agreement(tmp_path / "out" / "agreement.csv")
    assert ("some", "kidney_left", "missing") in {(row.model, row.structure, row.status) for row in rows}


def test_a_map_in_the_place_of_a_shipped_one_is_said_everywhere(concordance, case, foreign, maps, segs, tmp_path):
    (tmp_path / "moose.csv").write_text((maps / "foreign.csv").read_text(encoding="utf-8"), encoding="utf-8")
    said = f"{tmp_path / 'moose.csv'} takes the place of the program's own label map moose"
    call = ["harmonize", "--ct", case.ct_folder, "--segmentation", foreign / "run.nii.gz", "--model", "moose"]
    outcome = concordance(*call, "--labelmaps", tmp_path, "--output", tmp_path / "out.dcm", "--json")
    assert outcome.err == f"concordance: note: {said}\n"
    assert outcome.json()["notes"] == [said]
    call = [
        "compare",
        "--ct",
        case.ct_folder,
        "--seg",
        tmp_path / "out.dcm",
        segs["auto3dseg"],
        "--labelmaps",
        tmp_path,
    ]
    outcome = concordance(*call, "--output", tmp_path / "compared", "--json")
    assert said in outcome.json()["notes"]
    report = (tmp_path / "compared" / "report.html").read_text(encoding="utf-8")
    assert "The label map moose is one of the user's own, in the place of the program's." in report
    assert str(tmp_path) not in report  # folders may have names in them that a report must not tell
