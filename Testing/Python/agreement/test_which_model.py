"""Scores without a consensus, selection of structures, and the answer on a made cohort."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("statsmodels", reason="needs statsmodels: make setup-test")
pytest.importorskip("scikit_posthocs", reason="needs scikit-posthocs: make setup-test")

from SegmentationConcordanceLib.agreement.cohort_traits import (
    acquisition_effects,
    failure_rates,
    other_definitions,
    repeatability,
)
from SegmentationConcordanceLib.agreement.peer_scores import PeerScores, by_patient
from SegmentationConcordanceLib.agreement.structure_selection import SelectionRules, select_structures
from SegmentationConcordanceLib.agreement.table import AgreementRow, PairwiseRow
from SegmentationConcordanceLib.agreement.which_model import GROUP, which_model

LIVER, SPLEEN = ("liver", "SCT:10200004"), ("spleen", "SCT:78961009")


def row(case, model, structure=LIVER, status="ok", volume=100.0, n_models=3):
    values = (status, "intersection", n_models, volume, 90.0, 0.9, 0.8, 0.9)
    return AgreementRow(case, "", *structure, model, *values)


def pair(case, a, b, dice, structure=LIVER):
    return PairwiseRow(case, *structure, a, b, dice, 100.0, 100.0)


def test_a_score_is_the_mean_over_the_families_of_the_others():
    pairs = [pair("1", "A", "B", 0.9), pair("1", "A", "C", 0.5), pair("1", "A", "D", 0.3), pair("1", "B", "C", 0.6),
             pair("1", "B", "D", 0.4), pair("1", "C", "D", 0.99)]  # fmt: skip
    scores = PeerScores(pairs, {"C": "F", "D": "F"})
    assert scores.of(LIVER, "A")["1"] == pytest.approx((0.9 + (0.5 + 0.3) / 2) / 2)
    assert scores.of(LIVER, "C")["1"] == pytest.approx((0.5 + 0.6) / 2)  # not with D, of its own family
    alone = PeerScores(pairs)
    assert alone.of(LIVER, "C")["1"] == pytest.approx((0.5 + 0.6 + 0.99) / 3)


def test_scans_of_one_patient_count_as_one():
    pairs = [pair(case, "A", "B", dice) for case, dice in (("1", 0.8), ("2", 0.6), ("3", 0.5))]
    block = PeerScores(pairs).block([LIVER])
    found = by_patient(block, {"1": "P", "2": "P"})
    assert sorted(map(tuple, found.round(12))) == [(0.5, 0.5), (0.7, 0.7)]


def test_a_case_without_a_score_of_some_model_is_left_out_and_counted():
    pairs = [pair("1", "A", "B", 0.8), pair("1", "A", "C", 0.8), pair("1", "B", "C", 0.8), pair("2", "A", "B", 0.8)]
    block = PeerScores(pairs).block([LIVER])
    assert (block.models, block.cases, block.n_left_out) == (("A", "B", "C"), ("1",), 1)


def test_rules_leave_out_structures_and_say_why():
    rows = [row("1", "A"), row("1", "B"), row("1", "A", SPLEEN), row("1", "B", SPLEEN, "truncated"),
            row("2", "A"), row("2", "B"), row("2", "A", ("lung", "k3")), row("2", "A", ("rib", "k4"), "missing"),
            row("2", "B", ("rib", "k4"), "missing")]  # fmt: skip
    selection = select_structures(rows, SelectionRules(min_models=2, max_truncated_share=0.5))
    assert dict(selection.reasons) == {
        LIVER: "",
        SPLEEN: "truncated by the field of view in more than 50% of the cases",
        ("lung", "k3"): "known by fewer than 2 models",
        ("rib", "k4"): "found in no case",
    }
    assert selection.sentence.startswith("4 structures, 1 kept. Left out: 1 truncated by the field of view")
    few = select_structures(rows, SelectionRules(min_models=1, min_case_share=0.6)).reasons
    assert few[("lung", "k3")] == "found in less than 60% of the cases"


def made_cohort(n_patients=12, worse=0.2):
    """A and B agree with each other; C with neither, by ``worse`` less."""
    dice = np.random.default_rng(3).normal([0.9, 0.9 - worse, 0.9 - worse], 0.01, (n_patients, 3))
    pairs, rows = [], []
    for number, (ab, ac, bc) in enumerate(dice):
        case = f"case{number}"
        pairs += [pair(case, "A", "B", ab), pair(case, "A", "C", ac), pair(case, "B", "C", bc)]
        rows += [row(case, model) for model in "ABC"]
    return rows, pairs


def test_the_odd_one_out_is_behind_and_the_two_others_are_not_told_apart():
    answer = which_model(*made_cohort())
    (group,) = [scope for scope in answer.scopes if scope.kind == GROUP]
    assert group.comparison.first == ("A", "B")
    assert group.sentence.startswith("No difference shown among A, B; behind ")
    assert group.sentence.endswith(": C.")


def test_no_difference_is_said_where_there_is_none():
    answer = which_model(*made_cohort(worse=0.0))
    assert {scope.sentence for scope in answer.scopes} == {"No difference shown."}


def test_few_patients_are_said():
    answer = which_model(*made_cohort(n_patients=4))
    assert {scope.sentence for scope in answer.scopes} == {"No difference can be shown with 4 patients; it takes 6."}


def test_failures_count_where_most_others_found_it():
    missing = {"status": "missing", "volume": 0.0}
    rows = [row("1", "A"), row("1", "B"), row("1", "C", **missing)]
    rows += [row("2", "A"), row("2", "B", **missing), row("2", "C", **missing)]
    pairs = [pair("1", "A", "B", 0.4), pair("1", "A", "C", 0.0), pair("1", "B", "C", 0.0)]
    found = {one.model: (one.missing, one.low, one.of) for one in failure_rates(rows, PeerScores(pairs), [LIVER])}
    assert found == {"A": (0, 1, 1), "B": (0, 1, 1), "C": (1, 0, 1)}


def test_repeat_scans_give_the_variation_within_patients():
    rows = [row("1", "A", volume=90.0), row("2", "A", volume=110.0), row("3", "A", volume=50.0)]
    (found,) = repeatability(rows, [LIVER], {"1": "P", "2": "P", "3": "Q"})
    assert (found.n_patients, found.variation) == (1, pytest.approx(np.sqrt(200) / 100))


def test_scores_by_kernel():
    scores = {f"c{n}": 0.9 + n / 1000 if n % 2 else 0.7 + n / 1000 for n in range(14)}
    facts = {case: {"kernel": "sharp" if int(case[1:]) % 2 else "soft", "site": "one"} for case in scores}
    (effect,) = acquisition_effects("Lungs", {"A": scores}, facts, {})
    assert (effect.fact, effect.means["sharp"][0]) == ("kernel", 7)
    assert effect.means["sharp"][1] == pytest.approx(0.907)
    assert effect.p == pytest.approx(
        0.0017, abs=2e-4
    )  # complete separation: H = 12 / (14 * 15) * (28^2 + 77^2) / 7 - 45


def test_a_model_that_always_marks_more_may_mean_something_else():
    volumes = {"A": 100.0, "B": 104.0, "C": 130.0, "D": 102.0}
    rows = [row(f"{n}", model, volume=volume) for n in range(6) for model, volume in volumes.items()]
    (found,) = other_definitions(rows, [LIVER])
    assert (found.structure, found.model, found.ratio, found.n_cases) == ("liver", "C", pytest.approx(130 / 102), 6)
