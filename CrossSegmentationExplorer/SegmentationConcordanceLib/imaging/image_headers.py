"""The DICOM images of a folder: which files they are, and what the header of each one says."""

from __future__ import annotations

import os
import struct
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from pydicom import uid
from pydicom.dataset import FileDataset
from pydicom.filereader import read_partial
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag, Tag

from ..errors import DicomSeriesError, UnreadableFileError
from .dicom_files import begins_as_dicom, open_dicom
from .nesting import DEEPEST, nesting_depth
from .pydicom_notes import without_pydicom_notes
from .seg_damage import DAMAGE

_MODALITIES = {uid.CTImageStorage: "CT", uid.MRImageStorage: "MR", uid.PositronEmissionTomographyImageStorage: "PT"}
_MULTI_FRAME_MODALITIES = {
    uid.EnhancedCTImageStorage: "CT",
    uid.LegacyConvertedEnhancedCTImageStorage: "CT",
    uid.EnhancedMRImageStorage: "MR",
    uid.EnhancedMRColorImageStorage: "MR",
    uid.LegacyConvertedEnhancedMRImageStorage: "MR",
    uid.EnhancedPETImageStorage: "PT",
    uid.LegacyConvertedEnhancedPETImageStorage: "PT",
}
_TAGS = [
    *(Tag(keyword) for keyword in ("ImageType", "SOPClassUID", "SOPInstanceUID", "Modality", "SeriesDescription")),
    *(Tag(keyword) for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "PixelSpacing")),
    *(Tag(keyword) for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "SpacingBetweenSlices")),
    *(Tag(keyword) for keyword in ("SliceThickness", "SamplesPerPixel", "NumberOfFrames", "Rows", "Columns")),
    *(Tag(keyword) for keyword in ("BitsAllocated", "SpecificCharacterSet")),
]
_FUNCTIONAL_GROUPS = 0x52009229
_PIXEL_DATA = 0x7FE00010
_MOST_DECIMALS = 6
_UNDEFINED_LENGTH = 0xFFFFFFFF
_SEQUENCE_END = 0xFFFEE0DD


@dataclass(frozen=True)
class ImageHeader:
    """What one CT, MR or PET image file says of itself; None or "" where it does not say.

    :param sop_class_uid: of the dataset or, where an anonymizer has emptied it there, of the file's meta information,
        which must be the same.
    :param modality: "CT", "MR" or "PT", by the SOP class.
    :param matrix: number of rows (along j), then of columns (along i).
    :param position: LPS position of the centre of the first voxel, mm.
    :param orientation: direction cosines of a row (along columns, i) and of a column (along rows, j), six numbers.
    :param pixel_spacing: distance of neighbouring rows (along j), then of neighbouring columns (along i), mm.
    :param slice_distance: SpacingBetweenSlices, else SliceThickness, mm.
    :param position_decimals: how many decimals the header gives for x, y and z of ``position``; at most 6.
    """

    path: Path
    sop_class_uid: str
    sop_instance_uid: str
    study_uid: str
    series_uid: str
    frame_of_reference_uid: str
    modality: str
    description: str
    multi_frame: bool
    matrix: tuple[int, ...] | None
    position: tuple[float, ...] | None
    orientation: tuple[float, ...] | None
    pixel_spacing: tuple[float, ...] | None
    slice_distance: float | None
    position_decimals: tuple[int, ...] = (6, 6, 6)


@dataclass(frozen=True)
class FolderContents:
    """The images of a folder, and a count of what else lies there: DICOM objects by kind, and all files."""

    images: tuple[ImageHeader, ...]
    set_aside: Counter[str]
    n_files: int


def read_headers(folder: Path) -> FolderContents:
    """Read the header of every DICOM file in ``folder`` and below; what a file is, its content tells, not its name.

    Set aside are localizers and everything that is no CT, MR or PET image (SEG, SR, DICOMDIR, ...). Other files are
    only counted; names that start with a dot are skipped.

    :raises DicomSeriesError: the folder is missing or is a file.
    :raises UnreadableFileError: a DICOM file is damaged or shorter than it says, or a file or folder cannot be opened.
        Any of them could be a slice, so none is passed over.
    """
    if not folder.is_dir():
        fact = "is a file, not a folder" if folder.exists() else "there is no such folder"
        raise DicomSeriesError(folder, fact, "Name the folder that holds the files of the image series.")
    images: list[ImageHeader] = []
    set_aside: Counter[str] = Counter()
    n_files = 0
    for path in _files(folder):
        n_files += 1
        found = _read_file(path)
        if isinstance(found, ImageHeader):
            images.append(found)
        elif found is not None:
            set_aside[found] += 1
    return FolderContents(tuple(images), set_aside, n_files)


