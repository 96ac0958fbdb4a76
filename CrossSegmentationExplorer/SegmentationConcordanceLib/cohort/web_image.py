"""Images of cases on a DICOMweb server: found by QIDO-RS, fetched by WADO-RS, and kept in the folder of the case."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydicom.filewriter import dcmwrite
from pydicom.uid import RE_VALID_UID

from ..errors import ConcordanceError
from ..imaging.leftovers import temporary_name
from .cases import CohortCase
from .harmonized_table import fingerprint

_SERIES = re.compile(r"(https?://.+?)/studies/([0-9.]+)/series/([0-9.]+)/?", re.IGNORECASE)
_SECONDS = 60
_ATTEMPTS, _MILLISECONDS_BETWEEN = 3, 200


def is_web_address(text: str) -> bool:
    """Whether the image of a case is named by an address, not by a path."""
    return text.lower().startswith(("http://", "https://"))


def with_fetched_image(case: CohortCase, folder: Path, *, redo: bool = False) -> CohortCase:
    """The case with its image on this machine; itself where it has been all along.

    What was fetched once is there whole, and is not asked for again.

    :param case: with :attr:`CohortCase.address`, or without.
    :param folder: of the case's results; the images go to a folder in it.
    :param redo: fetch it again.
    :raises ConcordanceError: dicomweb-client is not installed; the server is away, refuses, or has no such series.
    """
    if not case.address:
        return case
    image = folder / f"image-{fingerprint([case.address, case.series_uid])[:8]}"
    if redo or not image.is_dir():
        _fetch(case, image)
    return replace(case, image=image)


def require_series_there(case: CohortCase) -> None:
    """Ask the server whether it has the images of a case.

    :raises ConcordanceError: as :func:`with_fetched_image`.
    """
    client, study, series = _client_and_uids(case)
    with _told(case):
        if not client.search_for_series(study, search_filters={"SeriesInstanceUID": series}):
            raise _not_there(case, series)


def _fetch(case: CohortCase, image: Path) -> None:
    client, study, series = _client_and_uids(case)
    image.parent.mkdir(parents=True, exist_ok=True)
    unfinished = image.parent / temporary_name()
    unfinished.mkdir()
    try:
        count = 0
        with _told(case):
            for dataset in client.iter_series(study, series, media_types=(("application/dicom", "*"),)):
                count += 1
                dcmwrite(unfinished / f"{count:05}.dcm", dataset, enforce_file_format=True)
        if not count:
            raise _not_there(case, series)
        shutil.rmtree(image, ignore_errors=True)
        unfinished.replace(image)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _client_and_uids(case: CohortCase) -> tuple[Any, str, str]:
    """A client of the server, StudyInstanceUID and SeriesInstanceUID."""
    try:
        from dicomweb_client.api import DICOMwebClient
    except ImportError as error:
        remedy = "Install it: pip install 'segmentation-concordance[dicomweb]'."
        raise ConcordanceError(case.address, "needs the Python package dicomweb-client", remedy) from error
    named = _SERIES.fullmatch(case.address)
    root = named[1] if named else case.address.rstrip("/")
    client = DICOMwebClient(root, timeout=_SECONDS)
    client.host = urlsplit(root).netloc.rpartition("@")[2]  # as its searches name the server without the port
    client.set_http_retry_params(max_attempts=_ATTEMPTS, wait_exponential_multiplier=_MILLISECONDS_BETWEEN)
    if named:
        return client, named[2], named[3]
    if not re.fullmatch(RE_VALID_UID, case.series_uid):
        remedy = "Give its SeriesInstanceUID as series, or an address that ends with /studies/UID/series/UID."
        raise ConcordanceError(case.address, f"does not tell which series {case.name} is of", remedy)
    with _told(case):
        found = client.search_for_series(search_filters={"SeriesInstanceUID": case.series_uid})
        if not found:
            raise _not_there(case, case.series_uid)
        return client, str(found[0]["0020000D"]["Value"][0]), case.series_uid


@contextmanager
def _told(case: CohortCase) -> Iterator[None]:
    """What goes wrong between us and the server, in our words."""
    import requests
    from retrying import RetryError

    try:
        yield
    except requests.HTTPError as error:
        code = error.response.status_code if error.response is not None else 0
        if code == requests.codes.not_found:
            raise _not_there(case, case.series_uid) from error
        remedy = "Check the address. Name and password can stand in ~/.netrc."
        raise ConcordanceError(case.address, f"the server refuses (HTTP {code})", remedy) from error
    except (requests.RequestException, RetryError, OSError) as error:
        remedy = "Is the server up, and the address right? The same command goes on from here."
        raise ConcordanceError(case.address, f"does not answer ({type(error).__name__})", remedy) from error
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        fact = f"gives no DICOMweb answer ({type(error).__name__})"
        raise ConcordanceError(case.address, fact, "Check the address: it ends where /studies would follow.") from error


def _not_there(case: CohortCase, series: str) -> ConcordanceError:
    fact = f"has no series {series or 'of this address'}"
    return ConcordanceError(case.address, fact, "Check the UID, and that the images were sent to this server.")
