"""Outputs as segmentations of the volume: coded, coloured, under its study, known again by the other modules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import slicer

from ...anatomy.vocabulary import Vocabulary
from ...harmonizing.known_models import is_own
from ...harmonizing.label_rows import LabelRow
from ...imaging.label_map import LabelMap
from ..node_attributes import set_label_map
from ..segmentation_node import add_segmentation_node


def harmonized_label_map(label_map: LabelMap, rows: Sequence[LabelRow], name: str) -> LabelMap:
    """The label map with what is settled about its segments; the others keep the model's own text and have no codes.

    :param rows: of its segments, in their order; more may follow.
    :param name: what the run is called, which becomes the algorithm of every segment.
    """
    segments = tuple(
        replace(
            segment,
            name=row.structure_name if row.is_coded else row.label_name,
            structure=row.structure,
            color=row.color,
            algorithm=name,
        )
        for segment, row in zip(label_map.segments, rows)
    )
    return LabelMap(label_map.layers, label_map.geometry, segments)


def add_harmonized_node(
    volume: slicer.vtkMRMLScalarVolumeNode,
    label_map: LabelMap,
    name: str,
    vocabulary: Vocabulary | None,
    tasks: Sequence[str],
    looked_for: Sequence[str] = (),
    covered: tuple[slice, slice, slice] | None = None,
) -> slicer.vtkMRMLSegmentationNode:
    """Add a segmentation to the volume's scene: on its grid, under its transform, and in its study.

    :param label_map: on the volume's own grid.
    :param vocabulary: what the model can find; it and the tasks are written on the node. A user's own is named by its
        file, so that it is found again without being told the folder.
    :param looked_for: the model's names of what it was asked for; empty for all of the tasks.
    :param covered: the part of the volume, as an index of an array (k, j, i), that it was run on; None for all of it.
    """
    node = add_segmentation_node(volume.GetScene(), label_map, name, volume)
    node.SetAndObserveTransformNodeID(volume.GetTransformNodeID())
    if vocabulary is not None:
        set_label_map(node, str(vocabulary.path) if is_own(vocabulary) else vocabulary.name, tasks, looked_for, covered)
    _put_beside(node, volume)
    return node


def _put_beside(node: slicer.vtkMRMLSegmentationNode, volume: slicer.vtkMRMLScalarVolumeNode) -> None:
    """Put the node where the volume is in the subject hierarchy: into its study, or its folder."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(volume.GetScene())
    item_of_volume = hierarchy.GetItemByDataNode(volume)
    level = slicer.vtkMRMLSubjectHierarchyConstants.GetDICOMLevelStudy()
    study = hierarchy.GetItemAncestorAtLevel(item_of_volume, level) if item_of_volume else 0
    above = study or (hierarchy.GetItemParent(item_of_volume) if item_of_volume else hierarchy.GetSceneItemID())
    item = hierarchy.GetItemByDataNode(node)
    if item:
        hierarchy.SetItemParent(item, above)
    else:
        hierarchy.CreateItem(above, node)
