"""What a reader thinks of each structure of a scan: a grade, and the model to be preferred."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import slicer

from ...exploring.structure_list import ListedStructure
from ...imaging.whole_files import whole_file
from ..module_parameters import from_json
from ..volume_series import series_uid_of_volume

GRADES = ("acceptable", "minor", "major")
"""Of a structure's segmentations as a whole: usable as they are, with small errors, with errors that matter."""

COLUMNS = ("case", "series_uid", "structure", "structure_key", "rating", "preferred_model")
_ATTRIBUTE = "SegmentationConcordance.Ratings"


@dataclass(frozen=True, slots=True)
class Rating:
    """What a reader said of one structure.

    :param grade: one of :data:`GRADES`; "" for none.
    :param preferred: the name of a model; "" for none.
    """

    grade: str = ""
    preferred: str = ""

    def __post_init__(self) -> None:
        if self.grade not in ("", *GRADES):
            raise ValueError(f"no grade {self.grade!r}")


def read_ratings(volume: slicer.vtkMRMLVolumeNode) -> dict[str, Rating]:
    """The ratings by structure key. They are an attribute of the volume, and so are saved with it."""
    found = from_json(volume.GetAttribute(_ATTRIBUTE))
    ratings = {}
    for key, entry in found.items() if isinstance(found, dict) else ():
        if isinstance(entry, dict) and entry.get("grade") in ("", *GRADES):
            ratings[key] = Rating(entry["grade"], str(entry.get("preferred") or ""))
    return ratings


def rate(volume: slicer.vtkMRMLVolumeNode, key: str, rating: Rating) -> None:
    """Keep the rating of a structure instead of its former one; an empty one is forgotten."""
    ratings = read_ratings(volume) | {key: rating}
    kept = {one: {"grade": r.grade, "preferred": r.preferred} for one, r in ratings.items() if r != Rating()}
    volume.SetAttribute(_ATTRIBUTE, json.dumps(kept) if kept else None)


def write_ratings(
    path: str | os.PathLike[str],
    volume: slicer.vtkMRMLVolumeNode,
    structures: Sequence[ListedStructure],
    ratings: Mapping[str, Rating],
) -> None:
    """Write :data:`COLUMNS`, one row per structure in the order given, those without a rating included.

    :raises OutputError: the file cannot be written.
    """
    case, uid = volume.GetName(), series_uid_of_volume(volume)
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for structure in structures:
            rating = ratings.get(structure.key, Rating())
            table.writerow((case, uid, structure.name, structure.key, rating.grade, rating.preferred))
