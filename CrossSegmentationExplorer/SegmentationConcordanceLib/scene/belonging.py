"""Which segmentations of a scene belong to a volume, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import slicer

from ..errors import ConcordanceError
from ..imaging.geometry import Geometry
from .grids import extent_shape, geometry_from_extent, to_world
from .shared_layers import shared_layers
from .volume_grid import world_grid
from .volume_series import INSTANCES

_SHARED_SPACE = 0.5


@dataclass(frozen=True, slots=True)
class Belonging:
    """What ties a segmentation to a volume.

    :param belongs: False where they only lie in the same place: it may be meant all the same, if the user says so.
    :param reason: a few words for people.
    """

    belongs: bool
    reason: str


def belonging(node: slicer.vtkMRMLSegmentationNode, volume: slicer.vtkMRMLScalarVolumeNode) -> Belonging | None:
    """What ties the segmentation to the volume, the strongest tie first; None where nothing does.

    Asked in this order: the node's reference image; the DICOM images that it refers to; the study, together with the
    place; the place alone, for segmentations that know no image, such as plain NIfTI files. Looks at no voxels.

    :param volume: one without voxels ties nothing.
    """
    if volume.GetImageData() is None:
        return None
    reference = node.GetNodeReference(node.GetReferenceImageGeometryReferenceRole())
    if reference is volume:
        return Belonging(True, "made on this volume")
    referenced = _referenced_instances(node)
    if referenced & set((volume.GetAttribute(INSTANCES) or "").split()):
        return Belonging(True, "refers to the images of this volume")
    place = _place(node, volume)
    if place is None:
        return None
    if reference is not None:
        return Belonging(False, f"{place}, but made on {reference.GetName()}")
    if referenced:
        return Belonging(False, f"{place}, but refers to other images")
    study, study_of_volume = _study(node), _study(volume)
    if study and study == study_of_volume:
        return Belonging(True, f"same study; {place}")
    if study and study_of_volume:
        return Belonging(False, f"{place}, but of another study")
    return Belonging(True, place)


def _referenced_instances(node: slicer.vtkMRMLSegmentationNode) -> set[str]:
    """SOP instance UIDs of the images that a loaded DICOM SEG refers to; Slicer keeps them in the subject hierarchy."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(node.GetScene())
    name = slicer.vtkMRMLSubjectHierarchyConstants.GetDICOMReferencedInstanceUIDsAttributeName()
    item = hierarchy.GetItemByDataNode(node)
    return set(hierarchy.GetItemAttribute(item, name).split()) if item else set()


def _study(node: slicer.vtkMRMLNode) -> int:
    """The subject hierarchy item of the study that holds the node; 0 where there is none."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(node.GetScene())
    item = hierarchy.GetItemByDataNode(node)
    level = slicer.vtkMRMLSubjectHierarchyConstants.GetDICOMLevelStudy()
    return hierarchy.GetItemAncestorAtLevel(item, level) if item else 0


def _place(node: slicer.vtkMRMLSegmentationNode, volume: slicer.vtkMRMLScalarVolumeNode) -> str | None:
    """Where the segmentation lies relative to the volume, None if elsewhere: the smaller of the two boxes lies less
    than half in the other one."""
    try:
        grid = world_grid(volume)
        boxes = [_box_in(grid, layer) for layer in _world_grids(node)]
    except ConcordanceError:
        return None
    if not boxes:
        return None
    lower = np.min([low for low, _ in boxes], axis=0)
    upper = np.max([high for _, high in boxes], axis=0)
    size = np.array(grid.shape[::-1], dtype=float)
    shared = np.prod(np.clip(np.minimum(upper, size - 0.5) - np.maximum(lower, -0.5), 0, None))
    if shared < _SHARED_SPACE * min(np.prod(upper - lower), np.prod(size)):
        return None
    whole = np.allclose(lower, -0.5, atol=0.01) and np.allclose(upper, size - 0.5, atol=0.01)
    return "covers this volume" if whole else "overlaps this volume"


def _world_grids(node: slicer.vtkMRMLSegmentationNode) -> list[Geometry]:
    transform = to_world(node, f"segmentation {node.GetName()!r}")
    layers = [layer for layer in shared_layers(node) if min(extent_shape(layer.extent)) > 0]
    return [geometry_from_extent(transform @ layer.image_to_ras, layer.extent) for layer in layers]


def _box_in(grid: Geometry, other: Geometry) -> tuple[np.ndarray, np.ndarray]:
    """The box of ``other`` along the axes of ``grid``, in its fractional indices i, j, k."""
    ends = [(-0.5, n - 0.5) for n in other.shape[::-1]]
    corners = np.array(np.meshgrid(*ends, indexing="ij")).reshape(3, -1).T
    indices = grid.ijk_of(other.lps_of(corners))
    return indices.min(axis=0), indices.max(axis=0)
