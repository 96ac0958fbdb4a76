"""The way from a model's files to a coded DICOM SEG: read, bring to the grid of the images, write."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..anatomy.vocabulary import Vocabulary
from .brought_output import bring_output
from .geometry import Geometry
from .image_series import ImageSeries
from .model_output import ModelOutput, is_cropped_to_segments, read_model_output
from .seg_identity import SegIdentity
from .seg_metadata import storable_text
from .seg_parts import part_paths, parts_of, remove_former_parts, require_place_for_parts, write_parts
from .seg_writer import BINARY

_LISTED = 3


def output_on_grid(
    paths: Sequence[str | os.PathLike[str]], vocabulary: Vocabulary, geometry: Geometry, task: str | None = None
) -> ModelOutput:
    """One model's output on the grid of the images that it was made on; nothing is interpolated.

    An output of a part of the scan is filled up with background, and says so; see :attr:`ModelOutput.covered`.

    :param paths: see :func:`read_model_output`, as for ``task``.
    :raises GeometryMismatchError: it was made on another grid.
    :raises ConcordanceError: a file cannot be read, or holds what the label map does not know.
    """
    output = read_model_output(paths, vocabulary, task)
    what = ", ".join(os.fspath(path) for path in paths[:_LISTED]) + (", ..." if len(paths) > _LISTED else "")
    may_be_cropped = all(is_cropped_to_segments(Path(path)) for path in paths)
    brought = bring_output(output.label_map, geometry, what, may_be_cropped=may_be_cropped)
    notes = (f"{what}: {note}" for note in brought.notes)
    return replace(output, label_map=brought.label_map, covered=brought.covered, notes=(*output.notes, *notes))


@dataclass(frozen=True, slots=True)
class WrittenOutput:
    """What :func:`write_output_seg` wrote.

    :param paths: one file; of overlapping segments in label maps one for each layer.
    :param notes: what was mended of the patient and the study in the images' headers, and what was removed, a sentence
        each.
    """

    paths: tuple[Path, ...]
    notes: tuple[str, ...]


def write_output_seg(
    path: str | os.PathLike[str],
    output: ModelOutput,
    series: ImageSeries,
    vocabulary: Vocabulary,
    name: str = "",
    *,
    kind: str = BINARY,
    compression: str = "",
    waiting: Callable[[], None] | None = None,
) -> WrittenOutput:
    """Write an output as DICOM SEG that names its label map and tasks; see :func:`write_parts`.

    Segments that overlap become several label maps, each a series of its own: the standard wants an instance for each
    layer, and viewers show one segmentation of a series. Besides ``NAME.dcm`` these are ``NAME_2.dcm``, ... What an
    earlier output of that name had beyond them is removed.

    :param output: on the grid of ``series``.
    :param name: what the run is called; the model's title where empty.
    :raises OutputError: also where a further file would take the place of something else.
    """
    path, name = Path(path), name or vocabulary.title
    head = dict(vocabulary.head)
    identity = SegIdentity(
        model=head.get("model") or vocabulary.title,
        version=head.get("version") or "",
        label_map=vocabulary.name,
        tasks=output.tasks,
        looked_for=output.looked_for,
        covered=output.covered,
    )
    parts = [output.label_map] if kind == BINARY else parts_of(output.label_map)
    paths = part_paths(path, len(parts))
    require_place_for_parts(paths)
    notes = write_parts(
        paths,
        parts,
        series,
        model_name=name,
        series_description=name,
        identity=identity,
        kind=kind,
        compression=compression,
        waiting=waiting,
    )
    removed = remove_former_parts(path, len(parts))
    told = (f"{one}: removed, it was a part of the earlier {path.name}" for one in removed)
    return WrittenOutput(tuple(paths), (*notes, *told))


def name_note(name: str) -> str:
    """What a run's name becomes in a DICOM SEG, in words; "" where it stays as it is."""
    stored = storable_text(name)
    return "" if stored == name else f"{name}: a DICOM SEG holds 64 plain letters, there it is called {stored}"
