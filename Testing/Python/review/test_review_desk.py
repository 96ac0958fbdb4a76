"""The desk: keys judge the models one after the other, and the case as a whole."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.review.review_desk import HELP, ReviewDesk, stars
from SegmentationConcordanceLib.review.review_file import read_review
from SegmentationConcordanceLib.review.review_session import ReviewSession

MODELS = ("MOOSE", "CADS", "Auto3DSeg")


def make_desk(tmp_path, seed=None):
    session = ReviewSession(tmp_path / "review.csv", "Ann", seed=seed)
    session.open_case("case 1", MODELS)
    desk = ReviewDesk(session, session.blinding.order or MODELS)
    desk.show("L", "liver")
    return desk


@pytest.fixture
def desk(tmp_path):
    return make_desk(tmp_path)


def scores(desk):
    return {line.title: line.score for line in desk.lines}


def test_three_keys_judge_three_models(desk):
    for key in "532":
        assert desk.press(key)
    assert scores(desk) == {"MOOSE": 5, "CADS": 3, "Auto3DSeg": 2, "The case as a whole": None}
    assert desk.active == "Auto3DSeg"
    assert [line.text for line in desk.lines][:1] == ["strongly agree"]


def test_another_structure_begins_with_the_first_model_and_the_former_keeps_its_verdicts(desk):
    desk.press("5")
    desk.show("S", "spleen")
    assert desk.active == "MOOSE"
    assert set(scores(desk).values()) == {None}
    desk.show("L", "liver")
    assert scores(desk)["MOOSE"] == 5


def test_take_back_and_bookmark(desk):
    desk.press("4")
    desk.choose("MOOSE")
    desk.press("B")
    assert desk.lines[0].bookmark and desk.lines[0].score == 4
    desk.press("0")
    desk.press("b")
    assert (desk.lines[0].bookmark, desk.lines[0].score) == (False, None)


def test_moving_stops_at_both_ends_and_the_last_line_is_the_case(desk):
    desk.move(-1)
    assert desk.active == "MOOSE"
    desk.move(10)
    assert desk.active == ""
    desk.press("2")
    assert [verdict.subject.key for verdict in read_review(desk.session.path).verdicts] == [("", "")]
    desk.choose("no such model")
    assert desk.active == ""


def test_keys_that_mean_nothing_here(desk):
    assert not any(desk.press(key) for key in ("6", "x", "", "Enter"))
    assert not desk.session.path.exists()


def test_without_a_structure_only_the_case_can_be_judged(desk):
    desk.show("", "")
    assert [line.title for line in desk.lines] == ["The case as a whole"]
    desk.press("3")
    assert desk.lines[0].score == 3


def test_models_that_cannot_be_judged_for_a_structure_are_left_out(desk):
    desk.show("S", "spleen", ("CADS",))
    assert [line.model for line in desk.lines] == ["CADS", ""]


def test_a_blinded_desk_shows_aliases_in_their_order(tmp_path):
    desk = make_desk(tmp_path, seed=5)
    assert [line.title for line in desk.lines] == ["Model A", "Model B", "Model C", "The case as a whole"]
    desk.press("1")
    assert not any(model in desk.session.path.read_text(encoding="utf-8") for model in MODELS)


def test_words_and_signs():
    assert "strongly disagree" in HELP and "strongly agree" in HELP
    assert (stars(2), stars(None)) == ("●●○○○", "")
