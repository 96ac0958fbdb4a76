"""Walking the cases: the next one is read ahead once, and a bad one stops nothing."""

from __future__ import annotations

import threading

import pytest

from SegmentationConcordanceLib.errors import UnreadableFileError
from SegmentationConcordanceLib.review.case_walk import CaseWalk
from SegmentationConcordanceLib.review.work_list import Reading, work_list


class Reads:
    """Reads cases as their names in capitals; "bad" cannot be read."""

    def __init__(self):
        self.names: list[str] = []
        self.threads: list[str] = []
        self.done = threading.Event()

    def __call__(self, case: str) -> str:
        self.names.append(case)
        self.threads.append(threading.current_thread().name)
        self.done.set()
        if case == "bad":
            raise UnreadableFileError(case, "is damaged", "Copy it again.")
        return case.upper()


@pytest.fixture
def reads():
    return Reads()


def walk_of(cases, reads, **options):
    return CaseWalk(work_list(cases), reads, **options)


def test_from_the_first_to_the_last_and_back(reads):
    walk = walk_of("abc", reads)
    assert [walk.go(1) for _ in range(4)] == [
        (Reading("a"), "A"),
        (Reading("b"), "B"),
        (Reading("c"), "C"),
        None,
    ]
    assert walk.go(-2) == (Reading("a"), "A")
    assert walk.go(-1) is None
    walk.close()


def test_the_next_case_is_read_once_and_elsewhere(reads):
    walk = walk_of("abc", reads)
    walk.go(1)
    reads.done.clear()
    walk.read_ahead()
    walk.read_ahead()
    assert reads.done.wait(10)
    assert walk.go(1) == (Reading("b"), "B")
    assert reads.names == ["a", "b"]
    assert reads.threads[0] == threading.current_thread().name != reads.threads[1]
    walk.close()


def test_what_was_read_ahead_in_vain_is_forgotten(reads):
    walk = walk_of("abc", reads)
    walk.go(1)
    walk.read_ahead()
    assert walk.open(Reading("c")) == "C"
    assert walk.go(-1) == (Reading("b"), "B")
    walk.close()


def test_without_memory_nothing_is_read_ahead(reads):
    asked = []
    walk = walk_of("ab", reads, may_read_ahead=lambda case: asked.append(case) or False)
    walk.go(1)
    walk.read_ahead()
    assert (asked, reads.names) == (["b"], ["a"])
    assert walk.go(1) == (Reading("b"), "B")
    walk.close()


def test_a_bad_case_stops_nothing(reads):
    walk = walk_of(["a", "bad", "c"], reads)
    walk.go(1)
    walk.read_ahead()
    with pytest.raises(UnreadableFileError, match="is damaged"):
        walk.go(1)
    assert walk.current == Reading("a")
    assert walk.go(2) == (Reading("c"), "C")
    walk.close()


def test_an_empty_list(reads):
    walk = walk_of("", reads)
    assert walk.go(1) is None
    walk.read_ahead()
    walk.close()
