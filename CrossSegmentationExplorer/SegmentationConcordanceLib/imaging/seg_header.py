"""What a DICOM SEG says of itself as a whole, without its frames: enough to list it before it is loaded."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import ExplicitVRLittleEndian, SegmentationStorage

from ..errors import UnreadableFileError
from .dicom_files import read_without_frames
from .item_scan import ITEM, ITEM_END, SEQUENCE_END, UNDEFINED, UnusualEncodingError, delimiter, element_header
from .seg_damage import damage_is_told
from .seg_described import one_line, text_of
from .seg_identity import told_identity
from .seg_metadata import LABEL_MAP_STORAGE
from .seg_reader import require_segmentation
from .seg_scan import scan_seg

_TRANSFER_SYNTAX = 0x00020010
_SOP_CLASS = 0x00080016
_REFERENCED_SERIES = 0x00081115
_REFERENCED_STUDIES = 0x00081200
_SERIES = 0x0020000E
_SEGMENTS = 0x00620002
_FRAMES = 0x52000000
_TEXTS = {
    _SOP_CLASS: "SOPClassUID",
    0x00080018: "SOPInstanceUID",
    0x0008103E: "SeriesDescription",
    0x0020000D: "StudyInstanceUID",
    _SERIES: "SeriesInstanceUID",
    0x00200052: "FrameOfReferenceUID",
    0x00700080: "ContentLabel",
    0x00700081: "ContentDescription",
}
# Values by the tag of the sequence that holds them, and their own.
_REFERENCED = (_REFERENCED_SERIES, _SERIES)
_NUMBER = (_SEGMENTS, 0x00620004)
_ALGORITHM = (_SEGMENTS, 0x00620009)
_IDENTIFICATION = (_SEGMENTS, 0x00620007)
_PARAMETERS = (_IDENTIFICATION[1], 0x00660032)
_WANTED = frozenset(
    {(0, _TRANSFER_SYNTAX), *((0, tag) for tag in _TEXTS), _REFERENCED, _NUMBER, _ALGORITHM, _PARAMETERS}
)
_ENTERED = frozenset({_REFERENCED_SERIES, _REFERENCED_STUDIES, _SEGMENTS, _IDENTIFICATION[1]})
_READ_AT_ONCE = (2**18, 2**22)
_PREAMBLE = 128
_MARK = b"DICM"
_WITHOUT_LENGTH = (b"SQ\0\0\xff\xff\xff\xff", b"UN\0\0\xff\xff\xff\xff")
_END_BYTES = struct.pack("<HHI", SEQUENCE_END >> 16, SEQUENCE_END & 0xFFFF, 0)


@dataclass(frozen=True)
class SegHeader:
    """A DICOM segmentation as a whole.

    :param referenced_series_uids: of the images that it was made on, also where they are of another study; may be
        empty.
    :param source_images: SOPInstanceUIDs of the images that its frames were derived from; looked for only where no
        referenced series is named, and then may be empty too.
    :param algorithm_names: the different SegmentAlgorithmNames of the segments, in their order.
    :param n_segments: the background of a label map included.
    :param label_map_name: the label map (a model's vocabulary) that it was made with; empty where it does not say.
    :param part: see :attr:`SegIdentity.part`.
    """

    path: Path
    sop_instance_uid: str
    series_uid: str
    study_uid: str
    frame_of_reference_uid: str
    referenced_series_uids: tuple[str, ...]
    source_images: frozenset[str]
    series_description: str
    content_label: str
    algorithm_names: tuple[str, ...]
    n_segments: int
    label_map_name: str
    tasks: tuple[str, ...]
    part: tuple[int, int] | None = None

    @property
    def title(self) -> str:
        """What people call it: the series description, else what it says instead of one; never empty."""
        return self.series_description or self.content_label or " + ".join(self.algorithm_names) or self.path.name


def read_seg_header(path: Path) -> SegHeader:
    """Read the header of a SEG: about a millisecond, whatever the number of its segments and frames.

    Explicit VR little endian is walked element by element; any other encoding, and whatever is not plainly that, is
    read by pydicom. Both give the same.

    :raises UnreadableFileError: the file is missing, empty, or not DICOM.
    :raises DicomSegError: it is DICOM but no voxel segmentation, describes no segments, or is damaged.
    """
    with damage_is_told(path):
        try:
            told = _walked(path) or _parsed(path)
        except InvalidDicomError as error:
            raise UnreadableFileError(path, "is not a DICOM file", "Import it again.") from error
        except OSError as error:
            raise UnreadableFileError(path, f"cannot be read ({error.strerror})", "Import it again.") from error
        return _header(path, told)


_Told = Mapping[str, Sequence[str]]
"""Values by keyword; "SegmentAlgorithmName" has one for each segment that has one."""


def _header(path: Path, told: _Told) -> SegHeader:
    referenced = _each_once(told["referenced"])
    identity = told_identity(told["parameters"], _first(told, "ContentDescription"))
    return SegHeader(
        path=path,
        sop_instance_uid=_first(told, "SOPInstanceUID"),
        series_uid=_first(told, "SeriesInstanceUID"),
        study_uid=_first(told, "StudyInstanceUID"),
        frame_of_reference_uid=_first(told, "FrameOfReferenceUID"),
        referenced_series_uids=referenced,
        source_images=frozenset() if referenced else _source_images(path),
        series_description=_first(told, "SeriesDescription"),
        content_label=_first(told, "ContentLabel"),
        algorithm_names=_each_once(told["algorithms"]),
        n_segments=len(told["segments"]),
        label_map_name=identity.label_map,
        tasks=identity.tasks,
        part=identity.part,
    )


def _source_images(path: Path) -> frozenset[str]:
    scanned = scan_seg(path)
    return frozenset().union(*scanned.table.sources) if scanned else frozenset()


def _first(told: _Told, keyword: str) -> str:
    return one_line(next(iter(told.get(keyword, ())), ""))


def _each_once(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in map(one_line, texts) if text))


def _parsed(path: Path) -> _Told:
    dataset = read_without_frames(path)
    require_segmentation(dataset, path)
    told = {keyword: [text_of(dataset, keyword)] for keyword in _TEXTS.values()}
    studies = [dataset, *(dataset.get("StudiesContainingOtherReferencedInstancesSequence") or [])]
    series = [item for study in studies for item in study.get("ReferencedSeriesSequence") or []]
    told["referenced"] = [str(item.get("SeriesInstanceUID") or "") for item in series]
    told["segments"] = [str(item.SegmentNumber) for item in dataset.SegmentSequence]
    told["parameters"] = [text for text in map(_parameters, dataset.SegmentSequence) if text]
    told["algorithms"] = [_algorithm(item) for item in dataset.SegmentSequence]
    return told


def _algorithm(item: Dataset) -> str:
    identification = item.get("SegmentationAlgorithmIdentificationSequence") or [Dataset()]
    return text_of(item, "SegmentAlgorithmName") or text_of(identification[0], "AlgorithmName")


def _parameters(item: Dataset) -> str:
    identification = item.get("SegmentationAlgorithmIdentificationSequence") or [Dataset()]
    return str(identification[0].get("AlgorithmParameters") or "")


def _walked(path: Path) -> _Told | None:
    """The values of a file that is plainly explicit VR little endian; None for any other."""
    for size in _READ_AT_ONCE:
        with path.open("rb") as file:
            data = file.read(size)
        try:
            return _Walk(data).values()
        except UnusualEncodingError:
            return None
        except (struct.error, ValueError):  # the bytes end within the header, or a text is not ASCII
            if len(data) < size:
                return None
    return None


class _Walk:
    """From element to element through the first bytes of a file, down into three sequences and over all others."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._found: defaultdict[tuple[int, int], list[str]] = defaultdict(list)

    def values(self) -> _Told:
        """:raises UnusualEncodingError: it needs a full DICOM reader. :raises ValueError: so it may, or more bytes."""
        if self._data[_PREAMBLE : _PREAMBLE + 4] != _MARK:
            raise UnusualEncodingError("no DICOM mark")
        self._walk_dataset(_PREAMBLE + 4)
        found = self._found
        if found[0, _SOP_CLASS] not in ([SegmentationStorage], [LABEL_MAP_STORAGE]) or not found[_NUMBER]:
            raise UnusualEncodingError("no voxel segmentation")
        if len(found[_ALGORITHM]) < len(found[_IDENTIFICATION]):
            raise UnusualEncodingError("algorithms are named elsewhere")
        return {keyword: found[0, tag] for tag, keyword in _TEXTS.items()} | {
            "referenced": found[_REFERENCED],
            "segments": found[_NUMBER],
            "algorithms": found[_ALGORITHM],
            "parameters": found[_PARAMETERS],
        }

    def _walk_dataset(self, at: int) -> None:
        previous = -1
        while True:
            tag, representation, length, value_at = element_header(self._data, at)
            if tag <= previous:
                raise UnusualEncodingError(f"{tag:08X} after {previous:08X}")
            if tag >= _FRAMES:
                return
            at = self._behind_element((0, tag), representation, length, value_at)
            if tag == _TRANSFER_SYNTAX and self._found[0, tag] != [ExplicitVRLittleEndian]:
                raise UnusualEncodingError("another transfer syntax")
            previous = tag

    def _walk_items(self, within: int, at: int, length: int) -> int:
        end = None if length == UNDEFINED else at + length
        previous = -1
        while end is None or at < end:
            tag, item_length = delimiter(self._data, at)
            if tag in (ITEM, ITEM_END):
                at, previous = at + 8, -1
            elif tag == SEQUENCE_END and end is None and item_length == 0:
                return at + 8
            else:
                tag, representation, length, value_at = element_header(self._data, at)
                if tag <= previous:
                    raise UnusualEncodingError(f"{tag:08X} after {previous:08X}")
                at, previous = self._behind_element((within, tag), representation, length, value_at), tag
        if at != end:
            raise UnusualEncodingError("an element is longer than its sequence")
        return at

    def _behind_element(self, place: tuple[int, int], representation: bytes, length: int, at: int) -> int:
        """Note a wanted value; where the element ends."""
        if representation == b"SQ":
            if place == _IDENTIFICATION:
                self._found[place].append("")
            if place[1] in _ENTERED:
                return self._walk_items(place[1], at, length)
            if length == UNDEFINED:
                return self._behind_sequence(at)
        if length == UNDEFINED:
            raise UnusualEncodingError(f"{place[1]:08X} is longer than the data")
        if at + length > len(self._data):
            raise ValueError(f"{place[1]:08X} is longer than the bytes at hand")
        if place in _WANTED:
            value = b"" if place == _NUMBER else self._data[at : at + length]
            if b"\x1b" in value:
                raise UnusualEncodingError("a change of the character set")
            self._found[place].append(value.decode("ascii").rstrip("\0 "))
        return at + length

    def _behind_sequence(self, at: int) -> int:
        """Where a sequence without a length ends: behind as many ends as there are such sequences within it."""
        to_end = 1
        while to_end:
            end = self._data.index(_END_BYTES, at)
            to_end += sum(self._data.count(start, at, end) for start in _WITHOUT_LENGTH) - 1
            at = end + len(_END_BYTES)
        return at
