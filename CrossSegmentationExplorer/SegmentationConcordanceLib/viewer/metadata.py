"""The DICOM JSON model of an instance's header, and the large values that it refers to instead of holding them."""

from __future__ import annotations

import math
import re
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
    model = _elements(header, f"{address}/bulkdata/")
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


def _elements(dataset: Dataset, address: str, depth: int = 0) -> dict[str, Any]:
    """The model of every element that can be decoded.

    pydicom can leave out the damaged ones itself, but is strict for the whole process meanwhile: a file that another
    thread reads at that moment would be refused.

    :param address: where the values of this dataset's elements are, up to the tag.
    """
    model = {}
    for tag in dataset.keys():  # noqa: SIM118  iterating over the dataset itself stops at the first damaged value
        key = f"{int(tag):08X}"
        try:
            model[key] = _element(dataset[tag], f"{address}{key}", depth)
        except DAMAGE:
            continue
    return model


def _element(element: DataElement, address: str, depth: int) -> dict[str, Any]:
    if element.VR == "SQ":
        if depth == _MOST_NESTED:
            raise ValueError(f"{element.tag} is nested too deeply")
        items = enumerate(element.value or (), start=1)
        return {"vr": "SQ", "Value": [_elements(item, f"{address}/{number}/", depth + 1) for number, item in items]}
    model = element.to_json_dict(lambda _: address, _LARGEST_INLINE)
    values = model.get("Value", ())
    if element.VR in _DECIMAL and any(isinstance(value, float) and not math.isfinite(value) for value in values):
        del model["Value"]
    return model
