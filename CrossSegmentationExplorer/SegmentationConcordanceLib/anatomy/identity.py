"""When two coded segments are the same structure: by codes and their equivalents, never by name or code meaning."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from .coded_cells import read_concept
from .concepts import CodedConcept, CodedStructure
from .shipped_tables import shipped_rows

EQUIVALENTS_FILE = Path(__file__).with_name("equivalents.csv")

_RIGHT_AND_LEFT = "SCT:51440002"
_OLD_SNOMED = ("SRT", "SNM3", "99SDM")  # PS3.16 8.1: the old identifiers, under each of their designators


@dataclass(frozen=True, slots=True, order=True)
class StructureIdentity:
    """What a segment is, in canonical codes: each part "scheme:code", or "" where there is none."""

    category: str
    type: str
    modifier: str = ""
    region: str = ""
    region_modifier: str = ""

    @property
    def key(self) -> str:
        """type|modifier|region|region modifier without empty parts at the end, e.g. "SCT:64033007|SCT:7771000"."""
        return "|".join((self.type, self.modifier, self.region, self.region_modifier)).rstrip("|")


@dataclass(frozen=True, slots=True)
class Equivalent:
    """One row of equivalents.csv, codes as "scheme:code"; ``part`` is "category", "structure" or "site"."""

    part: str
    concept: str
    modifier: str
    canonical: str
    canonical_modifier: str
    source: str


def structure_identity(structure: CodedStructure) -> StructureIdentity:
    """The identity of a coded structure: equal for two structures exactly when they are the same anatomy."""
    category, _ = _canonical("category", _code(structure.category), "")
    type_, modifier = _canonical("structure", _code(structure.type), _code(structure.modifier))
    region, region_modifier = _canonical("structure", _code(structure.region), _code(structure.region_modifier))
    type_, region = _with_site(type_, region)
    # A lesion "in the lung, right and left" is one in the lung: both leave the side open.
    region_modifier = "" if region_modifier == _RIGHT_AND_LEFT else region_modifier
    return StructureIdentity(category, type_, modifier, region, region_modifier)


@functools.cache
def equivalents() -> tuple[Equivalent, ...]:
    """The rows of equivalents.csv in their order."""
    rows = shipped_rows(EQUIVALENTS_FILE)
    return tuple(
        Equivalent(
            row["part"],
            str(read_concept(row["concept"])),
            str(read_concept(row["modifier"])) if row["modifier"] else "",
            str(read_concept(row["canonical"])),
            str(read_concept(row["canonical_modifier"])) if row["canonical_modifier"] else "",
            row["source"],
        )
        for row in rows
    )


@functools.cache
def _canonical_pairs() -> dict[tuple[str, str, str], tuple[str, str]]:
    return {(row.part, row.concept, row.modifier): (row.canonical, row.canonical_modifier) for row in equivalents()}


def _canonical(part: str, code: str, modifier: str) -> tuple[str, str]:
    pairs = _canonical_pairs()
    exact = pairs.get((part, code, modifier))
    if exact is not None:
        return exact
    canonical, own_modifier = pairs.get((part, code, ""), (code, ""))
    if not own_modifier:
        return canonical, modifier
    # "Left atrium" + Left says its side twice. "Right subclavian artery" + Left contradicts itself: it stays as
    # written, so that it equals nothing else.
    return (canonical, own_modifier) if modifier == own_modifier else (code, modifier)


def _with_site(type_: str, region: str) -> tuple[str, str]:
    """Type and region apart, where the type has the region built in: "lung nodule" is a nodule in the lung."""
    canonical, site = _canonical_pairs().get(("site", type_, ""), (type_, region))
    return (canonical, site) if region in ("", site) else (type_, region)


def _code(concept: CodedConcept | None) -> str:
    if concept is None:
        return ""
    if concept.scheme.strip().upper() in _OLD_SNOMED:
        from pydicom.sr._snomed_dict import mapping  # takes a quarter of a second to load, and is seldom needed

        current = mapping["SRT"].get(concept.value.strip())
        return f"SCT:{current}" if current else str(concept)
    return str(concept)
