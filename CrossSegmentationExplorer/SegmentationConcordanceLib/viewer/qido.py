"""QIDO-RS: which studies, series or instances match a query, and the attributes that the answer tells of each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from .dicom_index import INSTANCE_KEYWORDS, SERIES_KEYWORDS, STUDY_KEYWORDS, DicomIndex, Instance

_NOT_FILTERS = frozenset({"includefield", "fuzzymatching", "limit", "offset"})
_MATCHED = frozenset((*STUDY_KEYWORDS, *SERIES_KEYWORDS, *INSTANCE_KEYWORDS, "ModalitiesInStudy")) - {
    "SpecificCharacterSet"
}
_LARGEST_NUMBER = 10**9
_MOST_WILDCARDS = 8
_HEXADECIMAL_TAG = re.compile(r"[0-9A-Fa-f]{8}")
_WILDCARD_VRS = frozenset({"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"})
_RANGE_VRS = frozenset({"DA", "TM"})

Answer = dict[str, dict[str, Any]]


class QueryError(ValueError):
    """The query asks for something that does not exist; the message says what."""


def find_studies(index: DicomIndex, query: Sequence[tuple[str, str]], address: str) -> list[Answer]:
    """The studies that match.

    :param query: names and values of the URL's query.
    :param address: URL of the service, for RetrieveURL.
    :raises QueryError: an attribute that is not known or not kept, or a limit or offset that is no number.
    """
    found = []
    for study_uid, series in index.studies.items():
        instances = list(index.instances(study_uid))
        modalities = sorted({str(instance.header.get("Modality", "")) for instance in instances} - {""})
        answer = _attributes(instances[0].header, STUDY_KEYWORDS) | {
            "00080061": {"vr": "CS", "Value": modalities},
            "00081190": {"vr": "UR", "Value": [f"{address}/studies/{study_uid}"]},
            "00201206": {"vr": "IS", "Value": [len(series)]},
            "00201208": {"vr": "IS", "Value": [len(instances)]},
        }
        found.append((answer, instances))
    return _selected(found, query)


def find_series(
    index: DicomIndex, study_uid: str | None, query: Sequence[tuple[str, str]], address: str
) -> list[Answer]:
    """The series that match, of one study or of all; see ``find_studies``.

    :param study_uid: None for every study.
    :param query: of the request, in its order.
    :param address: of the service, for the answers' RetrieveURL.
    :raises RefusedError: the query cannot be understood.
    """
    found = []
    for study in _studies(index, study_uid):
        for series_uid, series in index.studies[study].items():
            instances = list(series.values())
            url = f"{address}/studies/{study}/series/{series_uid}"
            answer = _attributes(instances[0].header, SERIES_KEYWORDS) | {
                "00081190": {"vr": "UR", "Value": [url]},
                "0020000D": {"vr": "UI", "Value": [study]},
                "00201209": {"vr": "IS", "Value": [len(instances)]},
            }
            found.append((answer, instances))
    return _selected(found, query)


def find_instances(
    index: DicomIndex, study_uid: str | None, series_uid: str | None, query: Sequence[tuple[str, str]], address: str
) -> list[Answer]:
    """The instances that match, of one series, of one study or of all; see ``find_studies``.

    :param study_uid: None for every study.
    :param series_uid: None for every series.
    :param query: of the request, in its order.
    :param address: of the service, for the answers' RetrieveURL.
    :raises RefusedError: the query cannot be understood.
    """
    found = []
    for instance in index.instances(study_uid, series_uid):
        series = f"{address}/studies/{instance.study_uid}/series/{instance.series_uid}"
        answer = _attributes(instance.header, INSTANCE_KEYWORDS) | {
            "00081190": {"vr": "UR", "Value": [f"{series}/instances/{instance.sop_instance_uid}"]},
            "0020000D": {"vr": "UI", "Value": [instance.study_uid]},
            "0020000E": {"vr": "UI", "Value": [instance.series_uid]},
        }
        found.append((answer, [instance]))
    return _selected(found, query)


def _studies(index: DicomIndex, study_uid: str | None) -> Iterable[str]:
    return index.studies if study_uid is None else [study_uid] if study_uid in index.studies else []


def _attributes(header: Dataset, keywords: Sequence[str]) -> Answer:
    answer = {}
    for keyword in keywords:
        if keyword in header:
            element = header[keyword]
            answer[f"{int(element.tag):08X}"] = json.loads(element.to_json())
    return dict(sorted(answer.items()))


def _selected(found: Sequence[tuple[Answer, list[Instance]]], query: Sequence[tuple[str, str]]) -> list[Answer]:
    filters = [(_keyword(name), value) for name, value in query if name.lower() not in _NOT_FILTERS and value]
    tests = [_test(keyword, value) for keyword, value in filters]
    matching = [answer for answer, instances in found if all(any(map(test, instances)) for test in tests)]
    offset, limit = _number(query, "offset", 0), _number(query, "limit", len(matching))
    return matching[offset : offset + limit]


def _keyword(name: str) -> str:
    if _HEXADECIMAL_TAG.fullmatch(name):
        keyword = keyword_for_tag(int(name, 16))
    else:
        keyword = name if tag_for_keyword(name) is not None else ""
    if keyword not in _MATCHED:
        raise QueryError(f"this service does not filter by {name[:64]!r}")
    return "Modality" if keyword == "ModalitiesInStudy" else keyword


def _test(keyword: str, wanted: str) -> Callable[[Instance], bool]:
    """Single value, list of UIDs, wild card or range matching (PS3.4 C.2.2.2), by the attribute's VR."""
    vr = dictionary_VR(keyword)
    if vr == "UI" or keyword == "Modality":
        options = set(re.split(r"[,\\]", wanted))
        return lambda instance: not options.isdisjoint(_texts(instance, keyword))
    if vr in _RANGE_VRS and "-" in wanted:
        first, _, last = wanted.partition("-")
        return lambda instance: any(
            text and first <= text and (not last or text[: len(last)] <= last) for text in _texts(instance, keyword)
        )
    if vr in _WILDCARD_VRS:
        if wanted.count("*") > _MOST_WILDCARDS:
            raise QueryError(f"{keyword} has more than {_MOST_WILDCARDS} wild cards")
        pattern = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in wanted)
        flags = re.DOTALL | (re.IGNORECASE if vr == "PN" else 0)
        expression = re.compile(pattern, flags)
        return lambda instance: any(expression.fullmatch(text) for text in _texts(instance, keyword))
    return lambda instance: wanted in _texts(instance, keyword)


def _texts(instance: Instance, keyword: str) -> list[str]:
    value = instance.header.get(keyword)
    values = value if isinstance(value, MultiValue) else [value]
    return [str(one) for one in values if one is not None]


def _number(query: Sequence[tuple[str, str]], name: str, default: int) -> int:
    texts = [value for key, value in query if key.lower() == name]
    if not texts:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", texts[-1]):
        raise QueryError(f"{name} is no number from 0 to {_LARGEST_NUMBER - 1}")
    return int(texts[-1])
