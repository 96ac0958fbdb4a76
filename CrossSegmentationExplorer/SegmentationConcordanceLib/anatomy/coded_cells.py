"""Coded concepts as the cells of our tables write them: "SCT:78961009 Spleen"."""

from __future__ import annotations

import re

from .concepts import CodedConcept

# Lengths of DICOM's coding scheme designator and code value (SH) and of its code meaning (LO), PS3.3 table 8.8-1.
_CELL = re.compile(r"(?P<scheme>[^\s:]{1,16}):(?P<value>\S{1,16}) +(?P<meaning>\S.{0,63})")


def read_concept(cell: str) -> CodedConcept:
    """The concept that a cell names, e.g. "SCT:78961009 Spleen".

    :raises ValueError: the cell does not have that form, or a part is longer than DICOM can hold.
    """
    match = _CELL.fullmatch(cell.strip())
    if match is None:
        raise ValueError(f'"{cell}" is no coded concept like "SCT:78961009 Spleen"')
    return CodedConcept(match["value"], match["scheme"], match["meaning"])


def write_concept(concept: CodedConcept | None) -> str:
    """The cell of a concept, empty for None."""
    return "" if concept is None else f"{concept} {concept.meaning}".rstrip()
