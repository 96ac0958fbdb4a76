"""Where the voxels of a volume lie: shape and the affine from indices to patient coordinates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

_AXIS_NAMES = (("L", "R"), ("P", "A"), ("S", "I"))
_ROTATION_TOLERANCE = 1e-4


@dataclass(frozen=True, eq=False)
class Geometry:
    """The grid of a volume.

    :param shape: number of voxels as numpy orders them: (k, j, i), slices first.
    :param ijk_to_lps: float64 (4, 4), read-only. Takes the homogeneous index (i, j, k, 1) of a voxel centre to its
        position in mm, DICOM's LPS axes (x to the left, y to the back, z to the head). Note the index order: i first,
        the reverse of ``shape``.
    :param slice_gaps_mm: float64 (n_slices - 1,), read-only: the distances of neighbouring slices, where the images of
        a series stand beside the even grid, as headers round their places; None where the grid says it all.
    :param readings: other affines that a file names for the same voxels, each as ``ijk_to_lps``. Which one counts is
        decided by the scan that the file belongs to.
    """

    shape: tuple[int, int, int]
    ijk_to_lps: NDArray[np.float64]
    slice_gaps_mm: NDArray[np.float64] | None = None
    readings: tuple[NDArray[np.float64], ...] = ()

    def __post_init__(self) -> None:
        affine = np.array(self.ijk_to_lps, dtype=np.float64)
        if affine.shape != (4, 4):
            raise ValueError(f"the affine has shape {affine.shape}, not (4, 4)")
        affine.flags.writeable = False
        object.__setattr__(self, "ijk_to_lps", affine)
        object.__setattr__(self, "shape", tuple(int(n) for n in self.shape))
        if self.slice_gaps_mm is not None:
            gaps = np.array(self.slice_gaps_mm, dtype=np.float64)
            if gaps.shape != (self.shape[0] - 1,):
                raise ValueError(f"{gaps.size} gaps between {self.shape[0]} slices")
            gaps.flags.writeable = False
            object.__setattr__(self, "slice_gaps_mm", gaps)

    @classmethod
    def from_parts(
        cls, shape: tuple[int, int, int], spacing_mm: ArrayLike, origin_lps: ArrayLike, direction_lps: ArrayLike
    ) -> Geometry:
        """Build a grid from spacing (i, j, k) in mm, LPS position of voxel (0, 0, 0) in mm and (3, 3) axis directions.

        Column c of ``direction_lps`` is the unit vector along index axis c (i, j, k), as SimpleITK orders it.

        :param shape: (k, j, i).
        :param spacing_mm: distance of voxel centres along (i, j, k).
        :param origin_lps: centre of the first voxel.
        :param direction_lps: (3, 3), or its nine numbers row by row.
        """
        affine = np.eye(4)
        affine[:3, :3] = np.asarray(direction_lps, dtype=float).reshape(3, 3) * np.asarray(spacing_mm, dtype=float)
        affine[:3, 3] = origin_lps
        return cls(shape, affine)

    @property
    def spacing_mm(self) -> NDArray[np.float64]:
        """Distance of neighbouring voxel centres along i, j, k in mm, float64 (3,)."""
        return np.linalg.norm(self.ijk_to_lps[:3, :3], axis=0)

    @property
    def slice_depths_mm(self) -> NDArray[np.float64]:
        """How far each slice lies behind the first one, along k, in mm, float64 (n_slices,)."""
        if self.slice_gaps_mm is None:
            return self.spacing_mm[2] * np.arange(self.shape[0])
        return np.concatenate([[0.0], np.cumsum(self.slice_gaps_mm)])

    @property
    def origin_lps(self) -> NDArray[np.float64]:
        """Position of the centre of voxel (0, 0, 0) in mm, float64 (3,)."""
        return self.ijk_to_lps[:3, 3].copy()

    @property
    def direction_lps(self) -> NDArray[np.float64]:
        """Unit vectors of the index axes i, j, k as columns, float64 (3, 3)."""
        return self.ijk_to_lps[:3, :3] / self.spacing_mm

    @property
    def voxel_volume_ml(self) -> float:
        """Volume of one voxel in ml (1 ml = 1000 mm^3); exact for sheared grids as well."""
        return abs(float(np.linalg.det(self.ijk_to_lps[:3, :3]))) / 1000.0

    @property
    def orientation(self) -> str:
        """Where i, j, k run to, by the nearest patient axis, e.g. "LPS" for an axial CT from foot to head."""
        letters = []
        for column in self.direction_lps.T:
            axis = int(np.argmax(np.abs(column)))
            letters.append(_AXIS_NAMES[axis][0 if column[axis] > 0 else 1])
        return "".join(letters)

    def lps_of(self, ijk: ArrayLike) -> NDArray[np.float64]:
        """Positions in mm, (..., 3), of voxel indices (..., 3) in the order i, j, k; fractions are allowed."""
        return np.asarray(ijk, dtype=float) @ self.ijk_to_lps[:3, :3].T + self.ijk_to_lps[:3, 3]

    def ijk_of(self, lps: ArrayLike) -> NDArray[np.float64]:
        """Fractional voxel indices i, j, k, (..., 3), of positions (..., 3) in mm."""
        inverse = np.linalg.inv(self.ijk_to_lps)
        return np.asarray(lps, dtype=float) @ inverse[:3, :3].T + inverse[:3, 3]

    def part(self, box: tuple[slice, slice, slice]) -> Geometry:
        """The even grid of some of the voxels.

        :param box: as an index of an array (k, j, i), with both ends.
        """
        affine = self.ijk_to_lps.copy()
        affine[:3, 3] = self.lps_of([part.start for part in box[::-1]])
        k, j, i = (part.stop - part.start for part in box)
        return Geometry((k, j, i), affine)

    def as_said_otherwise(self) -> tuple[Geometry, ...]:
        """The same voxels at each of the other places that the file names."""
        return tuple(Geometry(self.shape, affine) for affine in self.readings)

    def largest_offset_voxels(self, other: Geometry) -> float:
        """The largest distance between the two grids' positions of one index, over the eight corners, in voxels.

        Both grids must have the same shape. Corners bound every voxel in between, as both maps are affine.
        """
        if self.shape != other.shape:
            raise ValueError(f"shapes {self.shape} and {other.shape} differ")
        corners = np.array(np.meshgrid(*((0, n - 1) for n in self.shape[::-1]), indexing="ij")).reshape(3, -1).T
        return float(np.abs(self.ijk_of(other.lps_of(corners)) - corners).max())

    def matches(self, other: Geometry, tolerance_voxels: float = 1e-3) -> bool:
        """Whether the shapes agree and every voxel lies within ``tolerance_voxels`` of its counterpart.

        :param tolerance_voxels: as a share of a voxel's edge.
        """
        return self.shape == other.shape and self.largest_offset_voxels(other) <= tolerance_voxels

    def differences(self, other: Geometry) -> list[str]:
        """What differs from ``other``, one phrase each with both values, "this, not that": empty where nothing does."""
        found = []
        if self.shape != other.shape:
            found.append(f"shape {_times(self.shape[::-1])} voxels, not {_times(other.shape[::-1])}")
        if not np.allclose(self.spacing_mm, other.spacing_mm, rtol=1e-4, atol=0):
            found.append(f"spacing {_times(self.spacing_mm)} mm, not {_times(other.spacing_mm)}")
        if not np.allclose(self.direction_lps, other.direction_lps, atol=_ROTATION_TOLERANCE):
            found.append(_rotation_phrase(self, other))
        if not np.allclose(self.origin_lps, other.origin_lps, atol=1e-3):
            offset = self.origin_lps - other.origin_lps
            found.append(f"origin off by ({', '.join(f'{v:+.4g}' for v in offset)}) mm (L, P, S)")
        return found


def _times(values: ArrayLike) -> str:
    return " x ".join(f"{value:.6g}" for value in np.asarray(values))


def _rotation_phrase(one: Geometry, other: Geometry) -> str:
    if one.orientation != other.orientation:
        return f"orientation {one.orientation}, not {other.orientation}"
    angles = np.degrees(np.arccos(np.clip((one.direction_lps * other.direction_lps).sum(axis=0), -1, 1)))
    return f"axes tilted by {angles.max():.3g} degrees"
