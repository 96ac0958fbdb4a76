"""The label names that segmentation files bring along: NIfTI header extensions and DICOM SEG."""

from __future__ import annotations

import gzip
import re
import struct
import zlib
from pathlib import Path
from xml.etree import ElementTree

from ..anatomy.foreign_tables import ForeignLabel
from ..errors import UnreadableFileError
from .seg_reader import read_dicom_seg
from .volume_files import require_file

# Bytes of the header -> where it says where the voxels begin, and in which form (NIfTI-1, NIfTI-2).
_VOX_OFFSET = {348: (108, "f"), 540: (168, "q")}
_LARGEST_HEADER = 2**24


def read_nifti_label_names(path: Path) -> tuple[ForeignLabel, ...]:
    """The names in the header extension of a NIfTI file, as Connectome Workbench and TotalSegmentator write them.

    The extension is XML with ``<Label Key="1" Red="1.0" Green="0" Blue="0" Alpha="1">spleen</Label>``. The colours of
    TotalSegmentator are a rota of twelve and mean nothing, so they are left out.

    :returns: without label 0; empty where the file has no such extension.
    :raises UnreadableFileError: missing, truncated, or no NIfTI file.
    """
    return tuple(_names_and_oddities(path)[0])


def label_name_oddities(path: Path) -> tuple[str, ...]:
    """What :func:`read_nifti_label_names` passes over, in words: keys that are no labels, second names of a label."""
    return tuple(_names_and_oddities(path)[1])


def _names_and_oddities(path: Path) -> tuple[list[ForeignLabel], list[str]]:
    require_file(path)
    found: dict[int, ForeignLabel] = {}
    odd: list[str] = []
    for extension in _extensions(path):
        for key, name in _labels(extension):
            if not re.fullmatch("[0-9]{1,10}", key) or int(key) >= 2**32:
                odd.append(f'the header gives the name "{name}" to {key[:20]!r}, which is no label')
            elif int(key) in found and found[int(key)].name != name:
                odd.append(f'the header calls label {key} "{found[int(key)].name}" and "{name}"; the first holds')
            elif int(key) != 0 and name:
                found.setdefault(int(key), ForeignLabel(int(key), name))
    return [found[number] for number in sorted(found)], odd


def read_seg_labels(path: Path) -> tuple[ForeignLabel, ...]:
    """The segments of a DICOM SEG by SegmentNumber, with their codes and colours.

    :raises DicomSegError: see :func:`read_dicom_seg`.
    """
    segments = read_dicom_seg(path).label_map.segments
    return tuple(ForeignLabel(one.label, one.name, one.color, one.structure) for one in segments)


def _extensions(path: Path) -> list[bytes]:
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if zipped else path.open("rb") as stream:
            start = stream.read(4)
            order = "<" if int.from_bytes(start, "little") in _VOX_OFFSET else ">"
            (size,) = struct.unpack(f"{order}i", start.ljust(4, b"\0"))
            if size not in _VOX_OFFSET:
                raise UnreadableFileError(path, "is not a NIfTI file", "Give the label map that the model wrote.")
            header = start + stream.read(size - 4)
            place, form = _VOX_OFFSET[size]
            (voxels_at,) = struct.unpack_from(order + form, header, place)
            flags = stream.read(4)
            if flags[:1] != b"\x01" or not size + 4 < voxels_at < _LARGEST_HEADER:
                return []
            return _blocks(stream.read(int(voxels_at) - size - 4), order)
    except (EOFError, zlib.error, gzip.BadGzipFile, struct.error) as error:
        raise UnreadableFileError(path, f"is truncated or damaged ({error})", "Copy or export it again.") from error


def _blocks(data: bytes, order: str) -> list[bytes]:
    """The contents of the extensions: each begins with its size, these 8 bytes included, and a code."""
    blocks = []
    at = 0
    while at + 8 <= len(data):
        (size,) = struct.unpack_from(f"{order}i", data, at)
        if size < 8:
            break
        blocks.append(data[at + 8 : at + size])
        at += size
    return blocks


def _labels(extension: bytes) -> list[tuple[str, str]]:
    """Key and name of every label."""
    text = extension.rstrip(b"\x00").decode("utf-8", errors="replace").strip()
    # No file of ours needs a document type, and entities in one can grow without end.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return []
    try:
        root = ElementTree.fromstring(re.sub(r"^<\?xml[^>]*\?>", "", text).strip())
    except (ElementTree.ParseError, ValueError):
        return []  # another program's extension
    labels = [(element.get("Key", ""), element.text or "") for element in root.iter("Label")]
    return [(key, " ".join(name.split())) for key, name in labels]
