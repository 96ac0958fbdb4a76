"""The subject hierarchy folder that holds all that was made from one volume's segmentations."""

from __future__ import annotations

import slicer
import vtk

from .node_attributes import RESULT
from .own_nodes import release_voxels
from .scene_watch import dependents, remove_nodes

_FOLDER = "folder"


class ResultFolder:
    """The folder of one volume's results, below the volume's own item.

    Its nodes carry the attribute :data:`RESULT`; removing the folder removes them.
    """

    def __init__(self, volume: slicer.vtkMRMLScalarVolumeNode) -> None:
        self._scene = volume.GetScene()
        self._volume = volume

    @property
    def name(self) -> str:
        """What the folder is called, and its nodes begin with."""
        return f"{self._volume.GetName()}: agreement"

    def add(self, node: slicer.vtkMRMLNode, role: str) -> None:
        """Put a node into the folder, under the volume's transform where it lies in space.

        :param role: what the node is; it can be asked for by that.
        """
        node.SetAttribute(RESULT, role)
        if node.IsA("vtkMRMLTransformableNode"):
            node.SetAndObserveTransformNodeID(self._volume.GetTransformNodeID())
        hierarchy = self._hierarchy()
        item = hierarchy.GetItemByDataNode(node)
        if item:
            hierarchy.SetItemParent(item, self._item(make=True))
        else:
            hierarchy.CreateItem(self._item(make=True), node)

    def node(self, role: str) -> slicer.vtkMRMLNode | None:
        """The first node of a role, None where there is none."""
        return next(iter(self.nodes(role)), None)

    def nodes(self, role: str | None = None) -> list[slicer.vtkMRMLNode]:
        """The nodes in the folder, of a role or all."""
        hierarchy, item = self._hierarchy(), self._item()
        children = vtk.vtkIdList()
        if item:
            hierarchy.GetItemChildren(item, children, True)
        found = [hierarchy.GetItemDataNode(children.GetId(n)) for n in range(children.GetNumberOfIds())]
        return [node for node in found if node is not None and role in (None, node.GetAttribute(RESULT))]

    def remove(self, node: slicer.vtkMRMLNode) -> None:
        """Remove one node with its item, display and storage."""
        depending = dependents(node)
        release_voxels(node)
        # The item goes first: the hierarchy's cache would else keep the address of the node, which a new one may get.
        item = self._hierarchy().GetItemByDataNode(node)
        if item:
            self._hierarchy().RemoveItem(item, False, True)
        remove_nodes(self._scene, [node, *depending])

    def clear(self) -> None:
        """Remove the folder and all its nodes."""
        item = self._item()
        if item:
            for node in self.nodes():
                self.remove(node)
            self._hierarchy().RemoveItem(item, False, True)

    def _hierarchy(self) -> slicer.vtkMRMLSubjectHierarchyNode:
        return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(self._scene)

    def _item(self, make: bool = False) -> int:
        """The folder's item; 0 where there is none."""
        hierarchy = self._hierarchy()
        above = hierarchy.GetItemByDataNode(self._volume)
        if not above and make:
            above = hierarchy.CreateItem(hierarchy.GetSceneItemID(), self._volume)
        children = vtk.vtkIdList()
        if above:
            hierarchy.GetItemChildren(above, children)
        items = (children.GetId(n) for n in range(children.GetNumberOfIds()))
        found = next((item for item in items if hierarchy.GetItemAttribute(item, RESULT) == _FOLDER), 0)
        if not found and make:
            found = hierarchy.CreateFolderItem(above, self.name)
            hierarchy.SetItemAttribute(found, RESULT, _FOLDER)
        return found
