"""Three small models of one volume, whose counts can be done by hand. Voxels of 10 ml (10 x 10 x 100 mm)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import slicer

from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.scene.grids import vtk_matrix
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node
from SegmentationConcordanceLib.scene.volume_node import add_volume_node

ANATOMY = CodedConcept("123037004", "SCT", "Anatomical Structure")
SPLEEN = CodedStructure(ANATOMY, CodedConcept("78961009", "SCT", "Spleen"))
LIVER = CodedStructure(ANATOMY, CodedConcept("10200004", "SCT", "Liver"))
AORTA = CodedStructure(ANATOMY, CodedConcept("15825003", "SCT", "Aorta"))
SPLEEN_KEY, LIVER_KEY, AORTA_KEY = "SCT:78961009", "SCT:10200004", "SCT:15825003"

SHAPE = (5, 6, 8)
GEOMETRY = Geometry.from_parts(SHAPE, (10, 10, 100), (-20.0, 30.0, -400.0), np.eye(3))
STRUCTURES = {1: SPLEEN, 2: LIVER, 3: AORTA}
NAMES = {1: "spleen", 2: "liver", 3: "aorta"}


def first_model() -> np.ndarray:
    """Spleen of 12 voxels, liver of 8, aorta of 2 that no other model knows."""
    voxels = np.zeros(SHAPE, np.uint8)
    voxels[1:3, 1:3, 1:4] = 1
    voxels[1:3, 4:6, 5:7] = 2
    voxels[3, 0, 6:8] = 3
    return voxels


def second_model() -> np.ndarray:
    """The spleen one column further (8 voxels in common), the same liver."""
    voxels = np.zeros(SHAPE, np.uint8)
    voxels[1:3, 1:3, 2:5] = 1
    voxels[1:3, 4:6, 5:7] = 2
    return voxels


def third_model() -> np.ndarray:
    """The spleen as the first model, half of the liver (4 voxels)."""
    voxels = np.zeros(SHAPE, np.uint8)
    voxels[1:3, 1:3, 1:4] = 1
    voxels[1:3, 4:6, 5:6] = 2
    return voxels


def label_map_of(
    voxels: np.ndarray, geometry: Geometry = GEOMETRY, structures: Mapping[int, CodedStructure | None] = STRUCTURES
) -> LabelMap:
    """A label map of the labels that occur."""
    labels = [int(label) for label in np.unique(voxels) if label]
    segments = tuple(Segment(n, NAMES.get(n, f"s{n}"), structures.get(n), (50 * n, 0, 0)) for n in labels)
    return LabelMap((voxels,), geometry, segments)


def add_volume(scene: slicer.vtkMRMLScene, name: str = "CT") -> slicer.vtkMRMLScalarVolumeNode:
    return add_volume_node(scene, np.zeros(SHAPE, np.int16), GEOMETRY, name)


def add_three_models(
    scene: slicer.vtkMRMLScene, volume: slicer.vtkMRMLScalarVolumeNode | None
) -> list[slicer.vtkMRMLSegmentationNode]:
    """The models "A", "B" and "C" as nodes of these names."""
    models = {"A": first_model(), "B": second_model(), "C": third_model()}
    return [add_segmentation_node(scene, label_map_of(voxels), name, volume) for name, voxels in models.items()]


def put_under_transform(
    node: slicer.vtkMRMLTransformableNode, matrix: np.ndarray, name: str = "T"
) -> slicer.vtkMRMLLinearTransformNode:
    """Put a node under a new linear transform (4, 4), RAS to RAS."""
    transform = node.GetScene().AddNewNodeByClass("vtkMRMLLinearTransformNode", name)
    transform.SetMatrixTransformToParent(vtk_matrix(matrix))
    node.SetAndObserveTransformNodeID(transform.GetID())
    return transform
