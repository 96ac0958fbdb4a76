"""What is removed gives its voxels back before Slicer goes over them, segment by segment."""

from __future__ import annotations

import pytest
import slicer

from host import SceneHost
from scene.agreement_scene import add_three_models, add_volume
from SegmentationConcordanceLib.scene.own_nodes import remove_own
from SegmentationConcordanceLib.scene.result_folder import ResultFolder


@pytest.mark.parametrize("by_folder", [True, False], ids=["a result", "an own node"])
def test_the_voxels_are_released_before_item_and_node_go(scene_host: SceneHost, by_folder: bool) -> None:
    volume = add_volume(scene_host.scene)
    node = add_three_models(scene_host.scene, volume)[0]
    segmentation = node.GetSegmentation()
    n_segments = segmentation.GetNumberOfSegments()
    held: list[int] = []

    def count(*_: object) -> None:
        segments = [segmentation.GetNthSegment(n) for n in range(segmentation.GetNumberOfSegments())]
        held.append(sum(segment.GetRepresentation("Binary labelmap") is not None for segment in segments))

    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene_host.scene)
    hierarchy.AddObserver(slicer.vtkMRMLSubjectHierarchyNode.SubjectHierarchyItemAboutToBeRemovedEvent, count)
    scene_host.scene.AddObserver(slicer.vtkMRMLScene.NodeAboutToBeRemovedEvent, count)
    if by_folder:
        folder = ResultFolder(volume)
        folder.add(node, "consensus")
        folder.remove(node)
    else:
        remove_own(node)
    assert node.GetScene() is None and n_segments > 1
    assert held and set(held) == {0}
