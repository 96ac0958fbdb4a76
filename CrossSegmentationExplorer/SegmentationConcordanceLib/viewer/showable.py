"""Why OHIF could not show what an index holds: the attributes that it needs, asked before it is said to be there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ..plurals import counted
from .dicom_index import IMAGE_KEYWORDS, DicomIndex, Instance, Series

SEGMENTATION = "SEG"
_IMAGES = ("CT", "MR", "PT")


def obstacles(index: DicomIndex) -> list[str]:
    """One sentence for each series that OHIF cannot show, or cannot show in its place; empty where all is well."""
    found = []
    for study in index.studies.values():
        for uid, series in study.items():
            first = next(iter(series.values()))
            modality = str(first.header.get("Modality", ""))
            if modality in _IMAGES:
                found += _image_obstacles(uid, series)
            elif modality == SEGMENTATION:
                found += _seg_obstacles(first, study)
    return found


def refers_to_images(seg: Instance) -> bool:
    """Whether a segmentation says on which series it lies."""
    return bool(_referenced_series(seg))


def _image_obstacles(uid: str, series: Series) -> list[str]:
    missing = Counter(keyword for one in series.values() for keyword in IMAGE_KEYWORDS if _is_empty(one, keyword))
    return [
        f"series {uid}: {keyword} is empty in {counted(count, 'image')} of {len(series)}, so OHIF cannot show it"
        for keyword, count in missing.items()
    ]


def _seg_obstacles(seg: Instance, study: dict[str, Series]) -> list[str]:
    referenced = _referenced_series(seg)
    if not referenced:
        return [f"{_title(seg)}: does not say on which images it lies, so OHIF cannot show it"]
    if not referenced & set(study):
        return [f"{_title(seg)}: lies on an image series that is not there, so OHIF cannot show it"]
    return []


def _is_empty(instance: Instance, keyword: str) -> bool:
    value = instance.header.get(keyword)
    return value is None or (not isinstance(value, int) and len(str(value)) == 0)


def _referenced_series(seg: Instance) -> frozenset[str]:
    items: Iterable = seg.header.get("ReferencedSeriesSequence") or ()
    return frozenset(str(item.get("SeriesInstanceUID") or "") for item in items) - {""}


def _title(seg: Instance) -> str:
    return str(seg.header.get("SeriesDescription") or "") or seg.path.name
