"""The headless host itself: it must be as strict as the desktop."""

from __future__ import annotations

import pytest
import slicer

from host import SceneHost


def test_names_that_the_desktop_does_not_have_are_gone(scene_host: SceneHost) -> None:
    assert not hasattr(slicer, "getNode")
    assert not hasattr(slicer, "arrayFromVolume")
    assert slicer.util.getNodesByClass("vtkMRMLSegmentationNode") == []
    assert slicer.modules.segmentations.logic() is scene_host.segmentations


def test_vtk_errors_are_collected() -> None:
    host = SceneHost()
    assert host.scene.AddNewNodeByClass("vtkMRMLNoSuchNode") is None
    host.close()
    assert any("vtkMRMLNoSuchNode" in error for error in host.errors)


def test_hosts_follow_each_other_with_scenes_of_their_own() -> None:
    for _ in range(2):
        host = SceneHost()
        assert host.scene.GetFirstNodeByClass("vtkMRMLSegmentationNode") is None
        host.scene.AddNewNodeByClass("vtkMRMLSegmentationNode")
        host.close()
        assert host.errors == []
    with pytest.raises(AttributeError):
        _ = slicer.mrmlScene
