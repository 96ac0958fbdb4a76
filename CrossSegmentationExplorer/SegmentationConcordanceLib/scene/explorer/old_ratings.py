"""The ratings that scenes of version 0.1 hold: one of three grades per structure, and the model to be preferred."""

from __future__ import annotations

from dataclasses import dataclass

import slicer

from ...review.verdict import SCORE_OF_GRADE
from ..module_parameters import from_json

ATTRIBUTE = "SegmentationConcordance.Ratings"


@dataclass(frozen=True, slots=True)
class OldRating:
    """What a reader said of one structure.

    :param grade: a key of :data:`.verdict.SCORE_OF_GRADE`; "" for none.
    :param preferred: the name of a model; "" for none.
    """

    grade: str = ""
    preferred: str = ""


def read_old_ratings(volume: slicer.vtkMRMLVolumeNode) -> dict[str, OldRating]:
    """The ratings by structure key, from an attribute of the volume; empty where there are none, or damaged ones."""
    found = from_json(volume.GetAttribute(ATTRIBUTE))
    return {
        key: OldRating(entry["grade"], str(entry.get("preferred") or ""))
        for key, entry in (found.items() if isinstance(found, dict) else ())
        if isinstance(entry, dict) and entry.get("grade") in ("", *SCORE_OF_GRADE)
    }
