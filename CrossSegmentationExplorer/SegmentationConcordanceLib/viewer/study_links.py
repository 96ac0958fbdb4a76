"""Where a study of an index opens in the viewer that this machine serves."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from .dicom_index import DicomIndex, Instance
from .links import LOCAL, NAMED_TEMPLATES, viewer_link
from .showable import refers_to_images

_SEGMENTATION = "SEG"
_CONSENSUS = "consensus"


def study_links(index: DicomIndex, structures: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """One address per study, from its path on ("/viewer?...").

    It opens with the consensus, or else with the first segmentation. With a structure, all segmentations are shown,
    of them only this structure.

    :param structures: the structure by the UID of the study.
    :returns: in the order of the index.
    """
    links = []
    for study_uid, study in index.studies.items():
        structure = structures.get(study_uid, "")
        firsts = [next(iter(series.values())) for series in study.values()]
        segs = [first for first in firsts if _text(first, "Modality") == _SEGMENTATION]
        images = [series for series, first in zip(study.values(), firsts) if first not in segs]
        largest = max(images, key=len, default={})
        image_uid = next((image.series_uid for image in largest.values()), "")
        # One that does not say where it lies cannot be opened: with it first, OHIF would show slice 1 of nothing.
        shown = sorted(
            filter(refers_to_images, segs),
            key=lambda seg: not _text(seg, "SeriesDescription").lower().startswith(_CONSENSUS),
        )
        link = viewer_link(
            NAMED_TEMPLATES[LOCAL],
            study_uid,
            image_uid if structure else "",
            [seg.series_uid for seg in segs] if structure else [],
            shown[0].series_uid if shown else "",
            structure,
        )
        parts = urlsplit(link)
        links.append(f"{parts.path}?{parts.query}")
    return links


def study_names(index: DicomIndex) -> list[str]:
    """What tells one study from another to a reader: the patient, and what the study is said to be.

    :returns: in the order of the index; "" for one that says nothing.
    """
    firsts = [next(iter(next(iter(study.values())).values())) for study in index.studies.values()]
    return [", ".join(filter(None, (_text(one, "PatientID"), _text(one, "StudyDescription")))) for one in firsts]


def _text(instance: Instance, keyword: str) -> str:
    return str(instance.header.get(keyword, ""))
