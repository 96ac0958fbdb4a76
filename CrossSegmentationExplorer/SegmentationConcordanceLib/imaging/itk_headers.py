"""The text headers of MetaImage and NRRD files, checked before ITK sees them.

ITK's MetaImage reader writes past the end of its arrays where a header promises more than they hold, and both readers
reserve what the header asks for before they look at the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

from ..errors import GeometryMismatchError, UnreadableFileError, VoxelTypeError
from ..memory_budget import require_within_budget

_LONGEST_HEADER = 2**20
_LONGEST_LINE = 2**12
_MOST_AXES = 10
_COPY_AGAIN = "Copy or export it again."
_META_BYTES = {
    **dict.fromkeys(("MET_CHAR", "MET_UCHAR"), 1),
    **dict.fromkeys(("MET_SHORT", "MET_USHORT"), 2),
    **dict.fromkeys(("MET_INT", "MET_UINT", "MET_LONG", "MET_ULONG", "MET_FLOAT"), 4),
    **dict.fromkeys(("MET_LONG_LONG", "MET_ULONG_LONG", "MET_DOUBLE"), 8),
}
_META_VECTORS = ("Offset", "Position", "Origin", "ElementSpacing", "ElementSize", "CenterOfRotation")
_META_MATRICES = ("TransformMatrix", "Rotation", "Orientation")
_NRRD_BYTES = {
    **dict.fromkeys(("signed char", "int8", "int8_t", "uchar", "unsigned char", "uint8", "uint8_t"), 1),
    **dict.fromkeys(("short", "short int", "signed short", "signed short int", "int16", "int16_t"), 2),
    **dict.fromkeys(("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"), 2),
    **dict.fromkeys(
        ("int", "signed int", "int32", "int32_t", "uint", "unsigned int", "uint32", "uint32_t", "float"), 4
    ),
    **dict.fromkeys(("longlong", "long long", "long long int", "signed long long", "int64", "int64_t", "double"), 8),
    **dict.fromkeys(("signed long long int", "ulonglong", "unsigned long long", "unsigned long long int"), 8),
    **dict.fromkeys(("uint64", "uint64_t"), 8),
}


_BODY_SPACES = (
    *("left-posterior-superior", "right-anterior-superior", "left-anterior-superior"),
    *("lps", "ras", "las"),
)
_MM_PER_UNIT = {
    **dict.fromkeys(("m", "meter", "metre"), 1000.0),
    "cm": 10.0,
    **dict.fromkeys(("um", "\u00b5m", "\u03bcm", "micron", "micrometer", "micrometre", "microns"), 0.001),
}
_PLACES = ("domain", "space", "???", "none")
"""Kinds of a NRRD axis along which voxels lie."""


def require_sound_header(path: Path) -> int:
    """Check the header of a .mha, .mhd, .nrrd or .nhdr file.

    :returns: how many bytes of voxels it announces.
    :raises UnreadableFileError: it is none of that format, damaged, or asks for more than the memory budget.
    :raises VoxelTypeError: not three axes.
    """
    with path.open("rb") as stream:
        start = stream.read(_LONGEST_HEADER)
    return _metaimage(path, start) if path.suffix.lower() in (".mha", ".mhd") else _nrrd(path, start)


def _metaimage(path: Path, start: bytes) -> int:
    fields = _metaimage_fields(path, start)
    axes = _whole(path, fields, "NDims", 1, _MOST_AXES)
    sizes = _wholes(path, fields, "DimSize", axes)
    for key in (*_META_VECTORS, *_META_MATRICES):
        if key in fields:
            _require_numbers(path, key, fields[key], axes * axes if key in _META_MATRICES else axes)
    _require_voxels_there(path, fields.get("ElementDataFile", ""))
    element = fields.get("ElementType", "")
    if element not in _META_BYTES:
        raise UnreadableFileError(path, f"has voxels of the unknown type {element[:40]!r}", _COPY_AGAIN)
    channels = _whole(path, fields, "ElementNumberOfChannels", 1, 2**16) if "ElementNumberOfChannels" in fields else 1
    for key in ("HeaderSize", "CompressedDataSize"):
        if key in fields:
            _whole(path, fields, key, -1, 2**62)
    _require_three(path, sizes)
    require_within_budget(path, sizes, _META_BYTES[element] * channels)
    return math.prod(sizes) * _META_BYTES[element] * channels


def _metaimage_fields(path: Path, start: bytes) -> dict[str, str]:
    end = re.search(rb"^ElementDataFile *=[^\n]*(\n|\Z)", start, re.MULTILINE)
    if not end or not re.search(rb"^NDims *=", start[: end.end()], re.MULTILINE):
        raise UnreadableFileError(path, "is not a MetaImage file", "Give the label map that the model wrote.")
    fields: dict[str, str] = {}
    for line in start[: end.end()].decode("latin-1").splitlines():
        key, equals, value = (part.strip() for part in line.partition("="))
        if len(line) > _LONGEST_LINE or (line.strip() and not equals) or key in fields:
            raise UnreadableFileError(path, f"its header is damaged ({line.strip()[:60]!r})", _COPY_AGAIN)
        if key:
            fields[key] = value
    return fields


def nrrd_mm_per_unit(path: Path) -> float:
    """How many mm one unit of length of a NRRD file is.

    :raises GeometryMismatchError: its space names no directions of the body, or there is none, or its axes have
        different units.
    """
    with path.open("rb") as stream:
        fields = _nrrd_fields(path, stream.read(_LONGEST_HEADER))
    space = fields.get("space", "")
    if space.lower() not in _BODY_SPACES:
        why = f'its space is "{space[:40]}"' if space else 'no "space" field'
        raise GeometryMismatchError(
            path,
            f"has no orientation ({why}), so its place in the patient is unknown",
            "Export it again with the geometry of the scan.",
        )
    units = {unit.lower() for unit in re.findall(r'"([^"]*)"', fields.get("space units", ""))}
    factors = {_MM_PER_UNIT.get(unit, 1.0) for unit in units} or {1.0}
    if len(factors) > 1:
        fact = f"its axes have different units ({', '.join(sorted(units))})"
        raise GeometryMismatchError(path, fact, "Export it again in mm.")
    return factors.pop()


def _require_voxels_there(path: Path, name: str) -> None:
    """Refuse a header whose voxels are in a file that is not there; lists and patterns of files are left to ITK."""
    if name in ("", "LOCAL") or re.match("LIST", name, re.IGNORECASE) or "%" in name:
        return
    if not (path.parent / name).is_file():
        fact = f"its voxels are in {name[:100]}, which is not there"
        raise UnreadableFileError(path, fact, "Keep the two files together.")


def _nrrd_fields(path: Path, start: bytes) -> dict[str, str]:
    """The fields of a header by their names in small letters."""
    if not re.match(rb"NRRD000[1-9]\r?\n", start):
        raise UnreadableFileError(path, "is not a NRRD file", "Give the label map that the model wrote.")
    end = re.search(rb"\r?\n\r?\n", start)
    fields: dict[str, str] = {}
    for line in start[: end.start() if end else None].decode("latin-1").splitlines()[1:]:
        key, colon, value = line.partition(": ") if ":=" not in line.partition(": ")[0] else ("", "", "")
        if colon and not line.startswith("#"):
            fields.setdefault(key.strip().lower(), value.strip())
    return fields


def _nrrd(path: Path, start: bytes) -> int:
    fields = _nrrd_fields(path, start)
    _require_voxels_there(path, fields.get("data file", fields.get("datafile", "")))
    axes = _whole(path, fields, "dimension", 1, 16)
    sizes = _wholes(path, fields, "sizes", axes)
    kind = fields.get("type", "").lower()
    if kind not in _NRRD_BYTES:
        raise UnreadableFileError(path, f"has voxels of the unknown type {kind[:40]!r}", _COPY_AGAIN)
    require_within_budget(path, sizes, _NRRD_BYTES[kind])
    kinds = fields.get("kinds", "").split()
    # The values of one voxel are an axis of their own, of another kind: they are told as such when they are read.
    _require_three(path, [size for size, of in zip(sizes, kinds) if of in _PLACES] if len(kinds) == axes else sizes)
    return math.prod(sizes) * _NRRD_BYTES[kind]


def _require_three(path: Path, sizes: list[int]) -> None:
    if len(sizes) != 3:
        found = " x ".join(map(str, sizes))
        raise VoxelTypeError(path, f"has {len(sizes)} axes ({found}), not 3", "Give one three-dimensional label map.")


def _whole(path: Path, fields: Mapping[str, str], key: str, lowest: int, highest: int) -> int:
    text = fields.get(key, "")
    if not re.fullmatch(r"[+-]?\d{1,19}", text) or not lowest <= int(text) <= highest:
        raise UnreadableFileError(path, f"its header is damaged ({key} {text[:40]!r})", _COPY_AGAIN)
    return int(text)


def _wholes(path: Path, fields: Mapping[str, str], key: str, count: int) -> list[int]:
    words = fields.get(key, "").split()
    if len(words) != count or not all(re.fullmatch(r"\d{1,18}", word) and int(word) > 0 for word in words):
        raise UnreadableFileError(
            path, f"its header is damaged ({key} {' '.join(words)[:60]!r}, not {count} lengths)", _COPY_AGAIN
        )
    return [int(word) for word in words]


def _require_numbers(path: Path, key: str, text: str, count: int) -> None:
    words = text.split()
    try:
        sound = len(words) == count and all(math.isfinite(float(word)) for word in words)
    except ValueError:
        sound = False
    if not sound:
        raise UnreadableFileError(
            path, f"its header is damaged ({key} {text[:60]!r}, not {count} numbers)", _COPY_AGAIN
        )
