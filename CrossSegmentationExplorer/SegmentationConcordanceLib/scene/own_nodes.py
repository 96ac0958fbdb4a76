"""The nodes that the explorer adds to a scene: never saved, never listed, removed whole."""

from __future__ import annotations

import slicer

from .shared_layers import BINARY_LABELMAP

OWN = "SegmentationConcordance.Explorer"
"""Attribute of every node that the explorer adds: what it is."""


def mark_own(node: slicer.vtkMRMLNode, role: str) -> None:
    """Keep a node out of saved scenes and of the lists that a user chooses from.

    :param role: what the node is there for, in a word; kept as the attribute that says whose it is.
    """
    node.SetAttribute(OWN, role)
    node.SetSaveWithScene(False)
    node.SetHideFromEditors(True)


def remove_own(node: slicer.vtkMRMLNode | None) -> None:
    """Remove a node with its display and storage nodes; nothing happens where it has left the scene."""
    if node is None or node.GetScene() is None:
        return
    scene = node.GetScene()
    kin = []
    if node.IsA("vtkMRMLDisplayableNode"):
        kin += [node.GetNthDisplayNode(number) for number in range(node.GetNumberOfDisplayNodes())]
    if node.IsA("vtkMRMLStorableNode"):
        kin += [node.GetNthStorageNode(number) for number in range(node.GetNumberOfStorageNodes())]
    release_voxels(node)
    scene.RemoveNode(node)
    for one in kin:
        if one is not None and one.GetScene() is scene:
            scene.RemoveNode(one)


def release_voxels(node: slicer.vtkMRMLNode) -> None:
    """Let go of the label maps of a segmentation that is to be removed; nothing happens for other nodes.

    Slicer's subject hierarchy, and else the destructor, removes one segment after the other, each by a pass over the
    label map that they share: half a minute for a hundred segments of 512 x 512 x 300 voxels. Without voxels there is
    nothing to pass over, so this comes before the item and the node go.
    """
    if node.IsA("vtkMRMLSegmentationNode") and node.GetSegmentation() is not None:
        segmentation = node.GetSegmentation()
        for segment_id in segmentation.GetSegmentIDs():
            segmentation.GetSegment(segment_id).RemoveRepresentation(BINARY_LABELMAP)
