"""What options of `concordance compare` leave in the folder and on the screen."""

from __future__ import annotations

import csv

import pytest

from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg


@pytest.fixture
def compare(concordance, case, segs, tmp_path):
    """Compare three models without surfaces; the outcome, and the folder of the files."""

    def call(*options: str):
        words = ["compare", "--json", "--no-surfaces", "--ct", case.ct_folder, "--output", tmp_path / "out", *options]
        return concordance(*words, "--seg", *segs.values()), tmp_path / "out"

    return call


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_staple_reports_its_estimates(compare):
    outcome, folder = compare("--consensus", "STAPLE", "--staple-margin", "15", "--only-groups", "Lungs")
    rows, summary = rows_of(folder / "staple.csv"), outcome.json()
    assert outcome.code == 0 and len(rows) == len(summary["staple"]) > 0
    assert {float(row["margin_mm"]) for row in rows} == {15.0}
    assert all(0 < float(row["sensitivity"]) <= 1 and float(row["region_ml"]) > 0 for row in rows)
    assert {row["structure"].split("_")[0] for row in rows} <= {"lung", "lungs", "trachea"}
    (note,) = summary["notes"]
    assert note in (folder / "report.html").read_text(encoding="utf-8")
    compare("--only-groups", "Lungs")
    assert not (folder / "staple.csv").exists()


def test_leaving_each_out_still_writes_the_consensus_of_all(compare):
    outcome, folder = compare("--leave-one-out", "--consensus", "majority")
    assert outcome.code == 0
    assert {row["consensus"] for row in rows_of(folder / "agreement.csv")} == {"majority, leave one out"}
    assert read_dicom_seg(folder / "consensus.dcm").algorithm_names == ("Consensus (majority)",)


def test_leaving_a_model_out_is_commented(compare):
    words = ["--only-models", "MOOSE", "Auto3DSeg", "--only-structures", "rib_*"]
    outcome, _ = compare("--consensus", "intersection", *words)
    assert any("can only raise agreement" in note for note in outcome.json()["notes"])


def test_combinations_that_share_parts_are_refused(compare):
    outcome, folder = compare("--combine", "lungs", "lung_left")
    assert outcome.code == 2 and "have parts in common" in outcome.err
    assert not folder.exists()


def test_names_that_no_structure_has_are_told(compare):
    outcome, _ = compare("--only-structures", "rib_*", "livr")
    assert (outcome.code, outcome.out) == (2, "")
    assert "Did you mean liver?" in outcome.err
    outcome, _ = compare("--only-structures", "rib_*", "prostate")  # other models know it
    assert outcome.code == 0
    told = "No structure of the models is called prostate: what was asked of it has no effect."
    assert told in outcome.json()["notes"]


def test_a_compared_file_is_not_overwritten_by_the_consensus(concordance, case, segs, tmp_path):
    before = segs["moose"].read_bytes()
    own = tmp_path / "consensus.dcm"
    own.write_bytes(before)
    outcome = concordance("compare", "--ct", case.ct_folder, "--seg", own, segs["auto3dseg"], "--output", tmp_path)
    assert outcome.code == 2 and "is one of the files that are read" in outcome.err
    assert own.read_bytes() == before
