"""The volume that a module works on, and why it cannot."""

from __future__ import annotations

import slicer

from .module_parameters import module_node
from .nodes_of_class import nodes_of_class

MODULES = ("ConsensusMetrics", "CrossSegmentationExplorer", "SegmentHarmonizer")
"""The modules that work on a volume."""
_SCALAR = "vtkMRMLScalarVolumeNode"


class VolumeChoice:
    """A module's volume, kept on its parameter node: it survives saving and loading a scene.

    :param scene: whose volumes can be chosen.
    :param module: one of :data:`MODULES`.
    """

    def __init__(self, scene: slicer.vtkMRMLScene, module: str) -> None:
        self._scene = scene
        self._module = module

    @property
    def volume(self) -> slicer.vtkMRMLScalarVolumeNode | None:
        """The image that the models segmented; None where none was chosen or it has left the scene."""
        return self._parameters().GetNodeReference(_role(self._module))

    def set_volume(self, volume: slicer.vtkMRMLScalarVolumeNode | None) -> None:
        """Choose the volume."""
        self._parameters().SetNodeReferenceID(_role(self._module), volume.GetID() if volume else None)

    def preselect_volume(self) -> None:
        """Where no volume was chosen, choose that of another of the modules, or else the only one of the scene."""
        if self.volume is None:
            preselected = _volume_of_others(self._scene) or only_volume(self._scene)
            if preselected is not None:
                self.set_volume(preselected)

    def volume_obstacle(self) -> str:
        """Why nothing can be done with the volume, in a sentence; "" where all is well."""
        volume = self.volume
        if volume is None:
            return "Choose the volume that was segmented."
        image = volume.GetImageData()
        has_voxels = image is not None and image.GetNumberOfPoints() > 0
        return "" if has_voxels else f"{volume.GetName()} has no voxels."

    def _parameters(self) -> slicer.vtkMRMLScriptedModuleNode:
        return module_node(self._scene, self._module)


def only_volume(scene: slicer.vtkMRMLScene) -> slicer.vtkMRMLScalarVolumeNode | None:
    """The one scalar volume of the scene; None where there are none, or several. Label maps do not count as volumes."""
    images = [node for node in nodes_of_class(scene, _SCALAR) if node.GetClassName() == _SCALAR]
    return images[0] if len(images) == 1 else None


def _volume_of_others(scene: slicer.vtkMRMLScene) -> slicer.vtkMRMLScalarVolumeNode | None:
    """The volume of the first of the modules that has one."""
    nodes = [(scene.GetSingletonNode(module, "vtkMRMLScriptedModuleNode"), module) for module in MODULES]
    found = (node.GetNodeReference(_role(module)) for node, module in nodes if node is not None)
    return next((volume for volume in found if volume is not None), None)


def _role(module: str) -> str:
    return f"{module}.Volume"
