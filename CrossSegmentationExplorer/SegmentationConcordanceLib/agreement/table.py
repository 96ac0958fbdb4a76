"""The tidy tables: one row per case, structure, model and consensus; one per pair of models; STAPLE's estimates."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from .measures import MEASURES, MeasuredRow
from .row_facts import FACT, fact

OK = "ok"
MISSING = "missing"
EMPTY_CONSENSUS = "empty_consensus"
TRUNCATED = "truncated"
NOT_LOOKED_FOR = "not_looked_for"
STATUSES = (OK, MISSING, EMPTY_CONSENSUS, TRUNCATED, NOT_LOOKED_FOR)

FOUND = "found"
MISSED = "missed"
PRESENCES = (FOUND, MISSED, TRUNCATED, NOT_LOOKED_FOR)


@dataclass(frozen=True, slots=True)
class AgreementRow(MeasuredRow):
    """How one model agrees with the consensus, for one structure of one case.

    A model that does not know the structure has no row. A value that has no meaning is None. The columns are the facts
    of :class:`.RowFacts`, the measures of :data:`.MEASURES`, and those below.

    :param status: ``ok``; ``missing``: the model knows the structure and found nothing; ``empty_consensus``: it found
        the structure, but no voxel is in the consensus; ``truncated``: by the field of view, as the segment reaches the
        first or last slice; ``not_looked_for``: it knows the structure and was not asked for it, or was run on a part
        of the scan that holds none of it, so there are no values.
    :param presence: what the model made of the structure: ``found``; ``missed``; ``truncated``: found, and truncated by
        the field of view; ``not_looked_for``. "" in tables that do not say it.
    :param family: of the model: models of one family share training data; "" where it is of none that is known.
    :param model_look: colour and symbol of the model, see :mod:`.model_looks`; "" where the table does not keep it.
    """

    presence: str = field(
        default="", metadata=fact("Presence", "found, missed, or truncated (found, and truncated by the field of view)")
    )
    family: str = field(default="", metadata=fact("Family", "Models of one family share training data"))
    model_look: str = field(default="", metadata=fact("Look", "Colour and symbol of the model, see model_looks"))


@dataclass(frozen=True, slots=True)
class PairwiseRow:
    """How two models agree with each other, for one structure of one case that both know.

    :param dice: Dice of the two segments; None where both are empty, 0 where one is.
    """

    case: str
    structure: str
    structure_key: str
    model_a: str
    model_b: str
    dice: float | None
    volume_a_ml: float
    volume_b_ml: float

    @property
    def structure_id(self) -> str:
        """As of :class:`AgreementRow`."""
        return self.structure_key or self.structure


@dataclass(frozen=True, slots=True)
class StapleRow:
    """What STAPLE estimated of one model, for one structure of one case.

    :param model: a model that has a say in the structure.
    :param left_out: the model that is held against this consensus and has no say in it; "" where all have one.
    :param sensitivity: share of the true voxels that the model marks, as estimated; None where nobody marked anything.
    :param specificity: share of the other voxels of the region that the model leaves unmarked; None as above.
    :param margin_mm: of the region around all that any model marked, in mm.
    :param region_ml: volume of the region in ml.
    :param prior: share of the region that is expected to be the structure before looking at the models.
    """

    case: str
    structure: str
    structure_key: str
    model: str
    left_out: str
    sensitivity: float | None
    specificity: float | None
    margin_mm: float
    region_ml: float
    prior: float


AGREEMENT_COLUMNS = tuple(field.name for field in fields(AgreementRow))
FACTS: dict[str, tuple[str, str]] = {
    one.name: one.metadata[FACT] for one in fields(AgreementRow) if FACT in one.metadata
}
"""By the name of a column that is no measure: its heading and what it says."""


def heading_of(column: str) -> tuple[str, str, str]:
    """Title, unit and description of a column of the agreement table."""
    if column in FACTS:
        title, sentence = FACTS[column]
        return title, "", sentence
    measure = MEASURES[column]
    return measure.title, measure.unit, measure.sentence
