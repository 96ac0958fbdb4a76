"""The one name of every structure that any shipped label map knows."""

from __future__ import annotations

import functools

from .identity import StructureIdentity
from .vocabulary import load_vocabulary, shipped_vocabularies


def structure_name(identity: StructureIdentity) -> str | None:
    """The name of a structure, e.g. "lung_upper_lobe_left"; None if no shipped label map has it."""
    return _names().get(identity)


@functools.cache
def _names() -> dict[StructureIdentity, str]:
    labels = (label for name in shipped_vocabularies() for label in load_vocabulary(name).labels)
    return {label.identity: label.structure_name for label in labels}
