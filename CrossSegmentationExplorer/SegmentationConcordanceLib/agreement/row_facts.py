"""What a row of the agreement table is about: the columns that are no measure."""

from __future__ import annotations

from dataclasses import dataclass, field

FACT = "fact"


def fact(title: str, sentence: str) -> dict[str, tuple[str, str]]:
    """Heading and description of a column, as metadata of its field.

    :param title: a heading.
    :param sentence: what the column holds.
    """
    return {FACT: (title, sentence)}


@dataclass(frozen=True, slots=True)
class RowFacts:
    """Whose row it is, and what is known of it before anything is measured. See the fields' metadata."""

    case: str = field(
        metadata=fact("Case", "Name of the case, by default of the folder or the series, without patient")
    )
    series_uid: str = field(metadata=fact("Series", "SeriesInstanceUID of the image that was segmented"))
    structure: str = field(metadata=fact("Structure", "Harmonized name"))
    structure_key: str = field(metadata=fact("Codes", "type|modifier|region|region modifier, each as scheme:code"))
    model: str = field(metadata=fact("Model", "Which model's segment is compared"))
    status: str = field(
        metadata=fact(
            "Status",
            "ok, missing (knows it, found nothing), empty_consensus, truncated (by the field of view), not_looked_for",
        )
    )
    consensus: str = field(metadata=fact("Consensus", "How the consensus was made"))
    n_models: int = field(metadata=fact("Models", "How many models know the structure, those that missed it included"))

    @property
    def structure_id(self) -> str:
        """What tells the structure from others of the case: its codes, or its name in tables without them."""
        return self.structure_key or self.structure
