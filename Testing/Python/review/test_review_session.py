"""A reader at work: what is said stands, is kept at once, and comes back; blinded or not."""

from __future__ import annotations

from itertools import count

import pytest

from SegmentationConcordanceLib.errors import ConcordanceError, OutputError
from SegmentationConcordanceLib.review.blinding_key import key_file, read_key, unblinded
from SegmentationConcordanceLib.review.review_file import read_review
from SegmentationConcordanceLib.review.review_session import CASE, ReviewSession
from SegmentationConcordanceLib.review.verdict import Subject
from SegmentationConcordanceLib.review.work_list import Reading

MODELS = ("MOOSE", "CADS", "Auto3DSeg")
SUBJECTS = [Subject(key, name, model) for key, name in (("L", "liver"), ("S", "spleen")) for model in MODELS]
LIVER_OF_MOOSE = Subject("L", "liver", "MOOSE")


@pytest.fixture
def session(tmp_path):
    clock = count(0, 5)
    session = ReviewSession(tmp_path / "review.csv", " Ann ", clock=lambda: next(clock), now=lambda: "now")
    session.open_case("case 1", MODELS, series_uid="1.2")
    session.expect(SUBJECTS)
    return session


def test_what_is_said_stands_and_is_in_the_file(session):
    assert session.verdict(LIVER_OF_MOOSE).is_empty
    session.show("L")
    said = session.say(LIVER_OF_MOOSE, score=4)
    assert (said.reader, said.score, said.seconds, said.time) == ("Ann", 4, 5.0, "now")
    session.say(LIVER_OF_MOOSE, comment="edge")
    session.say(LIVER_OF_MOOSE, bookmark=True)
    stands = session.verdict(LIVER_OF_MOOSE)
    assert (stands.score, stands.comment, stands.bookmark) == (4, "edge", True)
    assert read_review(session.path).standing == (stands,)


def test_a_score_can_be_taken_back_and_the_case_judged_as_a_whole(session):
    session.say(LIVER_OF_MOOSE, score=1)
    session.say(LIVER_OF_MOOSE, take_back=True)
    session.say(CASE, score=3, comment="motion")
    assert session.verdict(LIVER_OF_MOOSE).score is None
    assert [one.subject.key for one in session.verdicts] == [("", "")]


def test_a_reader_who_returns_finds_everything_again_and_nothing_of_others(session, tmp_path):
    session.say(LIVER_OF_MOOSE, score=2)
    other = ReviewSession(session.path, "Bob")
    other.open_case("case 1", MODELS, series_uid="1.2")
    assert other.verdict(LIVER_OF_MOOSE).is_empty
    again = ReviewSession(session.path, "Ann")
    again.open_case("renamed case", MODELS, series_uid="1.2")
    assert again.verdict(LIVER_OF_MOOSE).score == 2


def test_a_repeated_reading_begins_empty(session):
    session.say(LIVER_OF_MOOSE, score=2)
    session.open_case("case 1", MODELS, series_uid="1.2", repeat=1)
    assert session.verdict(LIVER_OF_MOOSE).is_empty
    session.say(LIVER_OF_MOOSE, score=5)
    session.open_case("case 1", MODELS, series_uid="1.2")
    assert session.verdict(LIVER_OF_MOOSE).score == 2


def test_progress_counts_each_model(session):
    for model in MODELS:
        session.say(Subject("L", "liver", model), score=3)
    readings = (Reading("case 1"), Reading("case 2"))
    assert session.progress(readings).text == "3 of 6 structures, 0 of 2 cases"
    for model in MODELS:
        session.say(Subject("S", "spleen", model), score=3)
    assert session.progress(readings).text == "6 of 6 structures, 1 of 2 cases"


def test_a_reader_has_a_name(tmp_path):
    with pytest.raises(ConcordanceError, match="has no reader"):
        ReviewSession(tmp_path / "review.csv", "  ")


def test_nothing_changes_where_the_file_cannot_be_written(session):
    session.path.mkdir()
    with pytest.raises(OutputError):
        session.say(LIVER_OF_MOOSE, score=4)
    assert session.verdict(LIVER_OF_MOOSE).is_empty


@pytest.fixture
def blinded(tmp_path):
    session = ReviewSession(tmp_path / "review.csv", "Ann", seed=11)
    session.open_case("case 1", MODELS, series_uid="1.2")
    session.expect(SUBJECTS)
    return session


def test_a_blinded_review_holds_no_models_name_until_the_key_is_used(blinded):
    blinded.say(LIVER_OF_MOOSE, score=4)
    assert blinded.verdict(LIVER_OF_MOOSE).score == 4
    text = blinded.path.read_text(encoding="utf-8")
    assert not any(model in text for model in MODELS)
    assert blinded.progress().text == "1 of 6 structures, 0 of 1 cases"
    (verdict,) = unblinded(read_review(blinded.path).standing, read_key(blinded.path))
    assert verdict.subject.model == "MOOSE"


def test_the_key_lies_beside_the_review_and_is_the_same_on_return(blinded, tmp_path):
    before = key_file(blinded.path).read_bytes()
    again = ReviewSession(blinded.path, "Ann", seed=11)
    again.open_case("case 1", MODELS[::-1], series_uid="1.2")
    assert again.blinding == blinded.blinding
    assert key_file(blinded.path).read_bytes() == before


def test_other_models_than_before_cannot_be_blinded_alike(blinded):
    again = ReviewSession(blinded.path, "Ann", seed=11)
    with pytest.raises(ConcordanceError, match="blinded before"):
        again.open_case("case 1", (*MODELS, "MultiTalent"), series_uid="1.2")
