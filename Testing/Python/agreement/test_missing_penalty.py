"""The price of a missed structure."""

from __future__ import annotations

import math

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.errors import ConcordanceError


@pytest.fixture
def analysis(make_model, structures):
    """The reference has 10 voxels of 2 ml of the spleen; model A knows the spleen and found none."""
    truth = np.zeros((3, 5, 5), dtype=np.uint8)
    truth[1, :2, :] = 1
    reference = make_model("truth", [truth], {1: structures["spleen"]})
    missed = make_model("A", [np.zeros_like(truth)], {}, vocabulary=[structures["spleen"]])
    return Analysis([reference, missed], case="", series_uid="")


def row_with(analysis, **options):
    (row,) = analysis.result(AnalysisOptions(method="reference", reference="truth", surfaces=True, **options)).agreement
    return row


def test_a_missed_structure_counts_as_the_diagonal_of_the_scan(analysis):
    row = row_with(analysis, penalize_missing=True)
    diagonal = math.sqrt((5 * 10) ** 2 + (5 * 10) ** 2 + (3 * 20) ** 2)
    assert (row.status, row.dice, row.nsd) == ("missing", 0.0, 0.0)
    assert (row.hd95_mm, row.assd_mm) == pytest.approx((diagonal, diagonal))


def test_a_mere_rest_of_a_structure_does_not_count(analysis):
    row = row_with(analysis, penalize_missing=True, typical_volumes_ml={"spleen": 200.0})  # 20 ml are a tenth
    assert (row.dice, row.hd95_mm, row.nsd) == (None, None, None)
    row = row_with(analysis, penalize_missing=True, typical_volumes_ml={"spleen": 199.0})
    assert row.dice == 0.0


def test_without_the_rule_there_is_no_distance(analysis):
    row = row_with(analysis)
    assert (row.dice, row.hd95_mm) == (0.0, None)


def test_a_consensus_is_no_reference():
    with pytest.raises(ConcordanceError, match="needs a reference"):
        AnalysisOptions(penalize_missing=True)
