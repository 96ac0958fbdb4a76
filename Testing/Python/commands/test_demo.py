"""concordance demo: the whole way on the sample."""

from __future__ import annotations

import csv


def test_tables_hold_every_case_and_model(demo):
    with (demo / "agreement.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["case"] for row in rows} == {"SAMPLE-001", "SAMPLE-002", "SAMPLE-003"}
    assert len({row["model"] for row in rows}) == 6


def test_report_and_segs_are_there(demo):
    assert (demo / "report.html").stat().st_size > 100_000
    assert len(list(demo.glob("cases/SAMPLE-*/segmentations/*.dcm"))) == 18
    assert len(list(demo.glob("cases/SAMPLE-*/consensus.dcm"))) == 3


def test_every_planted_error_lowers_the_model_below_the_others(concordance, demo):
    outcome = concordance("demo", "--output", demo, "--json")  # again, over its own earlier output
    assert outcome.code == 0
    for finding in outcome.json()["planted"]:
        dice = finding["dice"]
        assert dice["model"] < dice["others"] - 0.02, finding


def test_a_folder_with_other_things_is_left_alone(refused, tmp_path):
    (tmp_path / "mine.txt").write_text("x")
    assert "holds no earlier demo" in refused("demo", "--output", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_the_place_of_the_folder_is_left_alone(refused, tmp_path):
    (tmp_path / "mine.txt").write_text("x")
    assert "mine.txt: is a file" in refused("demo", "--output", tmp_path / "mine.txt")
    assert (tmp_path / "mine.txt").read_text() == "x"
