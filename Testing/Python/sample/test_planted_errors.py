"""Every planted error is in the files, and nowhere else. Label ids are written out as each model publishes them."""

from __future__ import annotations

import numpy as np


def dice(one: np.ndarray, other: np.ndarray) -> float:
    return 2 * np.count_nonzero(one & other) / (np.count_nonzero(one) + np.count_nonzero(other))


def share_inside(part: np.ndarray, whole: np.ndarray) -> float:
    return np.count_nonzero(part & whole) / np.count_nonzero(part)


def test_every_kind_is_planted(sample_cohort):
    assert {error.kind for error in sample_cohort.planted_errors} == {
        "adjacent_vertebra",
        "merged_vertebrae",
        "shifted_vertebrae",
        "neighbouring_rib",
        "short_ribs",
        "larger_heart",
        "missing_structure",
        "split_vertebra",
        "swapped_sides",
        "false_blob",
        "hole",
        "stopped_output",
    }


def test_a_vertebra_includes_40_per_cent_of_the_one_below(read_cases):
    case = read_cases["SAMPLE-001"]
    t5 = case.voxels("totalsegmentator_v1", "vertebrae_T5.nii.gz") > 0
    t6 = case.voxels("totalsegmentator_v1", "vertebrae_T6.nii.gz") > 0
    true_t6 = case.true_mask("vertebrae_T6")
    assert 0.3 < share_inside(true_t6, t5) < 0.45
    taken, left = (np.argwhere(part & true_t6)[:, 0].mean() for part in (t5, t6))
    assert taken > left
    assert share_inside(true_t6, case.voxels("totalsegmentator_v2", "SAMPLE-001.nii.gz") == 39) < 0.05


def test_a_vertebra_includes_40_per_cent_of_the_one_above(read_cases):
    case = read_cases["SAMPLE-003"]
    part_552 = case.voxels("cads", "_part_552.nii.gz")
    true_t8 = case.true_mask("vertebrae_T8")
    assert 0.3 < share_inside(true_t8, part_552 == 9) < 0.45
    taken, left = (np.argwhere((part_552 == label) & true_t8)[:, 0].mean() for label in (9, 10))
    assert taken < left


def test_two_vertebrae_are_merged_under_one_label(read_cases):
    voxels = read_cases["SAMPLE-002"].voxels("auto3dseg", ".nrrd")
    both = read_cases["SAMPLE-002"].true_mask("vertebrae_T7") | read_cases["SAMPLE-002"].true_mask("vertebrae_T8")
    assert not np.any(voxels == 36)
    assert dice(voxels == 37, both) > 0.8


def test_shifted_vertebrae_carry_the_name_of_the_level_below(read_cases):
    case = read_cases["SAMPLE-003"]
    files = {path.name for path in case.files("totalsegmentator_v1")}
    assert "vertebrae_T2.nii.gz" not in files
    for level in range(2, 11):
        called = case.voxels("totalsegmentator_v1", f"vertebrae_T{level + 1}.nii.gz") > 0
        assert dice(called, case.true_mask(f"vertebrae_T{level}")) > 0.75
        if level < 10:
            assert dice(called, case.true_mask(f"vertebrae_T{level + 1}")) < 0.1


def test_the_shift_leaves_next_to_no_consensus(read_cases):
    case = read_cases["SAMPLE-003"]
    shifted = case.voxels("totalsegmentator_v1", "vertebrae_T6.nii.gz") > 0
    others = case.voxels("totalsegmentator_v2", "SAMPLE-003.nii.gz") == 38
    assert np.count_nonzero(shifted & others) < 0.05 * np.count_nonzero(others)


def test_a_rib_includes_the_front_of_its_neighbour(read_cases):
    case = read_cases["SAMPLE-001"]
    rib_4 = case.voxels("multitalent", "rib_left_4.nii.gz") > 0
    true_5 = case.true_mask("rib_left_5")
    assert 0.25 < share_inside(true_5, rib_4) < 0.4
    front, back = np.argwhere(true_5 & rib_4)[:, 1].mean(), np.argwhere(true_5 & ~rib_4)[:, 1].mean()
    assert front < back
    case = read_cases["SAMPLE-002"]
    voxels = case.voxels("totalsegmentator_v2", "SAMPLE-002.nii.gz")
    assert 0.25 < share_inside(case.true_mask("rib_right_6"), voxels == 108) < 0.4


def test_ribs_stop_before_the_spine(read_cases):
    moose_labels = {"left": {3: 3, 4: 4, 5: 5, 6: 6}, "right": {3: 16, 4: 17, 5: 18, 6: 19}}
    for case in read_cases.values():
        moose = case.voxels("moose", "_ribs_segmentation_" + case.case.name + ".nii.gz")
        spine = np.argwhere(case.true_mask("vertebrae_T5"))[:, 2].mean()
        for side, labels in moose_labels.items():
            for number, label in labels.items():
                true_rib = case.true_mask(f"rib_{side}_{number}")
                gap_mm, true_gap_mm = (
                    4.0 * np.abs(np.argwhere(rib)[:, 2] - spine).min() for rib in (moose == label, true_rib)
                )
                assert gap_mm > 32 > true_gap_mm


