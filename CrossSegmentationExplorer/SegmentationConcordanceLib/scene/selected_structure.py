"""The structure that a user looks at, so that one module can follow another.

It is kept in the scene, on the one vtkMRMLScriptedModuleNode with the singleton tag "SegmentationConcordance": the
parameter "SelectedStructure" holds the structure's key as in the tables, e.g. "SCT:64033007|SCT:7771000", or nothing.
A module follows by observing the node's ModifiedEvent.
"""

from __future__ import annotations

import slicer

_TAG = "SegmentationConcordance"
_PARAMETER = "SelectedStructure"


def selection_node(scene: slicer.vtkMRMLScene) -> slicer.vtkMRMLScriptedModuleNode:
    """The node that holds the selection; made where it is missing."""
    node = scene.GetSingletonNode(_TAG, "vtkMRMLScriptedModuleNode")
    if node is None:
        node = slicer.vtkMRMLScriptedModuleNode()
        node.SetName(f"{_TAG}Selection")
        node.SetSingletonTag(_TAG)
        node = scene.AddNode(node)
    return node


def select_structure(scene: slicer.vtkMRMLScene, structure_key: str) -> None:
    """Select a structure by its key; "" selects none.

    :param structure_key: need not be one that is loaded.
    """
    selection_node(scene).SetParameter(_PARAMETER, structure_key)


def selected_structure(scene: slicer.vtkMRMLScene) -> str:
    """The key of the selected structure; "" where there is none."""
    return selection_node(scene).GetParameter(_PARAMETER)
