"""Whether what was compared has changed since."""

from __future__ import annotations

import slicer
import vtk

from .grids import matrix_array
from .shared_layers import BINARY_LABELMAP


def volume_state(node: slicer.vtkMRMLVolumeNode) -> tuple:
    """Something that differs once the volume's grid or place has changed. Its voxels do not count."""
    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    image = node.GetImageData()
    return (node.GetID(), _place(node), tuple(matrix_array(matrix).flat), image and image.GetExtent())


def segmentation_state(node: slicer.vtkMRMLSegmentationNode) -> tuple:
    """Something that differs once the segmentation's voxels, segments, codes or place have changed. Its display does
    not count."""
    segmentation = node.GetSegmentation()
    layers = range(segmentation.GetNumberOfLayers(BINARY_LABELMAP))
    images = [segmentation.GetLayerDataObject(layer, BINARY_LABELMAP) for layer in layers]
    segments = [segmentation.GetSegment(segment_id) for segment_id in segmentation.GetSegmentIDs()]
    return (
        node.GetID(),
        _place(node),
        tuple(image and image.GetMTime() for image in images),
        tuple((segment.GetName(), segment.GetTerminology(), segment.GetLabelValue()) for segment in segments),
    )


def _place(node: slicer.vtkMRMLTransformableNode) -> tuple:
    transform = node.GetParentTransformNode()
    return () if transform is None else (transform.GetID(), transform.GetTransformToWorldMTime())
