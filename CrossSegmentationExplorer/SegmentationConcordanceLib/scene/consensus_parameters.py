"""What a user chose in ConsensusMetrics, as text on its parameter node: it survives saving and loading a scene."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

import slicer

from ..agreement.options import AnalysisOptions
from ..anatomy.combinations import combinations
from ..errors import ConcordanceError
from .model_grouping import ModelRule, SegmentationChoice
from .module_parameters import from_json, module_node

_MODULE = "ConsensusMetrics"
_VOLUME = f"{_MODULE}.Volume"
_RULES = f"{_MODULE}.ModelRules"
_COMBINATIONS = f"{_MODULE}.Combinations"
_SEGMENTATION = f"{_MODULE}.Segmentation."
_NOT_STORED = {"models"}


def parameter_node(scene: slicer.vtkMRMLScene) -> slicer.vtkMRMLScriptedModuleNode:
    """The module's one parameter node; made where it is missing."""
    return module_node(scene, _MODULE)


def read_volume(node: slicer.vtkMRMLScriptedModuleNode) -> slicer.vtkMRMLScalarVolumeNode | None:
    """The reference volume; None where none was chosen or it has left the scene."""
    return node.GetNodeReference(_VOLUME)


def write_volume(node: slicer.vtkMRMLScriptedModuleNode, volume: slicer.vtkMRMLScalarVolumeNode | None) -> None:
    """Keep the reference volume.

    :param volume: None for no volume.
    """
    node.SetNodeReferenceID(_VOLUME, volume.GetID() if volume else None)


def read_options(node: slicer.vtkMRMLScriptedModuleNode) -> AnalysisOptions:
    """The options; the defaults for what is missing or cannot be understood, e.g. from a later version.

    Which models take part is not among them: that is asked of the choices.
    """
    chosen: dict[str, Any] = {}
    default = AnalysisOptions()
    for field in fields(AnalysisOptions):
        value = from_json(node.GetParameter(f"{_MODULE}.{field.name}"))
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
    """Keep the options, one parameter each: "ConsensusMetrics.method" and so on, as JSON.

    :param options: without which models take part, as that is kept with the choices.
    """
    for field in fields(AnalysisOptions):
        if field.name not in _NOT_STORED:
            value = getattr(options, field.name)
            value = dict(value) if isinstance(value, Mapping) else value
            node.SetParameter(f"{_MODULE}.{field.name}", json.dumps(value))


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


def read_combinations(node: slicer.vtkMRMLScriptedModuleNode) -> tuple[str, ...]:
    """Names of the combinations of parts that are made before comparing; those that nobody knows are left out."""
    names = from_json(node.GetParameter(_COMBINATIONS))
    return tuple(name for name in combinations() if isinstance(names, list) and name in names)


def write_combinations(node: slicer.vtkMRMLScriptedModuleNode, names: Iterable[str]) -> None:
    """Keep the names of the combinations.

    :param names: of models, in the order of the list.
    """
    node.SetParameter(_COMBINATIONS, json.dumps(list(names)))


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
