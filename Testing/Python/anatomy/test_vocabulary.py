"""The shipped label maps, and reading a user's own."""

from __future__ import annotations

import csv
import itertools

import pytest

from SegmentationConcordanceLib.anatomy.color_check import without_side
from SegmentationConcordanceLib.anatomy.neighbours import touch
from SegmentationConcordanceLib.anatomy.structure_names import structure_name
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary, shipped_vocabularies
from SegmentationConcordanceLib.errors import LabelMapTableError

HEAD = "label,name,structure,category,type,modifier,color"
ANATOMY = "SCT:123037004 Anatomical Structure"


def names_by_id(name: str, task: str) -> dict[int | None, str]:
    return {label.label: label.structure_name for label in load_vocabulary(name).for_task(task).labels}


def test_the_shipped_label_maps():
    titles = {name: load_vocabulary(name).title for name in shipped_vocabularies()}
    assert titles == {
        "aimi": "AIMI (BAMF)",
        "auto3dseg": "Auto3DSeg",
        "cads": "CADS",
        "moose": "MOOSE",
        "multitalent": "MultiTalent",
        "salimi2025": "Salimi 2025",
        "totalsegmentator_v1": "TotalSegmentator 1.5",
        "totalsegmentator_v2": "TotalSegmentator 2.6",
        "totalsegmentator_v2_0": "TotalSegmentator 2.0",
        "totalsegmentator_v2_mr": "TotalSegmentator 2.6 MR",
    }


@pytest.mark.parametrize(
    ("name", "labels", "tasks"),
    [
        ("auto3dseg", 117, 1),
        ("cads", 167, 9),
        ("moose", 144, 10),
        ("multitalent", 117, 1),
        ("totalsegmentator_v1", 116, 9),
        ("totalsegmentator_v2", 292, 26),
        ("totalsegmentator_v2_0", 117, 1),
        ("totalsegmentator_v2_mr", 107, 7),
        ("aimi", 11, 7),
        ("salimi2025", 12, 1),
    ],
)
def test_how_much_each_holds(name, labels, tasks):
    vocabulary = load_vocabulary(name)
    assert (len(vocabulary.labels), len(vocabulary.tasks)) == (labels, tasks)
    assert all(label.color is not None for label in vocabulary.labels)
    assert {"title", "model", "version", "ids", "codes", "licence", "note"} <= set(dict(vocabulary.head))


@pytest.mark.parametrize(
    ("name", "task", "count"),
    [
        ("totalsegmentator_v1", "total", 104),
        ("totalsegmentator_v2", "total", 117),
        ("totalsegmentator_v2_0", "total", 117),
        ("moose", "clin_ct_digestive", 4),
        ("moose", "clin_ct_body", 4),
        ("moose", "clin_ct_lungs", 5),
        ("moose", "clin_ct_body_composition", 3),
        ("cads", "559", 10),
        ("totalsegmentator_v2_mr", "total_mr", 50),
        ("totalsegmentator_v2_mr", "vertebrae_mr", 25),
    ],
)
def test_how_many_labels_a_task_has(name, task, count):
    assert len(load_vocabulary(name).for_task(task).labels) == count


def test_rib_ids_changed_with_totalsegmentator_2_2():
    new, old = names_by_id("totalsegmentator_v2", "total"), names_by_id("totalsegmentator_v2_0", "total")
    order = [f"rib_left_{n}" for n in range(1, 13)] + [f"rib_right_{n}" for n in range(1, 13)]
    assert [new[label] for label in range(92, 116)] == order
    assert [old[label] for label in (92, 93, 94)] == ["rib_right_4", "rib_right_3", "rib_left_1"]
    assert sorted(label for label in new if new[label] != old[label]) == list(range(92, 108))
    assert set(new.values()) == set(old.values())


def test_auto3dseg_numbers_its_ribs_as_totalsegmentator_2_0():
    auto3dseg, old = names_by_id("auto3dseg", "whole-body-v2.0.1"), names_by_id("totalsegmentator_v2_0", "total")
    assert [auto3dseg[label] for label in range(92, 108)] == [old[label] for label in range(92, 108)]


