"""What a user chose in ConsensusMetrics, as text on its parameter node: it survives saving and loading a scene."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import slicer

from ..agreement.options import AnalysisOptions
from ..errors import ConcordanceError
from .model_grouping import ModelRule, SegmentationChoice

_MODULE = "ConsensusMetrics"
_VOLUME = f"{_MODULE}.Volume"
_RULES = f"{_MODULE}.ModelRules"
_SEGMENTATION = f"{_MODULE}.Segmentation."
_NOT_STORED = {"models"}


def parameter_node(scene: slicer.vtkMRMLScene) -> slicer.vtkMRMLScriptedModuleNode:
    """The module's one parameter node, the same that ScriptedLoadableModuleLogic finds; made where it is missing."""
    node = scene.GetSingletonNode(_MODULE, "vtkMRMLScriptedModuleNode")
    if node is None:
        node = slicer.vtkMRMLScriptedModuleNode()
        node.SetName(_MODULE)
        node.SetSingletonTag(_MODULE)
        node.SetModuleName(_MODULE)
        node = scene.AddNode(node)
    return node


def read_volume(node: slicer.vtkMRMLScriptedModuleNode) -> slicer.vtkMRMLScalarVolumeNode | None:
    """The reference volume; None where none was chosen or it has left the scene."""
    return node.GetNodeReference(_VOLUME)


def write_volume(node: slicer.vtkMRMLScriptedModuleNode, volume: slicer.vtkMRMLScalarVolumeNode | None) -> None:
    """Keep the reference volume."""
    node.SetNodeReferenceID(_VOLUME, volume.GetID() if volume else None)


def read_options(node: slicer.vtkMRMLScriptedModuleNode) -> AnalysisOptions:
    """The options; the defaults for what is missing or cannot be understood, e.g. from a later version.

    Which models take part is not among them: that is asked of the choices.
    """
    chosen: dict[str, Any] = {}
    default = AnalysisOptions()
    for field in fields(AnalysisOptions):
        value = _json(node.GetParameter(f"{_MODULE}.{field.name}"))
        if value is None or field.name in _NOT_STORED:
            continue
        like = getattr(default, field.name)
        value = tuple(value) if isinstance(like, tuple) and isinstance(value, list) else value
        value = float(value) if isinstance(like, float) and type(value) is int else value
        if type(value) is type(like):
            chosen[field.name] = value
    try:
        return AnalysisOptions(**chosen)
    except (ConcordanceError, TypeError):
        return default


def write_options(node: slicer.vtkMRMLScriptedModuleNode, options: AnalysisOptions) -> None:
    """Keep the options, one parameter each: "ConsensusMetrics.method" and so on, as JSON."""
    for field in fields(AnalysisOptions):
        if field.name not in _NOT_STORED:
            value = getattr(options, field.name)
            value = dict(value) if isinstance(value, Mapping) else value
            node.SetParameter(f"{_MODULE}.{field.name}", json.dumps(value))


def read_rules(node: slicer.vtkMRMLScriptedModuleNode) -> tuple[ModelRule, ...]:
    """The keyword rules that group segmentations into models; empty for text that is none."""
    rules = _json(node.GetParameter(_RULES))
    entries = rules if isinstance(rules, list) else []
    return tuple(
        ModelRule(str(entry["model"]), tuple(str(word) for word in entry["keywords"]))
        for entry in entries
        if isinstance(entry, dict) and entry.get("model") and isinstance(entry.get("keywords"), list)
    )


def write_rules(node: slicer.vtkMRMLScriptedModuleNode, rules: tuple[ModelRule, ...]) -> None:
    """Keep the keyword rules."""
    node.SetParameter(_RULES, json.dumps([{"model": rule.model, "keywords": rule.keywords} for rule in rules]))


def read_choices(node: slicer.vtkMRMLScriptedModuleNode) -> dict[str, SegmentationChoice]:
    """What was decided about single segmentations, by node id; nothing of those that have left the scene."""
    choices = {}
    for role in _choice_roles(node):
        segmentation, entry = node.GetNodeReference(role), _json(node.GetParameter(role))
        if segmentation is not None and isinstance(entry, dict):
            use = entry.get("use")
            model = str(entry.get("model") or "")
            choices[segmentation.GetID()] = SegmentationChoice(use if isinstance(use, bool) else None, model)
    return choices


def write_choices(node: slicer.vtkMRMLScriptedModuleNode, choices: Mapping[str, SegmentationChoice]) -> None:
    """Keep what was decided: as node references, which a scene renews when it gives nodes new ids on loading."""
    for role in _choice_roles(node):
        node.SetNodeReferenceID(role, None)
        node.UnsetParameter(role)
    for number, (node_id, choice) in enumerate(choices.items()):
        role = f"{_SEGMENTATION}{number}"
        node.SetNodeReferenceID(role, node_id)
        node.SetParameter(role, json.dumps({"use": choice.use, "model": choice.model}))


def _choice_roles(node: slicer.vtkMRMLScriptedModuleNode) -> list[str]:
    return [name for name in node.GetParameterNames() if name.startswith(_SEGMENTATION)]


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except json.JSONDecodeError:
        return None
