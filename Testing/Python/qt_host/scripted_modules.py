"""``slicer.ScriptedLoadableModule`` and ``slicer.i18n``: what the modules are derived from and translated by."""

from __future__ import annotations

import functools
import types
import unittest
from pathlib import Path

import slicer
import slicer.util


class ScriptedLoadableModule:
    """What Slicer shows of a module."""

    def __init__(self, parent: object) -> None:
        self.parent = parent
        self.moduleName = type(self).__name__
        parent.title = parent.helpText = parent.acknowledgementText = ""
        parent.categories, parent.dependencies, parent.contributors = [], [], []

    def resourcePath(self, name: str) -> str:  # noqa: N802
        return str(Path(self.parent.path).parent / "Resources" / name)


class ScriptedLoadableModuleWidget:
    """A module's panel."""

    def __init__(self, parent: object) -> None:
        self.moduleName = type(self).__name__.removesuffix("Widget")
        self.developerMode = False
        self.parent = parent
        self.layout = parent.layout()

    def resourcePath(self, name: str) -> str:  # noqa: N802
        return str(Path(slicer.util.modulePath(self.moduleName)).parent / "Resources" / name)

    def setup(self) -> None:
        """Nothing is added without developer mode."""

    def cleanup(self) -> None:
        """Called before the module goes."""

    def onReload(self) -> None:  # noqa: N802
        slicer.util.reloadScriptedModule(self.moduleName)


class ScriptedLoadableModuleLogic:
    """What a module computes, and its parameter node."""

    def __init__(self, parent: object = None) -> None:
        self.moduleName = type(self).__name__.removesuffix("Logic")
        self.isSingletonParameterNode = True

    def getParameterNode(self) -> slicer.vtkMRMLScriptedModuleNode:  # noqa: N802
        scene = slicer.mrmlScene
        node = scene.GetSingletonNode(self.moduleName, "vtkMRMLScriptedModuleNode")
        return node or scene.AddNode(self.createParameterNode())

    def createParameterNode(self) -> slicer.vtkMRMLScriptedModuleNode:  # noqa: N802
        node = slicer.vtkMRMLScriptedModuleNode()
        node.SetSingletonTag(self.moduleName)
        node.SetAttribute("ModuleName", self.moduleName)
        node.SetName(self.moduleName)
        return node


class ScriptedLoadableModuleTest(unittest.TestCase):
    """A module's self test."""

    def delayDisplay(self, message: str, *_: object, **__: object) -> None:  # noqa: N802
        """Nobody watches."""


@functools.cache
def scripted_modules() -> dict[str, types.ModuleType]:
    """The two Python modules, by their names."""
    base = types.ModuleType("slicer.ScriptedLoadableModule")
    classes = (
        ScriptedLoadableModule,
        ScriptedLoadableModuleWidget,
        ScriptedLoadableModuleLogic,
        ScriptedLoadableModuleTest,
    )
    vars(base).update({kind.__name__: kind for kind in classes}, __all__=[kind.__name__ for kind in classes])
    translation = types.ModuleType("slicer.i18n")
    translation.tr = lambda text: text
    translation.translate = lambda context, text: text
    return {base.__name__: base, translation.__name__: translation}
