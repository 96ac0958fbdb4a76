"""DICOMweb over the files of one folder: QIDO-RS searches, WADO-RS metadata, frames, bulk data and instances."""

from __future__ import annotations

import errno
import functools
import json
import re
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import UnreadableFileError
from . import qido
from .dicom_index import DAMAGE, DicomIndex, Instance, is_uid
from .frames import MEDIA_TYPES, FrameError, FrameTable, frame_table
from .instance_files import InstanceFiles, served_transfer_syntax
from .metadata import bulk_value, json_model, read_header
from .shared_results import SharedResults
from .web_answer import Answer, RefusedError, json_answer, multipart_answer

_READ_AT_ONCE = 2**20
_MOST_FRAMES_AT_ONCE = 1000
_MOST_AT_WORK = 4
_LEVELS = ("studies", "series", "instances")
_TRANSFER_SYNTAX = re.compile(r'transfer-syntax="?(\*|[0-9.]+)')
_FRAME_LIST = re.compile(r"[1-9][0-9]{0,8}(,[1-9][0-9]{0,8})*")
_PIXEL_DATA = "7FE00010"

Query = Sequence[tuple[str, str]]


class LocalDicomWeb:
    """Answers requests from an index; to be closed after use. May be used by several threads.

    A file that turns out to be damaged is left out of this and all later answers.

    :param on_left_out: called once for each such file, with a line that names it; no answer ever does.
    """

    def __init__(self, index: DicomIndex, on_left_out: Callable[[str], None] | None = None) -> None:
        self.index = index
        self._on_left_out = on_left_out or (lambda line: None)
        self._damaged: set[Path] = set()
        self._lock = threading.Lock()
        self._at_work = threading.BoundedSemaphore(_MOST_AT_WORK)
        self._files = InstanceFiles()
        self._frame_table = SharedResults(self._read_frame_table, 4096)
        self._metadata = SharedResults(self._series_metadata, 64)

    def close(self) -> None:
        """Give temporary files back."""
        self._files.close()

    def answer(self, path: Sequence[str], query: Query, accept: str, address: str) -> Answer:
        """The answer to one GET request.

        :param path: decoded parts of the path below the service.
        :param accept: the Accept header.
        :param address: URL of the service.
        :raises RefusedError: there is no such thing here, or the request makes no sense.
        """
        uids, resource = _split(path)
        try:
            return self._answer(uids, resource, query, accept, address)
        except qido.QueryError as error:
            raise RefusedError(400, f"The search cannot be done: {error}.") from error
        except UnreadableFileError as error:
            self._leave_out(error)
            raise RefusedError(500, "This file is damaged or cannot be read; the terminal says which.") from error
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            raise RefusedError(503, "Too many files are open at once: ask again.") from error

    def _answer(self, uids: Sequence[str], resource: Sequence[str], query: Query, accept: str, address: str) -> Answer:
        if resource[:1] and resource[0] in _LEVELS and len(resource) == 1:
            return json_answer(self._search(resource[0], uids, query, address))
        if not uids:
            raise RefusedError(404, "This service has studies, series and instances.")
        instances = [i for i in self.index.instances(*uids[:2]) if len(uids) < 3 or i.sop_instance_uid == uids[2]]
        if not instances:
            raise RefusedError(404, f"No such {('study', 'series', 'instance')[len(uids) - 1]} is here.")
        if not resource:
            return self._retrieved(instances, accept)
        if resource == ["metadata"]:
            return self._metadata_answer(instances, uids, address)
        if len(uids) == 3 and resource[0] == "frames" and len(resource) == 2:
            return self._frames(instances[0], resource[1], accept)
        if len(uids) == 3 and resource[0] == "bulkdata" and len(resource) > 1:
            return self._bulk_data(instances[0], "/".join(resource[1:]))
        raise RefusedError(404, "This service has metadata, frames and bulk data of its instances, nothing else.")

    def _search(self, level: str, uids: Sequence[str], query: Query, address: str) -> list[qido.Answer]:
        if uids and uids[0] not in self.index.studies:
            return []
        study_uid, series_uid = [*uids, None, None][:2]
        index = self.index.without(self._damaged) if self._damaged else self.index
        if study_uid is not None and study_uid not in index.studies:
            return []
        if level == "studies":
            return qido.find_studies(index, query, address)
        if level == "series":
            return qido.find_series(index, study_uid, query, address)
        return qido.find_instances(index, study_uid, series_uid, query, address)

    def _metadata_answer(self, instances: Sequence[Instance], uids: Sequence[str], address: str) -> Answer:
        if len(uids) == 3:
            return json_answer([self._instance_metadata(instances[0], address)])
        series = dict.fromkeys((instance.study_uid, instance.series_uid) for instance in instances)
        bodies = [self._metadata(*one, address) for one in series]
        return Answer(
            200, "application/dicom+json", b"[" + b",".join(body[1:-1] for body in bodies if body != b"[]") + b"]"
        )

    def _series_metadata(self, study_uid: str, series_uid: str, address: str) -> bytes:
        models = []
        for instance in self.index.instances(study_uid, series_uid):
            try:
                with self._at_work:  # many at once would only keep each other, and Ctrl-C, from being heard
                    models.append(json.dumps(self._instance_metadata(instance, address), allow_nan=False))
            except UnreadableFileError as error:
                self._leave_out(error)
        return f"[{', '.join(models)}]".encode()

    def _leave_out(self, error: UnreadableFileError) -> None:
        """Note a damaged file and say it once; its series is not searched for any more where nothing else is in it."""
        path = Path(error.subject)
        with self._lock:
            if path in self._damaged:
                return
            self._damaged.add(path)
        self._on_left_out(f"left out: {error}")

    def _instance_metadata(self, instance: Instance, address: str) -> dict[str, Any]:
        url = f"{address}/studies/{instance.study_uid}/series/{instance.series_uid}"
        header, syntax = self._header(instance), served_transfer_syntax(instance)
        address = f"{url}/instances/{instance.sop_instance_uid}"
        # Values are decoded here, so here it shows that one is damaged.
        return _checked(instance, lambda: json_model(header, syntax, address, has_pixels="Rows" in header))

    def _header(self, instance: Instance) -> Any:
        with self._files.opened(instance) as stream:
            return _checked(instance, lambda: read_header(stream))

    def _read_frame_table(self, instance: Instance) -> FrameTable:
        with self._files.opened(instance) as stream:
            return _checked(instance, lambda: frame_table(stream))

    def _frames(self, instance: Instance, wanted: str, accept: str) -> Answer:
        if not _FRAME_LIST.fullmatch(wanted):
            raise RefusedError(400, "Frames are numbers from 1 on, separated by commas.")
        numbers = [int(number) for number in wanted.split(",")]
        table = self._frame_table(instance)
        if max(numbers) > table.n_frames:
            raise RefusedError(404, f"There is no frame {max(numbers)}: this instance has {table.n_frames}.")
        if len(numbers) > _MOST_FRAMES_AT_ONCE:
            raise RefusedError(400, f"Ask for no more than {_MOST_FRAMES_AT_ONCE} frames at once.")
        syntax = _acceptable(instance, accept)
        with self._files.opened(instance) as stream:
            frames = [_checked(instance, functools.partial(table.read, stream, number)) for number in numbers]
        media_type = MEDIA_TYPES.get(syntax, "application/octet-stream")
        return multipart_answer(media_type, syntax, [[frame] for frame in frames])

    def _bulk_data(self, instance: Instance, path: str) -> Answer:
        if path.upper() == _PIXEL_DATA:
            return self._pixel_data(instance)
        header = self._header(instance)
        value = _checked(instance, lambda: bulk_value(header, path.upper()))
        if value is None:
            raise RefusedError(404, "This instance has no such bulk data.")
        return multipart_answer("application/octet-stream", "", [[value]])

    def _pixel_data(self, instance: Instance) -> Answer:
        """Native pixel data as they are stored, compressed ones frame by frame."""
        table, syntax = self._frame_table(instance), served_transfer_syntax(instance)
        if table.extents:
            frames = (self._read_frames(instance, table, [number]) for number in range(1, table.n_frames + 1))
            return multipart_answer(MEDIA_TYPES.get(syntax, "application/octet-stream"), syntax, frames)
        length = -(-table.bits_per_frame * table.n_frames // 8)
        stored = self._bytes_of(instance, table.start, length)
        return multipart_answer("application/octet-stream", syntax, [stored])

    def _read_frames(self, instance: Instance, table: FrameTable, numbers: Sequence[int]) -> Iterator[bytes]:
        with self._files.opened(instance) as stream:
            for number in numbers:
                yield table.read(stream, number)

    def _retrieved(self, instances: Sequence[Instance], accept: str) -> Answer:
        for instance in instances:
            _acceptable(instance, accept)
        if len(instances) == 1 and "application/dicom" in accept and "multipart/related" not in accept:
            return Answer(200, "application/dicom", self._bytes_of(instances[0]))
        return multipart_answer("application/dicom", "", (self._bytes_of(instance) for instance in instances))

    def _bytes_of(self, instance: Instance, start: int = 0, length: int | None = None) -> Generator[bytes, None, None]:
        with self._files.opened(instance) as stream:
            stream.seek(start)
            left = length
            while chunk := stream.read(_READ_AT_ONCE if left is None else min(left, _READ_AT_ONCE)):
                left = None if left is None else left - len(chunk)
                yield chunk


def _split(path: Sequence[str]) -> tuple[list[str], list[str]]:
    """The UIDs of study, series and instance at the path's begin, and what follows.

    :raises RefusedError: something else than a UID stands where one belongs.
    """
    uids: list[str] = []
    rest = list(path)
    while len(rest) > 1 and len(uids) < 3 and rest[0] == _LEVELS[len(uids)]:
        if not is_uid(rest[1]):
            raise RefusedError(400, f"What follows {rest[0]} is no UID: digits and dots, 64 at the most.")
        uids.append(rest[1])
        rest = rest[2:]
    return uids, rest


def _acceptable(instance: Instance, accept: str) -> str:
    """The transfer syntax of the instance, where the client takes it; nothing is transcoded here."""
    syntax = served_transfer_syntax(instance)
    named = _TRANSFER_SYNTAX.findall(accept)
    if named and not {"*", syntax} & set(named):
        raise RefusedError(406, f"It is stored as {syntax} and served so: ask with transfer-syntax=*.")
    return syntax


def _checked(instance: Instance, read: Callable[[], Any]) -> Any:
    """What a reader gives.

    :raises UnreadableFileError: it does not like the file.
    """
    try:
        return read()
    except FrameError as error:
        raise UnreadableFileError(instance.path, str(error), "Export the series again.") from error
    except (OSError, *DAMAGE) as error:
        if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
            raise
        raise UnreadableFileError(instance.path, f"is damaged ({error})", "Export the series again.") from error
