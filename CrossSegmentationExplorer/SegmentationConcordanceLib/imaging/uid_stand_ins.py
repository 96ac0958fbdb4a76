"""Valid UIDs in place of those that dcmqi refuses to write: it sees the stand-ins, and its file gets the real ones.

There are images whose UIDs have parts with leading zeros, against PS3.5, 9.1. Archives keep them, so what refers to
such images must name them as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import DicomSegError
from .image_series import ImageSeries

_VALID = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))+")
_LONGEST = 64
_ROOT = "2.99"
_STAND_IN = re.compile(re.escape(_ROOT).encode() + rb"[0-9]+")


@dataclass(frozen=True)
class UidStandIns:
    """The series as dcmqi is to see it, and what its UIDs really are.

    :param series: with valid UIDs.
    :param real: the UIDs of the images by their stand-ins, which have as many letters; empty where all are valid.
    """

    series: ImageSeries
    real: dict[bytes, bytes]

    def put_back(self, written: Path) -> None:
        """Put the real UIDs into a file in which no text is compressed."""
        if self.real:
            data = written.read_bytes()
            written.write_bytes(_STAND_IN.sub(lambda found: self.real.get(found[0], found[0]), data))


def with_valid_uids(series: ImageSeries, path: Path) -> UidStandIns:
    """Stand-ins for the UIDs of a series that are not valid.

    :param path: the file that is being written, for errors.
    :raises DicomSegError: a UID is longer than DICOM allows, or too short to be stood in for.
    """
    real: dict[bytes, bytes] = {}

    def valid(uid: str) -> str:
        if not uid or (_VALID.fullmatch(uid) and len(uid) <= _LONGEST):
            return uid
        digits = len(uid) - len(_ROOT)
        stand_in = f"{_ROOT}{len(real) + 1:0{max(digits, 1)}}"
        if len(uid) > _LONGEST or len(stand_in) != len(uid):
            fact = f"the images have the UID {uid[:80]} of {len(uid)} letters, which no SEG can name"
            raise DicomSegError(path, fact, "Give the images valid UIDs, e.g. by anonymizing them again.")
        real[stand_in.encode("ascii")] = uid.encode("utf-8")
        return stand_in

    seen = replace(
        series,
        study_uid=valid(series.study_uid),
        series_uid=valid(series.series_uid),
        frame_of_reference_uid=valid(series.frame_of_reference_uid),
        sop_instance_uids=tuple(valid(uid) for uid in series.sop_instance_uids),
    )
    return UidStandIns(seen, real)
