"""Which segmentations belong to a volume: by reference image, DICOM references, study, place."""

from __future__ import annotations

import numpy as np
import pytest
import slicer

from host import SceneHost
from scene.agreement_scene import GEOMETRY, SHAPE, add_volume, first_model, label_map_of, put_under_transform
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.scene.belonging import Belonging, belonging
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node


def segmentation(host: SceneHost, geometry: Geometry = GEOMETRY, volume=None):
    return add_segmentation_node(host.scene, label_map_of(first_model(), geometry), "seg", volume)


def moved(offset_mm: tuple[float, float, float]) -> Geometry:
    return Geometry.from_parts(SHAPE, GEOMETRY.spacing_mm, GEOMETRY.origin_lps + offset_mm, np.eye(3))


def hierarchy(host: SceneHost) -> slicer.vtkMRMLSubjectHierarchyNode:
    return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(host.scene)


def study_with(host: SceneHost, *nodes: slicer.vtkMRMLNode) -> None:
    tree = hierarchy(host)
    study = tree.CreateStudyItem(tree.GetSceneItemID(), "study")
    for node in nodes:
        tree.CreateItem(study, node)


def test_reference_image(scene_host):
    volume = add_volume(scene_host.scene)
    assert belonging(segmentation(scene_host, volume=volume), volume) == Belonging(True, "made on this volume")


def test_made_on_another_volume_of_the_same_place_is_only_offered(scene_host):
    volume, other = add_volume(scene_host.scene), add_volume(scene_host.scene, "other CT")
    found = belonging(segmentation(scene_host, volume=other), volume)
    assert found == Belonging(False, "covers this volume, but made on other CT")


def test_dicom_references_count_wherever_it_lies(scene_host):
    volume = add_volume(scene_host.scene)
    volume.SetAttribute("DICOM.instanceUIDs", "1.2.3 1.2.4")
    far = segmentation(scene_host, moved((10_000, 0, 0)))
    tree = hierarchy(scene_host)
    item = tree.CreateItem(tree.GetSceneItemID(), far)
    tree.SetItemAttribute(item, "DICOM.ReferencedInstanceUIDs", "1.2.4 1.2.5")
    assert belonging(far, volume) == Belonging(True, "refers to the images of this volume")
    tree.SetItemAttribute(item, "DICOM.ReferencedInstanceUIDs", "1.2.40")
    assert belonging(far, volume) is None
    here = segmentation(scene_host)
    tree.SetItemAttribute(tree.CreateItem(tree.GetSceneItemID(), here), "DICOM.ReferencedInstanceUIDs", "1.2.40")
    assert belonging(here, volume) == Belonging(False, "covers this volume, but refers to other images")


def test_study(scene_host):
    volume, same, other = add_volume(scene_host.scene), segmentation(scene_host), segmentation(scene_host)
    study_with(scene_host, volume, same)
    study_with(scene_host, other)
    assert belonging(same, volume) == Belonging(True, "same study; covers this volume")
    assert belonging(other, volume) == Belonging(False, "covers this volume, but of another study")


def test_a_node_of_the_same_study_elsewhere_does_not_belong(scene_host):
    volume, far = add_volume(scene_host.scene), segmentation(scene_host, moved((10_000, 0, 0)))
    study_with(scene_host, volume, far)
    assert belonging(far, volume) is None


@pytest.mark.parametrize(
    ("offset_mm", "expected"),
    [
        ((0, 0, 0), Belonging(True, "covers this volume")),
        ((30, 0, 0), Belonging(True, "overlaps this volume")),  # 5 of 8 columns shared
        ((50, 0, 0), None),  # 3 of 8
        ((0, 0, 1000), None),
    ],
)
def test_place_of_a_plain_segmentation(scene_host, offset_mm, expected):
    assert belonging(segmentation(scene_host, moved(offset_mm)), add_volume(scene_host.scene)) == expected


def test_place_under_transforms_of_both(scene_host):
    volume, node = add_volume(scene_host.scene), segmentation(scene_host, moved((0, 0, 1000)))
    down = np.eye(4)
    down[2, 3] = -1000
    put_under_transform(node, down)
    assert belonging(node, volume) == Belonging(True, "covers this volume")
    put_under_transform(volume, down)
    assert belonging(node, volume) is None


def test_neither_empty_segmentations_nor_empty_volumes_belong(scene_host):
    volume = add_volume(scene_host.scene)
    assert belonging(scene_host.scene.AddNewNodeByClass("vtkMRMLSegmentationNode"), volume) is None
    empty = scene_host.scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
    assert belonging(segmentation(scene_host), empty) is None
