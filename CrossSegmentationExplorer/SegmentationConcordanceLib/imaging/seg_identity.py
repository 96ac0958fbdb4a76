"""What a DICOM SEG says of the model that made it, in the standard's own place for it.

Each segment has a Segmentation Algorithm Identification Sequence (PS3.3 10.16): name, version, and Algorithm
Parameters, a text of up to 10240 characters. There stands as JSON what it takes to read the SEG back without a guess.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import ConcordanceError
from .seg_metadata import parse_content_description

FAMILY = ("123109", "DCM", "Artificial Intelligence")
"""Code, scheme and meaning of the algorithm's family."""

_LONGEST_PARAMETERS = 10240
_KEYS = ("model", "version", "label_map", "tasks", "looked_for", "covered", "part")


@dataclass(frozen=True, slots=True)
class SegIdentity:
    """Which model made a SEG, and what it could find.

    :param model: what people call the model, e.g. "TotalSegmentator".
    :param version: of the model; empty where nobody knows.
    :param label_map: the name of the label map that gave the codes; empty for none.
    :param tasks: of the label map, those that were run.
    :param looked_for: the model's own names of what it was asked for; empty for all of the tasks.
    :param covered: the part of the scan, as an index of an array (k, j, i), that it was run on; None for all of it.
    :param part: number, from 1, and how many there are, where the model's segments are in several SEGs; None for one.
    """

    model: str = ""
    version: str = ""
    label_map: str = ""
    tasks: tuple[str, ...] = ()
    looked_for: tuple[str, ...] = ()
    covered: tuple[slice, slice, slice] | None = None
    part: tuple[int, int] | None = None

    @property
    def parameters(self) -> str:
        """Algorithm Parameters: plain ASCII, without line breaks; "" where there is nothing to say.

        :raises ConcordanceError: it is longer than DICOM allows.
        """
        box = None if self.covered is None else [[part.start, part.stop] for part in self.covered]
        values = (self.model, self.version, self.label_map, self.tasks, self.looked_for, box, self.part)
        said = {key: value for key, value in zip(_KEYS, values) if value}
        if not self.label_map and not box and not self.part:
            return ""
        # A backslash separates values in some readers; JSON may write it as any other character.
        text = json.dumps(said, ensure_ascii=True, separators=(",", ":")).replace("\\\\", "\\u005c")
        if len(text) > _LONGEST_PARAMETERS:
            fact = f"its names and those of its tasks take {len(text)} letters; a DICOM SEG holds {_LONGEST_PARAMETERS}"
            raise ConcordanceError(self.label_map or self.model, fact, "Give the label map shorter names.")
        return text


def identity_of_parameters(texts: Iterable[str]) -> SegIdentity | None:
    """The identity that the segments' Algorithm Parameters tell; None where they tell none, or several."""
    found = set(texts)
    if len(found) != 1:
        return None
    try:
        said = json.loads(found.pop())
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not set(_KEYS) & set(said):
        return None
    box = said.get("covered")
    covered = None
    if isinstance(box, list) and _is_box(box):
        k, j, i = (slice(*axis) for axis in box)
        covered = (k, j, i)
    model, version, label_map = (_text(said.get(key)) for key in _KEYS[:3])
    tasks, looked_for = (_texts(said.get(key)) for key in _KEYS[3:5])
    return SegIdentity(model, version, label_map, tasks, looked_for, covered, _part(said.get("part")))


def told_identity(parameters: Iterable[str], content_description: str) -> SegIdentity:
    """The identity of a SEG: by its segments' Algorithm Parameters; in files without them, by ContentDescription.

    :param parameters: the text of every segment.
    :param content_description: as the file has it; may be empty.
    :returns: with empty texts for what nobody says.
    """
    found = identity_of_parameters(parameters)
    if found is not None:
        return found
    label_map, tasks = parse_content_description(content_description)
    return SegIdentity(label_map=label_map, tasks=tasks)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_text, value)) if isinstance(value, list) else ()


def _part(value: object) -> tuple[int, int] | None:
    if isinstance(value, list) and len(value) == 2 and all(type(n) is int for n in value) and 1 <= value[0] <= value[1]:
        return value[0], value[1]
    return None


def _is_box(box: object) -> bool:
    return (
        isinstance(box, list)
        and len(box) == 3
        and all(isinstance(axis, list) and len(axis) == 2 and all(type(n) is int for n in axis) for axis in box)
        and all(0 <= low < high for low, high in box)
    )