def test_the_heart_of_cads_is_larger_in_every_case(read_cases):
    for case in read_cases.values():
        cads = case.voxels("cads", "_part_556.nii.gz") == 3
        other = case.voxels("totalsegmentator_v2", f"{case.case.name}.nii.gz") == 51
        true_size = np.count_nonzero(case.true_mask("heart"))
        assert 1.2 < np.count_nonzero(cads) / true_size < 1.35
        assert 0.93 < np.count_nonzero(other) / true_size < 1.07
        assert share_inside(other, cads) > 0.95


def test_a_sternum_that_is_not_found_differs_from_one_that_is_not_known(sample_cohort, read_cases):
    from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary

    ribs_file = "_ribs_segmentation_SAMPLE-002.nii.gz"
    assert not np.any(read_cases["SAMPLE-002"].voxels("moose", ribs_file) == 27)
    assert np.any(read_cases["SAMPLE-001"].voxels("moose", ribs_file.replace("002", "001")) == 27)
    assert "sternum" in {label.structure_name for label in load_vocabulary("moose").labels}
    assert "sternum" not in {label.structure_name for label in load_vocabulary("totalsegmentator_v1").labels}
    for case in read_cases.values():
        assert "sternum.nii.gz" not in {path.name for path in case.files("totalsegmentator_v1")}


def test_what_has_no_planted_error_agrees_with_the_truth(read_cases):
    case = read_cases["SAMPLE-001"]
    voxels = case.voxels("totalsegmentator_v2", "SAMPLE-001.nii.gz")
    for structure, label in {"aorta": 52, "lung_upper_lobe_left": 10, "vertebrae_T7": 37, "sternum": 116}.items():
        assert 0.8 < dice(voxels == label, case.true_mask(structure)) < 0.999


def test_models_of_one_family_resemble_each_other_more(read_cases):
    case = read_cases["SAMPLE-001"]
    lung = {
        "totalsegmentator_v2": case.voxels("totalsegmentator_v2", "SAMPLE-001.nii.gz") == 10,
        "auto3dseg": case.voxels("auto3dseg", ".nrrd") == 10,
        "cads": case.voxels("cads", "_part_551.nii.gz") == 13,
    }
    assert dice(lung["totalsegmentator_v2"], lung["auto3dseg"]) > dice(lung["totalsegmentator_v2"], lung["cads"])


def test_the_lower_half_of_a_vertebra_has_another_name(read_cases):
    case = read_cases["SAMPLE-004"]
    part_552 = case.voxels("cads", "_part_552.nii.gz")
    t10 = case.true_mask("vertebrae_T10")
    assert 0.4 < share_inside(t10, part_552 == 7) < 0.6
    assert 0.4 < share_inside(t10, part_552 == 8) < 0.6
    lower, upper = (np.argwhere(part_552 == label)[:, 0].mean() for label in (7, 8))
    assert lower < upper


def test_sides_are_swapped_in_one_model(read_cases):
    case = read_cases["SAMPLE-004"]
    for side, other in (("left", "right"), ("right", "left")):
        called = case.voxels("totalsegmentator_v1", f"lung_lower_lobe_{side}.nii.gz") > 0
        assert dice(called, case.true_mask(f"lung_lower_lobe_{other}")) > 0.85


def test_a_blob_of_7_ml_hangs_on_the_aorta(read_cases):
    case = read_cases["SAMPLE-004"]
    aorta = case.voxels("multitalent", "aorta.nii.gz") > 0
    added = np.count_nonzero(aorta & ~case.true_mask("aorta")) * 4 * 4 * 4.5 / 1000
    others = case.voxels("totalsegmentator_v2", "SAMPLE-004.nii.gz") == 52
    noise = np.count_nonzero(others & ~case.true_mask("aorta")) * 4 * 4 * 4.5 / 1000
    assert 3 < added - noise < 9


def test_a_hole_lies_inside_the_lobe(read_cases):
    case = read_cases["SAMPLE-004"]
    from scipy import ndimage

    voxels = case.voxels("moose", "_organs_segmentation_SAMPLE-004.nii.gz")
    truth = case.true_mask("lung_upper_lobe_right")
    label = np.bincount(voxels[truth]).argmax() or np.bincount(voxels[truth])[1:].argmax() + 1
    hole = ndimage.binary_fill_holes(voxels == label) & (voxels != label)
    assert np.count_nonzero(hole) * 4 * 4 * 4.5 / 1000 > 10


def test_an_output_stops_in_the_scan(read_cases):
    case = read_cases["SAMPLE-004"]
    voxels = case.voxels("auto3dseg", ".nrrd")
    assert not voxels[:15].any()
    assert voxels[15].any()
    assert case.true_mask("aorta")[:15].any()


def test_two_models_of_one_family_have_one_error(read_cases):
    case = read_cases["SAMPLE-004"]
    true_t6 = case.true_mask("vertebrae_T6")
    assert 0.3 < share_inside(true_t6, case.voxels("totalsegmentator_v2", "SAMPLE-004.nii.gz") == 39) < 0.45
    assert 0.3 < share_inside(true_t6, case.voxels("multitalent", "vertebrae_T5.nii.gz") > 0) < 0.45
