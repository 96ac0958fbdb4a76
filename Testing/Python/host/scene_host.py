"""The scene and the module logics that a desktop Slicer starts with."""

from __future__ import annotations

import os
import tempfile
import types
from collections.abc import Callable
from pathlib import Path

import slicer
import slicer.util
import vtk

from SegmentationConcordanceLib.scene.nodes_of_class import nodes_of_class
from SegmentationConcordanceLib.scene.own_nodes import release_voxels

from .terminologies import write_terminologies

os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")  # before any test has begun


class SceneHost:
    """A MRML scene with Slicer's logics; one at a time.

    While it is open, ``slicer.mrmlScene`` and ``slicer.modules.<name>.logic()`` answer as on the desktop, so that
    ``slicer.util`` works. slicer-core puts the functions of ``slicer.util`` into ``slicer`` itself, where the desktop
    does not have them: they are removed, so that a test fails where the desktop would.

    :ivar scene: the vtkMRMLScene.
    :ivar application_logic: the vtkSlicerApplicationLogic.
    :ivar errors: what VTK reported as errors and warnings since the start, one text each.
    """

    def __init__(self) -> None:
        _remove_leaked_names()
        self.errors: list[str] = []
        self._queue: list[Callable[[], None]] = []
        self._listen_to_vtk()
        self.scene = slicer.vtkMRMLScene()
        crosshair = slicer.vtkMRMLCrosshairNode()
        crosshair.SetCrosshairName("default")
        self.scene.AddNode(crosshair)
        self.application_logic = slicer.vtkSlicerApplicationLogic()
        self.application_logic.SetMRMLScene(self.scene)
        self.application_logic.SetSliceLogics(vtk.vtkCollection())
        self.application_logic.SetViewLogics(vtk.vtkCollection())
        slicer.mrmlScene, slicer.modules = self.scene, types.SimpleNamespace()
        self._add_logic("Colors", slicer.vtkMRMLColorLogic()).AddDefaultColorNodes()
        self.scene.RegisterNodeClass(slicer.vtkMRMLColorLegendDisplayNode())  # by the desktop's Colors module
        self.volumes = self._add_logic("Volumes", slicer.vtkSlicerVolumesLogic())
        self.terminologies = self._add_terminologies()
        self.segmentations = self._add_logic("Segmentations", slicer.vtkSlicerSegmentationsModuleLogic())
        self.subject_hierarchy = self._add_logic("SubjectHierarchy", slicer.vtkSlicerSubjectHierarchyModuleLogic())
        slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(self.scene, True)
        slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(self.scene)

    def later(self, work: Callable[[], None]) -> None:
        """Do something at the next turn of the event loop: never at once, as Qt gives views their size."""
        self._queue.append(work)

    def turn(self) -> None:
        """Let the event loop turn once."""
        queue, self._queue = self._queue, []
        for work in queue:
            work()

    def node_ids(self) -> set[str]:
        """The ids of all nodes of the scene, to show that a call left nothing behind."""
        return {self.scene.GetNthNode(n).GetID() for n in range(self.scene.GetNumberOfNodes())}

    def save_bundle(self, path: Path) -> None:
        """Write the scene to an .mrb file."""
        self.scene.SetURL(str(path.with_suffix(".mrml")))
        self.scene.SetRootDirectory(str(path.parent))
        if not self.scene.WriteToMRB(str(path)):
            raise AssertionError(f"{path} was not written")

    def load_bundle(self, path: Path, cache: Path) -> None:
        """Replace the scene by that of an .mrb file, unpacked below the folder ``cache``."""
        (cache / ".slicer-cache").touch()  # without it, VTK warns that it will not delete there
        remote = slicer.vtkMRMLRemoteIOLogic()
        remote.SetMRMLScene(self.scene)
        remote.SetMRMLApplicationLogic(self.application_logic)
        remote.GetCacheManager().SetRemoteCacheDirectory(str(cache))
        manager = slicer.vtkDataIOManagerLogic()
        manager.SetMRMLScene(self.scene)
        manager.SetMRMLApplicationLogic(self.application_logic)
        manager.SetAndObserveDataIOManager(remote.GetDataIOManager())
        remote.AddDataIOToScene()
        loaded = self.scene.ReadFromMRB(str(path), True)
        remote.RemoveDataIOFromScene()
        if not loaded:
            raise AssertionError(f"{path} was not read")

    def close(self) -> None:
        """Empty the scene, stop listening to VTK, and take the scene back from ``slicer``."""
        for node in nodes_of_class(self.scene, "vtkMRMLSegmentationNode"):
            release_voxels(node)  # emptying alone takes a hundred times as long
        self.scene.Clear(True)
        vtk.vtkOutputWindow.SetInstance(self._former_output)
        del slicer.mrmlScene, slicer.modules

    def _add_logic(self, name: str, logic: vtk.vtkObject) -> vtk.vtkObject:
        logic.SetMRMLScene(self.scene)
        logic.SetMRMLApplicationLogic(self.application_logic)
        self.application_logic.SetModuleLogic(name, logic)
        setattr(slicer.modules, name.lower(), types.SimpleNamespace(logic=lambda: logic))
        return logic

    def _add_terminologies(self) -> slicer.vtkSlicerTerminologiesModuleLogic:
        logic = slicer.vtkSlicerTerminologiesModuleLogic()
        with tempfile.TemporaryDirectory() as folder:
            write_terminologies(Path(folder))
            logic.SetModuleShareDirectory(folder)  # read when the logic gets its scene
            return self._add_logic("Terminologies", logic)

    def _listen_to_vtk(self) -> None:
        def collect(_window: vtk.vtkObject, _event: str, text: str) -> None:
            self.errors.append(text.strip())

        collect.CallDataType = vtk.VTK_STRING
        self._former_output = vtk.vtkOutputWindow.GetInstance()
        window = vtk.vtkOutputWindow()
        window.AddObserver("ErrorEvent", collect)
        window.AddObserver("WarningEvent", collect)
        vtk.vtkOutputWindow.SetInstance(window)


def _remove_leaked_names() -> None:
    for name in dir(slicer.util):
        if not name.startswith(("_", "vtk")) and hasattr(slicer, name):
            delattr(slicer, name)
