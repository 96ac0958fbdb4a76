"""The segmentations of a scene as models on the grid of one volume, ready to be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import slicer

from ..agreement.models import ModelSegmentation, join_label_maps, model_segmentation, structures_in, twice_note
from ..anatomy.identity import StructureIdentity
from ..anatomy.model_knowledge import UNKNOWN, ModelKnowledge
from ..errors import ConcordanceError, LabelMapTableError
from ..imaging.brought_output import bring_output
from ..imaging.geometry import Geometry
from ..imaging.label_map import LabelMap
from .node_attributes import covered_of_node, knowledge_of_node, not_looked_for_of_node, own_label_map_note
from .segmentation_node import label_map_from_node
from .volume_grid import world_grid


@dataclass(frozen=True, eq=False)
class LoadedModels:
    """What can be compared.

    :param models: on the grid of the volume, in the world: under its parent transform.
    :param notes: by model, those that were left out included: sentences on what was done to it, or why it is not there.
    """

    models: tuple[ModelSegmentation, ...]
    notes: Mapping[str, tuple[str, ...]]


def load_models(
    volume: slicer.vtkMRMLScalarVolumeNode, nodes_of: Mapping[str, Sequence[slicer.vtkMRMLSegmentationNode]]
) -> LoadedModels:
    """Bring every model to the grid of the volume; nothing in the scene changes.

    Where voxels coincide they are taken as they are: views of Slicer's memory where a segmentation covers the volume,
    pasted copies where it is cropped. Others are resampled by nearest neighbour, and a note says so. A model of which
    one node cannot be compared is left out as a whole, as it would else seem to lack structures.

    :param nodes_of: the nodes of every model, by the model's name.
    :raises ConcordanceError: the volume has no voxels, or its parent transform is not linear or shears it.
    """
    geometry = world_grid(volume)
    models: list[ModelSegmentation] = []
    notes: dict[str, tuple[str, ...]] = {}
    for name, nodes in nodes_of.items():
        try:
            on_grid = [_on_grid(node, geometry) for node in nodes]
        except ConcordanceError as error:
            notes[name] = (f"{name} is left out. {error}",)
            continue
        known = [_knowledge(node, label_map) for node, (label_map, _) in zip(nodes, on_grid)]
        label_map = join_label_maps([label_map for label_map, _ in on_grid], name)
        asked: frozenset[StructureIdentity] = frozenset().union(*(one.structures - aside for one, aside, _ in known))
        not_asked: frozenset[StructureIdentity] = frozenset().union(*(aside for _, aside, _ in known)) - asked
        models.append(
            model_segmentation(
                name,
                label_map,
                [one for one, _, _ in known],
                not_looked_for=not_asked,
                covered=_covered(nodes, geometry),
            )
        )
        found = [note for _, some in on_grid for note in some] + [note for *_, some in known for note in some]
        notes[name] = tuple(note for note in (*found, twice_note(models[-1])) if note)
    return LoadedModels(tuple(models), notes)


def _on_grid(node: slicer.vtkMRMLSegmentationNode, geometry: Geometry) -> tuple[LabelMap, list[str]]:
    """The node's label map on the grid, and what had to be done for that. Slicer crops nodes to what is in them."""
    label_map = label_map_from_node(node)
    brought = bring_output(label_map, geometry, node.GetName(), resample=True, may_be_cropped=True)
    return brought.label_map, [f"{node.GetName()}: {note}." for note in brought.notes]


def _covered(nodes: Sequence[slicer.vtkMRMLSegmentationNode], geometry: Geometry) -> tuple[slice, slice, slice] | None:
    """The part of the scan that a model of one node was run on; None for all of it, and where nothing tells."""
    box = covered_of_node(nodes[0]) if len(nodes) == 1 else None
    fits = box is not None and all(part.stop <= n for part, n in zip(box, geometry.shape))
    return box if fits else None


def _knowledge(
    node: slicer.vtkMRMLSegmentationNode, label_map: LabelMap
) -> tuple[ModelKnowledge, frozenset[StructureIdentity], list[str]]:
    """What the model could have found, what of it it was not asked for, and what is wrong with what the node says."""
    try:
        known = knowledge_of_node(node, structures_in(label_map))
        said = "" if known == UNKNOWN or not known.note else f"{node.GetName()}: {known.note}."
        return known, not_looked_for_of_node(node), [note for note in (own_label_map_note(node), said) if note]
    except LabelMapTableError as error:
        return UNKNOWN, frozenset(), [f"{node.GetName()}: {error} So what it lacks counts as not in the model."]
