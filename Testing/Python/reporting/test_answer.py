"""The first sentence of the report."""

from __future__ import annotations

from SegmentationConcordanceLib.agreement.finding import Finding
from SegmentationConcordanceLib.reporting.answer import NOTHING, answer


def finding(structure, models, *, is_blamed=True, lead="a, spleen"):
    return Finding(
        kind="missing",
        case="a",
        structures=(structure,),
        names=(structure,),
        models=models,
        sentence=f"{lead}: words.",
        lead=lead,
        is_blamed=is_blamed,
    )


def rows_of(agreement_row, *structures):
    return [
        agreement_row(structure=structure, structure_key=structure, model=model)
        for structure in structures
        for model in ("MOOSE", "CADS")
    ]


def test_nothing_to_compare(agreement_row):
    assert answer([], []) == answer([agreement_row(n_models=1)], []) == NOTHING


def test_agreement(agreement_row):
    assert answer(rows_of(agreement_row, "a", "b"), []) == "The 2 models agree on 2 structures."
    assert answer(rows_of(agreement_row, "a"), []) == "The 2 models agree on 1 structure."


def test_one_finding(agreement_row):
    said = answer(rows_of(agreement_row, "a", "b"), [finding("a", ("MOOSE",))])
    assert said == "The 2 models agree on 1 of 2 structures; the one finding is “Missing” (MOOSE) in a, spleen."


def test_whom_the_findings_name_counts_those_that_are_blamed(agreement_row):
    findings = [
        finding("a", ("MOOSE",)),
        finding("b", ("CADS", "MOOSE")),
        finding("b", ("CADS", "X"), is_blamed=False),
        finding("elsewhere", ("MOOSE",)),
    ]
    said = answer(rows_of(agreement_row, "a", "b", "c", "d"), findings)
    assert said == (
        "The 2 models agree on 2 of 4 structures; the gravest of 4 findings is “Missing” (MOOSE) in a, spleen; "
        "named most often: MOOSE (3) and CADS (1)."
    )
