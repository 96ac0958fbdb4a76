"""Corrections of readers: how far each is from what the model gave, and how long it took; kept line by line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from ..agreement.correction import CorrectedStructure
from .appended_lines import append_line, read_lines
from .blinding_key import Key

CORRECTIONS_FILE = "corrections.csv"
"""What the file is called, beside the review file."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One structure that a reader corrected; the fields are the columns of corrections.csv.

    Numbers are those of :class:`..agreement.correction.CorrectedStructure`, rounded as below; None, an empty cell,
    where a number has no meaning.

    :param model: whose segmentation it was.
    :param seconds: how long it was worked on; None for a structure that changed along with another one, and where
        nobody took the time.
    :param lesions: components of the corrected structure, for one that comes in any number; None for any other, like
        the columns that follow. :param model_lesions: of the model's.
    :param file: name of the file that holds the corrected segmentation; "" where nobody said.
    :param repeat: 0 for the first reading of the case; the last column, so that a line that lacks its end shows it.
    """

    time: str
    reader: str
    case: str
    series_uid: str
    structure: str
    structure_key: str
    model: str
    seconds: float | None
    dice: float | None
    nsd: float | None
    nsd_tolerance_mm: float
    hd95_mm: float | None
    added_path_length_mm: float
    volume_ml: float
    corrected_volume_ml: float
    lesions: int | None = None
    model_lesions: int | None = None
    lesion_sensitivity: float | None = None
    lesion_false_negative_rate: float | None = None
    lesion_f1: float | None = None
    lesion_panoptic_quality: float | None = None
    file: str = ""
    repeat: int = 0

    @property
    def text(self) -> str:
        """The numbers in words, e.g. "Dice 0.95, NSD 0.88 at 1 mm, HD95 4.2 mm, added path 210 mm, in 95 s"."""
        parts = [f"Dice {self.dice:.3f}" if self.dice is not None else ""]
        parts.append(f"NSD {self.nsd:.3f} at {self.nsd_tolerance_mm:g} mm" if self.nsd is not None else "")
        parts.append(f"HD95 {self.hd95_mm:.1f} mm" if self.hd95_mm is not None else "")
        parts.append(f"added path {self.added_path_length_mm:.0f} mm")
        if self.lesions is not None:
            parts.append(f"{self.lesions} components, the model's {self.model_lesions}")
            parts += [
                f"{name} {value:.2f}"
                for name, value in (
                    ("sensitivity", self.lesion_sensitivity),
                    ("missed", self.lesion_false_negative_rate),
                    ("F1", self.lesion_f1),
                    ("PQ", self.lesion_panoptic_quality),
                )
                if value is not None
            ]
        parts.append(f"in {self.seconds:.0f} s" if self.seconds is not None else "")
        return ", ".join(part for part in parts if part)


COLUMNS = tuple(field.name for field in fields(Correction))
_TEXTS = ("time", "reader", "case", "series_uid", "structure", "structure_key", "model", "file")
_COUNTS = ("lesions", "model_lesions", "repeat")
_DECIMALS = {"seconds": 1}
_DECIMALS_OF_NUMBERS = 6


@dataclass(frozen=True, slots=True)
class CorrectionOrigin:
    """What the corrections of one file have in common.

    :param structure_key: of the structure that ``seconds`` belong to; "" where they belong to all that changed, if it
        is a single one.
    """

    reader: str = ""
    case: str = ""
    model: str = ""
    series_uid: str = ""
    structure_key: str = ""
    seconds: float | None = None
    file: str = ""
    repeat: int = 0
    time: str = ""


def corrections_of(measured: Iterable[CorrectedStructure], origin: CorrectionOrigin) -> tuple[Correction, ...]:
    """One for each structure that was changed.

    :param measured: all structures of the segmentation.
    :param origin: by whom, of what, in which time.
    """
    changed = [one for one in measured if one.is_changed]
    timed = origin.structure_key or (changed[0].structure_key if len(changed) == 1 else "")
    return tuple(_correction(one, origin, origin.seconds if one.structure_key == timed else None) for one in changed)


def append_correction(path: str | os.PathLike[str], correction: Correction) -> None:
    """Write a correction at the end of the file, and have it on the disk before this returns.

    :param path: made where it is not there.
    :param correction: what to write.
    :raises OutputError: the file cannot be written; nothing that it holds is lost.
    """
    cells = ["" if value is None else value for value in (getattr(correction, name) for name in COLUMNS)]
    append_line(path, COLUMNS, cells, "the correction")


def read_corrections(path: str | os.PathLike[str]) -> tuple[tuple[Correction, ...], tuple[str, ...]]:
    """The corrections in a file, and a sentence on each line that is damaged; a file that is not there holds none.

    :raises UnreadableFileError: it is no text in UTF-8. :raises ConcordanceError: it holds no corrections.
    """
    found, notes = [], []
    for number, row in read_lines(path, [name for name in COLUMNS if name not in ("time", "file")], "corrections file"):
        try:
            found.append(_read(row or {}))
        except (KeyError, ValueError):
            notes.append(f"{Path(path).name}, line {number}: it is cut off or damaged, and left out.")
    return tuple(found), tuple(notes)


def last_corrections(corrections: Iterable[Correction]) -> tuple[Correction, ...]:
    """The last one of each reader, case, reading, structure and model; earlier ones were done anew."""
    last = {
        (one.reader, one.series_uid or one.case, one.repeat, one.structure_key, one.model): one for one in corrections
    }
    return tuple(last.values())


def unblinded_corrections(corrections: Iterable[Correction], key: Key) -> tuple[Correction, ...]:
    """The corrections with the names of the models instead of their aliases.

    :param key: the names by reader and case.
    """
    return tuple(
        replace(one, model=key[(one.reader, one.case)].model(one.model)) if (one.reader, one.case) in key else one
        for one in corrections
    )


def _correction(one: CorrectedStructure, origin: CorrectionOrigin, seconds: float | None) -> Correction:
    numbers: dict[str, float | None] = {
        "seconds": seconds,
        "dice": one.dice,
        "nsd": one.nsd,
        "nsd_tolerance_mm": one.nsd_tolerance_mm,
        "hd95_mm": one.hd95_mm,
        "added_path_length_mm": one.added_path_length_mm,
        "volume_ml": one.volume_ml,
        "corrected_volume_ml": one.corrected_volume_ml,
    }
    if one.lesions is not None:
        numbers |= {
            "lesion_sensitivity": one.lesions.sensitivity,
            "lesion_false_negative_rate": one.lesions.false_negative_rate,
            "lesion_f1": one.lesions.f1,
            "lesion_panoptic_quality": one.lesions.panoptic_quality,
        }
    rounded = {
        name: None if value is None else round(value, _DECIMALS.get(name, _DECIMALS_OF_NUMBERS))
        for name, value in numbers.items()
    }
    return Correction(
        time=origin.time,
        reader=origin.reader,
        case=origin.case,
        series_uid=origin.series_uid,
        structure=one.structure,
        structure_key=one.structure_key,
        model=origin.model,
        lesions=one.lesions.n_reference if one.lesions else None,
        model_lesions=one.lesions.n_found if one.lesions else None,
        file=origin.file,
        repeat=origin.repeat,
        **rounded,  # type: ignore[arg-type]
    )


def _read(row: Mapping[str, str]) -> Correction:
    values: dict[str, object] = {}
    for name in COLUMNS:
        cell = row.get(name, "") if name in ("time", "file") else row[name]
        kind = int if name in _COUNTS else float
        values[name] = cell if name in _TEXTS else kind(cell) if cell else None
    if values["repeat"] is None:
        raise ValueError("the end of the line is missing")
    return Correction(**values)  # type: ignore[arg-type]
