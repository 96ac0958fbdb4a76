"""Names of the user's own segmentations, hidden while a review is blinded: Slicer's module Data shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import slicer

from ..node_names import give_name_back, has_hidden_name, hide_name
from ..nodes_of_class import nodes_of_class


class HiddenNames:
    """Calls segmentations as the rows are called, from the first :meth:`hide` to :meth:`give_back`.

    While Slicer says that it saves the scene, they have the true names. What was saved without a word, or left so by
    another session, :meth:`give_back` puts right.

    :param scene: is watched from the beginning to :meth:`stop`.
    """

    def __init__(self, scene: slicer.vtkMRMLScene) -> None:
        self._scene = scene
        self._aliases: dict[str, str] = {}
        self._observers = [
            scene.AddObserver(slicer.vtkMRMLScene.StartSaveEvent, self._show),
            scene.AddObserver(slicer.vtkMRMLScene.EndSaveEvent, self._hide),
            scene.AddObserver(slicer.vtkMRMLScene.EndCloseEvent, self._forget),
        ]

    def hide(self, nodes_of: Mapping[str, Sequence[slicer.vtkMRMLSegmentationNode]]) -> None:
        """Call these as said; those that were hidden before stay hidden.

        :param nodes_of: the nodes by what they are to be called.
        """
        for alias, nodes in nodes_of.items():
            self._aliases |= {node.GetID(): alias for node in nodes}
        self._hide()

    def give_back(self) -> None:
        """Give every segmentation of the scene its own name back."""
        self._aliases.clear()
        self._show()

    def stop(self) -> None:
        """Give the names back, and watch the scene no longer."""
        self.give_back()
        for observer in self._observers:
            self._scene.RemoveObserver(observer)
        self._observers = []

    def _forget(self, *_: object) -> None:
        self._aliases.clear()

    def _hide(self, *_: object) -> None:
        for node_id, alias in self._aliases.items():
            node = self._scene.GetNodeByID(node_id)
            if node is not None:
                hide_name(node, alias)

    def _show(self, *_: object) -> None:
        for node in nodes_of_class(self._scene, "vtkMRMLSegmentationNode"):
            if has_hidden_name(node):
                give_name_back(node)
