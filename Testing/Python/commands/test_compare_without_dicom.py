"""``concordance compare`` on images that are no DICOM series, and without any image."""

from __future__ import annotations

import csv
import shutil

import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK

from SegmentationConcordanceLib.imaging.image_series import read_image_series, read_voxels
from SegmentationConcordanceLib.reporting.tables import read_agreement

TABLES = ("agreement.csv", "pairwise.csv")


@pytest.fixture(scope="session")
def raw(case, outputs, tmp_path_factory):
    """The first case as people have it who never see DICOM: an image and two models' files, all NIfTI."""
    folder = tmp_path_factory.mktemp("nifti") / "P01"
    folder.mkdir()
    series = read_image_series(case.ct_folder)
    image = SimpleITK.GetImageFromArray(read_voxels(series))
    image.SetSpacing(series.geometry.spacing_mm.tolist())
    image.SetOrigin(series.geometry.origin_lps.tolist())
    image.SetDirection(series.geometry.direction_lps.ravel().tolist())
    SimpleITK.WriteImage(image, str(folder / "ct.nii.gz"))
    shutil.copytree(outputs["totalsegmentator_v1"][0], folder / "totalsegmentator_v1")
    organs = next(path for path in outputs["moose"] if "organs" in path.name)
    shutil.copy(organs, folder)
    return folder


def compare(concordance, raw, output, *words, image=True):
    given = ("--ct", raw / "ct.nii.gz") if image else ()
    segs = [raw / "totalsegmentator_v1", *raw.glob("CT_organs*")]
    return concordance("compare", *given, "--seg", *segs, "--output", output, "--no-surfaces", *words)


def test_models_are_recognized_and_the_consensus_is_nifti(concordance, raw, tmp_path):
    outcome = compare(concordance, raw, tmp_path / "out")
    assert outcome.code == 0, outcome
    assert "there is no consensus.dcm" in outcome.out
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {
        *TABLES, "report.html", "consensus.nii.gz", "consensus_labels.csv",
    }  # fmt: skip
    rows = read_agreement(tmp_path / "out" / "agreement.csv")
    assert {(row.case, row.series_uid) for row in rows} == {("P01", "")}
    assert {row.model for row in rows} == {"TotalSegmentator 1.5", "MOOSE"}


def test_the_consensus_has_the_volumes_of_the_table(concordance, raw, tmp_path):
    compare(concordance, raw, tmp_path / "out", "--consensus", "intersection")  # by the finders, two have no common one
    image = nibabel.load(tmp_path / "out" / "consensus.nii.gz")
    ml = abs(np.linalg.det(image.affine[:3, :3])) / 1000
    assert np.allclose(image.affine, nibabel.load(raw / "ct.nii.gz").affine, atol=1e-3)
    with (tmp_path / "out" / "consensus_labels.csv").open(newline="") as stream:
        labels = {line["structure"]: int(line["label"]) for line in csv.DictReader(stream)}
    rows = read_agreement(tmp_path / "out" / "agreement.csv")
    wanted = {row.structure: row.consensus_volume_ml for row in rows if row.consensus_volume_ml}
    counts = np.bincount(np.asarray(image.dataobj).astype(int).ravel())
    assert {name: round(counts[label] * ml, 6) for name, label in labels.items()} == {
        name: round(volume, 6) for name, volume in wanted.items()
    }


def test_the_numbers_are_those_of_the_dicom_way(concordance, case, raw, tmp_path):
    segs = [raw / "totalsegmentator_v1", *raw.glob("CT_organs*")]
    dicom = ["compare", "--ct", case.ct_folder, "--seg", *segs, "--no-surfaces", "--case", "P01"]
    assert concordance(*dicom, "--output", tmp_path / "dicom").code == 0
    compare(concordance, raw, tmp_path / "nifti")
    compare(concordance, raw, tmp_path / "none", "--case", "P01", image=False)
    assert (tmp_path / "dicom" / "consensus.dcm").is_file()

    def numbers(folder):
        return [
            [value for name, value in line.items() if name != "series_uid"]
            for line in csv.DictReader((tmp_path / folder / "agreement.csv").open(newline=""))
        ]

    assert numbers("nifti") == numbers("dicom") == numbers("none")


