"""What a DICOM SEG takes over from the images: patient and study, each value held against its type and mended."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from ..errors import UnreadableFileError
from .dicom_files import read_dicom
from .image_series import ImageSeries
from .pydicom_notes import without_pydicom_notes

_TYPE_2 = (
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber"),
    *("ReferringPhysicianName", "StudyID"),
)
_OPTIONAL = ("IssuerOfPatientID", "PatientAge", "PatientSize", "PatientWeight", "StudyDescription")
_DEIDENTIFIED = ("PatientIdentityRemoved", "DeidentificationMethod")
_LONGEST = {"LO": 64, "SH": 16, "PN": 64, "CS": 16}
_SEXES = {"M": "M", "MALE": "M", "F": "F", "FEMALE": "F", "O": "O", "OTHER": "O"}


@dataclass(frozen=True, eq=False)
class SourceHeader:
    """What a SEG says of the patient and the study.

    :param dataset: the attributes that every SEG must have, empty ones included, and those that the images have.
        Texts are decoded.
    :param notes: which values were mended or left blank, one sentence each, without the values themselves.
    """

    dataset: Dataset
    notes: tuple[str, ...]


def read_source_header(series: ImageSeries) -> SourceHeader:
    """Patient and study of the first image of a series.

    :raises UnreadableFileError: the file is no longer there, or no longer DICOM.
    """
    file = series.files[0]
    try:
        with without_pydicom_notes():
            source = read_dicom(file, stop_before_pixels=True)
            return _taken_over(source, series)
    except (OSError, InvalidDicomError) as error:
        raise UnreadableFileError(file, f"cannot be read again ({error})", "Check the image series.") from error


def _taken_over(source: Dataset, series: ImageSeries) -> SourceHeader:
    dataset, notes = Dataset(), []
    dataset.StudyInstanceUID = series.study_uid
    is_undeclared = not source.get("SpecificCharacterSet")
    names = [*_TYPE_2, *_OPTIONAL]
    if source.get("PatientIdentityRemoved") == "YES" and source.get("DeidentificationMethod"):
        names += _DEIDENTIFIED
    for keyword in names:
        character_set = _undeclared(source, keyword) if is_undeclared else ""
        text, problem = _text(source, keyword, character_set)
        vr = _vr(keyword)
        mended = _MENDERS[vr](text)
        if keyword == "PatientSex":
            mended = _SEXES.get(text.upper(), "")
        if mended != text or problem:
            what = "mended" if mended else "left blank"
            notes.append(f"{keyword} of the images is not of its type ({vr}): {what}")
        elif character_set:
            notes.append(f"{keyword} of the images has letters without a character set: read as {character_set}")
        if mended or keyword in _TYPE_2:
            setattr(dataset, keyword, mended)
    return SourceHeader(dataset, tuple(notes))


def _undeclared(source: Dataset, keyword: str) -> str:
    """The character set of a value with letters beyond ASCII that nothing declares; "" for plain values.

    Such letters are hardly ever valid UTF-8 by chance.
    """
    raw = getattr(source.get_item(keyword) if keyword in source else None, "value", b"")
    if not isinstance(raw, bytes) or raw.isascii():
        return ""
    try:
        raw.decode("utf-8")
    except UnicodeError:
        return "Latin-1"
    return "UTF-8"


def _text(source: Dataset, keyword: str, character_set: str) -> tuple[str, bool]:
    """A value as text, and whether it could not even be read."""
    if character_set:
        return source.get_item(keyword).value.decode(character_set).strip(" \0"), False
    try:
        value = source.get(keyword)
        if value is None:
            return "", False
        text = value if isinstance(value, str) else "\\".join(map(str, value)) if _is_several(value) else str(value)
        text = text.strip(" \0")
        return text, "\ufffd" in text
    except Exception:  # noqa: BLE001 - pydicom raises whatever its converters raise; the raw bytes are still there
        raw = getattr(source.get_item(keyword), "value", b"")
        return (raw.decode("latin-1") if isinstance(raw, bytes) else str(raw)).strip(" \0"), True


def _is_several(value: object) -> bool:
    return isinstance(value, list | tuple) or type(value).__name__ == "MultiValue"


def _vr(keyword: str) -> str:
    if keyword in ("PatientBirthDate", "StudyDate"):
        return "DA"
    if keyword in ("PatientName", "ReferringPhysicianName"):
        return "PN"
    others = {"StudyTime": "TM", "PatientAge": "AS", "PatientSize": "DS", "PatientWeight": "DS"}
    others |= {"PatientSex": "CS", "PatientIdentityRemoved": "CS", "StudyID": "SH", "AccessionNumber": "SH"}
    return others.get(keyword, "LO")


def _date(text: str) -> str:
    match = re.fullmatch(r"(\d{4})[-./: ]?(\d{2})[-./: ]?(\d{2})(?:[T ].*)?", text)
    if not match or not ("01" <= match[2] <= "12" and "01" <= match[3] <= "31"):
        return ""
    return "".join(match.groups())


def _time(text: str) -> str:
    match = re.fullmatch(r"(\d{2})(?::?(\d{2})(?::?(\d{2})(\.\d{1,6})?\d*)?)?Z?", text)
    if not match or match[1] > "23" or (match[2] or "00") > "59" or (match[3] or "00") > "60":
        return ""
    return "".join(part or "" for part in match.groups())


def _age(text: str) -> str:
    match = re.fullmatch(r"0*(\d{1,3})\s*([DWMYdwmy]?)(?:ears?|onths?|eeks?|ays?)?", text)
    return f"{int(match[1]):03}{(match[2] or 'Y').upper()}" if match else ""


def _decimal(text: str) -> str:
    match = re.match(r"[+-]?\d+(?:[.,]\d+)?", text)
    return match[0].replace(",", ".")[:16] if match else ""


def _code(text: str) -> str:
    mended = re.sub(r"[^A-Z0-9 _]", "", text.upper())[: _LONGEST["CS"]]
    return mended.strip()


def _line(longest: int) -> Callable[[str], str]:
    def mend(text: str) -> str:
        plain = text.replace("\\", "/").replace("\ufffd", "?")
        return re.sub(r"[\x00-\x1f\x7f]+", " ", plain).strip()[:longest].rstrip()

    return mend


def _name(text: str) -> str:
    """At most three groups of at most 64 letters, of at most five parts."""
    groups = re.sub(r"[\x00-\x1f\x7f\\]+", " ", text.replace("\ufffd", "?")).strip().split("=")[:3]
    return "=".join("^".join(group.split("^")[:5])[: _LONGEST["PN"]] for group in groups)


_MENDERS: dict[str, Callable[[str], str]] = {
    "DA": _date,
    "TM": _time,
    "AS": _age,
    "DS": _decimal,
    "CS": _code,
    "PN": _name,
    "LO": _line(_LONGEST["LO"]),
    "SH": _line(_LONGEST["SH"]),
}
