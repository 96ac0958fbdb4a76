"""Recognizing the model, version and task that wrote some files; never guessing between two."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest

from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary, shipped_vocabularies
from SegmentationConcordanceLib.errors import UnreadableFileError
from SegmentationConcordanceLib.imaging.image_series import read_image_series
from SegmentationConcordanceLib.imaging.model_output import read_model_output
from SegmentationConcordanceLib.imaging.model_recognition import decided, recognize_model
from SegmentationConcordanceLib.imaging.resampling import bring_to_grid
from SegmentationConcordanceLib.imaging.seg_identity import SegIdentity
from SegmentationConcordanceLib.imaging.seg_writer import write_dicom_seg

RIBS = (92, 100, 107)
TS2 = ("totalsegmentator_v2", "totalsegmentator_v2_0")


def write(path: Path, labels=(), names: dict[int, str] | None = None) -> Path:
    """A volume that holds these labels, one voxel each, and these names in its header."""
    voxels = np.zeros((4, 4, 8), np.uint8)
    voxels.ravel()[: len(labels)] = list(labels)
    image = nibabel.Nifti1Image(voxels, np.eye(4))
    if names:
        table = "".join(f'<Label Key="{number}">{name}</Label>' for number, name in names.items())
        extension = f"<CaretExtension><LabelTable>{table}</LabelTable></CaretExtension>".encode()
        image.header.extensions.append(nibabel.nifti1.Nifti1Extension(0, extension))
    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.save(image, path)
    return path


def names_of(label_map: str, task: str) -> dict[int, str]:
    return {label.label: label.name for label in load_vocabulary(label_map).for_task(task).labels}


def level(found):
    """The label maps that share the first place."""
    return sorted(one.vocabulary for one in found if one.confidence == found[0].confidence)


@pytest.mark.parametrize("number", range(6))
def test_each_model_of_the_sample(sample_cohort, number):
    output = sample_cohort.cases[0].outputs[number]
    found = recognize_model(output.paths)
    if output.label_map_name == "totalsegmentator_v2":
        # Its file has no names in the header and holds ribs that 2.0 and 2.2 number otherwise.
        assert decided(found) is None
        assert level(found) == sorted(TS2)
        assert any("are other structures in TotalSegmentator 2.0" in one for one in found[0].evidence)
        return
    best = decided(found)
    assert best.vocabulary == output.label_map_name
    vocabulary = load_vocabulary(best.vocabulary)
    assert best.tasks == read_model_output(output.paths, vocabulary, output.task).tasks


@pytest.mark.parametrize(
    "path",
    [
        "thorax_dicom/totalsegmentator_v2_total.nii.gz",
        "abdomen_nifti/totalsegmentator_v2_total.nii.gz",
        "abdomen_nifti/totalsegmentator_v2_total_fast.nii.gz",
    ],
)
def test_real_outputs(real_cases, tmp_path, path):
    nameless = tmp_path / "x" / "y" / "seg.nii.gz"
    nameless.parent.mkdir(parents=True)
    nameless.write_bytes((real_cases / path).read_bytes())
    (only,) = recognize_model([nameless])  # the header alone decides
    assert (only.vocabulary, only.tasks) == ("totalsegmentator_v2", ("total",))
    assert only.confidence == 0.9
    assert only.evidence == ("the header names 117 labels as TotalSegmentator 2.6 total does",)


@pytest.mark.parametrize("version", TS2)
def test_names_in_the_header_tell_the_version(tmp_path, version):
    path = write(tmp_path / "TotalSegmentator" / "y.nii.gz", RIBS, names_of(version, "total"))
    assert decided(recognize_model([path])).vocabulary == version


def test_two_models_with_the_same_names_for_the_same_ids_stay_level(tmp_path):
    path = write(tmp_path / "x" / "y.nii.gz", RIBS, names_of("auto3dseg", "whole-body-v2.0.1"))
    found = recognize_model([path])
    assert (decided(found), level(found)) == (None, ["auto3dseg", "totalsegmentator_v2_0"])


@pytest.mark.parametrize("label_map", shipped_vocabularies())
@pytest.mark.parametrize("named", [False, True], ids=["ids alone", "names in the header"])
def test_what_is_decided_is_right(tmp_path, label_map, named):
    """Each task of each model, with all of its labels, in a folder that tells nothing and in one that tells the map."""
    vocabulary = load_vocabulary(label_map)
    for task in vocabulary.tasks:
        names = names_of(label_map, task)
        if None in names:
            continue
        for folder in ("x", label_map):
            best = decided(recognize_model([write(tmp_path / folder / "y.nii.gz", names, names if named else None)]))
            if best is not None:
                assert (best.vocabulary, best.tasks) == (label_map, (task,)), best


def test_names_that_no_model_uses_are_no_model(tmp_path):
    path = write(tmp_path / "moose" / "y.nii.gz", (1,), {1: "Milz"})
    assert recognize_model([path]) == ()


def test_versions_stay_level_where_they_differ_in_what_the_file_holds(tmp_path):
    ribs = recognize_model([write(tmp_path / "totalsegmentator_v2" / "total.nii.gz", RIBS)])
    assert (decided(ribs), level(ribs)) == (None, sorted(TS2))
    # Without such a rib both versions say the same, and the name of the folder may decide.
    others = recognize_model([write(tmp_path / "totalsegmentator_v2" / "total.nii.gz", (1, 5, 52, 60, 116, 117))])
    assert others[0].vocabulary == "totalsegmentator_v2"


@pytest.mark.parametrize(
    ("folder", "version"),
    [
        ("TotalSegmentator 2.4.0", TS2[0]),
        ("totalsegmentator-v2.6", TS2[0]),
        ("TotalSegmentator_2.1", TS2[1]),
        ("totalsegmentator_v2_0", TS2[1]),
    ],
)
def test_a_version_number_in_a_name_decides(tmp_path, folder, version):
    found = recognize_model([write(tmp_path / folder / "total.nii.gz", RIBS)])
    assert decided(found).vocabulary == version


@pytest.mark.parametrize("folder", ["TotalSegmentator", "totalsegmentator_v2", "TotalSegmentatorV2"])
def test_a_name_without_a_minor_version_does_not(tmp_path, folder):
    found = recognize_model([write(tmp_path / folder / "total.nii.gz", RIBS)])
    assert decided(found) is None
    assert level(found) == sorted(TS2)


def test_a_label_that_a_model_does_not_know_rules_it_out(tmp_path):
    found = recognize_model([write(tmp_path / "auto3dseg" / "x.nii.gz", (1, 250))])
    assert found == ()


def test_a_file_with_several_labels_is_no_structure_file(tmp_path):
    names = {one.vocabulary for one in recognize_model([write(tmp_path / "x" / "aorta.nii.gz", (1, 2))])}
    assert "multitalent" not in names
    names = {one.vocabulary for one in recognize_model([write(tmp_path / "x" / "aorta.nii.gz", (1,))])}
    assert "multitalent" in names


def test_structure_files_with_the_case_in_their_names(tmp_path):
    for organ in ("Lungs", "femur_heads", "aorta"):
        write(tmp_path / "out" / f"patient 7--{organ}--yzdnn.nii.gz", (1,))
    best = decided(recognize_model([tmp_path / "out"]))
    assert (best.vocabulary, best.tasks) == ("salimi2025", ("HQCT",))
    read = read_model_output([tmp_path / "out"], load_vocabulary("salimi2025"))
    assert sorted(label.name for label in read.found) == ["aorta", "femur heads", "lungs"]


def test_a_file_name_of_several_labels_is_the_tasks(tmp_path):
    path = write(tmp_path / "x" / "seg_nodules_ensemble.nii.gz", (1, 2))
    assert decided(recognize_model([path])).tasks == ("lung_ct",)
    assert read_model_output([path], load_vocabulary("aimi")).tasks == ("lung_ct",)


def test_a_seg_says_what_made_it(sample_cohort, tmp_path):
    case = sample_cohort.cases[0]
    series = read_image_series(case.ct_folder)
    output = next(one for one in case.outputs if one.label_map_name == "auto3dseg")
    read = read_model_output(output.paths, load_vocabulary("auto3dseg"))
    label_map = bring_to_grid(read.label_map, series.geometry, "auto3dseg")
    says, named = tmp_path / "says.dcm", tmp_path / "named.dcm"
    write_dicom_seg(
        says, label_map, series, model_name="My run", identity=SegIdentity(label_map="auto3dseg", tasks=read.tasks)
    )
    write_dicom_seg(named, label_map, series, model_name="Auto3DSeg")
    (only,) = recognize_model([says])
    assert (only.vocabulary, only.tasks) == ("auto3dseg", read.tasks)
    (best,) = recognize_model([named])
    assert (best.vocabulary, best.evidence) == ("auto3dseg", ('"Auto3DSeg" names Auto3DSeg',))


def test_the_users_maps_take_part_and_drafts_do_not(tmp_path):
    folder = tmp_path / "maps"
    folder.mkdir()
    head = "label,name,structure,category,type\n"
    spleen = "250,Milz,spleen,SCT:123037004 Anatomical Structure,SCT:78961009 Spleen\n"
    (folder / "mine.csv").write_text(head + spleen, encoding="utf-8")
    (folder / "draft.csv").write_text(f"{head}250,Milz,,,\n", encoding="utf-8")
    path = write(tmp_path / "x" / "y.nii.gz", (250,))
    (only,) = recognize_model([path], [folder])
    assert (only.vocabulary, only.tasks, only.evidence) == ("mine", ("",), ("1 labels, all among the 1 of mine",))
    assert decided([only]) is None


def test_a_missing_file_and_an_empty_folder(tmp_path):
    with pytest.raises(UnreadableFileError, match="does not exist"):
        recognize_model([tmp_path / "a.nii.gz"])
    with pytest.raises(UnreadableFileError, match="holds no image file"):
        recognize_model([tmp_path])
