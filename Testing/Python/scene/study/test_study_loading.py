"""Loading segmentations of the DICOM database into the scene."""

from __future__ import annotations

import numpy as np
import pytest
import slicer
import vtk

from imaging.seg_cases import kidney_cyst_spleen, masks_on
from scene.study.found_segmentations import find_segmentations
from scene.study_fixtures import Patient, add_ct
from SegmentationConcordanceLib.imaging.seg_header import read_seg_header
from SegmentationConcordanceLib.scene.belonging import Belonging, belonging
from SegmentationConcordanceLib.scene.model_grouping import find_candidates
from SegmentationConcordanceLib.scene.node_attributes import knowledge_of_node
from SegmentationConcordanceLib.scene.segmentation_node import label_map_from_node
from SegmentationConcordanceLib.scene.study.study_loading import load_segmentations
from SegmentationConcordanceLib.scene.study.study_search import loaded_instances


@pytest.fixture
def patient(made_patient, tmp_path) -> Patient:
    return made_patient.copy(tmp_path)


def headers(patient: Patient, *names: str):
    return [read_seg_header(patient.segs[name]) for name in names]


def hierarchy_text(scene: slicer.vtkMRMLScene) -> list[tuple[str, str]]:
    """Name and parent's name of every item of the subject hierarchy."""
    tree = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    items = vtk.vtkIdList()
    tree.GetItemChildren(tree.GetSceneItemID(), items, True)
    ids = [items.GetId(n) for n in range(items.GetNumberOfIds())]
    return [(tree.GetItemName(item), tree.GetItemName(tree.GetItemParent(item))) for item in ids]


def test_the_found_ones_become_nodes_that_belong_to_the_volume(scene_host, patient):
    volume = add_ct(scene_host.scene, patient.series)
    found = find_segmentations(patient.database, patient.series.series_uid).found
    loaded = load_segmentations([one.header for one in found], volume)
    assert loaded.errors == ()
    assert [node.GetName() for node in loaded.nodes] == ["D <organs>", "D rest", "by highdicom"]
    candidates = find_candidates(scene_host.scene, volume)
    assert [candidate.model for candidate in candidates] == [one.model for one in found]
    assert all(candidate.use for candidate in candidates)
    assert belonging(loaded.nodes[0], volume) == Belonging(True, "made on this volume")
    by_instance = loaded_instances(scene_host.scene)
    assert [by_instance[one.header.sop_instance_uid] for one in found] == [node.GetID() for node in loaded.nodes]


def test_voxels_codes_colors_and_vocabulary(scene_host, patient):
    volume = add_ct(scene_host.scene, patient.series)
    (node,) = load_segmentations(headers(patient, "D organs"), volume).nodes
    meant = kidney_cyst_spleen()
    label_map = label_map_from_node(node)
    assert label_map.geometry.matches(patient.series.geometry)
    of_name = {segment.name: segment for segment in label_map.segments}
    for segment in meant.segments[:3]:
        assert np.array_equal(label_map.mask(of_name[segment.name]), meant.mask(segment))
        assert of_name[segment.name].structure == segment.structure
        assert np.abs(np.subtract(of_name[segment.name].color, segment.color)).max() <= 1
    assert of_name.keys() == {"spleen", "kidney_left", "kidney_cyst_right"}
    assert len(knowledge_of_node(node).structures) > 80  # what the label map named in the file knows


def test_segments_that_overlap(scene_host, patient):
    volume = add_ct(scene_host.scene, patient.series)
    (node,) = load_segmentations(headers(patient, "D rest"), volume).nodes
    assert node.GetSegmentation().GetNumberOfLayers("Binary labelmap") == 2
    assert knowledge_of_node(node).structures == frozenset()  # the file names no label map


