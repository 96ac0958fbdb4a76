"""The shared binary label maps of a segmentation node as arrays on one grid.

Slicer keeps the segments of a node in shared layers: images with one label value per segment, each with its own
extent. Overlapping segments lie in different layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import slicer
from numpy.typing import NDArray
from vtk.util.numpy_support import vtk_to_numpy

from ..errors import ConcordanceError, GeometryMismatchError, VoxelTypeError
from ..imaging.label_map import smallest_dtype
from .grids import Extent, as_extent, extent_shape, image_to_ras, inside, shifted, united, whole_voxel_offset

BINARY_LABELMAP = "Binary labelmap"
"""Slicer's name of the representation (vtkSegmentationConverter::GetBinaryLabelmapRepresentationName)."""


@dataclass(frozen=True, eq=False)
class SharedLayer:
    """One shared label map of a node.

    :param voxels: a read-only view of VTK's memory, unsigned, axes (k, j, i).
    :param image_to_ras: (4, 4), from indices to RAS in mm before the node's parent transform.
    :param extent: where the voxels lie.
    :param labels: label value of every segment of the layer, by segment id.
    """

    image: slicer.vtkOrientedImageData
    voxels: NDArray[np.unsignedinteger]
    image_to_ras: NDArray[np.float64]
    extent: Extent
    labels: dict[str, int]


def shared_layers(node: slicer.vtkMRMLSegmentationNode) -> list[SharedLayer]:
    """The node's layers that have voxels; a layer without any (segments just added by hand) is left out."""
    segmentation = node.GetSegmentation()
    layers = []
    for number in range(segmentation.GetNumberOfLayers(BINARY_LABELMAP)):
        image = segmentation.GetLayerDataObject(number, BINARY_LABELMAP)
        if image is None or image.IsEmpty() or image.GetPointData().GetScalars() is None:
            continue
        ids = segmentation.GetSegmentIDsForLayer(number, BINARY_LABELMAP)
        labels = {segment_id: segmentation.GetSegment(segment_id).GetLabelValue() for segment_id in ids}
        _refuse_shared_labels(labels, node.GetName())
        voxels = _read_only_view(image, node.GetName())
        layers.append(SharedLayer(image, voxels, image_to_ras(image), image.GetExtent(), labels))
    return layers


def common_extent(
    layers: Sequence[SharedLayer], reference: tuple[NDArray[np.float64], Extent] | None, subject: str
) -> Extent:
    """The extent, in indices of the first layer, that the arrays of all layers shall have.

    That is the reference image's where it shares the layers' lattice, grown where labelled voxels lie outside it, and
    else the union of the layers' extents.

    :param reference: affine to RAS and extent of the node's reference image geometry, or None.
    :raises GeometryMismatchError: the layers are not on one lattice.
    """
    offsets = layer_offsets(layers, subject)
    offset = None if reference is None else whole_voxel_offset(layers[0].image_to_ras, *reference)
    extents = [shifted(layer.extent, offset) for layer, offset in zip(layers, offsets)]
    common = extents[0] if reference is None or offset is None else shifted(reference[1], offset)
    for layer, layer_offset, extent in zip(layers, offsets, extents):
        if offset is not None and not inside(extent, common):
            extent = shifted(_effective_extent(layer), layer_offset)
        if min(extent_shape(extent)) > 0:
            common = united(common, extent)
    return common


def layer_offsets(layers: Sequence[SharedLayer], subject: str) -> list[tuple[int, int, int]]:
    """For each layer the whole voxels (i, j, k) from its indices to the first layer's.

    :param layers: at least one.
    :param subject: what the error is about: the node's name.
    :raises GeometryMismatchError: if a layer does not lie on the first one's lattice.
    """
    base = layers[0].image_to_ras
    offsets = []
    for layer in layers:
        offset = whole_voxel_offset(base, layer.image_to_ras, layer.extent)
        if offset is None:
            raise GeometryMismatchError(
                subject,
                f"its segments lie on different voxel grids: {', '.join(layer.labels)} is not on that of "
                f"{', '.join(layers[0].labels)}",
                "Export these segments to a label map volume of the reference image's geometry and import that.",
            )
        offsets.append(offset)
    return offsets


