"""Going from finding to finding."""

from __future__ import annotations

from dataclasses import replace

from SegmentationConcordanceLib.agreement.finding import Finding
from SegmentationConcordanceLib.exploring.finding_walk import FindingWalk


def finding(structure: str, *models: str, blamed: bool = True) -> Finding:
    return Finding("missing", "c", (structure,), (structure,), models, f"{structure}.", is_blamed=blamed)


WALK = FindingWalk((finding("a", "M"), finding("b", "M", "N"), finding("c", "M", "N", blamed=False)))


def test_steps_go_round_and_begin_at_either_end():
    assert FindingWalk().stepped(1).current is None
    assert WALK.current is None
    assert WALK.stepped(1).at == 0
    assert WALK.stepped(-1).at == 2
    assert WALK.stepped(1).stepped(-1).at == 2
    assert WALK.stepped(1).stepped(1).stepped(1).stepped(1).at == 0


def test_the_rows_of_the_models_concerned_are_marked():
    second = WALK.stepped(1).stepped(1)
    assert second.mark("N", "b") == "Missing"
    assert second.mark("O", "b") == ""
    assert second.mark("N", "a") == ""
    assert WALK.stepped(-1).mark("N", "c") == "Missing (one of these)"
    sides = FindingWalk((replace(finding("c", "M", "N", "O", blamed=False), suspects=("M", "N")),)).stepped(1)
    marks = [sides.mark(model, "c") for model in "MNO"]
    assert marks == ["Missing (one of these)"] * 2 + ["Missing in M and N (one of these)"]
    one = FindingWalk((finding("d", "M", blamed=False),)).stepped(1)
    assert one.mark("M", "d") == "Missing"


def test_the_text_counts_and_says_the_sentence():
    assert FindingWalk().text == ""
    assert WALK.text == "3 findings"
    assert WALK.stepped(1).text == "Finding 1 of 3: a."
