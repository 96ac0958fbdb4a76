"""The tidy tables: one row per case, structure, model and consensus; one per pair of models; STAPLE's estimates."""

from __future__ import annotations

from dataclasses import dataclass, fields

OK = "ok"
MISSING = "missing"
EMPTY_CONSENSUS = "empty_consensus"
TRUNCATED = "truncated"
NOT_LOOKED_FOR = "not_looked_for"
STATUSES = (OK, MISSING, EMPTY_CONSENSUS, TRUNCATED, NOT_LOOKED_FOR)


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """How one model agrees with the consensus, for one structure of one case.

    A model that does not know the structure has no row. A value that has no meaning is None.

    :param case: the case's name, by default the patient-free folder or series name.
    :param series_uid: SeriesInstanceUID of the image that was segmented; "" where there is none.
    :param structure: harmonized name, e.g. "lung_upper_lobe_left".
    :param structure_key: the structure's codes, see :attr:`StructureIdentity.key`.
    :param model: what the run is called, e.g. "TotalSegmentator 2.6".
    :param status: ``ok``; ``missing``: the model knows the structure and found nothing; ``empty_consensus``: it found
        the structure, but no voxel is in the consensus; ``truncated``: the first or last slice of the scan cuts it;
        ``not_looked_for``: it knows the structure and was not asked for it, or was run on a part of the scan that holds
        none of it, so there are no values.
    :param consensus: how the consensus was made, e.g. "intersection".
    :param n_models: number of models that know the structure, the ones that found nothing included.
    :param volume_ml: volume of the model's segment in ml, 0.0 for a missing one.
    :param consensus_volume_ml: volume of the consensus in ml; None with one model only, which can't agree or disagree.
    :param dice: Dice of the model's segment and the consensus, 0 to 1; None where both are empty.
    :param jaccard: Jaccard index of the two; None where both are empty.
    :param volume_ratio: consensus volume / model volume; None for a missing segment.
    :param hd95_mm: 95th percentile of the surface distance in mm.
    :param assd_mm: average symmetric surface distance in mm.
    :param nsd: normalized surface Dice at ``nsd_tolerance_mm``.
    :param nsd_tolerance_mm: tolerance of ``nsd`` in mm.
    """

    case: str
    series_uid: str
    structure: str
    structure_key: str
    model: str
    status: str
    consensus: str
    n_models: int
    volume_ml: float | None
    consensus_volume_ml: float | None
    dice: float | None
    jaccard: float | None
    volume_ratio: float | None
    hd95_mm: float | None = None
    assd_mm: float | None = None
    nsd: float | None = None
    nsd_tolerance_mm: float | None = None


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
PAIRWISE_COLUMNS = tuple(field.name for field in fields(PairwiseRow))
