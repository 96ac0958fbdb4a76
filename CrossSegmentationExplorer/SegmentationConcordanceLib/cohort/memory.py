"""How much memory a case will need, and how much there is."""

from __future__ import annotations

import os

from pydicom.errors import InvalidDicomError

from ..errors import ConcordanceError
from ..imaging.dicom_files import first_values
from ..imaging.seg_damage import DAMAGE
from ..memory_budget import free_bytes
from .cases import CohortCase
from .harmonized_table import files_below

# Fitted to what Testing/Benchmarks/case_memory.py measures, see docs/scale.md.
_BASE_BYTES = 400_000_000
_BYTES_PER_VOXEL, _BYTES_PER_VOXEL_AND_OUTPUT = 2.0, 2.3
_DCMQI_BYTES_PER_VOXEL, _DCMQI_BYTES_PER_VOXEL_AND_OUTPUT = 8.0, 1.7
_MARGIN = 1.15
_UNKNOWN_VOXELS = 512 * 512 * 400
_SHARE = 0.8


def estimated_bytes(case: CohortCase, *, binary: bool = False) -> int:
    """The memory that the work on a case takes at its peak, from the size of its image; on the high side.

    :param case: its image's headers are read.
    :param binary: SEGs of one bit per voxel and segment are written where the image is a DICOM series: dcmqi, a process
        of its own, holds the segments once more, beside all that was read when it writes the consensus.
    """
    is_series = case.image is None or not case.image.is_file()
    return peak_bytes(_voxels_of(case), len(case.outputs), binary=binary and is_series)


def peak_bytes(voxels: int, outputs: int, *, binary: bool = False) -> int:
    """The same from the numbers of voxels and of outputs, with a margin of 15 % over the fit to measured peaks.

    :param voxels: of the image.
    :param outputs: of models, each a label map on the image's grid.
    :param binary: see :func:`estimated_bytes`.
    """
    per_voxel = _BYTES_PER_VOXEL + _BYTES_PER_VOXEL_AND_OUTPUT * outputs
    if binary and outputs:
        per_voxel += _DCMQI_BYTES_PER_VOXEL + _DCMQI_BYTES_PER_VOXEL_AND_OUTPUT * outputs
    return round(_MARGIN * (_BASE_BYTES + voxels * per_voxel))


def available_bytes() -> int | None:
    """Four fifths of the memory that is free now; None where the system does not tell."""
    free = free_bytes()
    if free is None:
        try:
            free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
        except (AttributeError, ValueError, OSError):
            return None
    return round(free * _SHARE)


def _voxels_of(case: CohortCase) -> int:
    """The number of voxels by the headers; a usual CT's where they do not tell."""
    import SimpleITK

    image = case.image or next((path for output in case.outputs for path in files_below(output.paths)), None)
    if image is None:
        return 0
    try:
        if image.is_dir():
            files = files_below([image])
            head = first_values(files[0], ["Rows", "Columns"])
            return len(files) * int(head.Rows) * int(head.Columns)
        reader = SimpleITK.ImageFileReader()
        reader.SetFileName(str(image))
        reader.ReadImageInformation()
        x, y, z = reader.GetSize()[:3]
        return x * y * z
    except (ConcordanceError, InvalidDicomError, *DAMAGE):
        return _UNKNOWN_VOXELS