def _files(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise _cannot_open(error.filename, error)

    walk = os.walk(folder, onerror=refuse)
    paths = (Path(where, name) for where, _, names in walk for name in names if not name.startswith("."))
    return sorted(path for path in paths if path.is_file())


def _read_file(path: Path) -> ImageHeader | str | None:
    """The header of an image, the kind of any other DICOM object, None for any other file."""
    try:
        with open_dicom(path) as stream:
            head = stream.read(132)
            if not begins_as_dicom(head):
                _refuse_false_name(path)
                return None
            stream.seek(0)
            return _read_dicom(path, stream, is_marked=head[128:] == b"DICM")
    except OSError as error:
        raise _cannot_open(path, error) from error
    except DAMAGE as error:
        raise _damaged(path, f"its DICOM header is damaged or cut short ({str(error)[:100]})") from error


def _refuse_false_name(path: Path) -> None:
    if path.suffix.lower() == ".dcm":
        size = path.stat().st_size
        raise _damaged(
            path,
            f"is named .dcm but is no DICOM file ({size} bytes, neither the mark DICM at byte 128 nor a first tag)",
        )


def _read_dicom(path: Path, stream: BinaryIO, *, is_marked: bool) -> ImageHeader | str | None:
    with without_pydicom_notes():
        dataset = read_partial(stream, stop_when=_is_bulk, force=not is_marked, specific_tags=[*_TAGS])
        sop_class = _sop_class(dataset)
        kind = str(dataset.get("Modality") or uid.UID(sop_class).name)
        if not kind and not is_marked:
            return None
        if not kind:
            raise ValueError("neither SOPClassUID nor Modality")
        modality = _MODALITIES.get(uid.UID(sop_class)) or _MULTI_FRAME_MODALITIES.get(uid.UID(sop_class))
        if modality is None and (sop_class or kind not in _MODALITIES.values()):
            if is_marked and "TransferSyntaxUID" not in dataset.file_meta:
                raise ValueError("no TransferSyntaxUID")
            return kind
        if "LOCALIZER" in (dataset.get("ImageType") or ()):
            return "localizer"
        header = _image_header(path, dataset, sop_class, modality or kind)
    if not header.multi_frame:
        _check_nesting(path, stream)
        _check_pixel_data(path, stream, dataset)
    return header


def _sop_class(dataset: FileDataset) -> str:
    in_dataset = str(dataset.get("SOPClassUID") or "")
    in_meta = str(dataset.file_meta.get("MediaStorageSOPClassUID") or "")
    # Nothing there, or the start of a UID where the file is cut short, has no name.
    has_name = uid.UID(in_dataset).name != in_dataset
    return in_dataset if has_name else in_meta or in_dataset


def _is_bulk(tag: BaseTag, vr: str | None, length: int) -> bool:
    """Whether the header proper ends here: before the pixels, and before the thousands of frames of a SEG."""
    return tag >= _PIXEL_DATA - 2 or tag in (_FUNCTIONAL_GROUPS, _FUNCTIONAL_GROUPS + 7)


def _image_header(path: Path, dataset: FileDataset, sop_class: str, modality: str) -> ImageHeader:
    distance = _distance(dataset, "SpacingBetweenSlices") or _distance(dataset, "SliceThickness")
    return ImageHeader(
        path=path,
        sop_class_uid=sop_class,
        sop_instance_uid=str(dataset.get("SOPInstanceUID") or ""),
        study_uid=str(dataset.get("StudyInstanceUID") or ""),
        series_uid=str(dataset.get("SeriesInstanceUID") or ""),
        frame_of_reference_uid=str(dataset.get("FrameOfReferenceUID") or ""),
        modality=modality,
        description=str(dataset.get("SeriesDescription") or ""),
        multi_frame=sop_class in _MULTI_FRAME_MODALITIES or int(dataset.get("NumberOfFrames") or 1) > 1,
        matrix=_matrix(dataset),
        position=_numbers(dataset, "ImagePositionPatient", 3),
        orientation=_numbers(dataset, "ImageOrientationPatient", 6),
        pixel_spacing=_numbers(dataset, "PixelSpacing", 2),
        slice_distance=distance,
        position_decimals=tuple(_decimals(number) for number in _value(dataset, "ImagePositionPatient") or ()),
    )


def _value(dataset: FileDataset, keyword: str) -> Any:
    """The value of an element of decimals. Programs of some countries write them with a comma, against PS3.5, 6.2;
    pydicom leaves such a text as it is."""
    value = dataset.get(keyword)
    if isinstance(value, str):
        return value.replace(",", ".")
    if isinstance(value, MultiValue):
        return [one.replace(",", ".") if isinstance(one, str) else one for one in value]
    return value


def _decimals(number: Any) -> int:
    """Decimals of a number as the header writes it; what is beyond the sixth is noise of the conversion to text."""
    text = str(getattr(number, "original_string", number))
    written = -int(Decimal(text.strip()).as_tuple().exponent)
    if written > _MOST_DECIMALS:
        written = -int(Decimal(str(round(float(number), _MOST_DECIMALS))).normalize().as_tuple().exponent)
    return min(max(written, 0), _MOST_DECIMALS)


def _distance(dataset: FileDataset, keyword: str) -> float | None:
    """A length that only a series of one image needs: what is no number says nothing."""
    try:
        found = _numbers(dataset, keyword, 1)
    except (ValueError, TypeError):
        return None
    return abs(found[0]) if found else None


def _matrix(dataset: FileDataset) -> tuple[int, int] | None:
    rows, columns = dataset.get("Rows"), dataset.get("Columns")
    return (int(rows), int(columns)) if rows and columns else None


def _numbers(dataset: FileDataset, keyword: str, count: int) -> tuple[float, ...] | None:
    value = _value(dataset, keyword)
    if value is None or value == "" or value == []:
        return None
    numbers = tuple(float(number) for number in np.atleast_1d(np.asarray(value, dtype=float)))
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise ValueError(f"{keyword} {value} is not {count} numbers")
    return numbers


def _check_nesting(path: Path, stream: BinaryIO) -> None:
    """Refuse a header that would keep GDCM busy for minutes; the stream stays behind it, where it was."""
    end = stream.tell()
    stream.seek(0)
    depth = nesting_depth(stream.read(end))
    if depth > DEEPEST:
        raise _damaged(path, f"its header has sequences within sequences, {depth} deep")


def _check_pixel_data(path: Path, stream: BinaryIO, dataset: FileDataset) -> None:
    """Raise unless all of the pixel data that the header at hand announces is in the file; nothing is decoded."""
    if dataset.file_meta.get("TransferSyntaxUID") == uid.DeflatedExplicitVRLittleEndian:
        return  # inflating it has failed already if it is cut short
    size = path.stat().st_size
    implicit, little_endian = dataset.original_encoding
    order = "<" if little_endian else ">"
    head = 8 if implicit else 12
    start = stream.read(head)
    if len(start) < head or struct.unpack(f"{order}HH", start[:4]) != divmod(_PIXEL_DATA, 0x10000):
        raise _damaged(path, f"has no pixel data after its header of {stream.tell() - len(start)} bytes")
    (length,) = struct.unpack(f"{order}I", start[-4:])
    if length == _UNDEFINED_LENGTH:
        if not _ends_whole(stream, size):
            raise _damaged(path, f"is cut short: its {size} bytes end within the compressed pixel data")
        return
    bits = int(dataset.BitsAllocated) * int(dataset.get("SamplesPerPixel") or 1)
    expected = -(-int(dataset.Rows) * int(dataset.Columns) * bits // 8)
    present = min(length, size - stream.tell())
    if present < max(expected, length):
        raise _damaged(path, f"is cut short: {present} bytes of pixel data, not {max(expected, length)}")


def _ends_whole(stream: BinaryIO, size: int) -> bool:
    """Whether the compressed fragments from here on, always little endian, run up to their end mark within the file."""
    while len(start := stream.read(8)) == 8:
        group, element, length = struct.unpack("<HHI", start)
        if (group << 16) + element == _SEQUENCE_END:
            return True
        if stream.seek(length, os.SEEK_CUR) > size:
            return False
    return False


def _cannot_open(path: str | os.PathLike[str], error: OSError) -> UnreadableFileError:
    return UnreadableFileError(path, f"cannot be read ({error.strerror})", "Check its permissions.")


def _damaged(path: Path, fact: str) -> UnreadableFileError:
    return UnreadableFileError(path, fact, "Copy or export the series again.")
