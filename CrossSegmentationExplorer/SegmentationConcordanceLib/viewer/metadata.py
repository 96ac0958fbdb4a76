"""The DICOM JSON model of an instance's header, and the large values that it refers to instead of holding them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from pydicom import dcmread
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from ..imaging.seg_damage import DAMAGE
from .dicom_index import with_class_of_meta

_BINARY = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
_LARGEST_INLINE = 1024
_MOST_NESTED = 16
_DECIMAL = frozenset({"DS", "FD", "FL"})
_PATH = re.compile(r"[0-9A-F]{8}(/[1-9][0-9]{0,8}/[0-9A-F]{8}){0,16}")


def read_header(stream: BinaryIO) -> Dataset:
    """The dataset without its pixel data."""
    return with_class_of_meta(dcmread(stream, stop_before_pixels=True))


def json_model(header: Dataset, transfer_syntax: str, address: str, *, has_pixels: bool) -> dict[str, Any]:
    """The header in the DICOM JSON model (PS3.18 F), with AvailableTransferSyntaxUID.

    Pixel data, and binary values above 1 kB, are BulkDataURI elements. What cannot be decoded is left out, as are
    decimal numbers that are none: JSON has no words for them.

    :param address: URL of the instance; bulk data are below it.
    """
    paths = {id(element): path for path, element in _bulk_elements(header)}
    model = header.to_json_dict(
        bulk_data_threshold=_LARGEST_INLINE,
        bulk_data_element_handler=lambda element: f"{address}/bulkdata/{paths.get(id(element), '')}",
        suppress_invalid_tags=True,
    )
    _drop_unspeakable(model)
    model["00083002"] = {"vr": "UI", "Value": [transfer_syntax]}
    if has_pixels:
        model["7FE00010"] = {"vr": "OW", "BulkDataURI": f"{address}/bulkdata/7FE00010"}
    return model


def bulk_value(header: Dataset, path: str) -> bytes | None:
    """The bytes behind a BulkDataURI; None where there are none.

    :param path: a tag, or tags with the numbers of sequence items between them: "52009230/1/00091001".
    """
    if not _PATH.fullmatch(path):
        return None
    *outer, last = path.split("/")
    dataset = header
    for tag, item in zip(outer[::2], outer[1::2]):
        sequence = dataset.get(Tag(int(tag, 16)))
        if sequence is None or sequence.VR != "SQ" or int(item) > len(sequence.value):
            return None
        dataset = sequence.value[int(item) - 1]
    element = dataset.get(Tag(int(last, 16)))
    value = None if element is None or element.VR not in _BINARY else element.value
    return bytes(value) if isinstance(value, bytes) else None


def _bulk_elements(dataset: Dataset, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, DataElement]]:
    for tag in dataset.keys():  # noqa: SIM118  iterating over the dataset itself stops at the first damaged value
        try:
            element = dataset[tag]
        except DAMAGE:
            continue
        path = f"{prefix}{int(tag):08X}"
        if element.VR == "SQ" and depth < _MOST_NESTED:
            for number, item in enumerate(element.value or (), start=1):
                yield from _bulk_elements(item, f"{path}/{number}/", depth + 1)
        elif element.VR in _BINARY:
            yield path, element


def _drop_unspeakable(model: dict[str, Any]) -> None:
    """Remove NaN and infinite numbers, at every depth."""
    for element in model.values():
        values = element.get("Value", [])
        if element["vr"] == "SQ":
            for item in values:
                _drop_unspeakable(item)
        elif element["vr"] in _DECIMAL and any(isinstance(v, float) and not math.isfinite(v) for v in values):
            del element["Value"]
