"""A label map as a segmentation node, and a segmentation node as a label map."""

from __future__ import annotations

import numpy as np
import slicer
import vtk

from ..anatomy.terminology import storable_text, structure_from_terminology, terminology_text
from ..errors import ConcordanceError, VoxelTypeError
from ..imaging.label_map import LabelMap, Segment, smallest_dtype
from .grids import (
    Extent,
    as_extent,
    extent_shape,
    flip_lps_ras,
    full_extent,
    geometry_from_extent,
    matrix_array,
    refuse_shear,
    to_world,
    vtk_matrix,
)
from .node_names import set_name
from .shared_layers import BINARY_LABELMAP, arrays_on_extent, common_extent, free_labels, shared_layers
from .volume_node import fill_image

_ALGORITHM_TAG = "DICOM.SegmentAlgorithmName"
_ALGORITHM_TYPE_TAG = "DICOM.SegmentAlgorithmType"
_DESCRIPTION_TAG = "DICOM.SegmentDescription"
_HIGHEST_LABEL = 2**31 - 1  # vtkSegment keeps its label in a C int


def add_segmentation_node(
    scene: slicer.vtkMRMLScene,
    label_map: LabelMap,
    name: str,
    reference_volume: slicer.vtkMRMLScalarVolumeNode | None = None,
) -> slicer.vtkMRMLSegmentationNode:
    """Add a label map to the scene as a segmentation, with a display node and binary label maps as its source.

    Each layer becomes one shared label map on the whole grid, copied once; :func:`label_map_from_node` can then give
    it back as a view. Segments keep order, label, name, colour and codes. Their ids are "Segment_<label>", and
    "Segment_<layer>_<label>" beyond the first layer. A segment without colour gets one that Slicer chooses; one
    without codes stays as Slicer makes it, see :func:`.terminology.structure_from_terminology`. A layer without
    segments has no place in a segmentation and is left out.

    Slicer packs layers when it saves a node: segments beyond the first layer may then change layer and label, in the
    node as in the file. Ids, names and codes stay, so tell segments apart by these.

    :param reference_volume: the image that was segmented, which becomes the reference image geometry; without it, that
        is the label map's own grid.
    :raises GeometryMismatchError: the grid is sheared. :raises ConcordanceError: a code cannot be stored.
        :raises VoxelTypeError: a label is above 2^31 - 1. Nothing is added then.
    """
    subject = f"segmentation {name!r}"
    refuse_shear(subject, label_map.geometry.ijk_to_lps, "Resample it to axes at right angles.")
    used_layers = {segment.layer for segment in label_map.segments}
    images = {layer: _layer_image(label_map, layer, subject) for layer in used_layers}
    segments = [_vtk_segment(segment, images[segment.layer]) for segment in label_map.segments]
    node = scene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    set_name(node, name)
    node.CreateDefaultDisplayNodes()
    segmentation = node.GetSegmentation()
    segmentation.SetSourceRepresentationName(BINARY_LABELMAP)
    if reference_volume is not None:
        node.SetReferenceImageGeometryParameterFromVolumeNode(reference_volume)
    else:
        _set_reference_geometry(segmentation, label_map)
    for segment, vtk_segment in zip(label_map.segments, segments):
        segmentation.AddSegment(vtk_segment, segment_id(segment))
    return node


def label_map_from_node(node: slicer.vtkMRMLSegmentationNode) -> LabelMap:
    """The segments of a node as a label map in LPS; the node and its scene stay as they are.

    Grid: the node's reference image geometry where its label maps lie on that lattice, grown where labelled voxels
    lie outside; else the union of its label maps. A linear parent transform is applied to the grid.

    Layers are read-only views of VTK's memory where a shared label map covers the whole grid, and pasted copies where
    it is cropped. A view shows later edits of the node: copy the array to keep a state. Labels are the node's; only
    in pasted layers a label may be renumbered, see :func:`.shared_layers.arrays_on_extent`. Segments without voxels
    are kept. Colours are those that Slicer shows.

    :raises ConcordanceError: the node has no binary label map, or no segments and no reference geometry.
    :raises GeometryMismatchError: its segments lie on different lattices, or its parent transform is not linear or
        shears the grid.
    """
    subject = f"segmentation {node.GetName()!r}"
    segmentation = node.GetSegmentation()
    if segmentation.GetNumberOfSegments() and not segmentation.ContainsRepresentation(BINARY_LABELMAP):
        raise ConcordanceError(
            subject,
            f"it has no binary label map, only {segmentation.GetSourceRepresentationName().lower()}s",
            "Create its binary label map in the Segmentations module (Representations).",
        )
    reference = _reference_geometry(segmentation)
    layers = shared_layers(node)
    if layers:
        base, extent = layers[0].image_to_ras, common_extent(layers, reference, subject)
    elif reference is not None:
        base, extent = reference
    else:
        raise ConcordanceError(subject, "it has neither voxels nor a reference geometry", "Give it a source volume.")
    geometry = geometry_from_extent(to_world(node, subject) @ base, extent)
    refuse_shear(subject, geometry.ijk_to_lps, "Harden its parent transform in the Transforms module.")
    arrays, places = arrays_on_extent(layers, extent, subject) if layers else ([], {})
    _place_empty_segments(segmentation, extent, arrays, places)
    ids = segmentation.GetSegmentIDs()
    segments = tuple(_segment(segmentation.GetSegment(segment_id), *places[segment_id]) for segment_id in ids)
    return LabelMap(tuple(arrays), geometry, segments)


