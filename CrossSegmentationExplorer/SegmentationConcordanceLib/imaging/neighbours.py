"""What lies beside a structure, asked of the label map and not of boxes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .label_map import LabelMap, Segment


def neighbours(
    label_map: LabelMap, mask: NDArray[np.bool_], lower: tuple[int, int, int], distance_mm: float = 0.0
) -> tuple[Segment, ...]:
    """The segments that touch a mask or come near it, those that overlap it included, in the label map's order.

    Symmetric: what is a neighbour of a structure has the structure as its neighbour.

    :param mask: bool (k, j, i), a crop of the grid; its own segment is not told from others, see the caller.
    :param lower: where in the grid the crop begins, (k, j, i).
    :param distance_mm: between voxel centres; 0 for voxels that share a face.
    """
    if not mask.any():
        return ()
    spacing = label_map.geometry.spacing_mm[::-1]
    margin = np.maximum(1, np.ceil(distance_mm / spacing - 1e-9)).astype(int)
    start = np.maximum(np.subtract(lower, margin), 0)
    stop = np.minimum(np.add(lower, mask.shape) + margin, label_map.geometry.shape)
    near = np.zeros(stop - start, dtype=bool)
    inside = tuple(slice(low - s, low - s + n) for low, s, n in zip(lower, start, mask.shape))
    near[inside] = mask
    near = _grown(near) if distance_mm <= 0 else ndimage.distance_transform_edt(~near, spacing) <= distance_mm + 1e-6
    crop = tuple(slice(s, e) for s, e in zip(start, stop))
    labels = [set(np.unique(layer[crop][near]).tolist()) for layer in label_map.layers]
    return tuple(segment for segment in label_map.segments if segment.label in labels[segment.layer])


def _grown(mask: np.ndarray) -> np.ndarray:
    """The mask and the voxels that share a face with it."""
    grown = mask.copy()
    for axis in range(3):
        ahead = tuple(slice(1, None) if n == axis else slice(None) for n in range(3))
        behind = tuple(slice(None, -1) if n == axis else slice(None) for n in range(3))
        grown[ahead] |= mask[behind]
        grown[behind] |= mask[ahead]
    return grown
