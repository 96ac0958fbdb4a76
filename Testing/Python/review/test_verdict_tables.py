"""Counts of verdicts, and the table of the annotation study."""

from __future__ import annotations

import csv

from SegmentationConcordanceLib.review.qa_results import QA_COLUMNS, write_qa_results
from SegmentationConcordanceLib.review.verdict import Subject, Verdict
from SegmentationConcordanceLib.review.verdict_counts import verdict_counts

LIVER, SPLEEN = Subject("L", "liver", "MOOSE"), Subject("S", "spleen", "MOOSE")
VERDICTS = (
    Verdict("Ann", "a", LIVER, 5, series_uid="1.2"),
    Verdict("Bob", "a", LIVER, 3, "too\nsmall", series_uid="1.2"),
    Verdict("Ann", "a", SPLEEN, 2, series_uid="1.2"),
    Verdict("Ann", "a", LIVER, 1, repeat=1, series_uid="1.2"),
    Verdict("Ann", "a", Subject("S", "spleen", "CADS"), None, "not scored", series_uid="1.2"),
    Verdict("Bob", "a", Subject(), 4, "moved", series_uid="1.2"),
)


def test_counts_by_model_and_structure_lowest_mean_first():
    found = verdict_counts(VERDICTS)
    assert [(one.model, one.structure, one.counts) for one in found] == [
        ("MOOSE", "all structures", (0, 1, 1, 0, 1)),
        ("MOOSE", "spleen", (0, 1, 0, 0, 0)),
        ("MOOSE", "liver", (0, 0, 1, 0, 1)),
    ]
    assert (found[2].n, found[2].mean, found[2].usable) == (2, 4.0, 0.5)
    assert verdict_counts(()) == ()


def test_the_layout_of_the_study(tmp_path):
    path = tmp_path / "qa-results.csv"
    count = write_qa_results(
        path,
        VERDICTS,
        series={"a": {"Collection": "tcga", "PatientID": "P1", "StudyDate": "20010629", "StudyInstanceUID": "1.1"}},
        corrected={("Bob", "a", LIVER.key): "bob_liver.dcm"},
    )
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert tuple(lines[0]) == QA_COLUMNS
    assert count == len(lines) - 1 == 3
    assert lines[2] == [
        *("Bob", "TRUE", "tcga", "P1", "20010629", "", "1.1", "1.2"),
        *("MOOSE: liver", "3", "too small", "moved", "bob_liver.dcm"),
    ]


def test_a_review_tells_no_patient(tmp_path):
    path = tmp_path / "qa-results.csv"
    write_qa_results(path, VERDICTS)
    with path.open(encoding="utf-8", newline="") as file:
        assert {(line["PatientID"], line["StudyDate"]) for line in csv.DictReader(file)} == {("", "")}