def test_layers_are_no_larger_than_the_frames(scene_host, patient):
    volume = add_ct(scene_host.scene, patient.series)
    (node,) = load_segmentations(headers(patient, "D organs"), volume).nodes
    image = node.GetSegmentation().GetLayerDataObject(0, "Binary labelmap")
    assert image.GetDimensions() == (11, 9, 4)  # slices 1 to 4 of 6 hold marks
    masks = masks_on(patient.series.geometry, label_map_from_node(node))
    assert masks["kidney_left"][1, 2:5, 3:7].all()


def test_they_lie_in_the_study_of_the_ct_with_the_attributes_of_slicers_loader(scene_host, patient):
    volume = add_ct(scene_host.scene, patient.series)
    (header,) = headers(patient, "D organs")
    (node,) = load_segmentations([header], volume).nodes
    tree = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene_host.scene)
    item = tree.GetItemByDataNode(node)
    assert tree.GetItemParent(item) == tree.GetItemParent(tree.GetItemByDataNode(volume))
    assert tree.GetItemUID(tree.GetItemParent(item), "DICOM") == patient.series.study_uid
    assert tree.GetItemUID(item, "DICOM") == header.series_uid
    assert tree.GetItemUID(item, "DICOMInstanceUID") == header.sop_instance_uid
    assert tree.GetItemAttribute(item, "DICOM.Modality") == "SEG"
    referenced = set(tree.GetItemAttribute(item, "DICOM.ReferencedInstanceUIDs").split())
    assert referenced == set(patient.series.sop_instance_uids[1:5])


def test_a_volume_outside_of_any_study(scene_host, patient):
    volume = add_ct(scene_host.scene, patient.series)
    tree = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene_host.scene)
    tree.RemoveItem(tree.GetItemByDataNode(volume), False)
    tree.RemoveItem(tree.GetItemByUID("DICOM", patient.series.study_uid), False)
    (node,) = load_segmentations(headers(patient, "H"), volume).nodes
    assert tree.GetItemParent(tree.GetItemByDataNode(node)) == tree.GetSceneItemID()


def test_progress_names_each_file(scene_host, patient):
    volume = add_ct(scene_host.scene, patient.series)
    told = []
    load_segmentations(headers(patient, "D organs", "H"), volume, lambda *step: told.append(step))
    assert told == [(0.0, "D <organs>"), (0.5, "by highdicom"), (1.0, "")]


@pytest.mark.parametrize("at", [0.0, 0.5, 1.0])
def test_cancelling_leaves_the_scene_as_it_was(scene_host, patient, at):
    volume = add_ct(scene_host.scene, patient.series)
    nodes, tree = scene_host.node_ids(), hierarchy_text(scene_host.scene)

    def cancel(share: float, words: str) -> None:
        if share >= at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_segmentations(headers(patient, "D organs", "H"), volume, cancel)
    assert scene_host.node_ids() == nodes
    assert hierarchy_text(scene_host.scene) == tree


def test_a_bad_file_is_told_and_the_others_are_loaded(scene_host, patient):
    volume = add_ct(scene_host.scene, patient.series)
    wanted = headers(patient, "D organs", "D rest", "H")
    data = patient.segs["D rest"].read_bytes()
    patient.segs["D rest"].write_bytes(data[: len(data) // 2])
    patient.segs["D organs"].unlink()
    loaded = load_segmentations(wanted, volume)
    assert [node.GetName() for node in loaded.nodes] == ["by highdicom"]
    assert [error.subject for error in loaded.errors] == [str(patient.segs[name]) for name in ("D organs", "D rest")]


def test_what_is_loaded_is_not_loaded_again(scene_host, patient):
    volume = add_ct(scene_host.scene, patient.series)
    first = load_segmentations(headers(patient, "D organs"), volume)
    again = load_segmentations(headers(patient, "D organs", "H"), volume)
    assert [node.GetName() for node in (*first.nodes, *again.nodes)] == ["D <organs>", "by highdicom"]
    assert load_segmentations(headers(patient, "D organs", "H"), volume).nodes == ()


def test_nothing_to_load(scene_host, patient):
    loaded = load_segmentations([], add_ct(scene_host.scene, patient.series))
    assert (loaded.nodes, loaded.errors) == ((), ())
