"""``concordance report --reviews``: the numbers of ``concordance review``, without the readers' names."""

from __future__ import annotations

import json
import re

import pytest

from SegmentationConcordanceLib.agreement.table import AgreementRow
from SegmentationConcordanceLib.reporting.tables import write_agreement
from SegmentationConcordanceLib.review.correction import Correction, append_correction
from SegmentationConcordanceLib.review.review_file import append_verdict
from SegmentationConcordanceLib.review.review_session import ReviewSession
from SegmentationConcordanceLib.review.verdict import Subject, Verdict

MODELS = ("CADS", "MOOSE")
SCORES = {("a", "CADS"): (5, 5, 4), ("a", "MOOSE"): (2, 3, 2), ("b", "CADS"): (4, 4, 5), ("b", "MOOSE"): (1, 2, 1)}
DICE = {("a", "CADS"): 0.95, ("a", "MOOSE"): 0.6, ("b", "CADS"): 0.9, ("b", "MOOSE"): 0.4}


def row(case: str, model: str, dice: float) -> AgreementRow:
    return AgreementRow(case, "", "liver", "L", model, "ok", "majority", 3, 1.0, 1.0, dice, dice, 1.0)


@pytest.fixture
def study(tmp_path):
    """Annie, Bob (blinded) and Cleo read two cases; Bob corrected MOOSE's liver in one of them."""
    folder = tmp_path / "study"
    bob = ReviewSession(folder / "bob.csv", "Bob", seed=3)
    for (case, model), (annie, b, cleo) in SCORES.items():
        subject = Subject("L", "liver", model)
        append_verdict(folder / "annie.csv", Verdict("Annie", case, subject, annie))
        append_verdict(folder / "cleo.csv", Verdict("Cleo", case, subject, cleo))
        bob.open_case(case, MODELS)
        bob.say(subject, score=b)
    alias = bob.blinding.shown("MOOSE")
    correction = Correction("t", "Bob", "b", "", "liver", "L", alias, 90.0, 0.42, 0.3, 1.0, 8.0, 250.0, 10.0, 12.0)
    append_correction(folder / "corrections.csv", correction)
    rows = [row(case, model, dice) for (case, model), dice in DICE.items()]
    write_agreement(tmp_path / "agreement.csv", [*rows, row("b", "MOOSE, corrected by Bob", 0.8)])
    return folder


def section_of(page) -> dict:
    data = re.search(r'id="report-data">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL)
    return json.loads(data[1])["review"]


def test_the_page_holds_what_the_command_says(concordance, study, tmp_path):
    words = ["--agreement", tmp_path / "agreement.csv"]
    told = concordance("review", study, *words, "--output", tmp_path / "out", "--json").json()
    outcome = concordance("report", *words, "--reviews", study, "--output", tmp_path / "page.html")
    assert outcome.code == 0, outcome.err
    page = section_of(tmp_path / "page.html")
    assert page["verdicts"] == told["verdicts"] == 12
    names = ("model", "structure", "n", "mean", "usable")
    assert [{name: one[name] for name in names} for one in page["counts"]] == told["models"]
    for mine, its in zip(page["pairs"], told["between_readers"], strict=True):
        assert (mine["n"], mine["same"], mine["tau_b"], mine["kappa"]) == tuple(
            its[name] for name in ("n", "same", "tau_b", "kappa")
        )
    assert page["everybody"] == {name: told["all_readers"][name] for name in ("n", "w", "icc")}
    assert page["numbers"] == told["numbers"]
    assert [{**one, "whole": None} for one in page["corrections"]] == [
        {**one, "whole": None} for one in told["corrections"]
    ]
    assert page["points"] == [[0.4, 1.0], [0.6, 2.0], [0.9, 4.0], [0.95, 5.0]]


def test_corrections_are_counted_under_the_models_names(concordance, study, tmp_path):
    words = ["--agreement", tmp_path / "agreement.csv", "--output", tmp_path / "out"]
    outcome = concordance("review", study, *words)
    line = (
        "MOOSE: 1 correction, median 90 s, Dice 0.420, added path 250 mm, with the consensus 0.400 before, 0.800 after"
    )
    assert line in outcome.out
    text = (tmp_path / "out" / "corrections_read.csv").read_text(encoding="utf-8")
    assert text.splitlines()[1].startswith("MOOSE,all structures,,1,1,90.0,0.42,250.0,0.4,0.8")


def test_readers_are_numbers_unless_asked_for(concordance, study, tmp_path):
    words = ["--agreement", tmp_path / "agreement.csv", "--reviews", study, "--output"]
    concordance("report", *words, tmp_path / "plain.html")
    plain = re.search(r'id="report-data">(.*?)</script>', (tmp_path / "plain.html").read_text(encoding="utf-8"), re.S)[
        1
    ]
    assert not any(name in plain for name in ("Annie", "Bob", "Cleo"))
    assert "MOOSE, corrected by Reader 2" in plain
    concordance("report", *words, tmp_path / "named.html", "--name-readers")
    assert section_of(tmp_path / "named.html")["readers"] == ["Annie", "Bob", "Cleo"]


def test_without_reviews_there_is_no_section(concordance, refused, study, tmp_path):
    words = ["--agreement", tmp_path / "agreement.csv", "--output", tmp_path / "page.html"]
    concordance("report", *words)
    assert section_of(tmp_path / "page.html") is None
    assert "there is no review" in refused("report", *words, "--name-readers")
    (tmp_path / "empty").mkdir()
    assert "holds no review file" in refused("report", *words, "--reviews", tmp_path / "empty")