def arrays_on_extent(
    layers: Sequence[SharedLayer], extent: Extent, subject: str
) -> tuple[list[NDArray[np.unsignedinteger]], dict[str, tuple[int, int]]]:
    """Arrays of ``extent``, axes (k, j, i), and the (array number, label) of every segment id.

    A layer that has this extent is given as the read-only view itself, nothing copied. The others are pasted into
    new arrays. Pasted layers whose segments do not touch the same voxel share an array, so that a hundred cropped
    layers of one segment each become one array; a label value already taken there gets the next free number.

    :param layers: at least one.
    :param extent: in the first layer's indices.
    :param subject: what an error is about: the node's name.
    :raises GeometryMismatchError: if a layer does not lie on the first one's lattice.
    """
    arrays: list[np.ndarray] = []
    places: dict[str, tuple[int, int]] = {}
    pasted = []
    for layer, offset in zip(layers, layer_offsets(layers, subject)):
        if shifted(layer.extent, offset) == extent:
            places |= {segment_id: (len(arrays), label) for segment_id, label in layer.labels.items()}
            arrays.append(layer.voxels)
        else:
            pasted.append((layer, offset))
    first_pasted = len(arrays)
    all_labels = [label for layer, _ in pasted for label in layer.labels.values()]
    dtype = smallest_dtype([max(all_labels, default=0) + len(all_labels)])
    for layer, offset in pasted:
        voxels, box = _cut(layer, offset, extent)
        named = _relabelled(voxels, layer.labels, dict.fromkeys(layer.labels, 1), np.dtype(bool))
        candidates = range(first_pasted, len(arrays))
        number = next((n for n in candidates if not np.any(arrays[n][box].astype(bool) & named)), len(arrays))
        if number == len(arrays):
            arrays.append(np.zeros(extent_shape(extent), dtype))
        taken = {label for array, label in places.values() if array == number}
        labels = free_labels(layer.labels, taken)
        arrays[number][box] |= _relabelled(voxels, layer.labels, labels, dtype)
        places |= {segment_id: (number, label) for segment_id, label in labels.items()}
    return arrays, places


def free_labels(wanted: dict[str, int], taken: set[int]) -> dict[str, int]:
    """The wanted labels where they are not taken, else the next number above all of them.

    :param wanted: label by segment id, in the order in which they are given out.
    :param taken: labels that nobody can have.
    """
    labels: dict[str, int] = {}
    following = max((*wanted.values(), *taken), default=0) + 1
    for segment_id, label in wanted.items():
        if label in taken or label in labels.values():
            label, following = following, following + 1
        labels[segment_id] = label
    return labels


def _read_only_view(image: slicer.vtkOrientedImageData, name: str) -> np.ndarray:
    """The image's voxels; numpy keeps VTK's array alive. A signed array is seen as unsigned: no label is negative."""
    voxels = vtk_to_numpy(image.GetPointData().GetScalars())
    if voxels.dtype.kind not in "iu" or voxels.ndim != 1:
        raise VoxelTypeError(
            f"segmentation {name!r}",
            f"its binary label map holds {voxels.dtype} voxels of {image.GetNumberOfScalarComponents()} components",
            "Import it from a label map volume of whole numbers.",
        )
    voxels = voxels.view(f"u{voxels.dtype.itemsize}").reshape(extent_shape(image.GetExtent()))
    voxels.flags.writeable = False
    return voxels


def _refuse_shared_labels(labels: dict[str, int], name: str) -> None:
    if min(labels.values()) < 1 or len(set(labels.values())) < len(labels):
        raise ConcordanceError(
            f"segmentation {name!r}",
            f"its segments share one label value or have one below 1: {labels}",
            "Export it to a label map volume and import that.",
        )


def _effective_extent(layer: SharedLayer) -> Extent:
    extent = [0, -1, 0, -1, 0, -1]
    slicer.vtkOrientedImageDataResample.CalculateEffectiveExtent(layer.image, extent)
    return as_extent(extent)


def _cut(layer: SharedLayer, offset: tuple[int, int, int], extent: Extent) -> tuple[np.ndarray, tuple[slice, ...]]:
    """The layer's voxels inside the extent, and where they belong in an array of it."""
    own = shifted(layer.extent, offset)
    source, target = [], []
    for axis in (2, 1, 0):
        first = max(own[2 * axis], extent[2 * axis])
        last = max(first - 1, min(own[2 * axis + 1], extent[2 * axis + 1]))
        source.append(slice(first - own[2 * axis], last + 1 - own[2 * axis]))
        target.append(slice(first - extent[2 * axis], last + 1 - extent[2 * axis]))
    return layer.voxels[tuple(source)], tuple(target)


def _relabelled(voxels: np.ndarray, labels: dict[str, int], values: dict[str, int], dtype: np.dtype) -> np.ndarray:
    """The value of each voxel's segment; 0 for background and for voxels of no segment."""
    beyond = max(labels.values(), default=0) + 1
    table = np.zeros(beyond + 1, dtype)
    for segment_id, label in labels.items():
        table[label] = values[segment_id]
    reachable = beyond <= np.iinfo(voxels.dtype).max
    return table[np.minimum(voxels, voxels.dtype.type(beyond)) if reachable else voxels]
