"""Which structures the segmentations of a study have, by name: to open one of them, and to tell a wrong name."""

from __future__ import annotations

from collections import Counter

from ..imaging.dicom_files import first_values
from .dicom_index import DAMAGE, DicomIndex, Instance


def segment_labels(index: DicomIndex, study_uid: str) -> Counter[str]:
    """How many segmentations of a study have a segment of a name; names in the order of the files.

    :param study_uid: StudyInstanceUID; empty for one that is not in the index.
    """
    found: Counter[str] = Counter()
    for instance in index.instances(study_uid):
        if str(instance.header.get("Modality", "")) == "SEG":
            found.update(dict.fromkeys(_labels(instance), 1))
    return found


def structure_to_open(labels: Counter[str]) -> str:
    """The structure that most segmentations have, the first of these; "" where there is none."""
    return max(labels, key=lambda label: labels[label], default="")


def _labels(instance: Instance) -> list[str]:
    try:
        header = first_values(instance.path, ["SegmentSequence"])
        return [str(item.get("SegmentLabel", "")) for item in header.get("SegmentSequence", ())]
    except DAMAGE:  # whoever shows it will say so
        return []
