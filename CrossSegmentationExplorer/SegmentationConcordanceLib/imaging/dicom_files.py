"""DICOM files opened so that no length in them can reserve more memory than the file has bytes."""

from __future__ import annotations

import contextlib
import io
import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pydicom
from pydicom.dataset import FileDataset
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag, Tag
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from ..errors import UnreadableFileError
from ..memory_budget import budget_bytes, require_within_budget

_SMALL = 2**16
_HEAD = 2**12
_READ_AT_ONCE = 2**20
_PREAMBLE = 128
_VRS = frozenset(b"AE AS AT CS DA DS DT FD FL IS LO LT OB OW PN SH SL SQ SS ST TM UI UL UN US UT".split())
_LAST_FIRST = 0x0060  # Modality: what a dataset begins with lies before it
_SHORT = 2**10
_FRAMES = 0x52000000  # the group of the functional groups
_GROUP_LENGTH = b"\x02\x00\x00\x00UL\x04\x00"


class BoundedFile(io.BufferedReader):
    """A file opened for reading whose ``read`` never reserves more than what is left of it.

    Python reserves as many bytes as are asked for before it looks at the file, and pydicom asks for what an element's
    length says: four wrong bytes would reserve 4 GB.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(io.FileIO(path))
        self._size = os.fstat(self.fileno()).st_size

    def read(self, size: int | None = -1, /) -> bytes:
        """As any file's, at most ``size`` bytes."""
        if size is not None and size > _SMALL:
            size = min(size, max(0, self._size - self.tell()))
        return super().read(size)


def open_dicom(path: str | os.PathLike[str]) -> BoundedFile:
    """Open a DICOM file for pydicom's readers; deflated ones are measured first, as pydicom inflates them whole.

    :raises UnreadableFileError: deflated, and inflated larger than the memory budget.
    :raises OSError: it cannot be opened.
    """
    file = BoundedFile(path)
    try:
        _require_inflatable(file, Path(path))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def inflated(path: str | os.PathLike[str]) -> io.BytesIO | None:
    """A deflated DICOM file as it would be without that, inflated once; None for any other, and where there is none.

    :raises UnreadableFileError: it is damaged, or larger than the memory budget.
    """
    try:
        file = BoundedFile(path)
    except OSError:
        return None
    with file:
        if not is_deflated(file):
            return None
        plain = io.BytesIO()
        # As long as before: a UID may end in zeros.
        syntax = ExplicitVRLittleEndian.encode().ljust(len(DeflatedExplicitVRLittleEndian), b"\0")
        plain.write(_head(file, Path(path)).replace(DeflatedExplicitVRLittleEndian.encode(), syntax))
        for part in _inflated_parts(file, Path(path)):
            plain.write(part)
    plain.seek(0)
    return plain


