"""What a user chose in SegmentHarmonizer, as text on its parameter node: it survives saving and loading a scene."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import slicer

from ...anatomy.concepts import CodedConcept, CodedStructure
from ...harmonizing.output_choice import LabelAnswer, OutputChoice
from ..module_parameters import from_json, module_node

MODULE = "SegmentHarmonizer"
_OUTPUT = f"{MODULE}.Output."
_PARTS = ("category", "type", "modifier", "region", "region_modifier")


@dataclass(frozen=True, slots=True)
class HarmonizerOptions:
    """What is asked besides the outputs.

    :param with_empty: whether the table shows structures without voxels.
    :param label_maps: the folder of the user's own label maps; "" for none.
    :param images: the folder of the scan's DICOM images; "" to take those that the volume was loaded from.
    :param folder: where DICOM SEG go.
    :param as_label_map: whether these are label map SEG instead of binary ones.
    :param leave_out_uncoded: whether labels without codes are left out of them, instead of being an obstacle.
    :param to_database: whether they go into the DICOM database as well.
    """

    with_empty: bool = False
    label_maps: str = ""
    images: str = ""
    folder: str = ""
    as_label_map: bool = False
    leave_out_uncoded: bool = False
    to_database: bool = False


class HarmonizerParameters:
    """The module's parameter node, the one that ScriptedLoadableModuleLogic finds."""

    def __init__(self, scene: slicer.vtkMRMLScene) -> None:
        self._scene = scene

    @property
    def options(self) -> HarmonizerOptions:
        """The defaults for what is missing or cannot be understood, e.g. from a later version."""
        chosen: dict[str, Any] = {}
        for field in fields(HarmonizerOptions):
            value = from_json(self._node.GetParameter(f"{MODULE}.{field.name}"))
            if type(value) is type(field.default):
                chosen[field.name] = value
        return HarmonizerOptions(**chosen)

    @options.setter
    def options(self, options: HarmonizerOptions) -> None:
        for name, value in asdict(options).items():
            self._node.SetParameter(f"{MODULE}.{name}", json.dumps(value))

    @property
    def outputs(self) -> tuple[OutputChoice, ...]:
        """The outputs in their order; one that cannot be understood is left out."""
        texts = [self._node.GetParameter(role) for role in self._output_roles()]
        return tuple(choice for choice in map(_output, map(from_json, texts)) if choice is not None)

    @outputs.setter
    def outputs(self, outputs: Sequence[OutputChoice]) -> None:
        nodes = {choice.paths: self.node_of(choice) for choice in outputs}
        for role in self._output_roles():
            self._node.SetNodeReferenceID(role, None)
            self._node.UnsetParameter(role)
        for number, choice in enumerate(outputs):
            role = f"{_OUTPUT}{number:03}"
            self._node.SetParameter(role, json.dumps(asdict(choice)))
            node = nodes[choice.paths]
            self._node.SetNodeReferenceID(role, node.GetID() if node else None)

    def node_of(self, choice: OutputChoice) -> slicer.vtkMRMLSegmentationNode | None:
        """The segmentation that was made from an output, told by its files; None before, and once it is removed."""
        for role in self._output_roles():
            other = _output(from_json(self._node.GetParameter(role)))
            if other is not None and other.paths == choice.paths:
                return self._node.GetNodeReference(role)
        return None

    def set_node(self, choice: OutputChoice, node: slicer.vtkMRMLSegmentationNode) -> None:
        """Keep which segmentation was made from an output.

        :param choice: the output, known by its paths; one that was forgotten since is passed over.
        """
        for role in self._output_roles():
            other = _output(from_json(self._node.GetParameter(role)))
            if other is not None and other.paths == choice.paths:
                self._node.SetNodeReferenceID(role, node.GetID())

    @property
    def _node(self) -> slicer.vtkMRMLScriptedModuleNode:
        return module_node(self._scene, MODULE)

    def _output_roles(self) -> list[str]:
        return sorted(name for name in self._node.GetParameterNames() if name.startswith(_OUTPUT))


def _output(entry: Any) -> OutputChoice | None:
    if not isinstance(entry, dict) or not entry.get("paths") or not entry.get("name"):
        return None
    answers = [_answer(one) for one in entry.get("answers") or () if isinstance(one, dict)]
    return OutputChoice(
        paths=tuple(str(path) for path in entry["paths"]),
        name=str(entry["name"]),
        label_map=str(entry.get("label_map") or ""),
        task=str(entry.get("task") or ""),
        is_confirmed=bool(entry.get("is_confirmed")),
        use=bool(entry.get("use", True)),
        resample=bool(entry.get("resample")),
        answers=tuple(answer for answer in answers if answer is not None),
    )


def _answer(entry: dict[str, Any]) -> LabelAnswer | None:
    try:
        concepts = {part: _concept(entry["structure"].get(part)) for part in _PARTS}
        path, value = entry["key"]
        color = None
        if entry.get("color"):
            red, green, blue = (int(channel) for channel in entry["color"])
            color = (red, green, blue)
        category, kind, modifier, region, region_modifier = (concepts[part] for part in _PARTS)
        if category is None or kind is None:
            return None
        structure = CodedStructure(category, kind, modifier, region, region_modifier)
        return LabelAnswer((str(path), int(value)), str(entry["structure_name"]), structure, color)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # of a later version


def _concept(entry: dict[str, str] | None) -> CodedConcept | None:
    return CodedConcept(entry["value"], entry["scheme"], entry["meaning"]) if entry else None
