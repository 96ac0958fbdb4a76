"""The DICOM files that a volume was loaded from."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pydicom
import slicer
from pydicom.errors import InvalidDicomError

from ..errors import ConcordanceError, UnreadableFileError
from ..imaging.image_series import ImageSeries, read_image_series

INSTANCES = "DICOM.instanceUIDs"
"""Attribute in which Slicer's loaders keep the SOPInstanceUIDs that a node was loaded from, separated by spaces."""

_REMEDY = "Load the scan from the DICOM database."


def series_uid_of_volume(volume: slicer.vtkMRMLVolumeNode) -> str:
    """SeriesInstanceUID that Slicer keeps in the subject hierarchy for a volume loaded from DICOM; "" without."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(volume.GetScene())
    item = hierarchy.GetItemByDataNode(volume)
    return hierarchy.GetItemUID(item, slicer.vtkMRMLSubjectHierarchyConstants.GetDICOMUIDName()) if item else ""


def modality_of_volume(volume: slicer.vtkMRMLVolumeNode) -> str:
    """Modality that Slicer keeps in the subject hierarchy for a volume loaded from DICOM, e.g. "CT"; "" without."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(volume.GetScene())
    item = hierarchy.GetItemByDataNode(volume)
    name = slicer.vtkMRMLSubjectHierarchyConstants.GetDICOMSeriesModalityAttributeName()
    return hierarchy.GetItemAttribute(item, name) if item else ""


def instances_of_volume(volume: slicer.vtkMRMLVolumeNode) -> list[str]:
    """The SOPInstanceUIDs that a volume was loaded from; empty for one that did not come from DICOM."""
    return (volume.GetAttribute(INSTANCES) or "").split()


def series_of_volume(volume: slicer.vtkMRMLVolumeNode, file_of_instance: Callable[[str], str]) -> ImageSeries:
    """The image series of a volume that was loaded from DICOM; reads headers only.

    :param file_of_instance: the file of a SOPInstanceUID, or ""; ``slicer.dicomDatabase.fileForInstance``.
    :raises ConcordanceError: the volume was not loaded from DICOM, or its files are no longer there.
    :raises DicomSeriesError: they are no single complete volume.
    """
    subject = f"volume {volume.GetName()!r}"
    instances = instances_of_volume(volume)
    if not instances:
        raise ConcordanceError(subject, "was not loaded from DICOM, so no DICOM SEG can refer to it", _REMEDY)
    files = [Path(file_of_instance(uid) or os.devnull) for uid in instances]
    lost = [uid for uid, file in zip(instances, files) if not file.is_file()]
    if lost:
        raise ConcordanceError(
            subject, f"{len(lost)} of its {len(files)} DICOM files are not found, e.g. of instance {lost[0]}", _REMEDY
        )
    series = read_image_series(Path(os.path.commonpath([file.parent for file in files])), _series_uid(files[0]))
    absent = set(instances) - set(series.sop_instance_uids)
    if absent:
        raise ConcordanceError(subject, f"{len(absent)} of its images belong to another series", _REMEDY)
    return series


def _series_uid(file: Path) -> str:
    try:
        header = pydicom.dcmread(file, stop_before_pixels=True, specific_tags=["SeriesInstanceUID"])
        return str(header.SeriesInstanceUID)
    except (OSError, InvalidDicomError, AttributeError) as error:
        raise UnreadableFileError(file, f"its series cannot be read ({error})", "Import the series again.") from error
