"""A volume of Hounsfield units -> a DICOM CT series of one file per slice."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid
from pydicom.valuerep import DSfloat

from ..errors import OutputError
from .geometry import Geometry

_LOWEST_HU = -1024
_HIGHEST_HU = 3071  # 12 bits above the lowest, as CT scanners store them
_DATE, _TIME = "20240101", "120000"


def seeded_uid(*sources: object) -> str:
    """A DICOM UID that is the same whenever ``sources`` are, and no other sources'."""
    return str(generate_uid(entropy_srcs=["\0".join(str(source) for source in sources)]))


def write_ct_series(
    folder: str | os.PathLike[str],
    voxels_hu: NDArray[np.number],
    geometry: Geometry,
    *,
    patient_id: str,
    patient_name: str,
    study_uid: str,
    series_uid: str,
    frame_of_reference_uid: str,
    study_description: str = "Synthetic data",
    series_description: str = "Synthetic CT",
    series_number: int = 1,
    body_part: str = "CHEST",
    kernel: str = "SYNTHETIC",
    slice_thickness_mm: float | None = None,
) -> None:
    """Write ``slice_0001.dcm`` and on into ``folder``, in the order of k: CT Image Storage, explicit VR little endian.

    Equal arguments give equal files: dates are fixed, SOP Instance UIDs follow from ``series_uid`` and the slice.
    The folder appears whole or not at all.

    :param folder: is made, with the folders above it; may be there already if it is empty.
    :param voxels_hu: int16, axes (k, j, i), of ``geometry.shape``, from -1024 to 3071 HU.
    :param geometry: at right angles, k along the slice normal (row x column direction).
    :param slice_thickness_mm: the distance of the slices where None.
    :raises ValueError: voxels or geometry are not as above.
    :raises OutputError: the folder holds files already, or cannot be written.
    """
    _check_volume(voxels_hu, geometry)
    series = _series_attributes(geometry)
    series.PatientName, series.PatientID = patient_name, patient_id
    series.StudyInstanceUID, series.SeriesInstanceUID = study_uid, series_uid
    series.FrameOfReferenceUID = frame_of_reference_uid
    series.StudyDescription, series.SeriesDescription = study_description, series_description
    series.SeriesNumber, series.BodyPartExamined, series.ConvolutionKernel = series_number, body_part, kernel
    series.SliceThickness = _decimal(slice_thickness_mm or geometry.spacing_mm[2])

    folder = Path(folder)
    try:
        _require_room(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = folder.with_name(f".{secrets.token_hex(8)}")
        draft.mkdir()
        try:
            for k, pixels in enumerate(voxels_hu):
                _write_slice(draft / f"slice_{k + 1:04}.dcm", series, pixels, geometry, k)
            if folder.is_dir():
                folder.rmdir()
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise OutputError(folder, f"cannot be written ({error.strerror})", "Choose another place.") from error


def _check_volume(voxels_hu: np.ndarray, geometry: Geometry) -> None:
    if voxels_hu.shape != geometry.shape or voxels_hu.dtype != np.int16:
        raise ValueError(f"voxels of {voxels_hu.dtype} {voxels_hu.shape}, not int16 {geometry.shape}")
    if not voxels_hu.size:
        raise ValueError("a series needs at least one voxel")
    if voxels_hu.min() < _LOWEST_HU or voxels_hu.max() > _HIGHEST_HU:
        raise ValueError(f"{voxels_hu.min()} to {voxels_hu.max()} HU, not within {_LOWEST_HU} to {_HIGHEST_HU}")
    row, column, normal = geometry.direction_lps.T
    if abs(row @ column) > 1e-6 or np.abs(np.cross(row, column) - normal).max() > 1e-6:
        raise ValueError("the k axis is not the cross product of the i and j axes")


def _require_room(folder: Path) -> None:
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        fact = "holds files already" if folder.is_dir() else "is a file, not a folder"
        raise OutputError(folder, fact, "Name a new folder for the series.")


def _series_attributes(geometry: Geometry) -> Dataset:
    """What all slices share, and nothing of the patient, study and series that the caller names."""
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.SOPClassUID = CTImageStorage
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = dataset.ContentDate = _DATE
    dataset.StudyTime = dataset.SeriesTime = dataset.AcquisitionTime = dataset.ContentTime = _TIME
    dataset.Modality = "CT"
    dataset.Manufacturer = "SegmentationConcordance"
    dataset.ManufacturerModelName = "Synthetic sample"
    dataset.AccessionNumber = dataset.ReferringPhysicianName = ""
    dataset.StudyID = "1"
    dataset.PatientBirthDate = dataset.PatientSex = dataset.KVP = dataset.PositionReferenceIndicator = ""
    dataset.PatientPosition = "HFS"
    dataset.AcquisitionNumber = 1
    dataset.ImageComments = "Synthetic image, no patient was scanned"
    dataset.ImageOrientationPatient = [_decimal(cosine) for cosine in geometry.direction_lps[:, :2].T.ravel()]
    column_distance, row_distance, slice_distance = geometry.spacing_mm
    dataset.PixelSpacing = [_decimal(row_distance), _decimal(column_distance)]
    dataset.SpacingBetweenSlices = _decimal(slice_distance)
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    _, dataset.Rows, dataset.Columns = geometry.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = _LOWEST_HU, 1, "HU"
    dataset.WindowCenter, dataset.WindowWidth = 40, 400
    return dataset


def _write_slice(path: Path, series: Dataset, pixels: np.ndarray, geometry: Geometry, k: int) -> None:
    dataset = Dataset()
    dataset.update(series)
    dataset.SOPInstanceUID = seeded_uid(series.SeriesInstanceUID, k)
    dataset.InstanceNumber = k + 1
    position = geometry.lps_of((0, 0, k))
    dataset.ImagePositionPatient = [_decimal(coordinate) for coordinate in position]
    dataset.SliceLocation = _decimal(float(position @ geometry.direction_lps[:, 2]))
    dataset.PixelData = (pixels.astype("<i4") - _LOWEST_HU).astype("<u2").tobytes()
    dataset["PixelData"].VR = "OW"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dcmwrite(path, dataset, enforce_file_format=True)


def _decimal(value: float) -> DSfloat:
    """A DICOM decimal string, which has at most 16 characters."""
    # Adding 0 turns -0 into 0.
    return DSfloat(float(value) + 0.0, auto_format=True)