def segment_id(segment: Segment) -> str:
    """The id that a segment of a label map gets in a node; unique within the label map."""
    return f"Segment_{segment.label}" if segment.layer == 0 else f"Segment_{segment.layer}_{segment.label}"


def algorithm_names(node: slicer.vtkMRMLSegmentationNode) -> tuple[str, ...]:
    """The algorithms that made the node's segments, as DICOM names them, each once; empty where nobody said."""
    segmentation = node.GetSegmentation()
    names = (_tag(segmentation.GetNthSegment(n), _ALGORITHM_TAG) for n in range(segmentation.GetNumberOfSegments()))
    return tuple(dict.fromkeys(name for name in names if name))


def _layer_image(label_map: LabelMap, layer: int, subject: str) -> slicer.vtkOrientedImageData:
    labels = [segment.label for segment in label_map.segments if segment.layer == layer]
    voxels = label_map.layers[layer]
    if voxels.dtype.itemsize > 4:
        labels.append(int(voxels.max(initial=0)))
    if max(labels) > _HIGHEST_LABEL:
        raise VoxelTypeError(subject, f"label {max(labels)} is too high for a segment", "Renumber its labels.")
    image = slicer.vtkOrientedImageData()
    fill_image(image, voxels, smallest_dtype(labels) if voxels.dtype.itemsize > 4 else voxels.dtype)
    image.SetImageToWorldMatrix(vtk_matrix(flip_lps_ras(label_map.geometry.ijk_to_lps)))
    return image


def _vtk_segment(segment: Segment, image: slicer.vtkOrientedImageData) -> slicer.vtkSegment:
    vtk_segment = slicer.vtkSegment()
    vtk_segment.SetName(segment.name)
    vtk_segment.NameAutoGeneratedOff()
    vtk_segment.SetLabelValue(segment.label)
    if segment.color is not None:
        vtk_segment.SetColor(*(channel / 255 for channel in segment.color))
        vtk_segment.ColorAutoGeneratedOff()
    if segment.structure is not None:
        vtk_segment.SetTerminology(terminology_text(segment.structure))
    if segment.algorithm:
        vtk_segment.SetTag(_ALGORITHM_TAG, storable_text(segment.algorithm))
        vtk_segment.SetTag(_ALGORITHM_TYPE_TAG, "AUTOMATIC")
    if segment.description:
        vtk_segment.SetTag(_DESCRIPTION_TAG, storable_text(segment.description))
    vtk_segment.AddRepresentation(BINARY_LABELMAP, image)
    return vtk_segment


def _segment(vtk_segment: slicer.vtkSegment, layer: int, label: int) -> Segment:
    return Segment(
        label=label,
        name=vtk_segment.GetName() or "",
        structure=structure_from_terminology(vtk_segment.GetTerminology()),
        color=tuple(round(channel * 255) for channel in vtk_segment.GetColor()),
        layer=layer,
        algorithm=_tag(vtk_segment, _ALGORITHM_TAG),
        description=_tag(vtk_segment, _DESCRIPTION_TAG),
    )


def _tag(vtk_segment: slicer.vtkSegment, tag: str) -> str:
    value = vtk.reference("")
    return str(value) if vtk_segment.GetTag(tag, value) else ""


def _set_reference_geometry(segmentation: slicer.vtkSegmentation, label_map: LabelMap) -> None:
    converter = slicer.vtkSegmentationConverter
    matrix = vtk_matrix(flip_lps_ras(label_map.geometry.ijk_to_lps))
    text = converter.SerializeImageGeometry(matrix, full_extent(label_map.geometry.shape))
    segmentation.SetConversionParameter(converter.GetReferenceImageGeometryParameterName(), text)


def _reference_geometry(segmentation: slicer.vtkSegmentation) -> tuple[np.ndarray, Extent] | None:
    converter = slicer.vtkSegmentationConverter
    text = segmentation.GetConversionParameter(converter.GetReferenceImageGeometryParameterName())
    matrix, extent = vtk.vtkMatrix4x4(), [0, -1, 0, -1, 0, -1]
    if not text or not converter.DeserializeImageGeometry(text, matrix, extent):
        return None
    found = as_extent(extent)
    return None if min(extent_shape(found)) == 0 else (matrix_array(matrix), found)


def _place_empty_segments(
    segmentation: slicer.vtkSegmentation,
    extent: Extent,
    arrays: list[np.ndarray],
    places: dict[str, tuple[int, int]],
) -> None:
    """Give the segments without a label map one array of zeros, so that a label map can hold them."""
    empty = [segment_id for segment_id in segmentation.GetSegmentIDs() if segment_id not in places]
    if not empty and arrays:
        return
    wanted = {segment_id: max(1, segmentation.GetSegment(segment_id).GetLabelValue()) for segment_id in empty}
    labels = free_labels(wanted, set())
    places |= {segment_id: (len(arrays), label) for segment_id, label in labels.items()}
    arrays.append(np.zeros(extent_shape(extent), smallest_dtype(labels.values())))
