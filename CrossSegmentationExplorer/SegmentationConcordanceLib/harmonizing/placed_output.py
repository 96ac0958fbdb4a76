"""An output on the grid of the volume, or why it is not there yet."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import GeometryMismatchError
from ..imaging.geometry import Geometry
from ..imaging.label_map import LabelMap
from ..imaging.resampling import bring_to_grid, resample_nearest

_LISTED = 5


@dataclass(frozen=True, eq=False)
class PlacedOutput:
    """Where an output lies.

    :param label_map: on the grid of the volume; None where there is a problem.
    :param problem: how it differs from the grid, and what can be done; "" where its voxels are those of the volume.
    :param can_resample: whether resampling solves the problem.
    :param note: what was done to bring it to the grid; "" where its voxels are taken as they are.
    """

    label_map: LabelMap | None
    problem: str = ""
    can_resample: bool = False
    note: str = ""


def place_output(label_map: LabelMap, grid: Geometry, name: str, *, resample: bool) -> PlacedOutput:
    """Bring an output to a grid: as it is where the voxels coincide, axes permuted and flipped; else if allowed.

    :param resample: a grid that covers another part of the same voxels is filled up with background; any other is
        resampled by nearest neighbour.
    """
    try:
        return PlacedOutput(bring_to_grid(label_map, grid, name))
    except GeometryMismatchError as error:
        moved, note = _moved(label_map, grid, name)
        if not any(moved.voxel_counts().values()) and any(label_map.voxel_counts().values()):
            return PlacedOutput(None, f"{name}: all of it lies outside of the volume. Choose the scan it was made on.")
        if not resample:
            return PlacedOutput(None, f"{error} Or check Resample.", True)
        return PlacedOutput(moved, "", True, note)


def _moved(label_map: LabelMap, grid: Geometry, name: str) -> tuple[LabelMap, str]:
    try:
        filled = bring_to_grid(label_map, grid, name, allow_extent_change=True)
        return filled, f"{name}: covers another part of the scan; what it does not cover counts as background."
    except GeometryMismatchError:
        moved = resample_nearest(label_map, grid)
    spacing = " x ".join(f"{mm:.3g}" for mm in label_map.geometry.spacing_mm)
    note = f"{name}: resampled from a grid of {spacing} mm, nearest neighbour."
    before, after = label_map.voxel_counts(), moved.voxel_counts()
    lost = [segment.name for segment in label_map.segments if before[segment] and not after[segment]]
    if lost:
        more = f" and {len(lost) - _LISTED} more" if len(lost) > _LISTED else ""
        note += f" No voxel is left of {', '.join(lost[:_LISTED])}{more}."
    return moved, note
