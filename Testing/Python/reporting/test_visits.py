"""A kept page is handed to a test as it was at first, whatever the test before it did."""

from __future__ import annotations

from reporting.report_views import address, pick, series
from reporting.visits import KeptPage
from SegmentationConcordanceLib.reporting.report import write_report


def test_a_choice_is_taken_back_and_after_anything_else_the_page_is_opened_anew(browser, rows, tmp_path):
    write_report(tmp_path / "page.html", rows, title="Kept")
    kept = KeptPage(browser, tmp_path / "page.html", (1200, 900))
    kept.open()
    page, openings = kept.page, []
    page.on("load", lambda _: openings.append(page.url))
    first = series(page, "dice-plot")
    pick(page, "structures", "liver")
    page.fill("#find", "MOOSE")
    kept.set_back()
    kept.open()
    assert openings == []
    assert (address(page), page.input_value("#find"), series(page, "dice-plot")) == ("", "", first)
    for change in ("#dice-full", "#rows thead button"):
        openings.clear()
        page.click(change)
        kept.set_back()
        kept.open()
        assert [url for url in openings if url.startswith("file:")] == [(tmp_path / "page.html").as_uri()], change
        assert not page.is_checked("#dice-full")
        assert page.locator("#rows [aria-sort=ascending]").count() == 0
    page.close()
