"""The worst findings in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from SegmentationConcordanceLib.agreement.table_findings import worst_findings as find

NOBODY = " Nothing tells which of them is right."


def worst_findings(*rows, **options):
    return [finding.sentence for finding in find(*rows, **options)]


def test_nothing_compared_gives_nothing(agreement_row):
    alone = agreement_row(n_models=1, consensus_volume_ml=None, dice=None, jaccard=None, volume_ratio=None)
    assert worst_findings([], []) == []
    assert worst_findings([alone], []) == []


def test_the_gravest_first_what_the_scan_cuts_last_and_once_per_case_and_structure(agreement_row):
    rows = [
        agreement_row(structure="liver", structure_key="SCT:10200004", dice=0.89),
        agreement_row(dice=0.8),
        agreement_row(model="CADS", dice=0.7, status="truncated"),
    ]
    assert worst_findings(rows, []) == [
        "case-01, liver: MOOSE has Dice 0.890 with the intersection (90.0 ml against 60.0 ml).",
        "case-01, spleen: MOOSE and CADS agree little: Dice 0.700 to 0.800 with the intersection (90.0 ml)."
        f" It is truncated by the field of view.{NOBODY}",
    ]
    assert len(worst_findings(rows, [], limit=1)) == 1


def test_a_dice_of_nine_tenths_or_more_is_no_finding(agreement_row):
    good = [agreement_row(structure=f"s{i}", structure_key="", dice=dice) for i, dice in enumerate((0.9, 0.95, 1.0))]
    assert worst_findings(good, []) == []
    (found,) = worst_findings([*good, agreement_row(dice=0.8999)], [])
    assert found.startswith("case-01, spleen: MOOSE has Dice 0.900")


NOTHING = {"consensus_volume_ml": 0.0, "dice": None, "jaccard": None, "volume_ratio": None}
EMPTY = {"status": "empty_consensus", "consensus_volume_ml": 0.0, "dice": 0.0, "volume_ratio": 0.0}


def test_what_a_model_misses_in_many_cases_is_told_once(agreement_row):
    rows = []
    for case in ("a", "b", "c", "d", "e"):
        rows.append(agreement_row(case=case, structure="rib_left_3", status="missing", volume_ml=0.0, **NOTHING))
        rows += [agreement_row(case=case, structure="rib_left_3", model=model, **EMPTY) for model in ("CADS", "X")]
    assert worst_findings(rows, []) == [
        "rib left 3 in 5 cases (a, b, c, d and 1 more): MOOSE found nothing, the 2 others did."
    ]


def test_what_most_models_do_not_find_is_the_failure_of_those_that_do(agreement_row):
    rows = [agreement_row(model=model, status="missing", volume_ml=0.0, **NOTHING) for model in ("A", "B", "C")]
    assert worst_findings([*rows, agreement_row(**EMPTY)], []) == [
        "case-01, spleen: MOOSE alone found it, the 3 others that know it did not."
    ]


def test_empty_consensus_names_the_model_that_stands_apart(agreement_row, pairwise_row):
    rows = [agreement_row(model=model, **EMPTY) for model in ("A", "B", "C")]
    assert worst_findings(rows, []) == [f"case-01, spleen: no voxel is common to all 3 models.{NOBODY}"]
    pairs = [
        pairwise_row(model_a="A", model_b="B", dice=0.0),
        pairwise_row(model_a="A", model_b="C", dice=0.9),
        pairwise_row(model_a="B", model_b="C", dice=0.2),
    ]
    assert worst_findings(rows, pairs) == [
        "case-01, spleen: B stands apart: pairwise Dice 0.10 with the others, 0.90 among themselves,"
        " no voxel is common to all."
    ]


def test_names_shifted_by_one_level_are_one_finding(agreement_row, pairwise_row):
    rows, pairs = [], []
    for name in ("T3", "T4"):
        place = {"structure": f"vertebrae_{name}", "structure_key": name}
        rows += [agreement_row(model=model, **place, **EMPTY) for model in ("A", "B", "C")]
        pairs += [
            pairwise_row(model_a=a, model_b=b, dice=0.9 if "A" not in a else 0.1, **place)
            for a, b in ("AB", "AC", "BC")
        ]
    for name, lost in (("T2", "A"), ("T5", "BC")):
        place = {"structure": f"vertebrae_{name}", "structure_key": name}
        for model in "ABC":
            values = {"status": "missing", "volume_ml": 0.0, **NOTHING} if model in lost else EMPTY
            rows.append(agreement_row(model=model, **place, **values))
    (found,) = find(rows, pairs)
    assert found.sentence == (
        "case-01, 4 structures: A found no vertebrae T2, the 2 others did; alone found vertebrae T5, the 2 others that"
        " know it did not; stands apart on vertebrae T3, vertebrae T4: pairwise Dice 0.10 with the others, 0.90 among"
        " themselves, no voxel is common to all."
    )
    assert (found.lead, found.case, found.models[0]) == ("case-01, 4 structures", "case-01", "A")
    assert found.structures[0] == "T2"
    assert set(found.structures) == {"T2", "T3", "T4", "T5"}


def test_several_structures_in_the_same_cases_are_one_finding(agreement_row):
    rows = []
    for case in "abc":
        for name in ("liver", "spleen"):
            place = {"case": case, "structure": name, "structure_key": ""}
            rows.append(agreement_row(model="A", status="missing", volume_ml=0.0, **place, **NOTHING))
            rows += [agreement_row(model=model, **place, **EMPTY) for model in "BC"]
    assert worst_findings(rows, []) == [
        "2 structures in 3 cases (a, b, c): A found no liver, spleen, the 2 others did."
    ]


def test_a_finding_of_several_cases_leads_to_the_worst_of_them(agreement_row, pairwise_row):
    rows, pairs = [], []
    for case, dice in (("a", 0.8), ("b", 0.3), ("c", 0.7)):
        rows += [agreement_row(case=case, model=model) for model in "ABC"]
        pairs += [
            pairwise_row(case=case, model_a=a, model_b=b, dice=dice if b == "C" else 0.9) for a, b in ("AB", "AC", "BC")
        ]
    (found,) = find(rows, pairs)
    assert found.lead == "spleen in 3 cases"
    assert (found.case, found.structures, found.models[0]) == ("b", ("SCT:78961009",), "C")


def test_no_model_stands_out_among_equals(agreement_row, pairwise_row):
    pairs = [pairwise_row(model_a=a, model_b=b, dice=0.9) for a, b in ("AB", "AC", "BC")]
    (sentence,) = worst_findings([agreement_row()], pairs)
    assert sentence.endswith("60.0 ml).")


def test_the_model_that_is_lowest_in_many_cases_is_told_once(agreement_row):
    rows = [agreement_row(case=f"c{i}", dice=0.8 + i / 100) for i in range(4)]
    assert worst_findings([*rows, agreement_row(case="d", model="CADS", dice=0.7)], []) == [
        "d, spleen: CADS has Dice 0.700 with the intersection (90.0 ml against 60.0 ml).",
        "spleen in 4 cases: MOOSE has the lowest Dice with the intersection, 0.800 to 0.830; lowest in c0 (90.0 ml"
        " against 60.0 ml).",
    ]


def test_blamed_or_not_the_order_is_that_of_the_rows(agreement_row):
    rows = [
        agreement_row(structure="a", structure_key="", dice=0.5, severity=7.0),
        agreement_row(structure="b", structure_key="", status="missing", volume_ml=0.0, severity=5.0, **NOTHING),
        *(agreement_row(structure="b", structure_key="", model=model, **EMPTY) for model in ("CADS", "Other")),
        agreement_row(structure="c", structure_key="", dice=0.6, severity=3.0),
    ]
    assert [sentence.split(":")[0] for sentence in worst_findings(rows, [])] == [f"case-01, {s}" for s in "abc"]
    assert len(worst_findings(rows, [], limit=2)) == 2


def test_every_consensus_counts_and_the_gravest_is_told(agreement_row):
    rows = [agreement_row(dice=0.95), agreement_row(consensus="no_CADS", dice=0.777)]
    assert worst_findings(rows, []) == [
        "case-01, spleen: MOOSE has Dice 0.777 with the no_CADS (90.0 ml against 60.0 ml)."
    ]


def test_what_no_model_found_is_no_finding(agreement_row):
    rows = [agreement_row(model=model, status="missing", volume_ml=0.0, **NOTHING) for model in ("A", "B")]
    assert worst_findings(rows, []) == []


def test_of_two_models_the_pair_is_named_and_nobody_blamed(agreement_row):
    rows = [agreement_row(model="A", status="missing", volume_ml=0.0, **NOTHING), agreement_row(model="B", **EMPTY)]
    (found,) = find(rows, [])
    assert found.sentence == f"case-01, spleen: A found nothing, B did.{NOBODY}"
    assert not found.is_blamed
    assert found.models == ("A", "B")


@pytest.fixture
def two_models(agreement_row, pairwise_row):
    """Rows and pair of A, 90 ml, and B, 60 ml within it: Dice 2 * 60 / (90 + 60) = 0.8 with each other."""

    def make(case="case-01", dice=0.8, **values):
        values = {"case": case, "consensus": "majority", "dice": dice, "n_models": 2, **values}
        rows = [agreement_row(model="A", volume_ml=90.0, **values), agreement_row(model="B", volume_ml=60.0, **values)]
        return rows, [pairwise_row(case=case, model_a="A", model_b="B", dice=dice, volume_a_ml=90.0, volume_b_ml=60.0)]

    return make


def test_of_two_models_that_agree_little_the_pair_is_named_with_its_dice(two_models):
    (found,) = find(*two_models())
    assert found.sentence == f"case-01, spleen: A and B agree with Dice 0.800 (90.0 ml and 60.0 ml).{NOBODY}"
    assert (found.kind, found.models, found.others, found.is_blamed) == ("low_agreement", ("A", "B"), (), False)
    assert found.numbers == {"pair_dice": 0.8}


def test_the_dice_of_the_pair_decides_whatever_the_consensus(agreement_row, two_models):
    """Of A, 90 ml, and B, 60 ml within it, B is the intersection."""
    _, pairs = two_models()
    rows = [agreement_row(model="A", n_models=2, dice=0.8), agreement_row(model="B", n_models=2, dice=1.0)]
    assert find(rows, pairs)[0].numbers == {"pair_dice": 0.8}
    # 100 ml each, 85 ml common: 2 * 85 / 185 = 0.919 with the intersection, 0.85 with each other
    rows = [agreement_row(model=model, n_models=2, dice=0.919, volume_ml=100.0) for model in "AB"]
    assert worst_findings(rows, two_models(dice=0.85)[1]) == [
        f"case-01, spleen: A and B agree with Dice 0.850 (100.0 ml and 100.0 ml).{NOBODY}"
    ]
    assert worst_findings(rows, two_models(dice=0.9)[1]) == []


def test_without_pairs_two_models_are_named_with_what_each_has_with_the_consensus(agreement_row):
    rows = [agreement_row(model="A", n_models=2, dice=0.8), agreement_row(model="B", n_models=2, dice=1.0)]
    (found,) = find(rows, [])
    assert found.sentence == (
        "case-01, spleen: A and B agree little: Dice 0.800 and 1.000 with the intersection"
        f" (90.0 ml and 90.0 ml).{NOBODY}"
    )
    assert (found.models, found.numbers) == (("A", "B"), {"dice": 0.8})


def test_two_models_that_agree_little_in_many_cases_are_one_finding(two_models):
    rows, pairs = [], []
    for case, dice in (("c0", 0.8), ("c1", 0.5), ("c2", 0.7)):
        of_case = two_models(case, dice)
        rows += of_case[0]
        pairs += of_case[1]
    (found,) = find(rows, pairs)
    assert found.sentence == (
        f"spleen in 3 cases: A and B agree with Dice 0.500 to 0.800; lowest in c1 (90.0 ml and 60.0 ml).{NOBODY}"
    )
    assert (found.case, found.cases, found.models) == ("c1", ("c1", "c2", "c0"), ("A", "B"))
    assert found.numbers == {"pair_dice": 0.5, "n_cases": 3}


def test_two_models_without_a_common_voxel_are_both_named(two_models):
    """Under the majority, where each is held against the other, as under the intersection, which is empty."""
    for values in ({}, {"status": "empty_consensus", "consensus_volume_ml": 0.0}):
        (found,) = find(*two_models(dice=0.0, **values))
        assert found.sentence == f"case-01, spleen: A and B have no voxel in common (90.0 ml and 60.0 ml).{NOBODY}"
        assert (found.kind, found.models, found.is_blamed) == ("no_overlap", ("A", "B"), False)


def test_that_one_of_two_is_truncated_is_said(two_models):
    rows, pairs = two_models()
    (found,) = find([rows[0], replace(rows[1], presence="truncated")], pairs)
    assert found.sentence.endswith(f"60.0 ml). It is truncated by the field of view.{NOBODY}")
    assert found.is_cut


def test_of_three_models_where_nothing_is_common_all_are_named(agreement_row):
    (found,) = find([agreement_row(model=model, **EMPTY) for model in "ABC"], [])
    assert (found.kind, found.models, found.is_blamed) == ("no_overlap", ("A", "B", "C"), False)


def test_a_finding_says_where_to_look_and_calls_cases_by_their_labels(agreement_row):
    (found,) = find([agreement_row(case="1.2.3.4", structure_key="")], [], case_labels={"1.2.3.4": "Patient 7"})
    text = "Patient 7, spleen: MOOSE has Dice 0.800 with the intersection (90.0 ml against 60.0 ml)."
    assert (found.sentence, found.lead, found.case) == (text, "Patient 7, spleen", "1.2.3.4")
    assert (found.kind, found.structures, found.models) == ("low_agreement", ("spleen",), ("MOOSE",))
    assert not found.is_blamed


@pytest.fixture
def three_models(agreement_row, pairwise_row):
    """Rows and pairs of A, B and C, none of which stands apart: B has the lowest Dice with the majority."""

    def make(case="case-01", lower=0.0):
        values = {"case": case, "consensus": "majority"}
        dice = {"A": (0.85, 60.0), "B": (0.8 - lower, 70.0), "C": (0.88, 80.0)}
        rows = [agreement_row(model=name, dice=one, volume_ml=ml, **values) for name, (one, ml) in dice.items()]
        pairs = {"AB": 0.75, "AC": 0.73, "BC": 0.74}
        return rows, [pairwise_row(case=case, model_a=a, model_b=b, dice=one) for (a, b), one in pairs.items()]

    return make


def test_of_three_models_that_agree_little_all_are_named_and_the_pair_that_agrees_least(three_models):
    rows, pairs = three_models()
    (found,) = find(rows, pairs)
    assert found.sentence == (
        "case-01, spleen: A, B and C agree little: Dice 0.800 to 0.880 with the majority (60.0 to 80.0 ml), A and C"
        f" least with each other, 0.730.{NOBODY}"
    )
    assert (found.kind, found.models, found.others, found.is_blamed) == ("low_agreement", ("A", "B", "C"), (), False)
    assert found.suspects == found.in_doubt == ("A", "C")
    assert found.numbers == {"dice": 0.8}
    assert worst_findings(rows, []) == [
        f"case-01, spleen: A, B and C agree little: Dice 0.800 to 0.880 with the majority (60.0 to 80.0 ml).{NOBODY}"
    ]


def test_three_models_that_agree_little_in_many_cases_are_one_finding(three_models):
    rows, pairs = [], []
    for case, lower in (("c0", 0.0), ("c1", 0.1), ("c2", 0.05)):
        of_case = three_models(case, lower)
        rows += of_case[0]
        pairs += of_case[1]
    (found,) = find(rows, pairs)
    assert found.sentence == (
        "spleen in 3 cases: A, B and C agree little: lowest Dice with the majority 0.700 to 0.800; lowest in c1 (60.0"
        f" to 80.0 ml), A and C least with each other, 0.730.{NOBODY}"
    )
    assert (found.case, found.models) == ("c1", ("A", "B", "C"))
    assert found.numbers == {"dice": pytest.approx(0.7), "n_cases": 3}


def test_held_against_a_reference_the_model_with_the_lowest_dice_is_named(agreement_row):
    """What they are held against is right by what the user says: the others are not concerned."""
    rows = [agreement_row(model=name, consensus="reference: R", dice=dice) for name, dice in (("A", 0.85), ("B", 0.7))]
    (found,) = find(rows, [])
    assert found.sentence == "case-01, spleen: B has Dice 0.700 with the reference: R (90.0 ml against 60.0 ml)."
    assert found.models == ("B",)


def test_of_more_models_than_a_sentence_names_their_number_is_said(agreement_row):
    rows = [agreement_row(model=name, consensus="majority", dice=0.85, volume_ml=70.0) for name in "ABCDE"]
    (found,) = find(rows, [])
    assert "the 5 models agree little: Dice 0.850 with the majority (70.0 ml)." in found.sentence
    assert found.models == tuple("ABCDE")
