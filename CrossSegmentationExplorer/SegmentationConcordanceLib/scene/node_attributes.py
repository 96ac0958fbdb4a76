"""What the extension writes on nodes of the scene, so that its modules know them again after saving and loading."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

import slicer
from pydicom.uid import SegmentationStorage

from ..anatomy.identity import StructureIdentity
from ..anatomy.label_map_folders import label_map_folders
from ..anatomy.model_knowledge import UNKNOWN, ModelKnowledge, knowledge_of
from ..anatomy.vocabulary import Vocabulary, load_vocabulary
from ..errors import LabelMapTableError
from ..imaging.seg_correction import SegReference, seg_reference
from ..imaging.seg_identity import SegIdentity

RESULT = "SegmentationConcordance.Result"
"""On every node that a module made from others, and on their subject hierarchy folder: what it is, e.g. "consensus".
Such a node is never taken for a model's segmentation."""

_SEG = "SegmentationConcordance.Seg"
_LABEL_MAP = "SegmentationConcordance.LabelMap"
_TASKS = "SegmentationConcordance.Tasks"
_LOOKED_FOR = "SegmentationConcordance.LookedFor"
_COVERED = "SegmentationConcordance.Covered"


def set_label_map(
    node: slicer.vtkMRMLSegmentationNode,
    label_map_name: str,
    tasks: Iterable[str],
    looked_for: Iterable[str] = (),
    covered: tuple[slice, slice, slice] | None = None,
) -> None:
    """Say on a segmentation which label map, and which tasks of it, the model that made it was run with.

    :param looked_for: the model's names of what it was asked for; empty for all of the tasks.
    :param covered: the part of the scan, as an index of an array (k, j, i), that it was run on; None for all of it.
    """
    node.SetAttribute(_LABEL_MAP, label_map_name)
    node.SetAttribute(_TASKS, ",".join(tasks))
    node.SetAttribute(_LOOKED_FOR, ",".join(looked_for) or None)
    box = "" if covered is None else " ".join(f"{part.start}:{part.stop}" for part in covered)
    node.SetAttribute(_COVERED, box or None)


def set_seg_reference(node: slicer.vtkMRMLSegmentationNode, reference: SegReference) -> None:
    """Say on a segmentation which DICOM SEG it was read from.

    :param node: is changed.
    :param reference: to that SEG.
    """
    node.SetAttribute(_SEG, reference.text)


def seg_reference_of_node(node: slicer.vtkMRMLSegmentationNode) -> SegReference | None:
    """The DICOM SEG that a segmentation was read from, by us or by Slicer's own importer; None for any other."""
    said = seg_reference(node.GetAttribute(_SEG) or "")
    if said is not None:
        return said
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(node.GetScene())
    item = hierarchy.GetItemByDataNode(node)
    names = slicer.vtkMRMLSubjectHierarchyConstants
    instance = (hierarchy.GetItemUID(item, names.GetDICOMInstanceUIDName()) if item else "").split()
    series = hierarchy.GetItemUID(item, names.GetDICOMUIDName()) if item else ""
    return SegReference(SegmentationStorage, instance[0], series) if len(instance) == 1 and series else None


def identity_of_node(node: slicer.vtkMRMLSegmentationNode) -> SegIdentity:
    """By which label map the model was run, as far as the node and the label map say it; empty texts elsewhere."""
    try:
        vocabulary = _label_map(node)
    except LabelMapTableError:
        vocabulary = None
    if vocabulary is None:
        return SegIdentity(covered=covered_of_node(node))
    head = dict(vocabulary.head)
    return SegIdentity(
        model=head.get("model") or vocabulary.title,
        version=head.get("version") or "",
        label_map=vocabulary.name,
        tasks=tuple(_words(node, _TASKS)),
        looked_for=looked_for_of_node(node),
        covered=covered_of_node(node),
    )


def not_looked_for_of_node(node: slicer.vtkMRMLSegmentationNode) -> frozenset[StructureIdentity]:
    """What the model knows and was not asked for; empty where the node does not say.

    :raises LabelMapTableError: there is no such label map, or it has no such task.
    """
    vocabulary = _label_map(node)
    named = _words(node, _TASKS)
    return frozenset() if vocabulary is None else vocabulary.not_looked_for(named, _words(node, _LOOKED_FOR))


def looked_for_of_node(node: slicer.vtkMRMLSegmentationNode) -> tuple[str, ...]:
    """The model's names of what it was asked for; empty for all of its tasks."""
    return tuple(_words(node, _LOOKED_FOR))


def covered_of_node(node: slicer.vtkMRMLSegmentationNode) -> tuple[slice, slice, slice] | None:
    """The part of the scan that the model was run on, as an index of an array (k, j, i); None for all of it."""
    parts = re.fullmatch(r"(\d+):(\d+) (\d+):(\d+) (\d+):(\d+)", node.GetAttribute(_COVERED) or "")
    if parts is None:
        return None
    bounds = [int(number) for number in parts.groups()]
    return slice(*bounds[:2]), slice(*bounds[2:4]), slice(*bounds[4:])


def _words(node: slicer.vtkMRMLSegmentationNode, name: str) -> list[str]:
    return [word for word in (node.GetAttribute(name) or "").split(",") if word]


def knowledge_of_node(node: slicer.vtkMRMLSegmentationNode, found: Iterable[StructureIdentity] = ()) -> ModelKnowledge:
    """What the model could have found; nothing where the node does not say by which label map.

    A label map of the user's own goes before a shipped one of the same name, see :func:`label_map_folders`.

    :param found: the structures of its segments, which tell the tasks where the node does not.
    :raises LabelMapTableError: there is no such label map, or it has no such task.
    """
    vocabulary = _label_map(node)
    if vocabulary is None:
        return UNKNOWN
    return knowledge_of(vocabulary, _words(node, _TASKS), found)


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
