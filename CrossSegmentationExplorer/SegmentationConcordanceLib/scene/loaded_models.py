"""The segmentations of a scene as models on the grid of one volume, ready to be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import slicer

from ..agreement.models import ModelSegmentation, join_label_maps, model_segmentation, structures_in, twice_note
from ..anatomy.identity import StructureIdentity
from ..anatomy.model_knowledge import UNKNOWN, ModelKnowledge
from ..errors import ConcordanceError, GeometryMismatchError, LabelMapTableError
from ..imaging.geometry import Geometry
from ..imaging.label_map import LabelMap
from ..imaging.resampling import bring_to_grid, resample_nearest
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
    """The node's label map on the grid, and what had to be done for that."""
    label_map = label_map_from_node(node)
    try:
        return bring_to_grid(label_map, geometry, node.GetName(), allow_extent_change=True), []
    except GeometryMismatchError as error:
        labelled, outside = _labelled_outside(label_map, geometry)
        if labelled and outside == labelled:
            raise GeometryMismatchError(
                f"segmentation {node.GetName()!r}", "all of it lies outside of the volume", "Choose its own volume."
            ) from error
    notes = []
    if not _same_lattice(label_map.geometry, geometry):
        spacing = " x ".join(f"{mm:.3g}" for mm in label_map.geometry.spacing_mm)
        notes.append(f"{node.GetName()}: resampled from a grid of {spacing} mm, nearest neighbour.")
    if outside:
        notes.append(f"{node.GetName()}: {outside} of {labelled} labelled voxels lie outside of the volume.")
    return resample_nearest(label_map, geometry), notes


def _labelled_outside(label_map: LabelMap, geometry: Geometry) -> tuple[int, int]:
    """How many voxels carry a label, and how many of them have their centre outside of the grid."""
    labelled = outside = 0
    last = np.array(geometry.shape[::-1]) - 0.5
    for layer in label_map.layers:
        for k, one_slice in enumerate(layer):
            j, i = np.nonzero(one_slice)
            if not i.size:
                continue
            ijk = geometry.ijk_of(label_map.geometry.lps_of(np.stack([i, j, np.full_like(i, k)], axis=1)))
            labelled += i.size
            outside += int(np.count_nonzero(((ijk < -0.5) | (ijk >= last)).any(axis=1)))
    return labelled, outside


def _same_lattice(one: Geometry, other: Geometry) -> bool:
    """Whether the voxels coincide where both grids have some: an empty label map then fits without resampling."""
    empty = LabelMap((np.zeros(one.shape, np.uint8),), one, ())
    try:
        bring_to_grid(empty, other, "", allow_extent_change=True)
    except GeometryMismatchError:
        return False
    return True


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
