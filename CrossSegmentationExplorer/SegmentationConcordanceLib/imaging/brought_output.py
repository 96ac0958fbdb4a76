"""A model's output brought to the grid of the images: one policy and the same words for files, nodes and panels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import GeometryMismatchError, Setting
from ..plurals import first_few
from .geometry import Geometry
from .label_map import LabelMap
from .resampling import bring_to_grid, covered_part, part_note, place_on_grid, resample_nearest

_LISTED = 5


@dataclass(frozen=True, eq=False)
class BroughtOutput:
    """An output on the grid of the images.

    :param label_map: with exactly that grid.
    :param notes: phrases that say what was done to the output, e.g. "4 of 12 labelled voxels lie outside of the scan";
        empty where its voxels were taken as they are.
    :param covered: the part of the grid, as an index of an array (k, j, i), that the model was run on; None for all of
        it, and where nothing tells.
    """

    label_map: LabelMap
    notes: tuple[str, ...] = ()
    covered: tuple[slice, slice, slice] | None = None


def bring_output(
    label_map: LabelMap, geometry: Geometry, what: str, *, resample: bool = False, may_be_cropped: bool = False
) -> BroughtOutput:
    """Bring an output to the grid of the images.

    Where voxels coincide they are taken as they are, after permuting and flipping axes; an output of a part of the
    images is filled up with background. Anything else is resampled by nearest neighbour where that is allowed.

    :param what: the subject of the errors, e.g. the file.
    :param resample: whether voxels may be resampled, and labelled ones outside of the images be lost.
    :param may_be_cropped: whether its maker leaves out what is empty, so that its extent does not tell what it was
        run on, and may reach beyond the images.
    :raises GeometryMismatchError: it lies on other voxels and ``resample`` is off; or all of it lies elsewhere.
    """
    try:
        placed = place_on_grid(label_map, geometry, what, allow_extent_change=True, allow_more=may_be_cropped)
        brought, notes, covered = placed.label_map, [placed.note], placed.covered
    except GeometryMismatchError as error:
        labelled, outside = _labelled_outside(label_map, geometry)
        if labelled and outside == labelled:
            raise GeometryMismatchError(
                what, "all of it lies outside of the scan", "Choose the scan that it was made on."
            ) from error
        if not resample:
            raise
        brought = resample_nearest(label_map, geometry)
        notes, covered = [], covered_part(label_map.geometry, geometry)
        if not _same_lattice(label_map.geometry, geometry):
            spacing = " x ".join(f"{mm:.3g}" for mm in label_map.geometry.spacing_mm)
            notes.append(f"resampled by nearest neighbour from a grid of {spacing} mm")
        if outside:
            notes.append(f"{outside} of {labelled} labelled voxels lie outside of the scan")
        notes.append(_lost_note(label_map, brought))
    if may_be_cropped:
        covered = None
    elif covered is not None:
        notes.append(part_note(covered, geometry))
    return BroughtOutput(brought, tuple(note for note in notes if note), covered)


def or_resampled(error: GeometryMismatchError) -> GeometryMismatchError:
    """The refusal of :func:`bring_output` where somebody can allow resampling, which its remedy then says."""
    return GeometryMismatchError(
        error.subject, error.fact, f"{error.remedy} Or let it be resampled.", Setting("resample")
    )


def _labelled_outside(label_map: LabelMap, geometry: Geometry) -> tuple[int, int]:
    """How many voxels carry a label, and how many of them have their centre outside of the grid."""
    labelled = outside = 0
    last = np.array(geometry.shape[::-1]) - 0.5
    for layer in label_map.layers:
        for k, one_slice in enumerate(layer):
            j, i = np.nonzero(one_slice)
            if not i.size:
                continue
            ijk = geometry.ijk_of(label_map.geometry.lps_of(np.stack([i, j, np.full_like(i, k)], axis=1)))
            labelled += i.size
            outside += int(np.count_nonzero(((ijk < -0.5) | (ijk >= last)).any(axis=1)))
    return labelled, outside


def _same_lattice(one: Geometry, other: Geometry) -> bool:
    """Whether the voxels coincide where both grids have some: an empty label map then fits without resampling."""
    empty = LabelMap((np.zeros(one.shape, np.uint8),), one, ())
    try:
        bring_to_grid(empty, other, "", allow_extent_change=True)
    except GeometryMismatchError:
        return False
    return True


def _lost_note(former: LabelMap, now: LabelMap) -> str:
    """Which segments have lost all their voxels; "" for none."""
    before, after = former.voxel_counts(), now.voxel_counts()
    lost = [segment.name for segment in former.segments if before[segment] and not after[segment]]
    return f"no voxel is left of {first_few(lost, _LISTED)}" if lost else ""