def test_a_nifti_consensus_gives_way_to_a_dicom_one_in_the_same_folder(concordance, case, raw, tmp_path):
    compare(concordance, raw, tmp_path)
    segs = [raw / "totalsegmentator_v1", *raw.glob("CT_organs*")]
    concordance("compare", "--ct", case.ct_folder, "--seg", *segs, "--no-surfaces", "--output", tmp_path)
    assert {path.name for path in tmp_path.glob("consensus*")} == {"consensus.dcm"}


def test_segs_that_are_cropped_differently_meet_without_an_image(concordance, case, segs, tmp_path):
    both = [segs["totalsegmentator_v2"], segs["moose"]]
    words = ["--no-surfaces", "--case", "one"]
    assert concordance("compare", "--seg", *both, *words, "--output", tmp_path / "none").code == 0
    concordance("compare", "--ct", case.ct_folder, "--seg", *both, *words, "--output", tmp_path / "ct")
    found = [read_agreement(tmp_path / folder / "agreement.csv") for folder in ("none", "ct")]
    none, ct = ({(row.structure, row.model): (row.volume_ml, row.dice) for row in rows} for rows in found)
    assert none == ct


def test_what_nobody_can_tell_is_asked_for_with_the_syntax(refused, case, raw, tmp_path):
    path = tmp_path / "labels.nii.gz"
    image = SimpleITK.ReadImage(str(next(raw.glob("CT_organs*")))) > 0
    SimpleITK.WriteImage(SimpleITK.Cast(image, SimpleITK.sitkUInt8), str(path))
    call = ["compare", "--ct", raw / "ct.nii.gz", "--seg", f"A={path}", raw / "totalsegmentator_v1"]
    line = refused(*call, "--output", tmp_path / "out")
    assert "--model A=LABELMAP[:TASK]" in line
    line = refused(*call, "--output", tmp_path / "out", "--model", "A=totalsegmentator_v2")
    assert "they leave total, " in line
    assert "--model A=totalsegmentator_v2:TASK" in line


def test_one_seg_of_several_models_is_several_models(concordance, case, segs, tmp_path):
    dataset = pydicom.dcmread(segs["moose"])
    for item in dataset.SegmentSequence[::2]:
        item.SegmentAlgorithmName = "Other"
    dataset.save_as(tmp_path / "both.dcm")
    words = ["compare", "--ct", case.ct_folder, "--no-surfaces", "--output", tmp_path / "out", "--seg"]
    outcome = concordance(*words, tmp_path / "both.dcm")
    assert outcome.code == 0, outcome
    assert "taken for 2 models" in outcome.err
    rows = read_agreement(tmp_path / "out" / "agreement.csv")
    assert {row.model: sum(one.model == row.model for one in rows) for row in rows} == {
        "Other": len(dataset.SegmentSequence[::2]), "MOOSE": len(dataset.SegmentSequence[1::2]),
    }  # fmt: skip
    outcome = concordance(*words, f"M={tmp_path / 'both.dcm'}")
    assert {row.model for row in read_agreement(tmp_path / "out" / "agreement.csv")} == {"M"}


def test_a_folder_with_one_label_file_is_read_as_the_file(concordance, case, tmp_path):
    models = case.ct_folder.parent / "models"
    call = ["compare", "--ct", case.ct_folder, "--seg", models / "totalsegmentator_v2", "--no-surfaces"]
    outcome = concordance(*call, "--model", "totalsegmentator_v2", "--output", tmp_path / "out")
    assert outcome.code == 0, outcome
    assert "of one model" in outcome.out


def test_a_folder_of_dicom_files_is_no_output(refused, case, segs, tmp_path):
    line = refused("compare", "--ct", case.ct_folder, "--seg", segs["moose"].parent, "--output", tmp_path / "out")
    assert "is a folder of DICOM files. Name the files in it one by one." in line
