"""What the extension writes on nodes of the scene, so that its modules know them again after saving and loading."""

from __future__ import annotations

from collections.abc import Iterable

import slicer

from ..anatomy.identity import StructureIdentity
from ..anatomy.vocabulary import load_vocabulary

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
    """Every structure that the model could have found; empty where the node does not say which label map it is of.

    :raises LabelMapTableError: there is no such label map, or it has no such task.
    """
    label_map_name = node.GetAttribute(_LABEL_MAP)
    if not label_map_name:
        return frozenset()
    vocabulary = load_vocabulary(label_map_name)
    named = [task for task in (node.GetAttribute(_TASKS) or "").split(",") if task]
    tasks = vocabulary.tasks_called(named) if named else vocabulary.tasks
    return frozenset().union(*(vocabulary.for_task(task).identities for task in tasks))


def is_result(node: slicer.vtkMRMLNode) -> bool:
    """Whether a module of the extension made the node from others."""
    return bool(node.GetAttribute(RESULT))
