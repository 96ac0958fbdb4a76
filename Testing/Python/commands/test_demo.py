"""concordance demo: the whole way on the sample."""

from __future__ import annotations

import csv

import pytest


@pytest.mark.slow
def test_tables_hold_every_case_and_model(demo):
    with (demo / "agreement.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["case"] for row in rows} == {"SAMPLE-001", "SAMPLE-002", "SAMPLE-003", "SAMPLE-004"}
    assert len({row["model"] for row in rows}) == 6


@pytest.mark.slow
def test_report_and_segs_are_there(demo):
    assert (demo / "report.html").stat().st_size > 100_000
    assert len(list(demo.glob("cases/SAMPLE-*/segmentations/*.dcm"))) == 24
    assert len(list(demo.glob("cases/SAMPLE-*/consensus.dcm"))) == 4


@pytest.mark.slow
def test_nothing_is_left_of_an_earlier_demo(demo):
    assert sorted(path.name for path in (demo / "cases").iterdir()) == [f"SAMPLE-00{number}" for number in range(1, 5)]
    for path in demo.rglob("*.[cj]s*"):
        assert "of an earlier demo" not in path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_planted_error_is_named_by_a_finding_of_its_kind(demo_run):
    said_by = {
        "adjacent_vertebra": "includes_neighbour",
        "neighbouring_rib": "includes_neighbour",
        "merged_vertebrae": "merged",
        "shifted_vertebrae": "label_shift",
        "short_ribs": "other_definition",
        "larger_heart": "other_definition",
        "missing_structure": "missing",
        "split_vertebra": "split",
        "swapped_sides": "side_swapped",
        "false_blob": "false_blob",
        "hole": "hole",
        "stopped_output": "ends_early",
    }
    planted = demo_run.summary["planted"]
    assert len(planted) == 22
    for error in planted:
        assert error["finding"]["kind"] == said_by[error["kind"]], error


def test_a_folder_with_other_things_is_left_alone(refused, tmp_path):
    (tmp_path / "mine.txt").write_text("x")
    assert "holds no earlier demo" in refused("demo", "--output", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_the_place_of_the_folder_is_left_alone(refused, tmp_path):
    (tmp_path / "mine.txt").write_text("x")
    assert "is a file" in refused("demo", "--output", tmp_path / "mine.txt")
    assert (tmp_path / "mine.txt").read_text() == "x"
