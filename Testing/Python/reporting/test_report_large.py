"""A page with so many rows that views are drawn one by one, and marks upon each other once."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from reporting.report_views import count, go, series
from reporting.visits import SETTLED
from SegmentationConcordanceLib.reporting.report import write_report

CASES = 1100


@pytest.fixture
def large(kept_page, agreement_row, tmp_path):
    """The spleen by three models; the heart by two of them. Dice of a case is 0.8 to 0.8999."""
    rows = [
        agreement_row(
            case=f"c{i}",
            structure=name,
            structure_key=name,
            model=model,
            dice=0.8 + (i % 1000) / 10000,
            volume_ml=90 + i,
        )
        for i in range(CASES)
        for name, models in (("spleen", ("MOOSE", "CADS", "X")), ("heart", ("MOOSE", "CADS")))
        for model in models
    ]
    write_report(tmp_path / "page.html", rows, title="Large")
    return kept_page(tmp_path / "page.html")


def test_marks_upon_each_other_are_drawn_once_and_counted(large):
    note = large.locator("#dice-note").text_content()
    assert note.startswith("5,500 marks of 3 models and 2 structures. With so many, dots stand for the symbols")
    drawn = large.evaluate(
        "echarts.getInstanceByDom(document.getElementById('dice-plot')).getOption().series"
        ".filter(({ id }) => id.startsWith('points')).reduce((sum, { data }) => sum + data.length / 3, 0)"
    )
    assert 1000 < drawn < 5500
    assert f"dots upon each other ({5500 - drawn:,.0f}) one is drawn" in note


def test_a_selected_case_has_its_rings_whether_its_own_dots_are_drawn_or_not(large):
    for case in ("c0", "c1000"):  # of one Dice
        go(large, "selected=" + quote(json.dumps([case, "spleen", "X"])))
        large.wait_for_selector(SETTLED)
        assert large.locator("#details-heading").text_content() == "spleen, X"
        rings = series(large, "dice-plot")["rings"]
        assert [ring[0] for ring in rings] == [0.8] * 5
        assert count(large, "share-plot", "rings") == 5


def test_a_model_without_any_row_in_a_large_plot(browser_page, agreement_row, tmp_path):
    rows = [agreement_row(case=f"c{i}", model=model) for i in range(1700) for model in ("MOOSE", "CADS")]
    rows.append(agreement_row(case="c0", structure="heart", structure_key="heart", model="X"))
    write_report(tmp_path / "page.html", rows, title="Large")
    page = browser_page.open(tmp_path / "page.html")
    page.wait_for_selector(SETTLED)
    page.click("#structures summary")
    page.uncheck("#structures-list input >> nth=1")
    page.wait_for_selector(SETTLED)
    page.locator("#dice-plot").hover()
    assert page.locator("#dice-note").text_content().startswith("3,400 marks of 2 models and 1 structure.")


def test_the_table_puts_only_its_first_lines_in_order_and_finds_words_among_all(large):
    rows = large.locator("#rows tbody tr")
    assert rows.count() == 100
    large.locator("#rows thead button", has_text="Volume (ml)").evaluate(
        "button => { button.click(); button.click(); }"
    )
    assert rows.first.locator("td").nth(6).text_content() == "1189"
    large.fill("#find", "c1099 moose")
    assert rows.count() == 2
    assert large.locator("#row-count").text_content().startswith("2 of 5,501 rows")  # and X does not know the heart
