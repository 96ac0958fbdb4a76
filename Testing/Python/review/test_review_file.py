"""review.csv: appended line by line, read again after whatever happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from SegmentationConcordanceLib.errors import ConcordanceError, OutputError, UnreadableFileError
from SegmentationConcordanceLib.review.review_file import COLUMNS, append_verdict, read_review, standing
from SegmentationConcordanceLib.review.verdict import SCALE, Subject, Verdict, step_of

LIVER = Subject("SCT:10200004", "liver", "MOOSE")
TOLD = 'edge, "ragged"\nsecond line'
FIRST = Verdict("Ann", "case 1", LIVER, 4, TOLD, True, 12.5, 0, "2026-11-27T01:02:03Z", "1.2")


def test_the_scale_has_five_steps_in_order():
    assert [step.score for step in SCALE] == [1, 2, 3, 4, 5]
    assert step_of(1).title == "strongly disagree" and step_of(5).title == "strongly agree"
    with pytest.raises(ValueError, match="no score 0"):
        step_of(0)


@pytest.mark.parametrize("wrong", [{"score": 0}, {"score": 6}, {"seconds": -1.0}, {"repeat": -1}])
def test_a_verdict_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError):
        replace(FIRST, **wrong)


def test_what_was_appended_is_read_again_and_a_verdict_is_one_line(tmp_path):
    path = tmp_path / "new folder" / "review.csv"
    second = Verdict("Ann", "case 1", Subject(), None, "a scan with motion")
    append_verdict(path, FIRST)
    append_verdict(path, second)
    assert read_review(path).verdicts == (FIRST, second)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == ",".join(COLUMNS)
    assert len(lines) == 3


@given(st.text(), st.text(max_size=20), st.integers(1, 5))
def test_any_text_survives(tmp_path_factory, comment, name, score):
    path = tmp_path_factory.mktemp("review") / "review.csv"
    verdict = replace(FIRST, comment=comment, reader=name, score=score)
    append_verdict(path, verdict)
    append_verdict(path, FIRST)
    kept = comment.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    expected_name = name.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    assert read_review(path).verdicts == (replace(verdict, comment=kept, reader=expected_name), FIRST)


def test_a_later_verdict_replaces_an_earlier_one_of_the_same_reader_and_reading():
    other_reader, repeated = replace(FIRST, reader="Bob", score=1), replace(FIRST, repeat=1, score=5)
    later = replace(FIRST, score=2)
    assert standing([FIRST, other_reader, repeated, later]) == (later, other_reader, repeated)


def test_a_verdict_that_was_taken_back_stands_no_more():
    assert standing([FIRST, replace(FIRST, score=None, comment="", bookmark=False)]) == ()


def test_a_file_that_is_not_there_or_is_empty_holds_nothing(tmp_path):
    assert read_review(tmp_path / "none.csv").verdicts == ()
    (tmp_path / "empty.csv").write_text("")
    assert read_review(tmp_path / "empty.csv").verdicts == ()


@pytest.mark.parametrize("cut", range(2, 40, 3))
def test_a_cut_off_line_spoils_no_other_one(tmp_path, cut):
    path = tmp_path / "review.csv"
    append_verdict(path, FIRST)
    append_verdict(path, replace(FIRST, score=3))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - cut])
    append_verdict(path, replace(FIRST, score=5))
    found = read_review(path)
    assert [verdict.score for verdict in found.verdicts] == [4, 5]
    assert found.notes == ("review.csv, line 3: it is cut off or damaged, and left out.",)


def test_a_last_line_that_lacks_only_its_end_is_whole(tmp_path):
    path = tmp_path / "review.csv"
    append_verdict(path, FIRST)
    path.write_bytes(path.read_bytes()[:-1])
    append_verdict(path, replace(FIRST, score=5))
    assert [verdict.score for verdict in read_review(path).verdicts] == [4, 5]


def test_another_file_is_not_taken_for_a_review(tmp_path):
    path = tmp_path / "dice.csv"
    path.write_text("case,structure\na,b\n")
    with pytest.raises(ConcordanceError, match=r"dice\.csv: is no review file: it has no column reader"):
        read_review(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadableFileError, match="is no UTF-8"):
        read_review(path)


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="the verdict cannot be kept there"):
        append_verdict(tmp_path / "file" / "review.csv", FIRST)


def test_two_readers_may_write_into_one_file_at_once(tmp_path):
    path = tmp_path / "review.csv"
    append_verdict(path, FIRST)

    def write(name: str) -> None:
        for number in range(40):
            append_verdict(path, replace(FIRST, reader=name, case=f"case {number}", comment="x" * 500))

    threads = [threading.Thread(target=write, args=(name,)) for name in ("Ann", "Bob", "Cy")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = read_review(path)
    assert found.notes == ()
    assert len(found.verdicts) == 1 + 3 * 40


PROGRAM = """
import sys
from SegmentationConcordanceLib.review.review_file import append_verdict
from SegmentationConcordanceLib.review.verdict import Subject, Verdict
for number in range(100000):
    append_verdict(sys.argv[1], Verdict("Ann", "case", Subject("k", "s", f"model {number}"), 1 + number % 5, "c" * 200))
    print(number, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9: make test on Linux or macOS")
@pytest.mark.parametrize("pause", [0.0, 0.05, 0.11])
def test_kill_9_loses_at_most_the_verdict_just_given(tmp_path, pause):
    path = tmp_path / "review.csv"
    worker = subprocess.Popen([sys.executable, "-c", PROGRAM, str(path)], stdout=subprocess.PIPE, text=True)
    assert worker.stdout.readline()
    time.sleep(pause)
    os.kill(worker.pid, signal.SIGKILL)
    said = 1 + len(worker.stdout.read().split())
    worker.wait()
    found = read_review(path)
    assert len(found.verdicts) in (said, said + 1)
    assert [verdict.subject.model for verdict in found.verdicts] == [f"model {n}" for n in range(len(found.verdicts))]
