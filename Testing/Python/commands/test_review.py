"""``concordance review``: from review files to tables, as a user calls it."""

from __future__ import annotations

import csv
import json

import pytest

from SegmentationConcordanceLib.agreement.finding import Finding
from SegmentationConcordanceLib.agreement.table import AgreementRow
from SegmentationConcordanceLib.cli import run
from SegmentationConcordanceLib.reporting.finding_tables import write_findings
from SegmentationConcordanceLib.reporting.tables import write_agreement
from SegmentationConcordanceLib.review.blinding_key import keep_key
from SegmentationConcordanceLib.review.review_file import append_verdict
from SegmentationConcordanceLib.review.review_session import ReviewSession
from SegmentationConcordanceLib.review.verdict import Subject, Verdict

MODELS = ("CADS", "MOOSE")
SCORES = {"Ann": (5, 2, 4, 1), "Bob": (5, 3, 4, 2)}


@pytest.fixture
def reviews(tmp_path):
    """Two readers, two cases with a liver by two models; Bob's review is blinded."""
    ann = tmp_path / "ann.csv"
    segments = [(case, model) for case in ("a", "b") for model in MODELS]
    for (case, model), score in zip(segments, SCORES["Ann"]):
        append_verdict(ann, Verdict("Ann", case, Subject("L", "liver", model), score))
    bob = ReviewSession(tmp_path / "bob.csv", "Bob", seed=3)
    for (case, model), score in zip(segments, SCORES["Bob"]):
        bob.open_case(case, MODELS)
        bob.say(Subject("L", "liver", model), score=score)
    return ann, bob.path


def lines_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_readers_models_and_dice(reviews, tmp_path, capsys):
    agreement = tmp_path / "agreement.csv"
    rows = [
        AgreementRow(case, "", "liver", "L", model, "ok", "majority", 2, 1.0, 1.0, dice, dice, 1.0)
        for (case, model), dice in zip([(c, m) for c in ("a", "b") for m in MODELS], (0.95, 0.6, 0.9, 0.4))
    ]
    write_agreement(agreement, rows)
    output = tmp_path / "out"
    assert run(["review", *map(str, reviews), "--agreement", str(agreement), "--output", str(output)]) == 0
    told = capsys.readouterr().out
    assert "8 verdicts of 2 readers on 2 cases" in told
    assert "CADS: mean 4.50 of 5, 100% usable as they are" in told
    assert "MOOSE: mean 2.00 of 5, 0% usable as they are" in told
    assert "Ann and Bob: the same score for 50% of 4, tau-b 1.00" in told
    assert "dice: tells segments that need work with an area of 1.00 under the curve; best at 0.75" in told
    counts = {(one["model"], one["structure"]): one for one in lines_of(output / "counts.csv")}
    assert counts[("MOOSE", "liver")]["score_2"] == "2"
    kappa = next(one for one in lines_of(output / "readers.csv") if one["what"] == "kappa")
    assert float(kappa["value"]) == pytest.approx(1 - 2 / by_chance())
    assert {one["Reviewer"] for one in lines_of(output / "qa-results.csv")} == {"Ann", "Bob"}


def test_findings_against_verdicts(reviews, tmp_path, capsys):
    found = [
        Finding("missing", "a", ("L",), ("liver",), ("MOOSE",), "..."),
        Finding("hole", "b", ("L",), ("liver",), ("CADS",), "..."),
    ]
    write_findings(tmp_path / "findings.csv", found)
    words = ["--findings", str(tmp_path / "findings.csv"), "--output", str(tmp_path / "out")]
    assert run(["review", *map(str, reviews), *words]) == 0
    # MOOSE needs work in both cases, CADS in none: one of two is found, and one of two findings is right.
    told = capsys.readouterr().out
    assert "findings: 1 of 2 segments that need work have one (50%); of 2 with one, 50% need work" in told
    lines = {one["kind"]: one for one in lines_of(tmp_path / "out" / "findings_read.csv")}
    assert (lines["missing"]["precision"], lines["hole"]["precision"]) == ("1.0", "0.0")


def by_chance() -> float:
    return sum((a - b) ** 2 for a in SCORES["Ann"] for b in SCORES["Bob"]) / 4


def test_json_and_the_blinded_names(reviews, tmp_path, capsys):
    assert run(["review", *map(str, reviews), "--output", str(tmp_path / "out"), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert {one["model"] for one in summary["models"]} == set(MODELS)
    assert summary["all_readers"]["n"] == 4


def test_wrong_calls_say_what_to_do(reviews, tmp_path, capsys):
    assert run(["review", str(tmp_path / "none.csv"), "--output", str(tmp_path / "out")]) == 2
    assert "does not exist. Give the review.csv" in capsys.readouterr().err
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    assert run(["review", str(empty), "--output", str(tmp_path / "out")]) == 2
    assert "holds no score" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_output_takes_no_review_s_place(tmp_path, capsys):
    path = tmp_path / "counts.csv"
    append_verdict(path, Verdict("Ann", "a", Subject("L", "liver", "CADS"), 3))
    before = path.read_bytes()
    assert run(["review", str(path), "--output", str(tmp_path)]) == 2
    assert "is one of the files that are read" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_key_of_other_models_is_kept(reviews, tmp_path):
    _, bob = reviews
    session = ReviewSession(bob, "Bob", seed=3)
    session.open_case("c", MODELS)
    keep_key(bob, "Bob", "c", session.blinding)
    assert len(lines_of(bob.with_name("bob.blinding.csv"))) == 6
