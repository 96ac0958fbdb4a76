"""A segmentation that a reader corrected -> a DICOM SEG of its own; the one that was corrected stays as it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from .image_series import ImageSeries
from .label_map import LabelMap
from .seg_correction import SegCorrection, corrected_name
from .seg_identity import SegIdentity
from .seg_writer import write_dicom_seg

_SERIES_NUMBER = 320


def write_corrected_seg(
    path: str | os.PathLike[str],
    label_map: LabelMap,
    series: ImageSeries,
    correction: SegCorrection,
    *,
    model: str,
    identity: SegIdentity | None = None,
    waiting: Callable[[], None] | None = None,
) -> str:
    """Write the corrected segments and those that were left alone, with new UIDs.

    Every program that reads a SEG takes it for a model of its own, e.g. "TotalSegmentator 2.6, corrected by Ann".

    :param label_map: on the grid of ``series``; ``Segment.is_edited`` says which segments the reader edited.
    :param model: the model's own name.
    :param identity: of the SEG that was corrected; None where nobody knows.
    :param waiting: as in :func:`write_dicom_seg`, like the errors.
    :returns: what the corrected model is called.
    """
    name = corrected_name(model, correction)
    segments = tuple(
        replace(segment, algorithm=corrected_name(segment.algorithm or model, correction))
        for segment in label_map.segments
    )
    write_dicom_seg(
        path,
        LabelMap(label_map.layers, label_map.geometry, segments),
        series,
        model_name="",
        series_description=name,
        identity=identity or SegIdentity(model=model),
        series_number=_SERIES_NUMBER,
        correction=correction,
        waiting=waiting,
    )
    return name
