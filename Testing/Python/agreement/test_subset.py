"""Fewer models or structures, from the counts alone."""

from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.comparison import compare_models
from SegmentationConcordanceLib.agreement.consensus_map import consensus_label_map
from SegmentationConcordanceLib.agreement.rows import agreement_rows, pairwise_rows
from SegmentationConcordanceLib.agreement.subset import with_models, with_structures
from SegmentationConcordanceLib.agreement.votes import majority, strict_intersection
from SegmentationConcordanceLib.errors import ConcordanceError


@pytest.fixture
def models(make_model, structures):
    rng = np.random.default_rng(2)
    meaning = {1: structures["spleen"], 2: structures["liver"]}
    made = [make_model(f"M{n}", [rng.integers(0, 3, (5, 6, 7))], meaning) for n in range(3)]
    return [*made, make_model("M3", [rng.integers(0, 2, (5, 6, 7))], {1: structures["aorta"]})]


@pytest.mark.parametrize("names", [("M0", "M2"), ("M0", "M1", "M2"), ("M1", "M3")])
def test_a_subset_of_the_models_equals_comparing_only_them(models, names):
    subset = with_models(compare_models(models), names)
    direct = compare_models([model for model in models if model.model in names])
    for rule in (strict_intersection, majority):
        rows = agreement_rows(subset, rule(subset), case="", series_uid="")
        assert rows == agreement_rows(direct, rule(direct), case="", series_uid="")
    assert pairwise_rows(subset, case="") == pairwise_rows(direct, case="")
    one = consensus_label_map(subset, majority(subset))
    other = consensus_label_map(direct, majority(direct))
    assert one.segments == other.segments
    assert np.array_equal(one.layers[0], other.layers[0])


@pytest.mark.parametrize("name", ["spleen", "liver"])
def test_structures_that_are_not_kept_leave_the_others_alone(models, name):
    comparison = compare_models(models)
    alone = with_structures(comparison, lambda structure: structure.name == name)
    rows = agreement_rows(comparison, strict_intersection(comparison), case="", series_uid="")
    kept = [row for row in rows if row.structure == name]
    assert agreement_rows(alone, strict_intersection(alone), case="", series_uid="") == kept
    label_map = consensus_label_map(alone, majority(alone))
    (segment,) = label_map.segments
    assert segment.name == name
    assert label_map.voxel_counts()[segment] == majority(alone).counts(alone)[0]


def test_unknown_and_too_few_models_are_refused(models):
    comparison = compare_models(models)
    with pytest.raises(ConcordanceError, match="M9: is not among the models"):
        with_models(comparison, ["M0", "M9"])
    with pytest.raises(ConcordanceError, match="one model cannot be compared"):
        with_models(comparison, ["M0"])
