"""What the extension writes on nodes of the scene, so that its modules know them again after saving and loading."""

from __future__ import annotations

import os
from collections.abc import Iterable

import slicer

from ..anatomy.identity import StructureIdentity
from ..anatomy.label_map_folders import label_map_folders
from ..anatomy.vocabulary import Vocabulary, load_vocabulary

RESULT = "SegmentationConcordance.Result"
"""On every node that a module made from others, and on their subject hierarchy folder: what it is, e.g. "consensus".
Such a node is never taken for a model's segmentation."""

_LABEL_MAP = "SegmentationConcordance.LabelMap"
_TASKS = "SegmentationConcordance.Tasks"


def set_label_map(node: slicer.vtkMRMLSegmentationNode, label_map_name: str, tasks: Iterable[str]) -> None:
    """Say on a segmentation which label map, and which tasks of it, the model that made it was run with."""
    node.SetAttribute(_LABEL_MAP, label_map_name)
    node.SetAttribute(_TASKS, ",".join(tasks))


def vocabulary_of_node(node: slicer.vtkMRMLSegmentationNode) -> frozenset[StructureIdentity]:
    """Every structure that the model could have found; empty where the node does not say by which label map and tasks.

    A label map of the user's own goes before a shipped one of the same name, see :func:`label_map_folders`.

    :raises LabelMapTableError: there is no such label map, or it has no such task.
    """
    vocabulary = _label_map(node)
    if vocabulary is None:
        return frozenset()
    return vocabulary.structures_known(task for task in (node.GetAttribute(_TASKS) or "").split(",") if task)


def own_label_map_note(node: slicer.vtkMRMLSegmentationNode) -> str:
    """A sentence where a label map of the user's own takes the place of a shipped one; else "".

    :raises LabelMapTableError: there is no such label map.
    """
    vocabulary = _label_map(node)
    if vocabulary is None or not vocabulary.replaces_shipped:
        return ""
    return f"{node.GetName()}: {vocabulary.path} takes the place of the program's own label map {vocabulary.name}."


def _label_map(node: slicer.vtkMRMLSegmentationNode) -> Vocabulary | None:
    name = node.GetAttribute(_LABEL_MAP)
    return load_vocabulary(name, label_map_folders((), os.environ)) if name else None


def is_result(node: slicer.vtkMRMLNode) -> bool:
    """Whether a module of the extension made the node from others."""
    return bool(node.GetAttribute(RESULT))
