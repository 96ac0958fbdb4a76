"""The DICOM identifiers of compared cases, which links to a viewer need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..imaging.image_series import ImageSeries
from ..imaging.seg_parts import parts_there
from .case_table import CaseTable

_CONSENSUS = ""


def case_identifiers(case: str, series: ImageSeries | None, segs: Mapping[str, Sequence[str]]) -> CaseTable:
    """The identifiers of one case.

    :param series: None where the image is no DICOM series.
    :param segs: by model the SeriesInstanceUIDs of its segmentation, one or one for each part; models without one are
        left out.
    """
    return CaseTable(
        study_uids={case: series.study_uid} if series and series.study_uid else {},
        seg_uids={(case, model): tuple(uids) for model, uids in segs.items() if uids},
    )


def with_consensus(cases: CaseTable, case: str, consensus: Path) -> CaseTable:
    """The same with the series of a case's consensus SEG, of all its parts; unchanged where there is no such file.

    :param case: the case's name.
    :param consensus: a DICOM SEG; need not exist.
    :raises DicomSegError: it is no DICOM SEG.
    """
    if not consensus.is_file():
        return cases
    uids = tuple(header.series_uid for header in parts_there(consensus))
    return replace(cases, seg_uids={**cases.seg_uids, (case, _CONSENSUS): uids})
