"""Cases of NCI Imaging Data Commons (IDC): found in the index that the optional package idc-index brings, fetched from
its public bucket. Nothing is uploaded, and nobody is asked but IDC."""

from __future__ import annotations

import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ConcordanceError, OutputError
from ..plurals import first_few

LAYOUT = "%collection_id/%PatientID/%StudyInstanceUID/%Modality_%SeriesInstanceUID"
"""Where each series goes, below the folder that is named."""

_IMAGES = ("CT", "MR", "PT")
_SEG = "SEG"
_SHOWN = 5
_ANSWER_WITHIN_S = 20


@dataclass(frozen=True, slots=True)
class IdcSeries:
    """A series of IDC.

    :param result: the analysis result that it belongs to, e.g. "totalsegmentator_ct_segmentations"; "" for images.
    :param files: how many.
    """

    collection: str
    patient: str
    study_uid: str
    series_uid: str
    modality: str
    manufacturer: str
    description: str
    result: str
    files: int
    megabytes: float

    def folder(self, root: Path) -> Path:
        """Where its files lie once it is fetched."""
        return root / self.collection / self.patient / self.study_uid / f"{self.modality}_{self.series_uid}"


class Idc:
    """IDC's index, and its bucket.

    :raises ConcordanceError: idc-index is not installed.
    """

    def __init__(self) -> None:
        try:
            from idc_index.index import IDCClient
        except ImportError as error:
            remedy = "Install it: pip install 'segmentation-concordance[idc]'."
            raise ConcordanceError("cohort idc", "needs the Python package idc-index", remedy) from error
        self._client: Any = IDCClient()

    def images(self, series_uids: Sequence[str] = (), collections: Sequence[str] = ()) -> list[IdcSeries]:
        """Image series by their UIDs, and all of some collections.

        :raises ConcordanceError: IDC has no such series or collection.
        """
        index = self._client.index
        chosen = index["SeriesInstanceUID"].isin(list(series_uids)) | index["collection_id"].isin(list(collections))
        found = _series(index[chosen & index["Modality"].isin(_IMAGES)])
        known = {one.series_uid for one in found}
        unknown = [uid for uid in series_uids if uid not in known]
        if unknown:
            fact = f"IDC version {self.version} has no image series {first_few(unknown, _SHOWN)}"
            raise ConcordanceError("series", fact, "Check the UIDs.")
        for collection in collections:
            if not any(one.collection == collection for one in found):
                fact = f"IDC version {self.version} has no collection {collection} with CT, MR or PET"
                raise ConcordanceError("collection", fact, "Its names are in lower case, with _: nlst.")
        order = {uid: number for number, uid in enumerate(series_uids)}
        return sorted(found, key=lambda one: (order.get(one.series_uid, len(order)), one.patient, one.series_uid))

    def segmentations(self, images: Sequence[IdcSeries], results: Sequence[str] = ()) -> list[IdcSeries]:
        """The DICOM SEGs in the studies of some images; each says itself to which series it belongs.

        :param results: analysis results to take; empty for all.
        """
        index = self._client.index
        chosen = index["StudyInstanceUID"].isin({one.study_uid for one in images}) & (index["Modality"] == _SEG)
        if results:
            chosen &= index["analysis_result_id"].isin(list(results))
        return _series(index[chosen])

    @property
    def version(self) -> str:
        """Of IDC's data that the index describes."""
        return str(self._client.get_idc_version())

    def fetch(self, series: Sequence[IdcSeries], folder: Path) -> None:
        """Fetch what is not there yet, or not whole.

        :raises OutputError: the folder cannot be made.
        :raises ConcordanceError: something did not arrive: there is no network, or the bucket does not answer.
        """
        wanted = [one for one in series if _arrived(one, folder) < one.files]
        if not wanted:
            return
        _require_answer()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(folder, f"cannot be made ({error.strerror})", "Choose another folder.") from error
        with _index_unheard():  # what did not arrive is said below, in one line
            self._client.download_from_selection(
                downloadDir=str(folder),
                seriesInstanceUID=[one.series_uid for one in wanted],
                dirTemplate=LAYOUT,
                quiet=True,
                show_progress_bar=False,
            )
        missing = [one for one in wanted if _arrived(one, folder) < one.files]
        if missing:
            fact = f"{len(missing)} of {len(wanted)} series did not arrive whole, the first {missing[0].series_uid}"
            remedy = "Is there a network? What arrived is kept; the same command fetches the rest."
            raise ConcordanceError("IDC's bucket", fact, remedy)


def _require_answer() -> None:
    """Ask the bucket once: without a network the downloader tries for many minutes before it gives up."""
    from idc_index import index

    try:
        urllib.request.urlopen(index.aws_endpoint_url, timeout=_ANSWER_WITHIN_S).close()
    except urllib.error.HTTPError as answer:
        answer.close()  # refused, but there
    except OSError as error:
        fact = f"does not answer at {index.aws_endpoint_url} ({getattr(error, 'reason', error)})"
        raise ConcordanceError("IDC's bucket", fact, "Is there a network? The same command tries again.") from error


@contextmanager
def _index_unheard() -> Iterator[None]:
    """Within it the log does not get what idc-index says in this thread. A filter of our own comes and goes by itself;
    the log's level is one for all threads, and of two that set it back the last would leave it changed."""
    thread, log = threading.get_ident(), logging.getLogger("idc_index.index")

    def passes(record: logging.LogRecord) -> bool:
        return record.thread != thread or record.levelno >= logging.CRITICAL

    log.addFilter(passes)
    try:
        yield
    finally:
        log.removeFilter(passes)


def _arrived(series: IdcSeries, root: Path) -> int:
    folder = series.folder(root)
    return sum(path.suffix == ".dcm" for path in folder.iterdir()) if folder.is_dir() else 0


def _series(rows: Any) -> list[IdcSeries]:
    def text(value: object) -> str:
        return "" if value is None or value != value else str(value)

    return [
        IdcSeries(
            text(row.collection_id),
            text(row.PatientID),
            text(row.StudyInstanceUID),
            text(row.SeriesInstanceUID),
            text(row.Modality),
            text(row.Manufacturer),
            text(row.SeriesDescription),
            text(row.analysis_result_id),
            int(row.instanceCount),
            float(row.series_size_MB),
        )
        for row in rows.itertuples()
    ]