def is_dicom_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file is DICOM by its mark or, without one, by its first tags.

    :raises OSError: it cannot be opened.
    """
    with Path(path).open("rb") as file:
        return begins_as_dicom(file.read(_PREAMBLE + 4))


def begins_as_dicom(head: bytes) -> bool:
    """The same of a file's first 132 bytes.

    Older archives and planning systems leave out preamble and mark. Then the first element is one of the file's meta
    information, or one of group 8, followed by its type or, where types are implicit, by a short length.
    """
    if head[_PREAMBLE:] == b"DICM":
        return True
    if len(head) < _PREAMBLE + 4:
        return False
    group, element = int.from_bytes(head[:2], "little"), int.from_bytes(head[2:4], "little")
    has_type = head[4:6] in _VRS
    if group == 2 and element in (0, 1, 2):
        return has_type
    return group == 8 and element <= _LAST_FIRST and (has_type or int.from_bytes(head[4:8], "little") < _SHORT)


def read_dicom(
    path: str | os.PathLike[str], *, stop_before_pixels: bool = False, plain: BinaryIO | None = None
) -> FileDataset:
    """The dataset, as ``pydicom.dcmread`` gives it; files without the mark too, see :func:`begins_as_dicom`.

    :param plain: what :func:`inflated` gave of it, so that it is not done again.
    :raises OSError: it cannot be opened. :raises InvalidDicomError: it is no DICOM. Whatever else a damaged file
        raises passes too: see :data:`~.seg_damage.DAMAGE`.
    """
    with open_dicom(path) if plain is None else contextlib.nullcontext(plain) as file:
        file.seek(0)
        is_dicom = begins_as_dicom(file.read(_PREAMBLE + 4))
        file.seek(0)
        dataset = pydicom.dcmread(file, stop_before_pixels=stop_before_pixels, force=is_dicom)
    dataset.filename = os.fspath(path)
    if "TransferSyntaxUID" not in dataset.file_meta:
        implicit, _ = dataset.original_encoding
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    return dataset


def first_values(path: str | os.PathLike[str], keywords: Sequence[str]) -> FileDataset:
    """These elements of a file, read no further than to the last of them: the headers of a SEG's frames come later.

    :param keywords: of elements at the top level; one that the file lacks is not in the result.
    :raises OSError: it cannot be opened. :raises InvalidDicomError: it is no DICOM. Whatever else a damaged file
        raises passes too: see :data:`~.seg_damage.DAMAGE`.
    """
    tags: list[BaseTag | int] = [Tag(keyword) for keyword in keywords]
    return _read_to(path, max(tags), tags)


def read_without_frames(path: str | os.PathLike[str]) -> FileDataset:
    """What a file says of itself as a whole: without the headers of its frames, which can be thousands, and the pixels.

    Raises as :func:`first_values` does.
    """
    return _read_to(path, _FRAMES - 1)


def _read_to(path: str | os.PathLike[str], last: BaseTag | int, tags: list[BaseTag | int] | None = None) -> FileDataset:
    with open_dicom(path) as file:
        is_dicom = begins_as_dicom(file.read(_PREAMBLE + 4))
        file.seek(0)
        return read_partial(file, lambda tag, vr, length: tag > last, specific_tags=tags, force=is_dicom)


def is_deflated(file: BoundedFile) -> bool:
    """Whether the head of a DICOM file says that the rest is deflated; the file is at its beginning again."""
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    return head[128:132] == b"DICM" and DeflatedExplicitVRLittleEndian.encode() in head


def _require_inflatable(file: BoundedFile, path: Path) -> None:
    if is_deflated(file):
        _head(file, path)
        for _ in _inflated_parts(file, path):
            pass


def _head(file: BoundedFile, path: Path) -> bytes:
    """The part of a file that is not deflated; the file is behind it then."""
    head = file.read(_HEAD)
    at = head.find(_GROUP_LENGTH, _PREAMBLE + 4)
    if at < 0:
        raise UnreadableFileError(path, "the length of its head is missing", "Copy or export it again.")
    end = at + 12 + int.from_bytes(head[at + 8 : at + 12], "little")
    file.seek(0)
    return file.read(end)


def _inflated_parts(file: BoundedFile, path: Path) -> Iterator[bytes]:
    """What the rest of a file is when it is inflated, in parts that memory has room for."""
    inflater, budget, size = zlib.decompressobj(-zlib.MAX_WBITS), budget_bytes(), 0
    pending = b""
    while not inflater.eof and (chunk := pending or file.read(_READ_AT_ONCE)):
        try:
            part = inflater.decompress(chunk, _READ_AT_ONCE)
        except zlib.error as error:
            raise UnreadableFileError(path, f"its deflated part is damaged ({error})", "Copy it again.") from error
        size += len(part)
        if size > budget:
            require_within_budget(path, [size], what="bytes, inflated")
        yield part
        pending = inflater.unconsumed_tail
    if not inflater.eof:
        raise UnreadableFileError(path, "its deflated part is damaged (it ends too early)", "Copy it again.")
