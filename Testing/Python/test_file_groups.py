"""The longest groups of tests are begun first."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

pytest.importorskip("xdist", reason="needs pytest-xdist: make setup-test")


class Process:
    """A process of pytest-xdist that notes what it is given."""

    def __init__(self):
        self.given = []
        self.shutting_down = False

    def send_runtest_some(self, indices):
        self.given += indices

    def shutdown(self):
        self.shutting_down = True


def test_they_are_there(repository):
    from file_groups import LONGEST, TOGETHER

    places = [repository / "Testing" / "Python" / name for name in (*LONGEST, *TOGETHER)]
    assert [place for place in places if not place.exists()] == []


def test_a_process_gets_what_is_left_of_the_longest_then_the_others_in_their_order(monkeypatch):
    import file_groups

    monkeypatch.setattr(file_groups, "LONGEST", ("browser", "c/test_long.py"))
    tests = ["a/test_a.py::x", "browser/test_1.py::x", "b/test_b.py::x", "c/test_long.py::x", "browser/test_2.py::y"]
    config = SimpleNamespace(option=SimpleNamespace(loadscopereorder=True), getvalue=lambda name: ["popen"])
    groups = file_groups.FileGroups(config)
    process = Process()
    groups.add_node(process)
    groups.collection = None
    groups.registered_collections[process] = [f"Testing/Python/{one}" for one in tests]
    groups.schedule()
    for index in range(len(tests)):
        groups.mark_test_complete(process, process.given[index])
    assert [tests[index] for index in process.given] == [tests[n] for n in (1, 4, 3, 0, 2)]
