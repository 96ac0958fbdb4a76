"""A label map that the names in a file's own header contradict is refused."""

from __future__ import annotations

import nibabel
import numpy as np
import pytest

from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging.model_output import read_model_output

RIBS_OF_2_6 = {1: "spleen", 92: "rib_left_1", 93: "rib_left_2"}


def write(path, names):
    """A file with one voxel of each of these labels, and their names in its header."""
    voxels = np.zeros((2, 3, 5), np.uint8)
    voxels.flat[: len(names)] = list(names)
    image = nibabel.Nifti1Image(voxels, np.diag([-2.0, -2.0, 3.0, 1.0]))
    table = "".join(f'<Label Key="{number}">{name}</Label>' for number, name in names.items())
    image.header.extensions.append(
        nibabel.nifti1.Nifti1Extension(0, f"<CaretExtension>{table}</CaretExtension>".encode())
    )
    nibabel.save(image, path)
    return path


def read(path, label_map, **options):
    return read_model_output([path], load_vocabulary(label_map), "total", **options)


@pytest.mark.parametrize("keep_unknown", [False, True])
def test_other_ribs_are_refused_with_the_map_that_fits(tmp_path, keep_unknown):
    path = write(tmp_path / "x.nii.gz", RIBS_OF_2_6)
    with pytest.raises(ConcordanceError) as error:
        read(path, "totalsegmentator_v2_0", keep_unknown=keep_unknown)
    assert str(error.value).startswith(
        f"{path}: its header contradicts the chosen label map: 92 is rib_left_1, not rib_right_4; "
        "93 is rib_left_2, not rib_right_3. Choose totalsegmentator_v2, task total"
    )


def test_the_map_that_fits_is_read(tmp_path):
    found = read(write(tmp_path / "x.nii.gz", RIBS_OF_2_6), "totalsegmentator_v2").found
    assert {one.value: one.name for one in found} == RIBS_OF_2_6


@pytest.mark.parametrize("name", ["Spleen", "SPLEEN", "Milz", "label 1"])
def test_another_spelling_or_a_name_that_nobody_knows_is_no_contradiction(tmp_path, name):
    (found,) = read(write(tmp_path / "x.nii.gz", {1: name}), "totalsegmentator_v2_0").found
    assert found.name == "spleen"


@pytest.mark.parametrize("number, name", [(17, "OAR_Glnd_Thyroid"), (64, "portal_splenic_vein"), (73, "clavicle_left")])
def test_another_models_name_for_the_same_structure_is_no_contradiction(tmp_path, number, name):
    assert read(write(tmp_path / "x.nii.gz", {number: name}), "totalsegmentator_v2").found


def test_another_models_name_for_another_structure_is_one(tmp_path):
    with pytest.raises(ConcordanceError, match="74 is clavicle_left, not clavicula_right"):
        read(write(tmp_path / "x.nii.gz", {74: "clavicle_left"}), "totalsegmentator_v2")


def test_the_real_file_is_refused(real_cases):
    path = real_cases / "thorax_dicom" / "totalsegmentator_v2_total.nii.gz"
    with pytest.raises(ConcordanceError, match=r"92 is rib_left_1, not rib_right_4; .* and 13 more\. Choose total"):
        read(path, "totalsegmentator_v2_0")
