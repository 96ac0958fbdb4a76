"""RT Structure Sets among the models' outputs: structures get codes by their names, where these leave no doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..anatomy.identity import StructureIdentity
from ..anatomy.known_structures import KnownStructures, spelling
from ..anatomy.suggestions import UnknownLabel, suggest
from ..anatomy.vocabulary import Vocabulary
from ..errors import ConcordanceError, DicomSegError, Setting
from ..imaging.geometry import Geometry
from ..imaging.image_series import ImageSeries
from ..imaging.label_map import LabelMap, Segment
from ..imaging.rtstruct import StructureSet, read_rtstruct
from ..plurals import first_few
from .known_label_maps import known_vocabularies, known_vocabulary
from .listener import Listener

_LISTED = 5


def read_structure_set(
    path: Path, image: ImageSeries | Geometry | None, label_map_name: str, folders: Sequence[Path], listener: Listener
) -> tuple[LabelMap, str]:
    """The structures of an RT Structure Set on the grid of the image, and what it is called.

    :param label_map_name: of the model that wrote it; "" for names of any label map.
    :raises ConcordanceError: there is no image, or the set was drawn on another series.
    """
    if image is None:
        raise ConcordanceError(
            path, "has contours, which are voxels only on an image", "Give the image.", Setting("image")
        )
    found = read_rtstruct(path, image if isinstance(image, Geometry) else image.geometry)
    if isinstance(image, ImageSeries):
        _check_refers_to(found, image)
    for note in found.notes:
        listener.warn(f"{path}: {note}")
    named = known_vocabulary(label_map_name, folders, listener) if label_map_name else None
    coded = _coded(found.label_map.segments, named, folders, listener)
    uncoded = [segment.name for segment in coded if segment.structure is None]
    if uncoded:
        listener.warn(
            f"{path}: no label map has a structure of these names, so they are compared with nothing: "
            f"{first_few(uncoded, _LISTED)}"
        )
    return LabelMap(found.label_map.layers, found.label_map.geometry, coded), found.label


def _check_refers_to(found: StructureSet, series: ImageSeries) -> None:
    """The series that it names decide; where it names none, its frames of reference, if both sides have some."""
    frame = series.frame_of_reference_uid
    if found.series_uids and series.series_uid not in found.series_uids:
        fact = f"refers to series {', '.join(found.series_uids)}, not to {series.series_uid}"
    elif (
        not found.series_uids and frame and found.frame_of_reference_uids and frame not in found.frame_of_reference_uids
    ):
        named = ", ".join(found.frame_of_reference_uids)
        fact = f"names no series, and its frame of reference is {named}, that of the series {frame}"
    else:
        return
    raise DicomSegError(found.path, fact, "Give the series that was segmented.")


def _coded(
    segments: Sequence[Segment], named: Vocabulary | None, folders: Sequence[Path], listener: Listener
) -> tuple[Segment, ...]:
    if named is not None:
        by_text = {spelling(text): one for one in named.labels for text in (one.name, one.structure_name)}
        found = [by_text.get(spelling(segment.name)) for segment in segments]
        return tuple(
            segment if one is None else replace(segment, name=one.structure_name, structure=one.structure)
            for segment, one in zip(segments, found)
        )
    known = KnownStructures.of(known_vocabularies(folders, listener))
    asked = [UnknownLabel(None, segment.name) for segment in segments]
    coded = []
    for segment, offers in zip(segments, suggest(asked, known)):
        exact: dict[StructureIdentity, int] = {one.identity: k for k, one in enumerate(offers) if one.exact}
        if len(exact) == 1:
            (k,) = exact.values()
            segment = replace(segment, name=offers[k].structure_name, structure=offers[k].structure)
        coded.append(segment)
    return tuple(coded)
