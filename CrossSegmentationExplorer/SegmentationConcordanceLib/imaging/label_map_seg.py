"""Label map DICOM SEG (DICOM 2024c) by highdicom: one number per voxel, plain or compressed without loss."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import highdicom
import numpy as np
from highdicom.sr.coding import CodedConcept as HighdicomConcept
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import DeflatedExplicitVRLittleEndian

from ..anatomy.concepts import CodedConcept
from .cielab import dicom_lab_of_rgb
from .image_series import ImageSeries
from .label_map import LabelMap, Segment
from .seg_file import SegDescription, describe, image_headers, syntax_of
from .seg_identity import FAMILY
from .seg_metadata import algorithm_type


def write_label_map(
    target: Path,
    label_map: LabelMap,
    series: ImageSeries,
    description: SegDescription,
    folder: Path,
    path: Path,
    waiting: Callable[[], None] | None = None,
) -> None:
    """Write the one layer of ``label_map``; see :func:`write_binary`, whose arguments these are.

    :param target: the file to write.
    :param label_map: of one layer, on the grid of the series.
    :param waiting: called between the steps; may raise to cancel.
    """
    beat = waiting or (lambda: None)
    beat()
    seg = highdicom.seg.Segmentation(
        source_images=list(image_headers(series, description.source)),
        pixel_array=label_map.layers[0].view(_NotCopied),
        segmentation_type="LABELMAP",
        segment_descriptions=[_segment_description(one) for one in label_map.segments],
        series_instance_uid=description.uid("series"),
        series_number=description.series_number,
        sop_instance_uid=description.uid("instance"),
        instance_number=1,
        manufacturer="Segmentation Concordance",
        manufacturer_model_name="Segmentation Concordance",
        software_versions="1",
        device_serial_number="0",
        content_label="SEGMENTATION",
        content_creator_name="Concordance^Segmentation",
        transfer_syntax_uid=syntax_of(description.compression),
        series_description=description.series_description,
    )
    beat()
    describe(seg, description)
    if description.compression == "deflate":
        seg.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dcmwrite(target, seg, enforce_file_format=True)
    # Datasets know their parents: without this the frames of a large scan stay in memory while they are read back.
    seg.clear()


class _NotCopied(np.ndarray):
    """An array that is not copied to the type that it has: highdicom would hold a large scan once more."""

    def astype(self, dtype: Any, *args: Any, **options: Any) -> Any:
        """As any array's, but for the type that it has."""
        return self if np.dtype(dtype) == self.dtype else super().astype(dtype, *args, **options)


def _segment_description(segment: Segment) -> highdicom.seg.SegmentDescription:
    structure, color = segment.structure, segment.color
    if structure is None or color is None:
        raise ValueError(f"{segment.name} was not made storable: it has no codes or no colour")
    description = highdicom.seg.SegmentDescription(
        segment_number=segment.label,
        segment_label=segment.name,
        segmented_property_category=_concept(structure.category),
        segmented_property_type=_concept(structure.type),
        algorithm_type=algorithm_type(segment),
        algorithm_identification=_family(segment.algorithm),
        anatomic_regions=[_concept(structure.region)] if structure.region else None,
    )
    description.SegmentDescription = segment.description
    description.RecommendedDisplayCIELabValue = list(dicom_lab_of_rgb(color))
    if structure.modifier:
        type_ = description.SegmentedPropertyTypeCodeSequence[0]
        type_.SegmentedPropertyTypeModifierCodeSequence = DicomSequence([_concept(structure.modifier)])
    if structure.region_modifier and structure.region:
        region = description.AnatomicRegionSequence[0]
        region.AnatomicRegionModifierSequence = DicomSequence([_concept(structure.region_modifier)])
    return description


@functools.cache
def _family(algorithm: str) -> highdicom.AlgorithmIdentificationSequence:
    return highdicom.AlgorithmIdentificationSequence(algorithm, HighdicomConcept(*FAMILY), "unknown")


def _concept(concept: CodedConcept) -> HighdicomConcept:
    return HighdicomConcept(concept.value, concept.scheme, concept.meaning)
