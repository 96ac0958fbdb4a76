"""Volumes that are odd for a cohort."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.agreement.cohort_volumes import FEWEST_CASES, odd_volumes_of_cohort
from SegmentationConcordanceLib.agreement.finding import Finding
from SegmentationConcordanceLib.agreement.findings import findings_of_cohort
from SegmentationConcordanceLib.agreement.table import AgreementRow

USUAL = [100.0, 104.0, 97.0, 110.0, 92.0, 101.0, 99.0, 106.0]


def rows(model: str, volumes: list[float], n_models: int = 3) -> list[AgreementRow]:
    return [
        AgreementRow(f"c{n}", "", "spleen", "k", model, "ok", "majority", n_models, ml, ml, 0.95, 0.9, 1.0)
        for n, ml in enumerate(volumes)
    ]


def test_the_one_case_in_which_a_model_measures_half_is_named():
    halved = [*USUAL[:-1], 50.0]
    (finding,) = odd_volumes_of_cohort([*rows("A", halved), *rows("B", USUAL), *rows("C", USUAL)])
    assert (finding.kind, finding.case, finding.models, finding.structures) == ("outlier_volume", "c7", ("A",), ("k",))
    # the median of 100, 104, 97, 110, 92, 101, 99 and 50
    assert finding.sentence == "c7, spleen: A has 50.0 ml, its median over 8 cases is 99.5 ml."
    assert finding.numbers["volume_ratio"] == pytest.approx(50 / 99.5)
    assert finding.severity > 0


def test_what_all_models_measure_in_a_case_is_the_patient():
    large = [*USUAL[:-1], 400.0]
    assert odd_volumes_of_cohort([*rows("A", large), *rows("B", large), *rows("C", large)]) == []
    (alone,) = odd_volumes_of_cohort(rows("A", large, n_models=1))
    assert alone.case == "c7"


def test_few_cases_small_differences_and_what_is_told_already_give_nothing():
    assert odd_volumes_of_cohort(rows("A", [100.0] * (FEWEST_CASES - 2) + [10.0])) == []
    assert odd_volumes_of_cohort(rows("A", [100.0] * 20 + [140.0])) == []
    known = Finding("hole", "c7", ("k",), ("spleen",), ("A",), "...")
    halved = [*rows("A", [*USUAL[:-1], 50.0]), *rows("B", USUAL)]
    assert odd_volumes_of_cohort(halved, [known]) == []
    assert [one.kind for one in findings_of_cohort([[known]], halved)] == ["hole"]
    assert [one.kind for one in findings_of_cohort([[]], halved)] == ["outlier_volume"]
