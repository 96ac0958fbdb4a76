"""Watching a scene for what concerns the comparison of segmentations."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import slicer
import vtk

from .node_attributes import is_result
from .nodes_of_class import nodes_of_class

_WATCHED = ("vtkMRMLScalarVolumeNode", "vtkMRMLSegmentationNode")


class SceneWatch:
    """Reports volumes and segmentations that come, go, change or get another name.

    Nothing is reported while a scene is loaded or closed; afterwards it is, once. Where one of our own results is
    removed, e.g. together with its folder, its display and storage nodes are removed too, as Slicer leaves them.

    :param changed: called without arguments.
    :param closed: called without arguments when the scene was closed, before ``changed``.
    """

    def __init__(self, scene: slicer.vtkMRMLScene, changed: Callable[[], None], closed: Callable[[], None]) -> None:
        self._scene = scene
        self._changed = changed
        self._closed = closed
        self._of_nodes: dict[slicer.vtkMRMLNode, int] = {}
        self._leaving: list[slicer.vtkMRMLNode] = []
        events = {
            slicer.vtkMRMLScene.NodeAddedEvent: self._on_node_added,
            slicer.vtkMRMLScene.NodeAboutToBeRemovedEvent: self._on_node_leaving,
            slicer.vtkMRMLScene.NodeRemovedEvent: self._on_node_removed,
            slicer.vtkMRMLScene.EndBatchProcessEvent: self._on_scene_changed,
            slicer.vtkMRMLScene.EndCloseEvent: self._on_scene_closed,
        }
        self._of_scene = [scene.AddObserver(event, handler) for event, handler in events.items()]
        for class_name in _WATCHED:
            for node in nodes_of_class(scene, class_name):
                self._follow(node)

    def stop(self) -> None:
        """Remove every observer."""
        for tag in self._of_scene:
            self._scene.RemoveObserver(tag)
        self._of_scene = []
        for node in list(self._of_nodes):
            self._unfollow(node)

    def _follow(self, node: slicer.vtkMRMLNode) -> None:
        if node not in self._of_nodes:
            self._of_nodes[node] = node.AddObserver(vtk.vtkCommand.ModifiedEvent, self._on_node_modified)

    def _unfollow(self, node: slicer.vtkMRMLNode) -> None:
        tag = self._of_nodes.pop(node, None)
        if tag is not None:
            node.RemoveObserver(tag)

    def _on_node_modified(self, node: slicer.vtkMRMLNode, _event: str) -> None:
        if not self._scene.IsBatchProcessing() and not is_result(node):
            self._changed()

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_node_added(self, _scene: slicer.vtkMRMLScene, _event: str, node: slicer.vtkMRMLNode) -> None:
        if any(node.IsA(name) for name in _WATCHED):
            self._follow(node)
            self._on_scene_changed()

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_node_leaving(self, scene: slicer.vtkMRMLScene, _event: str, node: slicer.vtkMRMLNode) -> None:
        if is_result(node) and not scene.IsBatchProcessing():
            self._leaving += dependents(node)  # once it has left, it no longer knows them

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_node_removed(self, _scene: slicer.vtkMRMLScene, _event: str, node: slicer.vtkMRMLNode) -> None:
        self._unfollow(node)
        if self._scene.IsBatchProcessing():
            return
        if is_result(node):
            leaving, self._leaving = self._leaving, []
            remove_nodes(self._scene, leaving)
        elif any(node.IsA(name) for name in _WATCHED):
            self._changed()

    def _on_scene_changed(self, *_: object) -> None:
        if not self._scene.IsBatchProcessing():
            self._changed()

    def _on_scene_closed(self, *_: object) -> None:
        for node in list(self._of_nodes):
            if node.GetScene() is not self._scene:
                self._unfollow(node)
        self._closed()


def dependents(node: slicer.vtkMRMLNode) -> list[slicer.vtkMRMLNode]:
    """The display and storage nodes of a node."""
    found = []
    if node.IsA("vtkMRMLDisplayableNode"):
        found += [node.GetNthDisplayNode(number) for number in range(node.GetNumberOfDisplayNodes())]
    if node.IsA("vtkMRMLStorableNode"):
        found += [node.GetNthStorageNode(number) for number in range(node.GetNumberOfStorageNodes())]
    return [dependent for dependent in found if dependent is not None]


def remove_nodes(scene: slicer.vtkMRMLScene, nodes: Iterable[slicer.vtkMRMLNode]) -> None:
    """Remove those of the nodes that are still in the scene.

    :param nodes: also of other scenes, which keep theirs.
    """
    for node in nodes:
        if node.GetScene() is scene:
            scene.RemoveNode(node)
