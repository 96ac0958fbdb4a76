"""What a user chose in ConsensusMetrics, as text on its parameter node: it survives saving and loading a scene."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

import slicer

from ...agreement.options import AnalysisOptions
from ...anatomy.combinations import combinations
from ...errors import ConcordanceError
from ..module_parameters import from_json, module_node

MODULE = "ConsensusMetrics"
_COMBINATIONS = f"{MODULE}.Combinations"
_NOT_STORED = {"models"}


def parameter_node(scene: slicer.vtkMRMLScene) -> slicer.vtkMRMLScriptedModuleNode:
    """The module's one parameter node; made where it is missing."""
    return module_node(scene, MODULE)


def read_options(node: slicer.vtkMRMLScriptedModuleNode) -> AnalysisOptions:
    """The options; the defaults for what is missing or cannot be understood, e.g. from a later version.

    Which models take part is not among them: that is asked of the choices.
    """
    chosen: dict[str, Any] = {}
    default = AnalysisOptions()
    for field in fields(AnalysisOptions):
        value = from_json(node.GetParameter(f"{MODULE}.{field.name}"))
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
            node.SetParameter(f"{MODULE}.{field.name}", json.dumps(value))


def read_combinations(node: slicer.vtkMRMLScriptedModuleNode) -> tuple[str, ...]:
    """Names of the combinations of parts that are made before comparing; those that nobody knows are left out."""
    names = from_json(node.GetParameter(_COMBINATIONS))
    return tuple(name for name in combinations() if isinstance(names, list) and name in names)


def write_combinations(node: slicer.vtkMRMLScriptedModuleNode, names: Iterable[str]) -> None:
    """Keep the names of the combinations.

    :param names: of :mod:`.anatomy.combinations`.
    """
    node.SetParameter(_COMBINATIONS, json.dumps(list(names)))
