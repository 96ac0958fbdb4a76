"""The segmentations of a volume, grouped into the models that made them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import slicer

from .belonging import belonging
from .node_attributes import is_result
from .node_names import full_name
from .nodes_of_class import nodes_of_class
from .segmentation_node import algorithm_names


@dataclass(frozen=True, slots=True)
class ModelRule:
    """Segmentations whose name or algorithm has one of the keywords are of this model.

    :param keywords: whole words, upper and lower case alike: "ear" is not found in "heart". Letters and digits make a
        word, so "total" is found in "total_fast".
    """

    model: str
    keywords: tuple[str, ...]

    def applies_to(self, text: str) -> bool:
        """Whether a keyword is in the text."""
        words = [re.escape(keyword.strip()) for keyword in self.keywords if keyword.strip()]
        return (
            bool(words) and re.search(rf"(?<![^\W_])(?:{'|'.join(words)})(?![^\W_])", text, re.IGNORECASE) is not None
        )


def rule_cells(rules: Sequence[ModelRule], written: Sequence[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """The rules as rows of a table that is edited in place: keywords, separated by commas, and model.

    The last row is empty: what is written there is a new rule.

    :param written: the rows as they are in the table now. They stay where they say the same rules: a row that somebody
        has only begun to write is not lost.
    """
    rows = [(", ".join(rule.keywords), rule.model) for rule in rules]
    if written and rules_of_cells(written) == tuple(rules):
        rows = list(written)
    return rows if rows and not any(rows[-1]) else [*rows, ("", "")]


def rules_of_cells(cells: Iterable[tuple[str, str]]) -> tuple[ModelRule, ...]:
    """The rules that the rows of such a table say; rows that lack keywords or model say nothing yet."""
    found = []
    for keywords, model in cells:
        words = tuple(word.strip() for word in keywords.split(",") if word.strip())
        if words and model.strip():
            found.append(ModelRule(model.strip(), words))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class SegmentationChoice:
    """What a user decided about one segmentation.

    :param use: None where nothing was decided.
    :param model: empty where nothing was decided.
    """

    use: bool | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class SegmentationCandidate:
    """A segmentation that may be compared on a volume.

    :param node_id: what tells it from others; names need not be unique.
    :param name: of the node; untrusted text.
    :param model: what the model is called that it is counted to.
    :param use: whether it takes part.
    :param reason: why it was found.
    """

    node_id: str
    name: str
    model: str
    use: bool
    reason: str


def find_candidates(
    scene: slicer.vtkMRMLScene,
    volume: slicer.vtkMRMLScalarVolumeNode,
    rules: Sequence[ModelRule] = (),
    choices: Mapping[str, SegmentationChoice] | None = None,
) -> tuple[SegmentationCandidate, ...]:
    """The segmentations that have something to do with the volume, in the order of the scene; our results left out.

    Looks at no voxels, so it can be called whenever something in the scene changed.

    :param choices: by node id; what a user decided goes before everything else.
    """
    found = []
    for node in nodes_of_class(scene, "vtkMRMLSegmentationNode"):
        tie = None if is_result(node) else belonging(node, volume)
        if tie is None:
            continue
        choice = (choices or {}).get(node.GetID(), SegmentationChoice())
        found.append(
            SegmentationCandidate(
                node_id=node.GetID(),
                name=node.GetName(),
                model=choice.model or model_name(node, rules),
                use=tie.belongs if choice.use is None else choice.use,
                reason=tie.reason,
            )
        )
    return tuple(found)


def model_name(node: slicer.vtkMRMLSegmentationNode, rules: Sequence[ModelRule] = ()) -> str:
    """What the model is called that made the segmentation.

    The first rule that applies to the node's name or its algorithm says so; else the algorithm that DICOM names for
    its segments; else the node's name, which Slicer takes from the series description of a SEG.

    :param rules: in the order in which they are tried.
    """
    return model_called(full_name(node), algorithm_names(node), rules)


def model_called(name: str, algorithms: Sequence[str], rules: Sequence[ModelRule] = ()) -> str:
    """The same of a segmentation that is not loaded, by the name that its node would have and its algorithms.

    :param algorithms: as DICOM names them, "" for none; several are joined by " + ".
    :param rules: in the order in which they are tried.
    """
    algorithm = " + ".join(algorithms)
    by_rule = next((rule.model for rule in rules if rule.applies_to(f"{name}\n{algorithm}")), "")
    return by_rule or algorithm or name


def nodes_of_models(
    scene: slicer.vtkMRMLScene, candidates: Sequence[SegmentationCandidate]
) -> dict[str, list[slicer.vtkMRMLSegmentationNode]]:
    """The nodes of every model that takes part, in the order of the candidates: several nodes may be one model.

    :param candidates: those that take part and those that do not.
    """
    models: dict[str, list[slicer.vtkMRMLSegmentationNode]] = {}
    for candidate in candidates:
        if candidate.use:
            models.setdefault(candidate.model, []).append(scene.GetNodeByID(candidate.node_id))
    return models


def models_of_volume(volume: slicer.vtkMRMLScalarVolumeNode) -> dict[str, list[slicer.vtkMRMLSegmentationNode]]:
    """The segmentations of the scene that belong to a volume, by model, where nobody decided otherwise."""
    scene = volume.GetScene()
    return nodes_of_models(scene, find_candidates(scene, volume)) if scene is not None else {}
