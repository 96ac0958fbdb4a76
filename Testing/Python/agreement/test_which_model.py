"""Scores without a consensus, selection of structures, and the answer on a made cohort."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.acquisition_effects import acquisition_effects
from SegmentationConcordanceLib.agreement.failure_rates import failure_rates
from SegmentationConcordanceLib.agreement.other_definitions import other_definitions
from SegmentationConcordanceLib.agreement.peer_scores import PeerScores, by_patient
from SegmentationConcordanceLib.agreement.repeat_scans import repeatability
from SegmentationConcordanceLib.agreement.structure_selection import SelectionRules, select_structures
from SegmentationConcordanceLib.agreement.table import AgreementRow, PairwiseRow
from SegmentationConcordanceLib.agreement.which_model import GROUP, which_model

pytestmark = pytest.mark.usefixtures("statistics")

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
    assert group.first == ("A", "B")
    best, other = group.comparison.best, *({"A", "B"} - {group.comparison.best})
    said = f"{best} agrees most with the others; behind it: C. No difference to it shown for {other}."
    assert group.sentence == said


def test_no_difference_is_said_where_there_is_none():
    answer = which_model(*made_cohort(worse=0.0))
    assert {scope.sentence for scope in answer.scopes} == {"No difference shown."}


def test_few_patients_are_said():
    answer = which_model(*made_cohort(n_patients=4))
    assert {scope.sentence for scope in answer.scopes} == {"No difference can be shown with 4 patients; it takes 7."}


def test_patients_too_few_for_so_many_models_are_said():
    rows, pairs = made_cohort(n_patients=6)
    scopes = which_model(rows, pairs).scopes
    told = "The models differ, but with 6 patients no two of 3 models can be told apart, that takes 7."
    assert {scope.sentence for scope in scopes} == {told}  # 3 pairs: 3 * 2 / 2 ** 6 = 0.094, 3 * 2 / 2 ** 7 = 0.047


def test_two_families_cannot_be_ranked_however_they_differ():
    rows, pairs = made_cohort()
    scopes = which_model(rows, pairs, families={"A": "F", "B": "F"}).scopes
    told = "Two families, each held against the other alone: agreement cannot tell which is better."
    assert {(scope.sentence, scope.first) for scope in scopes} == {(told, ("A", "B", "C"))}


def test_families_are_those_that_the_label_maps_name():
    rows, pairs = made_cohort()
    rows = [replace(one, family={"A": "F", "B": "F", "C": "G"}[one.model]) for one in rows]
    assert which_model(rows, pairs).families == {"A": "F", "B": "F"}
    assert which_model(rows, pairs, families={}).families == {}


def test_a_structure_of_one_family_has_no_answer_and_is_said():
    rows, pairs = made_cohort()
    rows += [row("case0", model, SPLEEN) for model in "AB"]
    pairs += [pair("case0", "A", "B", 0.9, SPLEEN)]
    answer = which_model(rows, pairs, families={"A": "F", "B": "F"})
    assert answer.unanswered == {SPLEEN: ("A", "B")}
    assert {scope.name for scope in answer.scopes if scope.kind != GROUP} == {"liver"}


def test_a_group_counts_the_structures_that_all_know_and_names_who_is_not_compared():
    ribs = [(f"rib_left_{number}", f"k{number}") for number in range(1, 6)]
    known = {"A": ribs, "B": ribs, "C": ribs[:3], "D": ribs[:1]}
    rows = [row("1", model, one) for model, ones in known.items() for one in ones]
    pairs = [
        pair("1", a, b, 0.9, one)
        for a, b in ("AB", "AC", "AD", "BC", "BD", "CD")
        for one in ribs
        if one in known[a] and one in known[b]
    ]
    (group,) = [scope for scope in which_model(rows, pairs).scopes if scope.kind == GROUP]
    assert (group.structures, group.models_left_out) == (tuple(ribs[:3]), ("D",))


def test_failures_count_where_most_others_found_it():
    missing = {"status": "missing", "volume": 0.0}
    rows = [row("1", "A"), row("1", "B"), row("1", "C", **missing)]
    rows += [row("2", "A"), row("2", "B", **missing), row("2", "C", **missing)]
    pairs = [pair("1", "A", "B", 0.4), pair("1", "A", "C", 0.0), pair("1", "B", "C", 0.0)]
    rates = failure_rates(rows, PeerScores(pairs), [LIVER], {})
    assert {one.model: (one.missing, one.low, one.of) for one in rates} == {
        "A": (0, 1, 1),
        "B": (0, 1, 1),
        "C": (1, 0, 1),
    }


def test_a_family_that_alone_finds_something_makes_no_failure_of_the_others():
    rows = [row("1", model) for model in "ABC"] + [row("1", m, status="missing", volume=0.0) for m in "DE"]
    pairs = [pair("1", a, b, 0.0) for a in "ABC" for b in "DE"]
    assert failure_rates(rows, PeerScores(pairs, dict.fromkeys("ABC", "F")), [LIVER], {}) == []
    assert {one.model for one in failure_rates(rows, PeerScores(pairs), [LIVER], {})} == set("ABCDE")


def missed(per_patient, asked):
    """The failure rate of A, which misses so many of ``asked`` structures in each patient; B and C find all."""
    ones = [(f"structure{k}", f"k{k}") for k in range(asked)]
    rows = [
        row(f"case{p}", model, one, **({"status": "missing", "volume": 0.0} if model == "A" and k < n else {}))
        for p, n in enumerate(per_patient)
        for k, one in enumerate(ones)
        for model in "ABC"
    ]
    (rate,) = [one for one in failure_rates(rows, PeerScores([]), ones, {}) if one.model == "A"]
    return rate


def test_failures_of_one_patient_come_together_and_widen_the_interval():
    # Residuals -1 -1 -1 3: variance 4 / 3 * 12 / 20 ** 2 = 0.04, binomial 0.2 * 0.8 / 20 = 0.008: 5 to 1, so 4 of 20.
    found = missed((0, 0, 0, 4), 5)
    assert (found.missing, found.of, found.n_patients) == (4, 20, 4)
    assert (found.rate.value, found.rate.low, found.rate.high) == pytest.approx((0.2, 0.0308, 0.6632), abs=2e-4)


def test_failures_spread_over_patients_count_as_they_are():
    found = missed((1, 1, 1, 1), 5)
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(4, 20, method="wilson")
    assert (found.rate.low, found.rate.high) == pytest.approx((low, high))


def test_without_any_failure_patients_count_not_structures():
    found = missed((0, 0, 0), 10)
    z = 1.959964**2 / 3
    assert (found.rate.value, found.rate.low) == (0.0, pytest.approx(0.0))
    assert found.rate.high == pytest.approx(z / (1 + z), abs=1e-6)


def test_repeat_scans_give_the_variation_within_patients():
    rows = [row("1", "A", volume=90.0), row("2", "A", volume=110.0), row("3", "A", volume=50.0)]
    patients = {"1": "P", "2": "P", "3": "Q"}
    (found,) = repeatability(rows, [LIVER], patients)
    assert (found.n_patients, found.n_scans, found.variation.value) == (1, 2, pytest.approx(np.sqrt(200) / 100))
    rows += [row("4", "A", volume=50.0), row("5", "A", volume=50.0)]
    (found,) = repeatability(rows, [LIVER], {**patients, "4": "Q", "5": "Q"})
    # (1 * 0.02 + 2 * 0) / 3; chi-square of 3 degrees of freedom: 9.348 and 0.2158
    assert (found.n_patients, found.n_scans) == (2, 5)
    told = found.variation
    assert (told.value, told.low, told.high) == pytest.approx((0.08165, 0.04625, 0.3044), rel=1e-3)


def test_scores_by_kernel():
    scores = {f"c{n}": 0.9 + n / 1000 if n % 2 else 0.7 + n / 1000 for n in range(14)}
    facts = {case: {"kernel": "sharp" if int(case[1:]) % 2 else "soft", "site": "one"} for case in scores}
    (effect,) = acquisition_effects({"Lungs": {"A": scores}}, facts, {})
    assert (effect.fact, effect.test, effect.means["sharp"][0]) == ("kernel", "Kruskal-Wallis", 7)
    assert effect.means["sharp"][1] == pytest.approx(0.907)
    assert effect.p == pytest.approx(
        0.0017, abs=2e-4
    )  # complete separation: H = 12 / (14 * 15) * (28^2 + 77^2) / 7 - 45
    assert effect.p_holm == effect.p


def kernels_of(n_patients, kernels):
    """Scores that lie far apart between patients; each kernel costs the same patient a little more than the last."""
    cases = [(f"P{p}-{kernel}", f"P{p}", kernel, p / 10 - k * (0.01 + p / 1000))
             for p in range(n_patients) for k, kernel in enumerate(kernels)]  # fmt: skip
    scores = {case: score for case, _, _, score in cases}
    facts = {case: {"kernel": kernel} for case, _, kernel, _ in cases}
    return scores, facts, {case: patient for case, patient, _, _ in cases}


def test_kernels_of_the_same_patients_are_compared_within_them():
    scores, facts, patients = kernels_of(8, ("soft", "sharp"))
    effects = acquisition_effects({"Lungs": {"A": scores, "B": scores}}, facts, patients)
    assert {(one.test, one.p, one.p_holm) for one in effects} == {("Wilcoxon", 2 / 2**8, 4 / 2**8)}
    scores, facts, patients = kernels_of(8, ("soft", "sharp", "bone"))
    (effect,) = acquisition_effects({"Lungs": {"A": scores}}, facts, patients)
    # Ranks 3 2 1 in all of 8: chi-square 12 / (8 * 3 * 4) * (24^2 + 16^2 + 8^2) - 3 * 8 * 4 = 16, two degrees.
    assert (effect.test, effect.p) == ("Friedman", pytest.approx(np.exp(-8)))


def test_too_few_patients_for_an_acquisition_have_no_test():
    scores, facts, patients = kernels_of(5, ("soft", "sharp"))
    (effect,) = acquisition_effects({"Lungs": {"A": scores}}, facts, patients)
    assert (effect.test, effect.p, effect.p_holm, effect.means["soft"][0]) == ("", None, None, 5)


def test_a_model_that_always_marks_more_may_mean_something_else():
    volumes = {"A": 100.0, "B": 104.0, "C": 130.0, "D": 102.0}
    rows = [row(f"{n}", model, volume=volume) for n in range(6) for model, volume in volumes.items()]
    (found,) = other_definitions(rows, [LIVER])
    assert (found.structure, found.model, found.ratio, found.n_cases) == ("liver", "C", pytest.approx(130 / 102), 6)
