"""``concordance correction``: a model's file and an edited one, of our own and of other tools, in numbers."""

from __future__ import annotations

import nibabel
import numpy as np
import pytest

import segmentation_concordance as sc
from imaging.seg_cases import kidney_cyst_spleen
from SegmentationConcordanceLib.imaging.corrected_seg import write_corrected_seg
from SegmentationConcordanceLib.imaging.image_series import read_image_series
from SegmentationConcordanceLib.imaging.label_map import LabelMap
from SegmentationConcordanceLib.imaging.seg_correction import correction_by
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.review.correction import read_corrections


@pytest.fixture(scope="module")
def edited_seg(tiny, tmp_path_factory):
    """The second row of the spleen, 11 voxels in each of two slices, is gone; the cyst as well."""
    meant = kidney_cyst_spleen()
    voxels = meant.layers[0].copy()
    voxels[2:4, 7], voxels[voxels == 9] = 0, 0
    path = tmp_path_factory.mktemp("edited") / "edited.dcm"
    correction = correction_by("Ann", read_dicom_seg(tiny.segs[0]).reference)
    label_map = LabelMap((voxels,), meant.geometry, meant.segments)
    write_corrected_seg(path, label_map, read_image_series(tiny.ct), correction, model="A")
    return path


def test_a_seg_against_its_correction(concordance, tiny, edited_seg, tmp_path):
    table = tmp_path / "corrections.csv"
    words = ["--reader", "Ann", "--seconds", 90, "--output", table]
    outcome = concordance("correction", tiny.segs[0], edited_seg, "--ct", tiny.ct, "--json", *words)
    assert outcome.code == 0, outcome.err
    spleen, cyst = outcome.json()["corrections"]
    assert outcome.json()["unchanged"] == 1
    assert (spleen["structure"], spleen["model"], spleen["reader"]) == ("spleen", "A", "Ann")
    assert spleen["dice"] == pytest.approx(2 * 22 / (44 + 22), abs=1e-6)
    # A row of 11 voxels is its own contour, and was one before.
    assert spleen["added_path_length_mm"] == 0.0
    assert (spleen["seconds"], cyst["seconds"]) == (None, None)  # of two, nobody knows which took how long
    assert (cyst["dice"], cyst["corrected_volume_ml"], cyst["lesions"], cyst["model_lesions"]) == (0.0, 0.0, 0, 1)
    found, notes = read_corrections(table)
    assert [one.structure for one in found] == ["spleen", "kidney_cyst_right"]
    assert not notes
    assert found[0].dice == spleen["dice"]


def test_one_structure_of_another_tools_file(concordance, tiny, tmp_path):
    image = nibabel.load(tiny.total)
    voxels = np.asarray(image.dataobj).astype(np.uint8)
    voxels[:, 7] = 0
    nibabel.save(nibabel.Nifti1Image(voxels, image.affine), tmp_path / "edited.nii.gz")
    words = ["--model", "totalsegmentator_v2:total", "--only-structures", "spleen", "--seconds", 90]
    outcome = concordance("correction", tiny.total, tmp_path / "edited.nii.gz", *words)
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("spleen: Dice 0.667, NSD ")
    assert outcome.out.endswith(" in 90 s\n1 structure changed, 0 structures unchanged\n")


def test_python_gives_the_same(tiny, edited_seg):
    found = {one.structure: one for one in sc.compare_correction(tiny.segs[0], edited_seg)}
    assert {name for name, one in found.items() if one.is_changed} == {"spleen", "kidney_cyst_right"}
    assert found["spleen"].dice == pytest.approx(2 / 3)


def test_a_corrected_seg_is_a_model_of_its_own(concordance, tiny, edited_seg, tmp_path):
    files = [*tiny.segs, edited_seg]
    outcome = concordance("compare", "--ct", tiny.ct, "--seg", *files, "--output", tmp_path / "out", "--json")
    assert outcome.json()["models"] == ["A", "B", "A, corrected by Ann"]


def test_kept_numbers_need_a_reader_and_structures_their_names(concordance, refused, tiny, edited_seg, tmp_path):
    line = refused("correction", tiny.segs[0], edited_seg, "--output", tmp_path / "c.csv")
    assert "--reader" in line
    outcome = concordance("correction", tiny.segs[0], edited_seg, "--only-structures", "spleeen")
    assert outcome.code == 2
    assert "spleeen: no structure is called so. Did you mean spleen" in outcome.err
