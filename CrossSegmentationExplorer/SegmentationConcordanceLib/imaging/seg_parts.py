"""An output of several label map SEGs, one for each layer of overlapping segments: ``NAME.dcm``, ``NAME_2.dcm``, ..."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import ConcordanceError, OutputError
from .image_series import ImageSeries
from .label_map import LabelMap
from .seg_header import SegHeader, read_seg_header
from .seg_identity import SegIdentity
from .seg_writer import FIRST_SERIES_NUMBER, write_dicom_seg


def parts_of(label_map: LabelMap) -> list[LabelMap]:
    """Each layer that has voxels as a label map of its own; the whole where no more than one has."""
    filled = [number for number, layer in enumerate(label_map.layers) if layer.any()]
    if len(filled) < 2:
        return [label_map]
    return [
        LabelMap(
            (label_map.layers[number],),
            label_map.geometry,
            tuple(replace(one, layer=0) for one in label_map.segments if one.layer == number),
        )
        for number in filled
    ]


def part_paths(path: Path, count: int) -> list[Path]:
    """The files of an output of several label maps.

    :param path: of the first.
    :param count: how many, 1 or more.
    """
    return [path, *(_part_path(path, number) for number in range(2, count + 1))]


def parts_there(path: Path) -> list[SegHeader]:
    """The headers of an output's files, as far as they are there; one where it is in one file.

    :param path: of the first.
    :raises DicomSegError: one of them is no DICOM SEG.
    """
    first = read_seg_header(path)
    further = part_paths(path, first.part[1])[1:] if first.part else []
    return [first, *(read_seg_header(one) for one in further if one.is_file())]


def write_parts(
    paths: Sequence[Path],
    parts: Sequence[LabelMap],
    series: ImageSeries,
    *,
    model_name: str,
    series_description: str,
    identity: SegIdentity | None,
    kind: str,
    compression: str,
    waiting: Callable[[], None] | None = None,
) -> tuple[str, ...]:
    """Write each part as a SEG and a series of its own, that says which part it is; see :func:`write_dicom_seg`.

    :param paths: see :func:`part_paths`, as many as ``parts``.
    :param identity: of the whole; where it is None, parts name ``model_name`` alone.
    :returns: what was mended in the images' headers, a sentence each.
    """
    notes: tuple[str, ...] = ()
    for number in reversed(range(len(parts))):  # the file that was asked for last: where it is, all are
        description, of_part = series_description, identity
        if len(parts) > 1:
            description = f"{series_description}{_part_words(number + 1, len(parts))}"
            of_part = replace(identity or SegIdentity(model=model_name), part=(number + 1, len(parts)))
        notes = write_dicom_seg(
            paths[number],
            parts[number],
            series,
            model_name=model_name,
            series_description=description,
            identity=of_part,
            series_number=FIRST_SERIES_NUMBER + number,
            kind=kind,
            compression=compression,
            waiting=waiting,
        )
    return notes


def description_of_whole(description: str) -> str:
    """The SeriesDescription of a part without the words that say which part it is; that of a whole as it is."""
    return _PART_WORDS.sub("", description)


def _part_words(number: int | str, count: int | str) -> str:
    return f", part {number} of {count}"


_PART_WORDS = re.compile(_part_words(r"\d+", r"\d+") + "$")


def require_place_for_parts(paths: Sequence[Path]) -> None:
    """Make sure that the further files of an output take the place of nothing but such files of an earlier one.

    :param paths: see :func:`part_paths`; the first was asked for and may be anything.
    :raises OutputError: something else is there.
    """
    for number, path in enumerate(paths[1:], 2):
        if path.exists() and not _is_part(path, number):
            fact = f"would become part {number} of {paths[0].name}, and another file is there"
            raise OutputError(path, fact, "Move it away, or give the output another name.")


def remove_former_parts(path: Path, count: int) -> list[Path]:
    """Remove the files that an earlier output at ``path`` had beyond those of the one that is there now.

    They would be read as part of it. Only what says of itself that it is such a part is removed.

    :param count: of the files that the output has now.
    :returns: what was removed.
    :raises OutputError: one of them cannot be removed.
    """
    removed = []
    for former in _following(path, count):
        try:
            former.unlink()
        except OSError as error:
            fact = f"is a part of the earlier {path.name} and cannot be removed ({error.strerror})"
            raise OutputError(former, fact, "Remove it: it is no part of the output that is there now.") from error
        removed.append(former)
    return removed


def _following(path: Path, count: int) -> Iterator[Path]:
    number = count + 1
    while (former := _part_path(path, number)).is_file() and _is_part(former, number):
        yield former
        number += 1


def _part_path(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}_{number}{path.suffix}")


def _is_part(path: Path, number: int) -> bool:
    try:
        part = read_seg_header(path).part
    except ConcordanceError:
        return False
    return part is not None and part[0] == number


def lacking_parts(given: Iterable[tuple[Hashable, tuple[int, int]]]) -> str:
    """What is lacking of a model's SEGs, as the rest of a sentence about it; "" where all are whole.

    :param given: of each SEG that is a part: what the parts of one output have in common, and number and count.
    """
    numbers: dict[tuple[Hashable, int], set[int]] = {}
    for output, (number, count) in given:
        numbers.setdefault((output, count), set()).add(number)
    for (_, count), found in numbers.items():
        if lacking := [str(number) for number in range(1, count + 1) if number not in found]:
            words = f"part {lacking[0]} of {count} of its SEGs is"
            if len(lacking) > 1:
                words = f"parts {', '.join(lacking)} of {count} of its SEGs are"
            return f"{words} not given, so what it lacks counts as not in the model"
    return ""
