"""What STAPLE estimated, as a table and in words."""

from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.agreement.staple import estimate


@pytest.fixture
def analysis(make_model, structures) -> Analysis:
    """Spleens of 27, 36 and 36 voxels that share 27, on voxels of 2 ml; a liver of A alone."""
    shape, models = (9, 9, 12), []
    for name, places in (("A", (3, 6)), ("B", (3, 7)), ("C", (2, 6))):
        volume = np.zeros(shape, np.uint8)
        volume[3:6, 3:6, slice(*places)] = 1
        volume[0, 0, 0] = 2 if name == "A" else 0
        models.append(make_model(name, [volume], {1: structures["spleen"], 2: structures["liver"]}))
    models[1:] = [make_model(m.model, list(m.label_map.layers), {1: structures["spleen"]}) for m in models[1:]]
    return Analysis(models, case="x", series_uid="")


def test_one_row_per_model_with_region_and_prior(analysis):
    result = analysis.result(AnalysisOptions(method="STAPLE", staple_margin_mm=20.0))
    # The box is 3 x 3 x 5 voxels of 20, 10 and 10 mm; with 20 mm around it 5 x 7 x 9.
    counts = np.zeros(8)
    counts[[0b111, 0b010, 0b100]] = 27, 9, 9
    counts[0] = 5 * 7 * 9 - 45
    expected = estimate(counts, 3)
    assert [(row.structure, row.model, row.left_out) for row in result.staple] == [
        ("spleen", name, "") for name in "ABC"
    ]
    assert [row.sensitivity for row in result.staple] == pytest.approx(expected.sensitivity)
    assert [row.specificity for row in result.staple] == pytest.approx(expected.specificity)
    for row in result.staple:
        assert (row.margin_mm, row.region_ml) == (20.0, pytest.approx(5 * 7 * 9 * 2.0))
        assert row.prior == pytest.approx((27 + 36 + 36) / 3 / (5 * 7 * 9))
    (note,) = result.notes
    assert "margin of 20 mm" in note and f"A {expected.sensitivity[0]:.4f} / {expected.specificity[0]:.4f}, B" in note


def test_leave_one_out_has_rows_for_each_model_left_out(analysis):
    result = analysis.result(AnalysisOptions(method="STAPLE", leave_one_out=True))
    assert [(row.left_out, row.model) for row in result.staple] == [
        (left_out, model) for left_out in "ABC" for model in "ABC" if model != left_out
    ]


def test_other_methods_have_none(analysis):
    assert analysis.result(AnalysisOptions(method="majority")).staple == ()
