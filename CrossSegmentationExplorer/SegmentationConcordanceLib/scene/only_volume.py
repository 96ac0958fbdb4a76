"""The volume that is meant where nobody chose one."""

from __future__ import annotations

import slicer

_CLASS = "vtkMRMLScalarVolumeNode"


def only_volume(scene: slicer.vtkMRMLScene) -> slicer.vtkMRMLScalarVolumeNode | None:
    """The one scalar volume of the scene; None where there are none, or several. Label maps do not count as volumes."""
    nodes = [scene.GetNthNodeByClass(n, _CLASS) for n in range(scene.GetNumberOfNodesByClass(_CLASS))]
    images = [node for node in nodes if node.GetClassName() == _CLASS]
    return images[0] if len(images) == 1 else None
