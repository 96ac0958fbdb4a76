"""The tidy tables of one case."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import SimpleITK

from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.agreement.table import AGREEMENT_COLUMNS, PairwiseRow


def compare_case(models, *, case, series_uid):
    return Analysis(models, case=case, series_uid=series_uid).result(AnalysisOptions(method="intersection"))


def rows_of(models):
    result = compare_case(models, case="one", series_uid="1.2.3")
    return {(row.structure, row.model): row for row in result.agreement}


def test_columns_are_those_of_the_contract():
    # Further ones may follow.
    assert " ".join(AGREEMENT_COLUMNS[:17]) == (
        "case series_uid structure structure_key model status consensus n_models volume_ml consensus_volume_ml dice "
        "jaccard volume_ratio hd95_mm assd_mm nsd nsd_tolerance_mm"
    )
    columns = [field.name for field in fields(PairwiseRow)]
    assert " ".join(columns) == "case structure structure_key model_a model_b dice volume_a_ml volume_b_ml"


def test_a_row_by_hand(make_model, structures):
    a = make_model("A", [[[[0]], [[1]], [[1]], [[1]], [[0]]]], {1: structures["spleen"]})
    b = make_model("B", [[[[0]], [[1]], [[0]], [[0]], [[0]]]], {1: structures["spleen"]})
    row = rows_of([a, b])["spleen", "A"]
    assert (row.case, row.series_uid, row.structure_key) == ("one", "1.2.3", "SCT:78961009")
    assert (row.status, row.consensus, row.n_models) == ("ok", "intersection", 2)
    assert (row.volume_ml, row.consensus_volume_ml) == pytest.approx((6.0, 2.0))
    assert row.dice == pytest.approx(0.5)  # 2 * 1 / (3 + 1)
    assert row.jaccard == pytest.approx(1 / 3)
    assert row.volume_ratio == pytest.approx(1 / 3)


def test_missing_and_not_known_are_different(make_model, structures):
    spleen, liver = structures["spleen"], structures["liver"]
    a = make_model("A", [[[[0]], [[1]], [[0]]]], {1: spleen})
    b = make_model("B", [[[[0]], [[0]], [[0]]]], {}, vocabulary=[spleen])
    c = make_model("C", [[[[0]], [[1]], [[0]]]], {1: liver})
    rows = rows_of([a, b, c])
    assert rows["spleen", "A"].status == "empty_consensus"
    assert rows["spleen", "A"].dice == 0.0
    assert rows["spleen", "B"].status == "missing"
    assert (rows["spleen", "B"].volume_ml, rows["spleen", "B"].dice, rows["spleen", "B"].volume_ratio) == (
        0,
        None,
        None,
    )
    assert ("spleen", "C") not in rows


def test_a_segment_cut_by_the_end_of_the_scan_is_truncated(make_model, structures):
    a = make_model("A", [[[[1]], [[1]], [[0]]]], {1: structures["spleen"]})
    b = make_model("B", [[[[0]], [[1]], [[0]]]], {1: structures["spleen"]})
    rows = rows_of([a, b])
    assert (rows["spleen", "A"].status, rows["spleen", "B"].status) == ("truncated", "ok")


def test_one_model_alone_has_a_volume_and_no_agreement(make_model, structures):
    a = make_model("A", [[[[0]], [[1]], [[0]]]], {1: structures["spleen"]})
    b = make_model("B", [[[[0]], [[0]], [[0]]]], {})
    row = rows_of([a, b])["spleen", "A"]
    assert (row.n_models, row.status, row.volume_ml) == (1, "ok", pytest.approx(2.0))
    assert (row.consensus_volume_ml, row.dice, row.jaccard, row.volume_ratio) == (None, None, None, None)


def test_pairs_by_hand(make_model, structures):
    a = make_model("A", [[[[1, 1, 1, 0]]]], {1: structures["spleen"]})
    b = make_model("B", [[[[0, 1, 1, 0]]]], {1: structures["spleen"]})
    c = make_model("C", [[[[0, 0, 0, 0]]]], {}, vocabulary=[structures["spleen"]])
    d = make_model("D", [[[[0, 0, 0, 0]]]], {}, vocabulary=[structures["spleen"]])
    result = compare_case([a, b, c, d], case="one", series_uid="")
    dice = {(row.model_a, row.model_b): row.dice for row in result.pairwise}
    assert dice == {
        ("A", "B"): pytest.approx(0.8),
        ("A", "C"): 0.0,
        ("A", "D"): 0.0,
        ("B", "C"): 0.0,
        ("B", "D"): 0.0,
        ("C", "D"): None,
    }
    assert (result.pairwise[0].volume_a_ml, result.pairwise[0].volume_b_ml) == pytest.approx((6.0, 4.0))


def test_dice_and_jaccard_equal_simpleitk(make_model, structures):
    rng = np.random.default_rng(7)
    arrays = [rng.choice([0, 1, 2], size=(6, 9, 10), p=[0.3, 0.5, 0.2]).astype(np.uint8) for _ in range(3)]
    meaning = {1: structures["spleen"], 2: structures["liver"]}
    result = compare_case([make_model(f"M{n}", [a], meaning) for n, a in enumerate(arrays)], case="", series_uid="")
    for row in result.agreement:
        label = 1 if row.structure == "spleen" else 2
        common = np.all([array == label for array in arrays], axis=0).astype(np.uint8)
        overlap = SimpleITK.LabelOverlapMeasuresImageFilter()
        model = (arrays[int(row.model[1])] == label).astype(np.uint8)
        overlap.Execute(SimpleITK.GetImageFromArray(common), SimpleITK.GetImageFromArray(model))
        assert row.dice == pytest.approx(overlap.GetDiceCoefficient(), abs=1e-12)
        assert row.jaccard == pytest.approx(overlap.GetJaccardCoefficient(), abs=1e-12)
        assert row.volume_ratio == pytest.approx(row.dice / (2 - row.dice), abs=1e-12)
    for row in result.pairwise:
        label = 1 if row.structure == "spleen" else 2
        overlap = SimpleITK.LabelOverlapMeasuresImageFilter()
        overlap.Execute(
            *(
                SimpleITK.GetImageFromArray((arrays[int(m[1])] == label).astype(np.uint8))
                for m in (row.model_a, row.model_b)
            )
        )
        assert row.dice == pytest.approx(overlap.GetDiceCoefficient(), abs=1e-12)


def test_worst_is_the_gravest_disagreement(make_model, structures):
    spleen, liver = structures["spleen"], structures["liver"]
    a = make_model("A", [[[[1, 1, 1, 2]]]], {1: spleen, 2: liver})
    b = make_model("B", [[[[1, 0, 0, 0]]]], {1: spleen}, vocabulary=[liver])
    result = compare_case([a, b], case="", series_uid="")
    # B lost one voxel of liver as a whole; two voxels of spleen are A's rim, thinner than a ball of one voxel.
    assert (result.worst().structure, result.worst().model) == ("liver", "B")
