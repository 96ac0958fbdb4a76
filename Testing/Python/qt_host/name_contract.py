"""The names that the real widget classes of CTK and Slicer give to PythonQt; see extract_api.py."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

_KINDS = ("properties", "slots", "invokables", "enums")


@functools.cache
def real_classes() -> Mapping[str, Mapping]:
    """By class name: ``base`` and lists of ``properties``, ``slots``, ``invokables``, ``signals``, ``enums``."""
    return json.loads(Path(__file__).with_name("slicer_api.json").read_text(encoding="utf-8"))["classes"]


@functools.cache
def real_signals(name: str) -> frozenset[str] | None:
    """Signals with argument types, e.g. "currentNodeChanged(vtkMRMLNode*)"; None for a class that is not listed."""
    if name not in real_classes():
        return None
    return frozenset(signal for api in _with_bases(name) for signal in api["signals"])


@functools.cache
def real_properties(name: str) -> frozenset[str]:
    """The properties of a listed class and of its listed bases, not those that it has from Qt."""
    return frozenset(member for api in _with_bases(name) for member in api["properties"])


@functools.cache
def real_names(name: str) -> frozenset[str]:
    """All that PythonQt lets Python use of a listed class, not counting what it has from Qt."""
    members = {member for api in _with_bases(name) for kind in _KINDS for member in api[kind]}
    return frozenset(members | {signal.partition("(")[0] for signal in real_signals(name) or ()})


def qt_base(name: str) -> str:
    """The class of Qt that a listed class is derived from, e.g. "QAbstractButton"."""
    return [api["base"] for api in _with_bases(name)][-1]


def _with_bases(name: str) -> Iterator[Mapping]:
    while name in real_classes():
        yield real_classes()[name]
        name = real_classes()[name]["base"]
