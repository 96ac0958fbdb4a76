"""What a person changed about a model's segmentation: structure by structure, the model's against the corrected one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..anatomy.identity import StructureIdentity, structure_identity
from ..errors import GeometryMismatchError
from ..imaging.label_map import LabelMap, Segment
from .lesions import LesionAgreement, lesion_agreement
from .options import AnalysisOptions
from .overlap import dice
from .path_length import added_path_length_mm
from .surface_distances import surface_distances
from .surface_measures import hausdorff_percentile, normalized_surface_dice
from .surfaces import surface_of

_ABNORMAL = "SCT:49755003"  # Morphologically Abnormal Structure: the category of cysts, nodules, neoplasms
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CorrectedStructure:
    """One structure before and after its correction; the corrected one is what the model is held against.

    :param volume_ml: of the model's. :param corrected_volume_ml: of the corrected one.
    :param dice: of the two; None where both are empty.
    :param nsd: normalized surface Dice at ``nsd_tolerance_mm``; None where both are empty.
    :param hd95_mm: robust Hausdorff distance; None where one of them is empty.
    :param added_path_length_mm: see :func:`.path_length.added_path_length_mm`.
    :param lesions: component by component, for a structure that comes in any number, such as a nodule; else None.
    :param is_changed: whether a voxel differs.
    """

    structure: str
    structure_key: str
    volume_ml: float
    corrected_volume_ml: float
    dice: float | None
    nsd: float | None
    nsd_tolerance_mm: float
    hd95_mm: float | None
    added_path_length_mm: float
    lesions: LesionAgreement | None
    is_changed: bool


def corrected_structures(
    model: LabelMap, corrected: LabelMap, options: AnalysisOptions | None = None
) -> tuple[CorrectedStructure, ...]:
    """Hold a model's segmentation against a corrected one, for every coded structure that one of them has.

    Structures are the same by their codes, never by name; segments without codes are left out.

    :param model: what the model gave. :param corrected: on the same grid.
    :param options: the tolerances of NSD, and which structures to report.
    :returns: in the order of the model's segments, then what only the corrected one has. Structures without a voxel in
        both are left out.
    :raises GeometryMismatchError: they lie on different grids.
    """
    if not model.geometry.matches(corrected.geometry):
        differences = "; ".join(corrected.geometry.differences(model.geometry))
        raise GeometryMismatchError("correction", f"lies on another grid than the model's: {differences}")
    of_model, of_corrected = _parts(model), _parts(corrected)
    found = (
        _structure(identity, model, of_model.get(identity, {}), corrected, of_corrected.get(identity, {}), options)
        for identity in dict.fromkeys((*of_model, *of_corrected))
    )
    return tuple(one for one in found if one is not None)


def is_lesion_like(identity: StructureIdentity) -> bool:
    """Whether a structure comes in any number: its coded category is that of abnormal structures."""
    return identity.category == _ABNORMAL


_Parts = Mapping[Segment, tuple[slice, slice, slice] | None]
"""The segments of one structure, and the box around each; None for one without voxels."""


def _parts(label_map: LabelMap) -> dict[StructureIdentity, dict[Segment, tuple[slice, slice, slice] | None]]:
    boxes = [
        ndimage.find_objects(layer, max((one.label for one in label_map.segments if one.layer == number), default=1))
        for number, layer in enumerate(label_map.layers)
    ]
    found: dict[StructureIdentity, dict[Segment, tuple[slice, slice, slice] | None]] = {}
    for segment in label_map.segments:
        if segment.structure is not None:
            box = boxes[segment.layer][segment.label - 1]
            found.setdefault(structure_identity(segment.structure), {})[segment] = box
    return found


def _structure(
    identity: StructureIdentity,
    model: LabelMap,
    of_model: _Parts,
    corrected: LabelMap,
    of_corrected: _Parts,
    options: AnalysisOptions | None,
) -> CorrectedStructure | None:
    boxes = [box for parts in (of_model, of_corrected) for box in parts.values() if box is not None]
    if not boxes:
        return None
    k, j, i = (slice(min(one.start for one in axis), max(one.stop for one in axis)) for axis in zip(*boxes))
    before, after = (_mask(one, parts, (k, j, i)) for one, parts in ((model, of_model), (corrected, of_corrected)))
    name, options = next(iter(of_model or of_corrected)).name, options or AnalysisOptions()
    if not options.reports(name):
        return None
    return _measured(name, identity, before, after, model.geometry.spacing_mm, options)


def _mask(label_map: LabelMap, parts: _Parts, box: tuple[slice, slice, slice]) -> Mask:
    mask = np.zeros([part.stop - part.start for part in box], dtype=bool)
    for segment in parts:
        mask |= label_map.layers[segment.layer][box] == segment.label
    return mask


def _measured(
    name: str,
    identity: StructureIdentity,
    before: Mask,
    after: Mask,
    spacing_mm: NDArray[np.float64],
    options: AnalysisOptions,
) -> CorrectedStructure:
    n_before, n_after = int(before.sum()), int(after.sum())
    ml = float(np.prod(spacing_mm)) / 1000
    tolerance = options.tolerance_mm(name)
    spacing_kji = tuple(spacing_mm[::-1])
    distances = surface_distances(surface_of(before, spacing_kji), surface_of(after, spacing_kji))
    return CorrectedStructure(
        structure=name,
        structure_key=identity.key,
        volume_ml=n_before * ml,
        corrected_volume_ml=n_after * ml,
        dice=dice(n_before, n_after, int((before & after).sum())),
        nsd=normalized_surface_dice(distances, tolerance),
        nsd_tolerance_mm=tolerance,
        hd95_mm=hausdorff_percentile(distances, 95),
        added_path_length_mm=added_path_length_mm(after, before, spacing_mm),
        lesions=lesion_agreement(after, before) if is_lesion_like(identity) else None,
        is_changed=bool((before != after).any()),
    )
