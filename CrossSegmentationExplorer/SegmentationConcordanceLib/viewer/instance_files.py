"""The bytes of an instance as a browser can use them: as stored, and inflated where they were stored deflated."""

from __future__ import annotations

import contextlib
import errno
import tempfile
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pydicom.filebase import DicomFileLike
from pydicom.filereader import read_partial
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from ..errors import UnreadableFileError
from ..imaging.dicom_files import BoundedFile
from .dicom_index import DAMAGE, Instance
from .shared_results import SharedResults

_READ_AT_ONCE = 2**20
_RAW_DEFLATE = -15
_MOST_INFLATED = 10_000


class InstanceFiles:
    """Opens instances for reading; keeps inflated copies in temporary files, which vanish with this process.

    OHIF reads no deflated datasets. May be used by several threads.
    """

    def __init__(self) -> None:
        # Not one lock for all: inflating takes seconds, and others must not wait for it, least of all the end.
        self._inflated = SharedResults(lambda path: (_inflate(path), threading.Lock()), _MOST_INFLATED)

    @contextlib.contextmanager
    def opened(self, instance: Instance) -> Iterator[BinaryIO]:
        """A seekable stream of the whole file, at its beginning.

        :raises UnreadableFileError: the file has gone, may not be read, or its deflated part is damaged.
        """
        if instance.transfer_syntax != DeflatedExplicitVRLittleEndian:
            with _open(instance.path) as stream:
                yield stream
            return
        stream, one_reader = self._inflated(instance.path)
        with one_reader:
            stream.seek(0)
            yield stream

    def close(self) -> None:
        """Give the inflated copies back."""
        for stream, _ in self._inflated.done():
            stream.close()
        self._inflated.clear()


def served_transfer_syntax(instance: Instance) -> str:
    """UID of the transfer syntax of what ``InstanceFiles.opened`` gives."""
    deflated = instance.transfer_syntax == DeflatedExplicitVRLittleEndian
    return str(ExplicitVRLittleEndian) if deflated else instance.transfer_syntax


def _open(path: Path) -> BinaryIO:
    try:
        return BoundedFile(path)
    except OSError as error:
        if error.errno in (errno.EMFILE, errno.ENFILE):
            raise  # this says nothing of the file
        raise UnreadableFileError(path, f"cannot be read ({error.strerror})", "Start the viewer again.") from error


def _inflate(path: Path) -> BinaryIO:
    """A temporary file with the same DICOM file as explicit VR little endian."""
    inflated = tempfile.TemporaryFile()  # noqa: SIM115  closed by InstanceFiles.close
    try:
        with _open(path) as stored:
            # Stops before the first element of the dataset, so that nothing but the head is read here.
            meta = read_partial(stored, stop_when=lambda tag, vr, length: True).file_meta
            stored.seek(_length_of_head(stored))
            meta.TransferSyntaxUID = ExplicitVRLittleEndian
            inflated.write(bytes(128) + b"DICM")
            write_file_meta_info(DicomFileLike(inflated), meta)
            inflater = zlib.decompressobj(_RAW_DEFLATE)
            while chunk := inflater.unconsumed_tail or stored.read(_READ_AT_ONCE):
                inflated.write(inflater.decompress(chunk, _READ_AT_ONCE))
            inflated.write(inflater.flush())
        if not inflater.eof:
            raise UnreadableFileError(path, "its deflated part is cut short", "Copy the file again.")
    except DAMAGE as error:
        inflated.close()
        raise UnreadableFileError(path, f"its deflated part is damaged ({error})", "Copy the file again.") from error
    except BaseException:
        inflated.close()
        raise
    return inflated


def _length_of_head(stored: BinaryIO) -> int:
    """Where the dataset begins: behind preamble, "DICM" and the group length element, which says the rest."""
    stored.seek(132)
    element = stored.read(12)
    if element[:8] != b"\x02\x00\x00\x00UL\x04\x00":
        raise ValueError("the length of its head is missing")
    return 144 + int.from_bytes(element[8:], "little")
