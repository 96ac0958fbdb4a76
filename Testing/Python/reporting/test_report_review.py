"""The section of a review: what Python worked out, drawn; hostile names stay text; no section without a review."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.reporting.report import write_report

HOSTILE = "<img src=x onerror=alert(1)>"
ESTIMATE = {"value": 0.5, "low": 0.25, "high": 0.75}
BEST = {"value": 0.75, "sensitivity": 0.9, "specificity": 0.8, "flagged": 0.3}


@pytest.fixture
def review():
    count = {"model": "MOOSE", "n": 4, "mean": 3.25, "usable": 0.5, "counts": [0, 1, 1, 2, 0]}
    correction = {"model": "MOOSE", "n": 1, "n_timed": 1, "seconds": 95.4, "dice": 0.9, "added_path_length_mm": 210.0}
    return {
        "verdicts": 8,
        "readers": ["Reader 1", "Reader 2"],
        "cases": 2,
        "scale": [{"score": n, "title": f"step {n}", "meaning": ""} for n in range(1, 6)],
        "usable": 4,
        "counts": [
            {**count, "structure": "all structures", "whole": True},
            *({**count, "structure": name, "whole": False} for name in (HOSTILE, *(f"rib_{n}" for n in range(20)))),
        ],
        "pairs": [{"a": "Reader 1", "b": "Reader 2", "n": 4, "same": 0.5, "tau_b": ESTIMATE, "kappa": ESTIMATE}],
        "within": [],
        "everybody": {"n": 4, "w": ESTIMATE, "icc": ESTIMATE},
        "numbers": [{"number": "dice", "n": 3, "n_bad": 2, "tau_b": 0.4, "auc": 0.95, "best": BEST}],
        "points": [[0.5, 2.0], [0.8, 3.5], [0.9, 5.0]],
        "corrections": [
            {
                **correction,
                "structure": "liver",
                "whole": False,
                "consensus_dice": 0.8,
                "corrected_consensus_dice": 0.88,
            }
        ],
    }


def lines_of(table) -> list[list[str]]:
    return table.locator("tr").evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")


def test_the_numbers_are_drawn_as_they_are(browser_page, rows, review, tmp_path):
    write_report(tmp_path / "page.html", rows, title="T", review=review)
    page = browser_page.page
    page.goto((tmp_path / "page.html").as_uri())
    section = page.locator("#review-section")
    tables = section.locator("table")
    assert lines_of(tables.nth(0))[1] == ["MOOSE", "4", "3.25", "50\u00a0%", "·", "1", "1", "2", "·"]
    assert len(lines_of(tables.nth(1))) == 1 + 15
    assert lines_of(tables.nth(1))[1][1] == HOSTILE
    section.get_by_role("button", name="Show all 21").click()
    assert len(lines_of(tables.nth(1))) == 1 + 21
    interval = "0.50 (0.25 to 0.75)"
    assert lines_of(tables.nth(2))[1] == ["Reader 1 and Reader 2", "4", "50\u00a0%", interval, interval]
    assert section.locator("circle").count() == 3
    said = section.text_content()
    assert "Below Dice 0.750 (broken line) are 90\u00a0% of the 2 segments that need work" in said
    numbers = ["liver", "1", "95 s", "0.900", "210 mm", "0.800", "0.880"]
    assert lines_of(tables.nth(3))[1] == ["MOOSE", *numbers]


def test_without_a_review_there_is_no_section(browser_page, rows, tmp_path):
    write_report(tmp_path / "page.html", rows, title="T")
    browser_page.page.goto((tmp_path / "page.html").as_uri())
    assert browser_page.page.locator("#review-section").is_hidden()
