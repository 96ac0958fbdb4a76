"""Which segmentations are which models, as text on a parameter node: it survives saving and loading a scene.

All modules read it from the node of ConsensusMetrics, where scenes have it that were saved by earlier versions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import slicer

from .model_grouping import ModelRule, SegmentationChoice
from .module_parameters import from_json, module_node

_MODULE = "ConsensusMetrics"
_RULES = f"{_MODULE}.ModelRules"
_SEGMENTATION = f"{_MODULE}.Segmentation."


def parameter_node(scene: slicer.vtkMRMLScene) -> slicer.vtkMRMLScriptedModuleNode:
    """The node that keeps rules and choices; made where it is missing."""
    return module_node(scene, _MODULE)


def read_rules(node: slicer.vtkMRMLScriptedModuleNode) -> tuple[ModelRule, ...]:
    """The keyword rules that group segmentations into models; empty for text that is none."""
    rules = from_json(node.GetParameter(_RULES))
    entries = rules if isinstance(rules, list) else []
    return tuple(
        ModelRule(str(entry["model"]), tuple(str(word) for word in entry["keywords"]))
        for entry in entries
        if isinstance(entry, dict) and entry.get("model") and isinstance(entry.get("keywords"), list)
    )


def write_rules(node: slicer.vtkMRMLScriptedModuleNode, rules: tuple[ModelRule, ...]) -> None:
    """Keep the keyword rules.

    :param rules: in the order in which they are tried.
    """
    node.SetParameter(_RULES, json.dumps([{"model": rule.model, "keywords": rule.keywords} for rule in rules]))


def read_choices(node: slicer.vtkMRMLScriptedModuleNode) -> dict[str, SegmentationChoice]:
    """What was decided about single segmentations, by node id; nothing of those that have left the scene."""
    choices = {}
    for role in _choice_roles(node):
        segmentation, entry = node.GetNodeReference(role), from_json(node.GetParameter(role))
        if segmentation is not None and isinstance(entry, dict):
            use = entry.get("use")
            model = str(entry.get("model") or "")
            choices[segmentation.GetID()] = SegmentationChoice(use if isinstance(use, bool) else None, model)
    return choices


def write_choices(node: slicer.vtkMRMLScriptedModuleNode, choices: Mapping[str, SegmentationChoice]) -> None:
    """Keep what was decided: as node references, which a scene renews when it gives nodes new ids on loading.

    :param choices: by the id of the segmentation's node; those kept before are forgotten.
    """
    for role in _choice_roles(node):
        node.SetNodeReferenceID(role, None)
        node.UnsetParameter(role)
    for number, (node_id, choice) in enumerate(choices.items()):
        role = f"{_SEGMENTATION}{number}"
        node.SetNodeReferenceID(role, node_id)
        node.SetParameter(role, json.dumps({"use": choice.use, "model": choice.model}))


def change_choice(
    node: slicer.vtkMRMLScriptedModuleNode, node_id: str, *, use: bool | None = None, model: str | None = None
) -> None:
    """Take a segmentation in or leave it out, or count it to another model; "" gives it its own name back.

    :param node_id: of the segmentation's node.
    :param use: None leaves it as it was.
    :param model: None leaves it as it was.
    """
    choices = read_choices(node)
    former = choices.get(node_id, SegmentationChoice())
    choices[node_id] = SegmentationChoice(
        former.use if use is None else use, former.model if model is None else model.strip()
    )
    write_choices(node, choices)


def _choice_roles(node: slicer.vtkMRMLScriptedModuleNode) -> list[str]:
    return [name for name in node.GetParameterNames() if name.startswith(_SEGMENTATION)]