@pytest.mark.parametrize(
    ("name", "task", "label", "structure"),
    [
        ("totalsegmentator_v1", "total", 104, "urinary_bladder"),
        ("totalsegmentator_v2", "total", 1, "spleen"),
        ("totalsegmentator_v2", "total", 51, "heart"),
        ("totalsegmentator_v2", "total", 117, "costal_cartilages"),
        ("auto3dseg", "whole-body-v2.0.1", 2, "kidney_right"),
        ("moose", "clin_ct_cardiac", 12, "portal_vein_and_splenic_vein"),
        ("moose", "clin_ct_vertebrae", 25, "vertebrae_L6"),
        ("cads", "551", 17, "lung_lower_lobe_right"),
        ("cads", "556", 3, "heart"),
        ("totalsegmentator_v2_mr", "total_mr", 19, "vertebrae"),
        ("totalsegmentator_v2_mr", "vertebrae_mr", 2, "vertebrae_L5"),
        ("aimi", "kidney_ct", 2, "kidney_tumors"),
    ],
)
def test_label_ids(name, task, label, structure):
    assert names_by_id(name, task)[label] == structure


def test_multitalent_has_no_ids_and_one_file_per_structure():
    labels = load_vocabulary("multitalent").labels
    assert {label.label for label in labels} == {None}
    assert {label.output_file for label in labels} == {f"{label.name}.nii.gz" for label in labels}


def test_the_file_layout_of_each_model():
    assert load_vocabulary("cads").for_task("551").labels[0].output_file == "<case>_part_551.nii.gz"
    cardiac = load_vocabulary("moose").for_task("clin_ct_cardiac")
    assert {label.output_file for label in cardiac.labels} == {"CT_cardiac_segmentation_<case>.nii.gz"}
    assert load_vocabulary("totalsegmentator_v2").labels[0].output_file == "spleen.nii.gz"
    assert load_vocabulary("auto3dseg").labels[0].output_file == ""


def test_one_structure_has_one_color_in_all_maps_and_on_both_sides():
    colors: dict[str, set] = {}
    for name in shipped_vocabularies():
        for label in load_vocabulary(name).labels:
            colors.setdefault(label.structure_name, set()).add(label.color)
    assert {name for name, found in colors.items() if len(found) > 1} == set()
    pairs = {name: name[:-4] + "right" for name in colors if name.endswith("left") and name[:-4] + "right" in colors}
    # The chambers of the heart are no pairs of equals, and they touch.
    chambers = {"heart_atrium_left", "heart_ventricle_left"}
    assert {left for left, right in pairs.items() if colors[left] != colors[right]} == chambers


def test_one_color_never_stands_for_two_structures_that_touch_in_any_two_maps():
    by_color: dict[tuple, dict[str, str]] = {}
    for name in shipped_vocabularies():
        for label in load_vocabulary(name).labels:
            by_color.setdefault(label.color, {})[label.structure_name] = without_side(label.identity).key
    sharing = [
        (one, other)
        for names in by_color.values()
        for one, other in itertools.combinations(sorted(names), 2)
        if names[one] != names[other]
    ]
    # What shares a colour has been measured, and does not touch.
    assert {pair: touch(*pair) for pair in sharing if touch(*pair) is not False} == {}
    assert sharing


def test_lesions_are_coded_as_lesions_with_their_place():
    lesions = {
        label.structure_name: (str(label.structure.category), label.identity.key)
        for label in load_vocabulary("aimi").labels
        if str(label.structure.category) != "SCT:123037004"
    }
    assert lesions == {
        "lung_nodules": ("SCT:49755003", "SCT:27925004||SCT:39607008"),
        "lung_tumors_fdg_avid": ("SCT:49755003", "NCIt:C168968||SCT:39607008"),
        "breast_tumors_fdg_avid": ("SCT:49755003", "NCIt:C168968||SCT:76752008"),
        "kidney_tumors": ("SCT:49755003", "SCT:108369006||SCT:64033007"),
        "kidney_cysts": ("SCT:49755003", "SCT:367643001||SCT:64033007"),
    }
    nodules = {label.identity for label in load_vocabulary("totalsegmentator_v2").for_task("lung_nodules").labels}
    assert nodules & load_vocabulary("aimi").identities


def test_a_map_that_is_not_complete_says_so():
    head = dict(load_vocabulary("salimi2025").head)
    assert "none published" in head["ids"]
    assert "INCOMPLETE" in head["note"]


def test_a_name_without_a_version_is_asked_about():
    with pytest.raises(LabelMapTableError, match=r"several versions.*totalsegmentator_v2, totalsegmentator_v2_0"):
        load_vocabulary("TotalSegmentator")


def test_structure_names():
    vocabulary = load_vocabulary("moose")
    by_name = {label.name: label for label in vocabulary.labels}
    assert structure_name(by_name["clavicle_left"].identity) == "clavicula_left"
    assert structure_name(by_name["thyroid_left"].identity) == "thyroid_gland_left"
    for name in shipped_vocabularies():
        for label in load_vocabulary(name).labels:
            assert structure_name(label.identity) == label.structure_name


