"""From outputs to segmentations of the volume: what the panel's logic decides."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import slicer

from scene.agreement_scene import AORTA, AORTA_KEY, GEOMETRY, LIVER, SHAPE, SPLEEN, add_volume, put_under_transform
from scene.harmonizer_files import box, organs, own_files, write_output
from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.errors import ConcordanceError, LabelMapTableError
from SegmentationConcordanceLib.harmonizing.shown_output import shown_output
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.scene.consensus.consensus_metrics import ConsensusMetricsLogic
from SegmentationConcordanceLib.scene.harmonizer.harmonizer import HarmonizerLogic
from SegmentationConcordanceLib.scene.harmonizer.harmonizer_parameters import HarmonizerOptions
from SegmentationConcordanceLib.scene.harmonizer.terminology_entry import entry_of_structure, structure_of_entry
from SegmentationConcordanceLib.scene.model_grouping import find_candidates
from SegmentationConcordanceLib.scene.node_attributes import knowledge_of_node
from SegmentationConcordanceLib.scene.segmentation_node import label_map_from_node

HALF_GRID = Geometry.from_parts((3, 6, 8), (10, 10, 200), (-20.0, 30.0, -400.0), np.eye(3))


def taken(logic: HarmonizerLogic, *paths: str) -> HarmonizerLogic:
    logic.add(paths)
    logic.read()
    return logic


def row_of(logic: HarmonizerLogic, value: int):
    return next(row for row in logic.rows if row.value == value and row.key is not None)


def test_what_is_missing_is_said_before(scene_host, tmp_path):
    logic = HarmonizerLogic(scene_host.scene)
    assert "Choose the volume" in logic.obstacle()
    logic.set_volume(scene_host.scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "hollow"))
    assert logic.obstacle() == "hollow has no voxels."
    logic.set_volume(add_volume(scene_host.scene))
    assert "Add the output" in logic.obstacle()
    logic.add([organs(tmp_path)])
    assert "not been read" in logic.obstacle() and logic.is_waiting
    logic.read()
    assert logic.obstacle() == "" and not logic.is_waiting
    logic.change(0, use=False)
    assert "Add the output" in logic.obstacle()
    with pytest.raises(ConcordanceError, match="Add the output"):
        logic.apply()
    logic.close()


def test_apply_makes_one_coded_segmentation_on_the_volume(logic, tmp_path):
    (node,) = taken(logic, organs(tmp_path)).apply()
    label_map = label_map_from_node(node)
    assert node.GetName() == "MOOSE"
    assert label_map.geometry.matches(GEOMETRY)
    assert [(s.label, s.name, s.structure, s.algorithm) for s in label_map.segments] == [
        (8, "liver", LIVER, "MOOSE"),
        (15, "spleen", SPLEEN, "MOOSE"),
    ]
    colors = {label.structure_name: label.color for label in load_vocabulary("moose").labels}
    assert [segment.color for segment in label_map.segments] == [colors["liver"], colors["spleen"]]
    assert np.count_nonzero(label_map.layers[0] == 15) == 6
    assert node.GetNodeReference(node.GetReferenceImageGeometryReferenceRole()) is logic.volume
    assert knowledge_of_node(node).structures == load_vocabulary("moose").for_task("clin_ct_organs").identities
    assert logic.notes == ("Made: MOOSE.",)


def test_the_segmentation_is_put_into_the_study_and_under_the_transform_of_the_volume(scene_host, logic, tmp_path):
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene_host.scene)
    patient = hierarchy.CreateSubjectItem(hierarchy.GetSceneItemID(), "patient")
    study = hierarchy.CreateStudyItem(patient, "study")
    hierarchy.CreateItem(study, logic.volume)
    transform = put_under_transform(logic.volume, np.diag([1.0, 1.0, 1.0, 1.0]))
    (node,) = taken(logic, organs(tmp_path)).apply()
    assert hierarchy.GetItemParent(hierarchy.GetItemByDataNode(node)) == study
    assert node.GetParentTransformNode() is transform


def test_the_files_and_other_nodes_stay_as_they_are(scene_host, logic, tmp_path):
    path = Path(organs(tmp_path))
    before, nodes = path.read_bytes(), scene_host.node_ids()
    taken(logic, str(path)).apply()
    assert path.read_bytes() == before
    new = scene_host.node_ids() - nodes
    classes = {scene_host.scene.GetNodeByID(node_id).GetClassName() for node_id in new}
    assert classes == {
        "vtkMRMLSegmentationNode",
        "vtkMRMLSegmentationDisplayNode",
        "vtkMRMLScriptedModuleNode",
    } - ({"vtkMRMLScriptedModuleNode"} if any("ScriptedModule" in node_id for node_id in nodes) else set())


def test_apply_again_replaces_what_was_made_unless_it_was_edited(scene_host, logic, tmp_path):
    (first,) = taken(logic, organs(tmp_path)).apply()
    (second,) = logic.apply()
    assert first.GetScene() is None and logic.notes == ("Made: MOOSE.",)
    second.GetSegmentation().GetNthSegment(0).SetName("edited")
    (third,) = logic.apply()
    assert second.GetScene() is scene_host.scene and third is not second
    assert "was edited since, and stays" in logic.notes[1]
    assert scene_host.scene.GetNumberOfNodesByClass("vtkMRMLSegmentationDisplayNode") == 2


def test_a_suggestion_waits_for_a_yes_and_can_be_taken_back(logic, tmp_path):
    mine = write_output(tmp_path / "mine.nii.gz", {501: box(1), 502: box(3)})
    taken(logic, organs(tmp_path), mine)
    assert row_of(logic, 501).status == "suggested"
    assert "mine: 2 labels have no codes" in logic.warnings()[0]
    structures = {s.label: s.structure for s in label_map_from_node(logic.apply()[1]).segments}
    assert structures == {501: None, 502: None}
    assert [row.value for row in logic.sure_rows()] == [501] and logic.accept_sure() == 1
    assert row_of(logic, 501).status == "accepted" and logic.sure_rows() == []
    logic.answer(row_of(logic, 502), AORTA)
    structures = {s.label: (s.name, s.structure) for s in label_map_from_node(logic.apply()[1]).segments}
    assert structures == {501: ("spleen", SPLEEN), 502: ("aorta", AORTA)}
    logic.take_back(row_of(logic, 501))
    assert row_of(logic, 501).status == "suggested"
    logic.accept(row_of(logic, 501), row_of(logic, 501).candidates[0])
    assert row_of(logic, 501).structure == SPLEEN


def test_an_output_of_open_version_is_no_evidence(logic, tmp_path):
    total = write_output(tmp_path / "x_total.nii.gz", {1: box(0), 92: box(1)})
    taken(logic, total, write_output(tmp_path / "mine.nii.gz", {501: box(1), 502: box(3)}))
    assert row_of(logic, 501).status == "unknown"
    logic.choose_version(0, [one.name for one in logic.known.versions("TotalSegmentator")].index("totalsegmentator_v2"))
    logic.read()
    assert row_of(logic, 501).status == "suggested"
    assert row_of(logic, 501).structure_name == row_of(logic, 92).structure_name


def test_codes_that_no_label_map_has_are_named_by_their_meaning(logic, tmp_path):
    foreign = CodedStructure(
        CodedConcept("123037004", "SCT", "Anatomical Structure"), CodedConcept("1", "99TEST", "Odd (Thing)")
    )
    taken(logic, write_output(tmp_path / "mine.nii.gz", {501: box(1)}))
    logic.answer(row_of(logic, 501), foreign, (9, 8, 7))
    row = row_of(logic, 501)
    assert (row.structure_name, row.structure, row.color) == ("odd_thing", foreign, (9, 8, 7))


def test_the_version_is_asked_for_and_chosen(logic, tmp_path):
    taken(logic, write_output(tmp_path / "x_total.nii.gz", {1: box(0), 92: box(1)}))
    (state,) = logic.states
    assert "Choose the model and version" in logic.obstacle()
    shown = shown_output(state, logic.known)
    assert shown.models[shown.model] == "TotalSegmentator" and shown.version == -1
    assert {row.status for row in logic.rows if row.key} == {"open"}
    older = [one.name for one in logic.known.versions("TotalSegmentator")].index("totalsegmentator_v2_0")
    logic.choose_version(0, older)
    logic.read()
    assert logic.obstacle() == "" and logic.outputs[0].label_map == "totalsegmentator_v2_0"
    of_version = {label.label: label.structure_name for label in load_vocabulary("totalsegmentator_v2_0").labels}
    assert row_of(logic, 92).structure_name == of_version[92]
    assert shown_output(logic.states[0], logic.known).cells == ("TotalSegmentator 2.0", "TotalSegmentator 2.0", "ready")
    logic.change(0, name="mine")
    logic.choose_version(0, 0)
    assert logic.outputs[0].name == "mine"


def test_another_model_is_chosen(logic, tmp_path):
    taken(logic, organs(tmp_path))
    logic.choose_model(0, "CADS")
    logic.read()
    assert logic.outputs[0].label_map == "cads" and "do not tell which task" in logic.obstacle()
    logic.change(0, task="551")
    logic.read()
    assert logic.obstacle() == ""
    assert {row.label_name for row in logic.rows} == {
        label.name for label in load_vocabulary("cads").for_task("551").labels
    }
    assert shown_output(logic.states[0], logic.known).tasks[0] == "(as the file names tell)"
    logic.choose_model(0, "")
    logic.read()
    assert {row.structure for row in logic.rows} == {None}
    logic.choose_model(0, "TotalSegmentator")
    assert "version" in logic.states[0].question


def test_another_grid_is_refused_with_the_remedy_and_resampled_when_chosen(logic, tmp_path):
    path = write_output(
        tmp_path / "CT_organs_segmentation_x.nii.gz",
        {15: box(1), 8: (slice(0, 1), slice(5, 6), slice(0, 1))},
        HALF_GRID,
        HALF_GRID.shape,
    )
    taken(logic, path)
    assert "spacing" in logic.obstacle() and "check Resample" in logic.obstacle()
    logic.change(0, resample=True)
    assert logic.obstacle() == ""
    (note,) = logic.warnings()
    assert "resampled by nearest neighbour from a grid of 10 x 10 x 200 mm" in note
    (node,) = logic.apply()
    assert logic.notes[1:] == (note,)
    assert label_map_from_node(node).geometry.matches(GEOMETRY)
    # Source slices 1 and 2 lie at 200 and 400 mm: the nearest of the volume's slices 0, 100, ... 400 are 1 to 4.
    assert np.flatnonzero((label_map_from_node(node).layers[0] == 15).any(axis=(1, 2))).tolist() == [1, 2, 3, 4]


def test_an_output_of_another_place_cannot_be_resampled(logic, tmp_path):
    far = Geometry.from_parts(SHAPE, (10, 10, 100), (9000.0, 0.0, 0.0), np.eye(3))
    taken(logic, write_output(tmp_path / "CT_organs_segmentation_x.nii.gz", {15: box(1)}, far))
    assert "all of it lies outside" in logic.obstacle()
    logic.change(0, resample=True)
    assert "all of it lies outside" in logic.obstacle()


def test_choices_survive_saving_and_loading_the_scene(scene_host, logic, tmp_path):
    taken(logic, organs(tmp_path), write_output(tmp_path / "mine.nii.gz", {501: box(1)}))
    logic.accept_sure()
    logic.change(0, name="first", resample=True)
    logic.change_options(folder=str(tmp_path), as_label_map=True)
    outputs, options = logic.outputs, logic.options
    logic.apply()
    scene_host.save_bundle(tmp_path / "scene.mrb")
    (tmp_path / "cache").mkdir()
    scene_host.load_bundle(tmp_path / "scene.mrb", tmp_path / "cache")
    assert logic.volume.GetName() == "CT"
    assert logic.outputs == outputs and logic.options == options
    assert logic.is_waiting
    logic.read()
    assert [row.status for row in logic.rows if row.key] == ["exact", "exact", "accepted"]
    assert [one.node.GetName() for one in logic.applied] == ["first", "mine"]


def test_parameters_of_another_origin_are_passed_over(scene_host, logic):
    node = scene_host.scene.GetSingletonNode("SegmentHarmonizer", "vtkMRMLScriptedModuleNode")
    node.SetParameter("SegmentHarmonizer.folder", "7")
    node.SetParameter("SegmentHarmonizer.with_empty", "no json")
    node.SetParameter("SegmentHarmonizer.Output.000", '{"paths": []}')
    node.SetParameter("SegmentHarmonizer.Output.001", '{"paths": ["a"], "name": "n", "answers": [{"key": 1}, 2]}')
    assert logic.options == HarmonizerOptions()
    (output,) = logic.outputs
    assert (output.paths, output.answers) == (("a",), ())


def test_closing_the_scene_leaves_an_empty_harmonizer(scene_host, logic, tmp_path):
    taken(logic, organs(tmp_path)).apply()
    scene_host.scene.Clear(False)
    assert logic.volume is None and logic.outputs == () and logic.rows == [] and logic.applied == ()


def test_outputs_are_taken_once_and_removed(logic, tmp_path):
    path = organs(tmp_path)
    assert logic.add([path]) == 1 and logic.add([path]) == 0
    logic.read()
    (node,) = logic.apply()
    logic.remove(0)
    assert logic.outputs == () and node.GetScene() is not None


def test_answers_become_a_label_map_of_ones_own(scene_host, logic, tmp_path):
    maps = tmp_path / "maps"
    taken(logic, write_output(tmp_path / "mine.nii.gz", {501: box(1), 502: box(2), 503: box(3)}))
    logic.answer(row_of(logic, 501), SPLEEN)
    logic.answer(row_of(logic, 502), AORTA)
    assert logic.label_map_path(0) == str(tmp_path / "mine.csv")
    assert logic.save_label_map(0, str(maps / "my_model.csv")) == ("label 503",)
    vocabulary = load_vocabulary(maps / "my_model.csv")
    assert [(label.label, label.structure) for label in vocabulary.labels] == [(501, SPLEEN), (502, AORTA)]
    logic.read()
    assert [row.status for row in logic.rows] == ["exact", "exact", "unknown"]
    assert "Your own label map" in logic.states[0].evidence[-1]
    (node,) = logic.apply()
    assert knowledge_of_node(node).structures == vocabulary.identities


def test_a_map_of_ones_own_replaces_the_shipped_one_visibly(logic, tmp_path):
    path = organs(tmp_path, labels={15: 0, 500: 1})
    taken(logic, path)
    logic.choose_model(0, "MOOSE")
    logic.read()
    logic.answer(row_of(logic, 500), AORTA)
    assert logic.save_label_map(0, str(tmp_path / "moose.csv")) == ()
    logic.read()
    assert row_of(logic, 500).status == "exact"
    assert "replaces the shipped one" in logic.states[0].evidence[-1]
    assert any("replaces moose" in line for line in logic.warnings())
    assert len(load_vocabulary(tmp_path / "moose.csv").labels) == len(load_vocabulary("moose").labels) + 1


def test_answers_that_contradict_each_other_are_not_saved(logic, tmp_path):
    taken(logic, write_output(tmp_path / "mine.nii.gz", {501: box(1), 502: box(2)}))
    with pytest.raises(LabelMapTableError, match="none of the labels is explained"):
        logic.save_label_map(0, str(tmp_path / "maps" / "m.csv"))
    for label in (501, 502):
        logic.answer(row_of(logic, label), SPLEEN)
    with pytest.raises(LabelMapTableError, match="would not be sound"):
        logic.save_label_map(0, str(tmp_path / "maps" / "m.csv"))
    assert not (tmp_path / "maps").exists()


def test_structure_files_become_a_map_without_numbers(logic, tmp_path):
    taken(logic, own_files(tmp_path / "run"))
    logic.choose_model(0, "")
    logic.read()
    logic.answer(next(row for row in logic.rows if row.label_name == "qzx_7"), AORTA)
    logic.save_label_map(0, str(tmp_path / "maps" / "mine.csv"))
    logic.read()
    assert {(row.label_name, row.status) for row in logic.rows} == {(n, "exact") for n in ("spleen", "liver", "qzx_7")}


def test_answers_about_structure_files_of_a_numbered_model_are_saved(logic, tmp_path):
    taken(logic, own_files(tmp_path / "run"))
    logic.choose_model(0, "TotalSegmentator")
    logic.choose_version(0, [one.name for one in logic.known.versions("TotalSegmentator")].index("totalsegmentator_v2"))
    logic.change(0, task="total")
    logic.read()
    by_name = {row.label_name: row for row in logic.rows if row.key}
    assert (by_name["spleen"].value, by_name["spleen"].status, by_name["qzx_7"].status) == (1, "exact", "unknown")
    other = CodedStructure(SPLEEN.category, CodedConcept("1", "99TEST", "accessory spleen"))
    logic.answer(by_name["spleen"], other)
    logic.answer(by_name["qzx_7"], CodedStructure(SPLEEN.category, CodedConcept("2", "99TEST", "thing")))
    logic.save_label_map(0, str(tmp_path / "maps" / "mine.csv"))
    logic.change(0, task="")
    logic.read()
    rows = {row.label_name: row for row in logic.rows if row.key}
    assert {name: (row.value, row.status) for name, row in rows.items()} == {
        "spleen": (1, "exact"),
        "liver": (5, "exact"),
        "qzx_7": (1, "exact"),
    }
    assert rows["spleen"].structure == other


def test_folders_of_label_maps_that_are_not_there_are_said(scene_host, tmp_path):
    logic = HarmonizerLogic(scene_host.scene, environment={"CONCORDANCE_LABEL_MAPS": str(tmp_path / "none")})
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "broken.csv").write_text("label,name\n", encoding="utf-8")
    logic.change_options(label_maps=str(tmp_path / "maps"))
    notes = " ".join(logic.known.notes)
    assert "none is no folder" in notes and "broken.csv" in notes
    logic.close()


def test_the_other_modules_find_the_models_and_what_they_cannot_know(scene_host, logic, tmp_path):
    total = write_output(tmp_path / "b" / "x_total.nii.gz", {1: box(1), 5: box(4, 5, 2), 52: box(0)})
    taken(logic, organs(tmp_path / "a"), total)
    logic.choose_version(1, [one.name for one in logic.known.versions("TotalSegmentator")].index("totalsegmentator_v2"))
    logic.read()
    logic.apply()
    metrics = ConsensusMetricsLogic(scene_host.scene)
    metrics.set_volume(logic.volume)
    assert metrics.models == tuple(choice.name for choice in logic.outputs)
    found = find_candidates(scene_host.scene, logic.volume)
    assert [(one.model, one.use, one.reason) for one in found] == [
        (choice.name, True, "made on this volume") for choice in logic.outputs
    ]
    result = metrics.apply()
    knowing = {row.model for row in result.agreement if row.structure_key == AORTA_KEY}
    spleen = {row.model: round(row.dice, 6) for row in result.agreement if row.structure_key == "SCT:78961009"}
    assert knowing == {logic.outputs[1].name}  # the organs of MOOSE hold no aorta
    assert set(spleen.values()) == {1.0} and len(spleen) == 2
    metrics.close()


def test_terminology_entries_hold_all_five_codes(scene_host):
    side = CodedConcept("7771000", "SCT", "Left")
    kidney = CodedConcept("64033007", "SCT", "Kidney")
    lesion = CodedConcept("49755003", "SCT", "Morphologically Abnormal Structure")
    structure = CodedStructure(lesion, CodedConcept("441457006", "SCT", "Cyst"), None, kidney, side)
    assert structure_of_entry(entry_of_structure(structure)) == (structure, None)
    assert structure_of_entry(entry_of_structure(None))[0] is None
