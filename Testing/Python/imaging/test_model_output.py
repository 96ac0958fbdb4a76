"""Reading what models write: one label file, one binary file per structure, one file per task."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest

from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.anatomy.vocabulary import Vocabulary, VocabularyLabel, load_vocabulary
from SegmentationConcordanceLib.errors import (
    ConcordanceError,
    GeometryMismatchError,
    UnknownLabelError,
    UnreadableFileError,
    VoxelTypeError,
)
from SegmentationConcordanceLib.imaging.label_map import LabelMap
from SegmentationConcordanceLib.imaging.model_output import read_model_output

CATEGORY = CodedConcept("123037004", "SCT", "Anatomical Structure")
AFFINE = np.diag([-2.0, -2.0, 3.0, 1.0])
CODES = {
    "heart": "80891009",
    "liver": "10200004",
    "lung": "39607008",
    "spleen": "78961009",
    "aorta": "15825003",
    "stomach": "69695003",
}


def label(number: int | None, name: str, task: str = "total", output_file: str = "", code: str = "") -> VocabularyLabel:
    structure = CodedStructure(CATEGORY, CodedConcept(code or CODES[name], "SCT", name.title()))
    return VocabularyLabel(number, name, f"{name}_harmonized", structure, (number or 9, 20, 30), task, output_file)


ONE_TASK = Vocabulary("one", "One 1.0", (label(1, "heart"), label(2, "liver"), label(300, "lung")))
TASKS = Vocabulary(
    "parts",
    "Parts 3",
    (
        label(1, "heart", "ct_organs", "CT_organs_segmentation_<case>.nii.gz"),
        label(2, "aorta", "ct_organs", "CT_organs_segmentation_<case>.nii.gz"),
        label(1, "lung", "551", "<case>_part_551.nii.gz"),
        label(2, "aorta", "551", "<case>_part_551.nii.gz"),
        label(1, "liver", "ct_organs_fine", "CT_organs_fine_segmentation_<case>.nii.gz"),
    ),
)
BINARY = Vocabulary(
    "binary",
    "Binary 2",
    (
        label(None, "heart", output_file="heart.nii.gz"),
        label(None, "liver", output_file="model liver.nii.gz"),
        label(None, "spleen", output_file="spleen.nii.gz"),
        label(None, "lung", output_file="lung.nii.gz"),
    ),
)


def write(path: Path, boxes: dict[int, tuple[int, int]], affine=AFFINE, dtype=np.uint8, length=10) -> Path:
    """A label volume of (k, j, i) = (length, 3, 2): label -> the slices that it fills, in the order given."""
    voxels = np.zeros((2, 3, length), dtype)
    for value, (start, stop) in boxes.items():
        voxels[:, :, start:stop] = value
    nibabel.save(nibabel.Nifti1Image(voxels, affine, dtype=voxels.dtype), path)
    return path


def slices_of(labels: LabelMap) -> dict[str, list[int]]:
    """Segment name -> the slices in which it fills every voxel."""
    return {s.name: np.flatnonzero(labels.mask(s).all(axis=(1, 2))).tolist() for s in labels.segments}


def read_label_map(*args) -> LabelMap:
    return read_model_output(*args).label_map


def test_one_label_file(tmp_path):
    path = write(tmp_path / "any name.nii.gz", {2: (1, 3), 300: (5, 6)}, dtype=np.int16)
    found = read_label_map([path], ONE_TASK)
    assert [(s.label, s.name, s.layer, s.algorithm) for s in found.segments] == [
        (2, "liver_harmonized", 0, ""),
        (300, "lung_harmonized", 0, ""),
    ]
    assert found.segments[0].structure == ONE_TASK.labels[1].structure
    assert found.segments[0].color == (2, 20, 30)
    assert slices_of(found) == {"liver_harmonized": [1, 2], "lung_harmonized": [5]}
    assert found.geometry.spacing_mm == pytest.approx([2, 2, 3])


def test_all_zero_output_has_no_segments(tmp_path):
    found = read_label_map([write(tmp_path / "a.nii.gz", {})], ONE_TASK)
    assert found.segments == ()
    assert not found.layers[0].any()


def test_unknown_labels_are_listed_with_their_voxel_counts(tmp_path):
    path = write(tmp_path / "a.nii.gz", {1: (0, 1), 7: (1, 3), 9: (3, 4)})
    with pytest.raises(UnknownLabelError) as raised:
        read_label_map([path], ONE_TASK)
    # A slice has 6 voxels.
    assert "2 of 3 labels: 7 (12 voxels), 9 (6 voxels)" in str(raised.value)
    assert str(path) in str(raised.value)


def test_list_of_unknown_labels_is_cut_after_ten(tmp_path):
    path = write(tmp_path / "a.nii.gz", {value: (value - 10, value - 9) for value in range(10, 23)}, length=13)
    with pytest.raises(UnknownLabelError, match=r"19 \(6 voxels\) and 3 more"):
        read_label_map([path], ONE_TASK)


def test_task_by_argument(tmp_path):
    path = write(tmp_path / "a.nii.gz", {1: (0, 2)})
    assert [s.name for s in read_label_map([path], TASKS, "551").segments] == ["lung_harmonized"]
    assert [s.name for s in read_label_map([path], TASKS, "ct_organs").segments] == ["heart_harmonized"]


def test_tasks_are_those_of_the_files_found_or_not(tmp_path):
    empty = write(tmp_path / "CT_organs_segmentation_1.nii.gz", {})
    assert read_model_output([empty], TASKS).tasks == ("ct_organs",)
    both = [write(tmp_path / "1_part_551.nii.gz", {1: (0, 2)}), empty]
    assert read_model_output(both, TASKS).tasks == ("ct_organs", "551")
    assert read_model_output([empty], ONE_TASK).tasks == ("total",)
    heart = write(tmp_path / "heart.nii.gz", {1: (0, 2)})
    assert read_model_output([heart], BINARY).tasks == ("total",)


@pytest.mark.parametrize(
    ("name", "structure"),
    [
        ("CT_organs_segmentation_0001.nii.gz", "heart"),
        ("clin_CT_organs_segmentation_x y.nii.gz", "heart"),
        ("CT_organs_fine_segmentation_0001.nii.gz", "liver"),
        ("patient 552_part_551.nii.gz", "lung"),
    ],
)
def test_task_by_file_name(tmp_path, name, structure):
    found = read_label_map([write(tmp_path / name, {1: (0, 2)})], TASKS)
    assert [s.name for s in found.segments] == [f"{structure}_harmonized"]


@pytest.mark.parametrize(
    "name", ["a.nii.gz", "551.nii.gz", "part_5511.nii.gz", "CT_organs_segmentation_a_part_551.nii"]
)
def test_file_name_that_does_not_tell_one_task(tmp_path, name):
    with pytest.raises(ConcordanceError, match="does not tell which task of Parts 3") as raised:
        read_label_map([write(tmp_path / name, {1: (0, 2)})], TASKS)
    assert "ct_organs, 551, ct_organs_fine" in raised.value.remedy


def test_task_as_a_word_of_the_file_name(tmp_path):
    two = Vocabulary("two", "Two", (label(1, "heart", "total"), label(1, "lung", "lung_vessels")))
    found = read_label_map([write(tmp_path / "Model_v2-Total_fast.nii.gz", {1: (0, 2)})], two)
    assert [s.name for s in found.segments] == ["heart_harmonized"]
    with pytest.raises(ConcordanceError, match="does not tell"):
        read_label_map([write(tmp_path / "totally.nii.gz", {1: (0, 2)})], two)


def test_task_that_the_model_does_not_have(tmp_path):
    with pytest.raises(ConcordanceError, match="brain"):
        read_label_map([write(tmp_path / "a.nii.gz", {})], TASKS, "brain")


def test_missing_file_is_said_before_anything_else(tmp_path):
    with pytest.raises(UnreadableFileError, match="does not exist"):
        read_label_map([tmp_path / "a.nii.gz"], TASKS)


def test_no_file_given():
    with pytest.raises(ConcordanceError, match="no file"):
        read_label_map([], ONE_TASK)


def test_folder_of_structure_files(tmp_path):
    write(tmp_path / "heart.nii.gz", {1: (0, 3)})
    write(tmp_path / "model liver.nii.gz", {255: (3, 5)})
    write(tmp_path / "lung.nii.gz", {1: (6, 7)}, dtype=np.float32)
    write(tmp_path / "spleen.nii.gz", {})
    (tmp_path / "statistics.json").write_text("{}")
    (tmp_path / "._heart.nii.gz").write_bytes(b"left by macOS")
    found = read_label_map([tmp_path], BINARY)
    assert slices_of(found) == {"heart_harmonized": [0, 1, 2], "liver_harmonized": [3, 4], "lung_harmonized": [6]}
    assert len(found.layers) == 1
    assert found.layers[0].dtype == np.uint8
    assert len({s.label for s in found.segments}) == 3


def test_structure_files_keep_the_ids_of_the_model_where_it_has_some(tmp_path):
    write(tmp_path / "lung.nii.gz", {1: (6, 7)})
    write(tmp_path / "heart.nii.gz", {1: (0, 3)})
    found = read_label_map([tmp_path], ONE_TASK)
    assert [(s.label, s.name) for s in found.segments] == [(1, "heart_harmonized"), (300, "lung_harmonized")]
    assert found.layers[0].dtype == np.uint16


def test_overlapping_structures_go_to_the_first_layer_that_is_free(tmp_path):
    write(tmp_path / "heart.nii.gz", {1: (0, 5)})
    write(tmp_path / "lung.nii.gz", {1: (4, 7)})  # overlaps the heart
    write(tmp_path / "model liver.nii.gz", {1: (5, 8)})  # overlaps the lung
    write(tmp_path / "spleen.nii.gz", {1: (0, 10)})  # overlaps all
    found = read_label_map([tmp_path], BINARY)
    assert slices_of(found) == {
        "heart_harmonized": [0, 1, 2, 3, 4],
        "lung_harmonized": [4, 5, 6],
        "liver_harmonized": [5, 6, 7],
        "spleen_harmonized": list(range(10)),
    }
    layer = {s.name.removesuffix("_harmonized"): s.layer for s in found.segments}
    assert layer == {"heart": 0, "lung": 1, "liver": 0, "spleen": 2}


def test_structure_files_given_one_by_one(tmp_path):
    paths = [write(tmp_path / f"{name}.nii.gz", {1: span}) for name, span in (("heart", (0, 2)), ("lung", (5, 6)))]
    assert slices_of(read_label_map(paths, BINARY)) == {"heart_harmonized": [0, 1], "lung_harmonized": [5]}


def test_folder_of_one_label_file(tmp_path):
    write(tmp_path / "any name.nii.gz", {1: (0, 2), 300: (5, 6)}, dtype=np.int16)
    assert slices_of(read_label_map([tmp_path], ONE_TASK)) == {"heart_harmonized": [0, 1], "lung_harmonized": [5]}


def test_structure_files_with_any_text_around_the_structure(tmp_path):
    organs = Vocabulary(
        "organs",
        "Organs",
        tuple(label(None, name, output_file=f"<case>--{name}--x.nii.gz") for name in ("heart", "lung")),
    )
    write(tmp_path / "patient 7--Heart--x.nii.gz", {1: (0, 2)})
    write(tmp_path / "patient 7--lung--x.nii.gz", {1: (5, 6)})
    assert slices_of(read_label_map([tmp_path], organs)) == {"heart_harmonized": [0, 1], "lung_harmonized": [5]}


def test_a_file_name_that_several_labels_share_is_the_tasks(tmp_path):
    shared = Vocabulary(
        "s", "S", tuple(label(n, name, output_file="seg.nii.gz") for n, name in ((1, "heart"), (2, "lung")))
    )
    write(tmp_path / "seg.nii.gz", {1: (0, 2), 2: (5, 6)})
    assert slices_of(read_label_map([tmp_path / "seg.nii.gz"], shared)) == {
        "heart_harmonized": [0, 1],
        "lung_harmonized": [5],
    }


def test_folder_of_empty_structure_files(tmp_path):
    write(tmp_path / "heart.nii.gz", {})
    found = read_label_map([tmp_path], BINARY)
    assert found.segments == ()
    assert found.layers[0].shape == (10, 3, 2)


def test_unknown_structure_files_are_listed(tmp_path):
    for name in ("heart", "kidney_left", "body_total"):
        write(tmp_path / f"{name}.nii.gz", {1: (0, 1)})
    with pytest.raises(UnknownLabelError, match=r"2 of 3 files .*: body_total\.nii\.gz, kidney_left\.nii\.gz"):
        read_label_map([tmp_path], ONE_TASK)


def test_folder_without_images(tmp_path):
    (tmp_path / "statistics.json").write_text("{}")
    with pytest.raises(UnreadableFileError, match="no image file"):
        read_label_map([tmp_path], BINARY)


def test_structure_file_with_two_values(tmp_path):
    write(tmp_path / "heart.nii.gz", {1: (0, 1), 2: (1, 2)})
    with pytest.raises(VoxelTypeError, match="values 1, 2, but stands for one structure"):
        read_label_map([tmp_path], BINARY)


def test_label_file_of_a_model_without_published_ids(tmp_path):
    with pytest.raises(ConcordanceError, match="no published label ids"):
        read_label_map([write(tmp_path / "a.nii.gz", {1: (0, 1)})], BINARY)


@pytest.mark.parametrize("as_folder", [True, False])
def test_files_of_several_tasks(tmp_path, as_folder):
    paths = [
        write(tmp_path / "CT_organs_segmentation_7.nii.gz", {1: (0, 2), 2: (2, 4)}),
        write(tmp_path / "7_part_551.nii.gz", {1: (3, 6)}),
    ]
    found = read_label_map([tmp_path] if as_folder else paths, TASKS)
    assert slices_of(found) == {"heart_harmonized": [0, 1], "aorta_harmonized": [2, 3], "lung_harmonized": [3, 4, 5]}
    assert len({s.label for s in found.segments}) == 3  # the ids 1 and 2 of the two tasks are not unique
    assert {s.layer for s in found.segments} == {0, 1}


def test_one_structure_in_two_files_is_an_error_that_names_both(tmp_path):
    one = write(tmp_path / "CT_organs_segmentation_7.nii.gz", {2: (2, 4)})
    two = write(tmp_path / "7_part_551.nii.gz", {2: (3, 6)})
    with pytest.raises(ConcordanceError) as raised:
        read_label_map([one, two], TASKS)
    for word in (str(one), str(two), "aorta_harmonized"):
        assert word in str(raised.value)


def test_structure_that_only_one_of_two_tasks_found(tmp_path):
    one = write(tmp_path / "CT_organs_segmentation_7.nii.gz", {1: (2, 4)})
    two = write(tmp_path / "7_part_551.nii.gz", {2: (3, 6)})
    assert slices_of(read_label_map([one, two], TASKS))["aorta_harmonized"] == [3, 4, 5]


@pytest.mark.parametrize(
    ("affine", "length", "words"),
    [(np.diag([-2.0, -2.0, 3.1, 1.0]), 10, "spacing 2 x 2 x 3.1 mm"), (AFFINE, 9, "shape 2 x 3 x 9 voxels")],
)
def test_files_on_different_grids(tmp_path, affine, length, words):
    one = write(tmp_path / "CT_organs_segmentation_7.nii.gz", {1: (2, 4)})
    two = write(tmp_path / "7_part_551.nii.gz", {1: (3, 6)}, affine, length=length)
    with pytest.raises(GeometryMismatchError) as raised:
        read_label_map([one, two], TASKS)
    for word in (str(one), str(two), words):
        assert word in str(raised.value)


def test_one_name_for_different_structures_needs_the_task(tmp_path):
    clash = Vocabulary("c", "C", (label(1, "heart", "a"), label(1, "heart", "b", code=CODES["aorta"])))
    path = write(tmp_path / "heart.nii.gz", {1: (0, 1)})
    with pytest.raises(ConcordanceError, match="tasks a, b"):
        read_label_map([path], clash)
    found = read_label_map([path], clash, "b")
    assert found.segments[0].structure == clash.labels[1].structure


@pytest.mark.parametrize("case", ["thorax_dicom", "abdomen_nifti"])
def test_real_output_as_one_file_and_as_a_folder(real_cases, tmp_path, case):
    vocabulary = load_vocabulary("totalsegmentator_v2")
    path = real_cases / case / "totalsegmentator_v2_total.nii.gz"
    image = nibabel.load(path)
    voxels = np.asarray(image.dataobj)
    values = np.unique(voxels[voxels > 0])
    together = read_label_map([path], vocabulary)
    assert [s.label for s in together.segments] == values.tolist()
    names = {one.label: one.name for one in vocabulary.for_task("total").labels}
    for value in values[:12]:
        mask = nibabel.Nifti1Image((voxels == value).astype(np.uint8), image.affine)
        nibabel.save(mask, tmp_path / f"{names[value]}.nii.gz")
    apart = read_label_map([tmp_path], vocabulary, "total")
    assert apart.segments == together.segments[:12]
    assert np.array_equal(apart.layers[0], np.where(voxels <= values[11], voxels, 0).transpose())
