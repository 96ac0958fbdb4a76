"""What a slice view shows of a model's structure, as pixels of the view."""

from __future__ import annotations

import numpy as np
import slicer
from numpy.typing import NDArray

from ...exploring.explored_scan import DrawnModel
from ...imaging.geometry import Geometry
from ..grids import flip_lps_ras, matrix_array

PIXELS = 2
"""Every so many pixels of the view are looked at, along both axes."""


class ViewSection:
    """The voxels that a slice view goes through.

    :param node: of the view.
    :param geometry: of the models' grid.
    """

    def __init__(self, node: slicer.vtkMRMLSliceNode, geometry: Geometry) -> None:
        width, height, _ = node.GetDimensions()
        self.size = max(1, width), max(1, height)
        to_ijk = np.linalg.inv(flip_lps_ras(geometry.ijk_to_lps)) @ matrix_array(node.GetXYToRAS())
        x = np.arange(0, self.size[0], PIXELS)[None, :, None]
        y = np.arange(0, self.size[1], PIXELS)[:, None, None]
        ijk = np.rint(to_ijk[:3, 0] * x + to_ijk[:3, 1] * y + to_ijk[:3, 3]).astype(int)
        inside = ((ijk >= 0) & (ijk < geometry.shape[::-1])).all(axis=-1)
        self._inside = inside
        self._at = tuple(ijk[inside][:, axis] for axis in (2, 1, 0))

    def mask(self, drawn: DrawnModel, key: str) -> NDArray[np.bool_]:
        """The model's structure in the view: bool (rows from the bottom, columns), one per :data:`PIXELS` pixels.

        :param drawn: on the grid.
        :param key: of the structure; of one that the model does not know there is nothing.
        """
        found = np.zeros(self._inside.shape, bool)
        layers = drawn.segmentation.label_map.layers
        values = np.zeros(len(self._at[0]), bool)
        for segment in drawn.segments.get(key, ()):
            values |= layers[segment.layer][self._at] == segment.label
        found[self._inside] = values
        return found


def outline(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pixels of a mask that have a neighbour outside of it, or lie at the edge: bool, of its shape."""
    padded = np.pad(mask, 1)
    core = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask & ~core
