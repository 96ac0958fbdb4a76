"""What is known of the cases: matching, labels, identifiers."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.reporting.case_table import read_cases


@pytest.fixture
def rows(agreement_row):
    models = ("MOOSE", "TotalSegmentator 2.6", "My model!")
    return [
        agreement_row(case=case, series_uid=uid, model=model)
        for case, uid in (("one", "1.1111"), ("two", "1.2222"), ("three", "1.3333"))
        for model in models
    ]


def written(tmp_path, text):
    path = tmp_path / "cases.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_cases_by_series_with_labels_that_tell_them_apart(tmp_path, rows):
    text = "series_uid,patient_id,kernel,empty\n1.1111,P1,LUNG,\n1.2222,P1,BONE,\n1.3333,P2,BONE,\n9.9,P3,BONE,\n"
    cases = read_cases(written(tmp_path, text), rows)
    assert cases.columns == ("patient_id", "kernel")
    assert cases.values == {"one": ("P1", "LUNG"), "two": ("P1", "BONE"), "three": ("P2", "BONE")}
    assert cases.labels == {"one": "P1 LUNG", "two": "P1 BONE", "three": "P2"}


def test_cases_that_only_their_name_tells_apart(tmp_path, rows):
    cases = read_cases(written(tmp_path, "case;patient_id\none;P\ntwo;P\n"), rows)
    assert cases.labels == {"one": "P (...one)", "two": "P (...two)"}


def test_names_of_columns_in_capitals(tmp_path, rows):
    cases = read_cases(written(tmp_path, "sep=;\nCase;Patient_ID;Kernel\none;P1;B30f\n"), rows)
    assert (cases.columns, cases.values) == (("patient_id", "Kernel"), {"one": ("P1", "B30f")})


def test_identifiers_by_model(tmp_path, rows):
    text = (
        "case,study_uid,seg_moose,seg_totalsegmentator_v2,seg_my_model_,seg_other,seg_consensus\none,5,6,7,8,9,10;11\n"
    )
    cases = read_cases(written(tmp_path, text), rows)
    assert cases.columns == ()
    assert cases.study_uids == {"one": "5"}
    assert cases.seg_uids == {
        ("one", "MOOSE"): ("6",),
        ("one", "TotalSegmentator 2.6"): ("7",),
        ("one", "My model!"): ("8",),
        ("one", ""): ("10", "11"),
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("patient\nP\n", "has no line with a column case or series_uid"),
        ("case\nfour\n", "no case in it is in the agreement table"),
        ("case\none\none\n", "case one has two lines"),
    ],
)
def test_tables_that_do_not_fit(tmp_path, rows, text, words):
    with pytest.raises(ConcordanceError, match=words):
        read_cases(written(tmp_path, text), rows)