def test_every_published_id_and_label_is_there(shared_reference):
    files = {
        "auto3dseg": ["auto3dseg"],
        "cads": ["cads"],
        "moose": ["moose"],
        "multitalent": ["multitalent"],
        "totalsegmentator_v1": ["totalsegmentator_v1"],
        "totalsegmentator_v2": ["totalsegmentator_v2"],
        "totalsegmentator_v2_before_2.2_ribs": ["totalsegmentator_v2_0"],
    }
    for file, (ours,) in files.items():
        with (shared_reference / "labelmaps" / f"{file}.csv").open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        # Auxiliary classes are taken out of the model's output; tasks that came after 2.6 are not in the map of 2.6.
        rows = [r for r in rows if not r["task"].endswith("_auxiliary") and r.get("in_v2.6.0", "yes") == "yes"]
        one_task = ours in ("auto3dseg", "multitalent")
        known = {(None if one_task else v.task, v.label, v.name) for v in load_vocabulary(ours).labels}
        published = {
            (None if one_task else r["task"], int(r["label_id"]) if r["label_id"] else None, r["model_label"])
            for r in rows
        }
        assert published <= known
        assert len(published) == len(known) or ours == "totalsegmentator_v2_0"


def test_a_users_label_map(tmp_path):
    path = tmp_path / "mein modell ü.csv"
    path.write_text(
        "# title: Mine\n# output: <name>.nrrd\n"
        f"{HEAD}\n300,Milz,spleen,{ANATOMY},SCT:78961009 Spleen,,#9d6ca2\n"
        f"2,Niere L,kidney_left,{ANATOMY},SCT:64033007 Kidney,SCT:7771000 Left,\n",
        encoding="utf-8",
    )
    vocabulary = load_vocabulary(path)
    spleen, kidney = vocabulary.labels
    assert (vocabulary.name, vocabulary.title, vocabulary.tasks) == ("mein modell ü", "Mine", ("",))
    assert (spleen.label, spleen.color, spleen.output_file) == (300, (157, 108, 162), "Milz.nrrd")
    assert (kidney.color, kidney.identity.key) == (None, "SCT:64033007|SCT:7771000")
    assert spleen.identity in load_vocabulary("cads").identities


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f"{HEAD}\n1,a,spleen,{ANATOMY},SCT:78961009 Spleen,,red\n", ["line 2", "color", '"red"']),
        (f"{HEAD},mood\n1,a,spleen,{ANATOMY},SCT:78961009 Spleen,,,good\n", ["line 1", "mood", "unknown"]),
        (f"# x\n{HEAD}\n", ["line 1", "head"]),
        ("", ["missing: label, name"]),
    ],
)
def test_an_unsound_file_is_refused_with_file_and_line(tmp_path, content, words):
    path = tmp_path / "mine.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LabelMapTableError) as error:
        load_vocabulary(path)
    assert all(word in str(error.value) for word in [str(path), *words])
    assert "\n" not in str(error.value)


def test_what_is_no_label_map_is_refused(tmp_path):
    with pytest.raises(LabelMapTableError, match=r"nonsense: is no label map.*totalsegmentator_v2"):
        load_vocabulary("nonsense")
    with pytest.raises(LabelMapTableError, match=r"absent.csv: cannot be read"):
        load_vocabulary(tmp_path / "absent.csv")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"label\xff\xfe\x00")
    with pytest.raises(LabelMapTableError, match="is no UTF-8 text"):
        load_vocabulary(binary)
    with pytest.raises(LabelMapTableError, match=r'moose: has no task "lungs".*clin_ct_lungs'):
        load_vocabulary("moose").for_task("lungs")


def test_short_task_names_tell_the_tasks_apart_and_lead_back_to_them():
    moose = load_vocabulary("moose")
    short = dict(zip(moose.tasks, moose.short_task_names(moose.tasks)))
    assert short["clin_ct_organs"] == "org"
    assert short["clin_ct_body"] == "body"
    assert short["clin_ct_body_composition"] == "body_"
    assert moose.tasks_called(short.values()) == moose.tasks
    assert moose.tasks_called(["clin_ct_ribs", "org"]) == ("clin_ct_ribs", "clin_ct_organs")
    for name in shipped_vocabularies():
        vocabulary = load_vocabulary(name)
        assert vocabulary.tasks_called(vocabulary.short_task_names(vocabulary.tasks)) == vocabulary.tasks


def test_a_task_that_is_called_nothing_is_an_error():
    with pytest.raises(LabelMapTableError, match='has no task "brain"'):
        load_vocabulary("moose").tasks_called(["brain"])
