"""A reader walks through three cases in the browser, blinded: by keys, with progress, back and forth."""

from __future__ import annotations

import pytest

from browser.conftest import MODELS
from browser.explore_page import ExplorePage
from browser.explore_server import start_explore
from cohort_table import write_cohort_table
from SegmentationConcordanceLib.review.blinding_key import read_key, unblinded
from SegmentationConcordanceLib.review.review_file import read_review

TITLE = "document.querySelector('.heading h1')?.innerText"


@pytest.fixture(scope="module")
def cohort_file(sample_cohort, tmp_path_factory):
    """Three cases with three models each."""
    return write_cohort_table(tmp_path_factory.mktemp("cases") / "cohort.csv", sample_cohort.cases[:3], MODELS)


@pytest.mark.slow
def test_three_cases_are_read_one_after_the_other(explore_python, cohort_file, tmp_path, browser, pytestconfig):
    review_file = tmp_path / "review.csv"
    words = ["--cases", cohort_file, "--review", review_file, "--reader", "Ann", "--blinded", "5"]
    server = start_explore(explore_python, words)
    tab = browser.new_page(viewport={"width": 1300, "height": 860})
    try:
        tab.goto(server.address)
        page, pictures = ExplorePage(tab), []
        for number in (1, 2, 3):
            page.until(f"{TITLE} === 'SAMPLE-00{number}' && document.querySelectorAll('.verdict').length === 4")
            page.until(f"document.querySelector('.cases').innerText.includes('Case {number} of 3')")
            shown = page.settled()
            pictures.append(next(iter(shown.values())))
            assert pictures[-1].std() > 5  # a CT, not an empty view
            tab.screenshot(path=tmp_path / f"case{number}.png")
            for _ in range(3):
                tab.keyboard.press("4")
            page.until("document.querySelector('.question').innerText.includes('3 of ')")
            assert tab.locator(".question").inner_text().endswith(", 0 of 3 cases")
            tab.keyboard.press("Alt+PageDown")
        tab.keyboard.press("Alt+PageUp")
        page.until(f"{TITLE} === 'SAMPLE-002' && document.querySelectorAll('.verdict button.chosen').length === 3")
        for name in MODELS.values():
            assert name not in tab.content()
    finally:
        tab.close()
        code, err = server.end()
    assert (code, "Traceback" in err) == (0, False), err
    said = unblinded(read_review(review_file).standing, read_key(review_file))
    assert {one.case for one in said} == {"SAMPLE-001", "SAMPLE-002", "SAMPLE-003"}
    assert len(said) == 9
    assert not any("Model" in one.subject.model for one in said)
