"""Smooth random fields on a voxel grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


@dataclass(frozen=True, eq=False)
class NoiseField:
    """Normal noise at the nodes of a coarse grid, read off linearly in between.

    :param nodes: float32, axes (k, j, i).
    :param voxels_per_node: distance of the nodes in voxels along k, j, i.
    """

    nodes: NDArray[np.float32]
    voxels_per_node: tuple[float, float, float]

    @classmethod
    def drawn(
        cls, shape: tuple[int, int, int], spacing_kji: NDArray[np.float64], node_mm: float, rng: np.random.Generator
    ) -> NoiseField:
        """A field over a grid of ``shape`` (k, j, i), nodes ``node_mm`` apart, with unit variance at the nodes.

        :param spacing_kji: of the voxels in mm.
        """
        k, j, i = (float(max(1.0, node_mm / spacing)) for spacing in spacing_kji)
        nodes = [int(np.ceil((n - 1) / step)) + 2 for n, step in zip(shape, (k, j, i))]
        return cls(rng.standard_normal(nodes, dtype=np.float32), (k, j, i))

    def mixed_with(self, other: NoiseField, share: float) -> NoiseField:
        """A field of the same variance, of which ``share`` (0 to 1) of the variance comes from ``other``.

        :param other: over the same grid.
        """
        nodes = np.sqrt(1 - share) * self.nodes + np.sqrt(share) * other.nodes
        return NoiseField(nodes.astype(np.float32), self.voxels_per_node)

    def at(self, places: Sequence[NDArray[np.integer]]) -> NDArray[np.float32]:
        """Values at voxel indices (k, j, i), each an integer array (n,): float32 (n,)."""
        coordinates = np.stack([index / np.float32(step) for index, step in zip(places, self.voxels_per_node)])
        return ndimage.map_coordinates(self.nodes, coordinates, order=1, output=np.float32)
