"""One DICOM image series (CT, MR, PET): its files in slice order and the grid that they make."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .geometry import Geometry


@dataclass(frozen=True, eq=False)
class ImageSeries:
    """A complete, evenly spaced series of single-frame images of one orientation.

    :param files: one file per slice, in the order of k: along the normal of the image plane (row x column direction).
    :param geometry: shape (k, j, i) and LPS affine; k steps from file to file.
    :param sop_instance_uids: one per file, in the same order.
    :param frame_of_reference_uid: may be empty for old data.
    :param modality: "CT", "MR" or "PT".
    :param description: SeriesDescription; untrusted text, may be empty.
    """

    files: tuple[Path, ...]
    geometry: Geometry
    sop_instance_uids: tuple[str, ...]
    study_uid: str
    series_uid: str
    frame_of_reference_uid: str
    modality: str
    description: str
