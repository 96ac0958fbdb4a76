"""The nodes of a scene that are of a class."""

from __future__ import annotations

import slicer


def nodes_of_class(scene: slicer.vtkMRMLScene, name: str) -> list[slicer.vtkMRMLNode]:
    """Its nodes of this class and of those derived from it, in the order of the scene.

    :param name: of the class, e.g. "vtkMRMLSegmentationNode".
    """
    return [scene.GetNthNodeByClass(number, name) for number in range(scene.GetNumberOfNodesByClass(name))]
