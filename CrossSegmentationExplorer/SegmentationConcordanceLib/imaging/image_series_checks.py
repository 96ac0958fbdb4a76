"""Whether images make one complete, evenly spaced volume, and the grid of that volume."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ..errors import DicomSeriesError
from .geometry import Geometry
from .image_headers import ImageHeader

_Number = TypeVar("_Number", int, float)

_SAME_PLACE_MM = 1e-3
_UNIT_TOLERANCE = 1e-3
_ALIKE_TOLERANCE = 1e-4
_FLOAT_NOISE_MM = 1e-6
_FEW = 3


def check_identifiers(folder: Path, images: Sequence[ImageHeader]) -> None:
    """Raise DicomSeriesError where a UID is empty, or where two files hold one image.

    :param folder: of the series, for the message.
    :param images: its files.
    :raises DicomSeriesError: as above; it names the first file.
    """
    fields = {
        "SOPClassUID": "sop_class_uid",
        "SOPInstanceUID": "sop_instance_uid",
        "StudyInstanceUID": "study_uid",
        "SeriesInstanceUID": "series_uid",
    }
    empty = [name for name, field in fields.items() if not all(getattr(image, field) for image in images)]
    if empty:
        bad = [image for image in images if not all(getattr(image, field) for field in fields.values())]
        raise DicomSeriesError(
            folder,
            f"{len(bad)} of {len(images)} images have an empty {_and(empty)} (the first: {_name(folder, bad[0])})",
            "Some anonymizers leave them empty, and nothing can refer to such images: "
            "anonymize again so that UIDs are replaced, not removed.",
        )
    by_uid: dict[str, list[ImageHeader]] = {}
    for image in images:
        by_uid.setdefault(image.sop_instance_uid, []).append(image)
    twice = [group for group in by_uid.values() if len(group) > 1]
    if twice:
        raise DicomSeriesError(
            folder,
            f"{len(twice)} of {len(by_uid)} images lie there more than once, such as {_names(folder, twice[0])} "
            f"with SOPInstanceUID {twice[0][0].sop_instance_uid}",
            "Keep one file of each image.",
        )


def check_alike(folder: Path, images: Sequence[ImageHeader]) -> None:
    """Raise DicomSeriesError unless all are single-frame images with one study, frame of reference and geometry.

    :param folder: of the series, for the message.
    :param images: its files.
    :raises DicomSeriesError: as above; it names the file that differs.
    """
    if any(image.multi_frame for image in images):
        raise DicomSeriesError(
            folder,
            f"{_name(folder, next(image for image in images if image.multi_frame))} is a multi-frame (enhanced) "
            f"{images[0].modality} image; only series with one slice per file are read",
            "Export the series as classic single-frame images.",
        )
    for keyword, field in (
        ("ImagePositionPatient", "position"),
        ("ImageOrientationPatient", "orientation"),
        ("PixelSpacing", "pixel_spacing"),
        ("Rows and Columns", "matrix"),
    ):
        without = [image for image in images if getattr(image, field) is None]
        if without:
            raise DicomSeriesError(
                folder,
                f"{len(without)} of {len(images)} images have no {keyword} (the first: {_name(folder, without[0])})",
                "Their place in the patient is unknown: take them out of the folder or export the series again.",
            )
    _check_same(folder, images, "StudyInstanceUID", lambda image: image.study_uid, str)
    _check_same(folder, images, "FrameOfReferenceUID", lambda image: image.frame_of_reference_uid, str)
    _check_same(folder, images, "SOPClassUID", lambda image: image.sop_class_uid, str)
    _check_same(folder, images, "matrix (columns x rows)", lambda image: _known(image.matrix)[::-1], _times)
    _check_same(folder, images, "pixel spacing (mm between rows x columns)", lambda image: image.pixel_spacing, _times)
    _check_same(folder, images, "orientation", lambda image: image.orientation, _listed)


def _check_same(
    folder: Path, images: Sequence[ImageHeader], what: str, value: Callable[[ImageHeader], Any], text: Callable
) -> None:
    usual = Counter(value(image) for image in images).most_common(1)[0][0]

    def differs(image: ImageHeader) -> bool:
        if isinstance(usual, str):
            return value(image) != usual
        return not np.allclose(value(image), usual, rtol=_ALIKE_TOLERANCE, atol=_ALIKE_TOLERANCE)

    others = [image for image in images if differs(image)]
    if others:
        raise DicomSeriesError(
            folder,
            f"the images differ in {what}: {text(usual)} in {len(images) - len(others)}, "
            f"{text(value(others[0])) or 'none'} in {_name(folder, others[0])} ({len(others)} differ)",
            "Leave only the images of one volume in the folder.",
        )


def stack_slices(folder: Path, images: Sequence[ImageHeader]) -> tuple[tuple[ImageHeader, ...], Geometry]:
    """Put alike images in the order of k, along the slice normal row x column, and give their grid.

    The step in k is the way from the first slice to the last, along the normal, divided by n - 1. Where each slice
    really lies is kept beside it.

    :raises DicomSeriesError: axes that are not at right angles, spacings of zero, two slices at one place, missing
        slices, uneven or sheared slices.
    """
    orientation, spacing = _known(images[0].orientation), _known(images[0].pixel_spacing)
    row, column = np.array(orientation).reshape(2, 3)
    if np.abs([row @ row - 1, column @ column - 1, row @ column]).max() > _UNIT_TOLERANCE:
        fact = f"ImageOrientationPatient {_listed(orientation)} is not two unit vectors at a right angle"
        raise DicomSeriesError(folder, fact, "Export the series again.")
    row, column = row / np.linalg.norm(row), column / np.linalg.norm(column)
    normal = np.cross(row, column)
    normal /= np.linalg.norm(normal)
    row_distance, column_distance = spacing
    if min(row_distance, column_distance) <= 0:
        raise DicomSeriesError(folder, f"PixelSpacing is {_times(spacing)} mm", "Export it again.")
    ordered = tuple(sorted(images, key=lambda image: float(np.dot(_known(image.position), normal))))
    gaps = np.diff(np.array([image.position for image in ordered]) @ normal)
    rows, columns = _known(images[0].matrix)
    even = Geometry.from_parts(
        (len(ordered), rows, columns),
        spacing_mm=(column_distance, row_distance, _even_step(folder, ordered, normal, gaps)),
        origin_lps=_known(ordered[0].position),
        direction_lps=np.stack([row, column, normal], axis=1),
    )
    return ordered, replace(even, slice_gaps_mm=gaps)


def _even_step(folder: Path, ordered: Sequence[ImageHeader], normal: np.ndarray, gaps: np.ndarray) -> float:
    if len(ordered) == 1:
        if not ordered[0].slice_distance:
            fact = "holds one image, which gives neither SpacingBetweenSlices nor SliceThickness"
            raise DicomSeriesError(folder, fact, "Add the other slices of the series.")
        return ordered[0].slice_distance
    _check_one_per_place(folder, ordered, normal, gaps)
    _check_gaps(folder, ordered, normal, gaps)
    step = float(gaps.mean())
    _check_line(folder, ordered, normal, step)
    return step


def _check_one_per_place(folder: Path, ordered: Sequence[ImageHeader], normal: np.ndarray, gaps: np.ndarray) -> None:
    shared = np.flatnonzero(gaps < _SAME_PLACE_MM)
    if shared.size:
        pair = ordered[shared[0] : shared[0] + 2]
        raise DicomSeriesError(
            folder,
            f"{len(ordered)} images at {len(ordered) - shared.size} slice positions: {_names(folder, pair)} both lie "
            f"{_at(_known(pair[0].position), normal)}",
            "Leave one image per slice in the folder (one time point, echo or reconstruction).",
        )


def _jitter(spacing: float) -> float:
    """How far, in mm, a slice may lie from the line of the others for no known reason, as scanners put it."""
    return min(0.1, spacing / 10) + _FLOAT_NOISE_MM


def _rounding(ordered: Sequence[ImageHeader], along: np.ndarray) -> float:
    """Half of the last decimal of the positions, in mm, as it counts along a direction."""
    decimals = np.max([image.position_decimals for image in ordered], axis=0)
    return float(np.abs(along) @ (0.5 * 10.0 ** -np.asarray(decimals, dtype=float)))


def _check_gaps(folder: Path, ordered: Sequence[ImageHeader], normal: np.ndarray, gaps: np.ndarray) -> None:
    # The smaller of two middle values: with one slice missing among three, the two gaps are one step and two steps.
    step = float(np.sort(gaps)[(len(gaps) - 1) // 2])
    multiples = np.maximum(np.rint(gaps / step), 1)
    multiples = np.maximum(np.rint(gaps / (gaps.sum() / multiples.sum())), 1)
    step = float(gaps.sum() / multiples.sum())
    missing = multiples.astype(int) - 1
    depths, levels = (np.concatenate([[0.0], np.cumsum(steps)]) for steps in (gaps, multiples))
    # A rounded position is off by half of its last decimal; three tenths of a step keep each slice near its own place.
    rounding = min(_rounding(ordered, normal), 0.3 * step) + _FLOAT_NOISE_MM
    is_even = np.abs(depths - step * levels).max() <= _jitter(step) or _off_the_best_grid(depths, levels) <= rounding
    where = np.flatnonzero(missing)
    if is_even and not where.size:
        return
    places = [_known(image.position) for image in ordered]
    if is_even:
        found = [f"{_count(missing[k], 'slice')} missing {_between(places[k : k + 2], normal)}" for k in where[:_FEW]]
        more = f", and {where.size - _FEW} more gaps" if where.size > _FEW else ""
        raise DicomSeriesError(
            folder,
            f"{', '.join(found)}{more} (the others are {step:.6g} mm apart)",
            "Copy or export the whole series again.",
        )
    usual = float(np.sort(gaps)[(len(gaps) - 1) // 2])
    k = int(np.abs(gaps - usual).argmax())
    raise DicomSeriesError(
        folder,
        f"the slices are unevenly spaced: {gaps.min():.6g} to {gaps.max():.6g} mm apart, "
        f"{gaps[k]:.6g} mm {_between(places[k : k + 2], normal)}",
        "Export the series again, or leave only its evenly spaced part in the folder.",
    )


def _off_the_best_grid(depths: np.ndarray, levels: np.ndarray) -> float:
    """How far the farthest slice lies from the regular grid that fits all slices best, in mm.

    :param depths: of the slices along the normal, mm, ascending.
    :param levels: which place of the grid each slice takes: 0, 1, 2, ...
    """
    from scipy.optimize import minimize_scalar

    # The range of what a step leaves over is convex in the step.
    step = (depths[-1] - depths[0]) / levels[-1]
    span = np.ptp(depths - step * levels) / levels[-1] + _FLOAT_NOISE_MM
    found = minimize_scalar(
        lambda s: np.ptp(depths - s * levels), bounds=(step - span, step + span), method="bounded", options={"xatol": 0}
    )
    return float(min(found.fun, np.ptp(depths - step * levels))) / 2


def _check_line(folder: Path, ordered: Sequence[ImageHeader], normal: np.ndarray, step: float) -> None:
    """Raise unless the slices lie on one line along the normal: ITK and dcmqi hold no sheared volumes."""
    offsets = np.array([image.position for image in ordered]) - ordered[0].position
    sideways = offsets - np.outer(offsets @ normal, normal)
    slices = np.arange(len(ordered))[:, None]
    # Rounded positions shift a slice sideways no less than along the normal.
    spacing = min(_known(ordered[0].pixel_spacing))
    tolerance = max(_jitter(spacing), min(_rounding(ordered, 1 - np.abs(normal)), 0.3 * spacing))
    if np.linalg.norm(sideways, axis=1).max() <= tolerance:
        return
    shear = sideways[-1] / (len(ordered) - 1)
    beside = np.linalg.norm(sideways - slices * shear, axis=1)
    if beside.max() > tolerance:
        worst = ordered[int(beside.argmax())]
        fact = f"{_name(folder, worst)} lies {beside.max():.3g} mm beside the line of the other slices"
        raise DicomSeriesError(folder, fact, "Leave only the images of one volume in the folder.")
    shift = float(np.linalg.norm(shear))
    raise DicomSeriesError(
        folder,
        f"the slices are sheared: each lies {shift:.3g} mm to the side of the one before, "
        f"{np.degrees(np.arctan2(shift, step)):.3g} degrees (a tilted gantry?)",
        "Resample the series to upright slices, save that as DICOM, and segment it again.",
    )


def _place(position: Sequence[float], normal: np.ndarray) -> tuple[str, float]:
    """The coordinate that tells slices apart: x, y or z where the normal runs along it, else along the normal."""
    axis = int(np.abs(normal).argmax())
    if abs(normal[axis]) > 0.9999:
        return f"{'xyz'[axis]} =", float(position[axis])
    return "normal position", float(np.dot(position, normal))


def _at(position: Sequence[float], normal: np.ndarray) -> str:
    name, value = _place(position, normal)
    return f"at {name} {value:.6g} mm"


def _between(pair: Sequence[Sequence[float]], normal: np.ndarray) -> str:
    (name, low), (_, high) = sorted((_place(position, normal) for position in pair), key=lambda place: place[1])
    return f"between {name} {low:.6g} and {name} {high:.6g} mm"


def _name(folder: Path, image: ImageHeader) -> str:
    return image.path.relative_to(folder).as_posix()


def _names(folder: Path, images: Sequence[ImageHeader]) -> str:
    return _and([_name(folder, image) for image in images[:_FEW]])


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _known(value: tuple[_Number, ...] | None) -> tuple[_Number, ...]:
    """What :func:`check_alike` has made sure of."""
    if value is None:
        raise ValueError("the images were not checked with check_alike")
    return value


def _times(values: Sequence[float]) -> str:
    return " x ".join(f"{value:.6g}" for value in values)


def _listed(values: Sequence[float]) -> str:
    return f"({', '.join(f'{value:.6g}' for value in values)})"
