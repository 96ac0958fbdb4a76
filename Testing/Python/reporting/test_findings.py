"""The worst findings in words."""

from __future__ import annotations

from SegmentationConcordanceLib.reporting.findings import Finding
from SegmentationConcordanceLib.reporting.findings import worst_findings as find


def worst_findings(*rows, **options):
    return [finding.text for finding in find(*rows, **options)]


def test_nothing_compared_gives_nothing(agreement_row):
    alone = agreement_row(n_models=1, consensus_volume_ml=None, dice=None, jaccard=None, volume_ratio=None)
    assert worst_findings([], []) == []
    assert worst_findings([alone], []) == []


def test_lowest_dice_first_and_once_per_case_and_structure(agreement_row):
    rows = [
        agreement_row(structure="liver", structure_key="SCT:10200004", dice=0.9),
        agreement_row(dice=0.8),
        agreement_row(model="CADS", dice=0.7, status="truncated"),
    ]
    assert worst_findings(rows, []) == [
        "case-01, spleen: CADS has Dice 0.700 with the intersection (90.0 ml against 60.0 ml)."
        " The end of the scan cuts it.",
        "case-01, liver: MOOSE has Dice 0.900 with the intersection (90.0 ml against 60.0 ml).",
    ]
    assert len(worst_findings(rows, [], limit=1)) == 1


def test_missing_is_told_once_for_all_its_cases_and_not_as_empty_consensus(agreement_row):
    nothing = {"consensus_volume_ml": 0.0, "dice": None, "jaccard": None, "volume_ratio": None}
    rows = []
    for case in ("a", "b", "c", "d", "e"):
        rows.append(agreement_row(case=case, structure="rib_left_3", status="missing", volume_ml=0.0, **nothing))
        lost = {"status": "empty_consensus", "consensus_volume_ml": 0.0, "dice": 0.0, "volume_ratio": 0.0}
        rows.append(agreement_row(case=case, structure="rib_left_3", model="CADS", **lost))
    assert worst_findings(rows, []) == ["rib left 3: MOOSE knows it and found nothing in a, b, c and 2 more cases."]


def test_empty_consensus_names_the_model_that_stands_out(agreement_row, pairwise_row):
    lost = {"status": "empty_consensus", "consensus_volume_ml": 0.0, "dice": 0.0, "volume_ratio": 0.0}
    rows = [agreement_row(model=model, **lost) for model in ("A", "B", "C")]
    pairs = [
        pairwise_row(model_a="A", model_b="B", dice=0.0),
        pairwise_row(model_a="A", model_b="C", dice=0.9),
        pairwise_row(model_a="B", model_b="C", dice=0.2),
    ]
    assert worst_findings(rows, pairs) == [
        "case-01, spleen: no voxel is common to all 3 models. B agrees least with the others:"
        " mean pairwise Dice 0.10, the others among themselves 0.90."
    ]


def test_no_model_stands_out_among_equals(agreement_row, pairwise_row):
    pairs = [pairwise_row(model_a=a, model_b=b, dice=0.9) for a, b in ("AB", "AC", "BC")]
    (sentence,) = worst_findings([agreement_row()], pairs)
    assert sentence.endswith("60.0 ml).")


def test_many_missing_leave_room_for_the_rest(agreement_row):
    nothing = {"consensus_volume_ml": 0.0, "dice": None, "jaccard": None, "volume_ratio": None}
    missing = [agreement_row(structure=f"s{i}", structure_key="", status="missing", **nothing) for i in range(9)]
    low = [agreement_row(structure=f"t{i}", structure_key="") for i in range(9)]
    sentences = worst_findings([*missing, *low], [], limit=10)
    assert len(sentences) == 10
    assert sentences[2] == "7 more structures are missing in a model that knows them."
    assert sentences[3].startswith("case-01, t0: ")


def test_only_the_first_consensus_counts(agreement_row):
    rows = [agreement_row(dice=0.8), agreement_row(consensus="majority", dice=0.1)]
    assert len(worst_findings(rows, [])) == 1


def test_a_finding_says_where_to_look_and_calls_cases_by_their_labels(agreement_row):
    (found,) = find([agreement_row(case="1.2.3.4", structure_key="")], [], case_labels={"1.2.3.4": "Patient 7"})
    text = "Patient 7, spleen: MOOSE has Dice 0.800 with the intersection (90.0 ml against 60.0 ml)."
    assert found == Finding(text, case="1.2.3.4", structure="spleen", model="MOOSE")
