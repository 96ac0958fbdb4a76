"""The parameter nodes of the modules: what a user chose, as text that is saved with the scene."""

from __future__ import annotations

import json
from typing import Any

import slicer


def module_node(scene: slicer.vtkMRMLScene, module: str) -> slicer.vtkMRMLScriptedModuleNode:
    """A module's one parameter node, the same that ScriptedLoadableModuleLogic finds; made where it is missing.

    :param module: the module's name, as Slicer has it.
    """
    node = scene.GetSingletonNode(module, "vtkMRMLScriptedModuleNode")
    if node is None:
        node = slicer.vtkMRMLScriptedModuleNode()
        node.SetName(module)
        node.SetSingletonTag(module)
        node.SetModuleName(module)
        node = scene.AddNode(node)
    return node


def from_json(text: str | None) -> Any:
    """What a parameter holds; None for nothing, and for text of another origin that is no JSON."""
    try:
        return json.loads(text) if text else None
    except json.JSONDecodeError:
        return None
