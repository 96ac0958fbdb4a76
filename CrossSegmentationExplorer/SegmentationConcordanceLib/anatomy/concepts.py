"""Coded concepts, and the five of them that say what a segment is (DICOM PS3.3 C.8.20.4, Segment Description Macro)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CodedConcept:
    """A concept of a coding scheme, e.g. ("78961009", "SCT", "Spleen").

    Two concepts are equal when value and scheme agree: the meaning is text for people and differs between writers.
    """

    value: str
    scheme: str
    meaning: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


@dataclass(frozen=True, slots=True)
class CodedStructure:
    """What a segment is: segmented property category, type and type modifier, anatomic region and region modifier.

    Equality is that of the codes as written. Whether two structures are the same anatomy, equivalent codes
    included, is asked of :func:`anatomy.identity.structure_identity`.
    """

    category: CodedConcept
    type: CodedConcept
    modifier: CodedConcept | None = None
    region: CodedConcept | None = None
    region_modifier: CodedConcept | None = None

    def describe(self) -> str:
        """The meanings as a person reads them, e.g. "Kidney, Left" or "Cyst, Kidney, Left"."""
        parts = (self.type, self.modifier, self.region, self.region_modifier)
        return ", ".join(part.meaning or str(part) for part in parts if part is not None)
