"""Filters of the report's page: each acts on every view, and the address keeps them."""

from __future__ import annotations

import pytest

from reporting.report_views import address, click_mark, count, follow, go, pick, series, table
from SegmentationConcordanceLib.reporting.case_table import CaseTable
from SegmentationConcordanceLib.reporting.report import write_report

CASES = CaseTable(
    columns=("kernel", "slice_thickness_mm"),
    values={"a": ("LUNG", "2.5"), "b": ("BONE", "")},
    labels={"a": "Patient 1", "b": "Patient 2"},
)


@pytest.fixture
def known(kept_page, rows, pairwise_row, tmp_path):
    """The page with what is known of its two cases, and pairs in both."""
    pairs = [
        pairwise_row(case="a", dice=0.5),
        pairwise_row(case="b", dice=1.0),
        pairwise_row(case="a", model_b="Other"),
    ]
    write_report(tmp_path / "page.html", rows, pairs, title="Known", cases=CASES)
    return kept_page(tmp_path / "page.html")


def shown(page):
    """What each view shows: marks of the plots, rows of the matrix, the cases and the table."""
    return {
        "dice": count(page, "dice-plot", "points") + count(page, "dice-plot", "margin"),
        "share": count(page, "share-plot", "points"),
        "spread": count(page, "spread-plot", "spread"),
        "matrix": page.locator("#matrix tbody tr").count(),
        "cases": page.locator("#case-table tbody tr").count(),
        "rows": len(table(page)),
    }


def test_nothing_filtered(known):
    # The liver of case b was found by MOOSE alone, so that its volumes have no spread; the aorta by nobody else.
    assert shown(known) == {"dice": 10, "share": 9, "spread": 3, "matrix": 2, "cases": 2, "rows": 14}
    assert address(known) == ""


VIEWS = ("dice", "share", "spread", "matrix", "cases", "rows")


@pytest.mark.parametrize(
    ("picker", "labels", "counts", "words"),
    [
        ("structures", ["liver"], (4, 3, 1, 1, 2, 5), "#structure=SCT:10200004"),
        ("cases", ["Patient 1"], (5, 5, 2, 2, 1, 9), "#case=a"),
        ("status", ["truncated"], (1, 1, 0, 1, 1, 1), "#status=truncated"),
        ("attribute-0", ["BONE"], (5, 4, 1, 2, 1, 8), "#where kernel=BONE"),
        ("attribute-1", ["not known"], (5, 4, 1, 2, 1, 8), "#where slice_thickness_mm=not known"),
    ],
)
def test_a_filter_acts_on_every_view_and_stays_in_the_address(known, picker, labels, counts, words):
    expected = dict(zip(VIEWS, counts))
    pick(known, picker, *labels)
    assert shown(known) == expected
    assert address(known) == words
    kept = known.evaluate("location.hash")
    known.click("#reset")
    assert address(known) == ""
    assert shown(known)["dice"] == 10
    go(known, kept)
    assert shown(known) == expected


def test_structure_groups_are_one_click(browser_page, agreement_row, tmp_path):
    names = ("rib_left_3", "lung_upper_lobe_left", "vertebrae_T4", "heart", "Milz")
    rows = [agreement_row(structure=name, structure_key="", model=model) for name in names for model in ("A", "B")]
    write_report(tmp_path / "page.html", rows, title="Groups")
    page = browser_page.open(tmp_path / "page.html")
    page.click("#structures summary")
    groups = page.locator("#structures .picker-groups button").all_inner_texts()
    assert groups == ["All", "None", "Lungs", "Heart", "Ribs", "Vertebrae", "Other"]
    page.locator("#structures .picker-groups button", has_text="Ribs").click()
    assert page.locator("#matrix tbody th").all_inner_texts() == ["rib left 3"]


def test_pairs_recompute_for_cases_and_models(known):
    def means():
        cells = known.locator("#pairs tbody tr", has_text="CADS").locator("td").all_inner_texts()
        return dict(zip(known.locator("#pairs thead th").all_inner_texts(), cells))

    # CADS and MOOSE: 0.5 and 1.0; CADS and Other: 0.9.
    assert means() == {"CADS": "–", "MOOSE": "0.750", "Other": "0.900", "Mean of its pairs": "0.825"}
    pick(known, "cases", "Patient 2")
    assert means() == {"CADS": "–", "MOOSE": "1.000", "Mean of its pairs": "1.000"}
    known.click("#reset")
    known.locator("#models button", has_text="MOOSE").click()
    assert means() == {"CADS": "–", "Other": "0.900", "Mean of its pairs": "0.900"}
    assert address(known) == "#without=MOOSE"
    assert "MOOSE: left out of the view, not of the consensus" in known.locator("#matrix-note").inner_text()


def test_models_that_agree_stand_side_by_side(browser_page, agreement_row, pairwise_row, tmp_path):
    near = {("A", "C"): 0.95, ("B", "D"): 0.93}
    pairs = [
        pairwise_row(model_a=a, model_b=b, dice=near.get((a, b), 0.5)) for a, b in ("AB", "AC", "AD", "BC", "BD", "CD")
    ]
    rows = [agreement_row(model=model) for model in "ABCD"]
    write_report(tmp_path / "page.html", rows, pairs, title="Clusters")
    page = browser_page.open(tmp_path / "page.html")
    order = "".join(text.strip() for text in page.locator("#pairs thead th").all_inner_texts()[:4])
    assert {order[:2], order[2:]} in ({"AC", "BD"}, {"CA", "BD"}, {"AC", "DB"}, {"CA", "DB"})
    assert "Most alike: A and C, 0.950." in page.locator("#pairs-note").inner_text()


def test_the_matrix_has_median_worst_and_count_and_sorts(page):
    cells = page.locator("#matrix tbody tr").first.locator("td").all_inner_texts()
    assert [cell.split() for cell in cells[:2]] == [
        ["0.820", "worst", "0.800", "·", "n", "2"],
        ["0.910", "worst", "0.920", "·", "n", "2"],  # in the other case the scan cuts the spleen
    ]
    liver = page.locator("#matrix tbody tr", has_text="liver").locator("td").all_inner_texts()
    assert liver[0].split() == ["0.475", "1", "empty", "·", "n", "2"]
    assert liver[1].split() == ["0.970", "1", "missing", "·", "n", "2"]
    assert liver[2] == "not in model"
    names = page.locator("#matrix tbody th")
    page.locator("#matrix thead button", has_text="CADS").click()
    assert names.all_inner_texts() == ["spleen", "liver"]
    page.locator("#matrix thead button", has_text="CADS").click()
    assert names.all_inner_texts() == ["liver", "spleen"]
    assert page.locator("#matrix thead th", has_text="CADS").get_attribute("aria-sort") == "descending"


def test_a_cell_of_the_matrix_shows_its_structure_alone_and_all_again(page):
    cell = page.locator("#matrix tbody tr", has_text="liver").locator("button").first
    cell.click()
    assert page.locator("#matrix tbody th").all_inner_texts() == ["liver"]
    assert address(page) == "#structure=SCT:10200004"
    page.locator("#matrix tbody button").first.click()
    assert page.locator("#matrix tbody th").all_inner_texts() == ["spleen", "liver"]


def test_an_address_brings_its_choice_and_unknown_names_in_it_do_nothing(browser_page, rows, tmp_path):
    path = tmp_path / "page.html"
    write_report(path, rows, title="Address")
    page = browser_page.page
    page.goto(f"{path.as_uri()}#case=b&case=gone&without=CADS&consensus=gone&selected=%5B%22b%22%2C1&where%20x=1")
    assert page.locator("#case-table tbody tr").count() == 1
    assert page.locator("#models button", has_text="CADS").get_attribute("aria-pressed") == "false"
    assert page.locator("#details").is_hidden()


def test_a_finding_opens_its_structure(page):
    follow(page.locator("#findings a").nth(2))
    assert "structure=SCT:78961009" in address(page)
    assert page.locator("#matrix tbody th").all_inner_texts() == ["spleen"]
    assert page.locator("#details-heading").inner_text() == "spleen, MOOSE"


def test_consensus_subsets_say_what_exclusion_did(browser_page, agreement_row, tmp_path):
    rows = [agreement_row(dice=0.5), agreement_row(model="B", dice=0.7), agreement_row(model="C", dice=0.9)]
    subset = {"consensus": "intersection without C"}
    rows += [agreement_row(dice=0.8, **subset), agreement_row(model="B", dice=0.9, **subset)]
    write_report(tmp_path / "page.html", rows, title="Subsets")
    page = browser_page.open(tmp_path / "page.html")
    note = page.locator("#matrix-note")
    said = 'The same 2 rows: mean Dice {} with "intersection{}", {} with "intersection{}".'
    assert note.inner_text() == said.format("0.600", "", "0.850", " without C")
    page.select_option("#consensus", "intersection without C")
    assert note.inner_text() == said.format("0.850", " without C", "0.600", "")
    assert page.locator("[data-intersection]:visible").count() == 4
    assert address(page) == "#consensus=intersection without C"
    assert set(series(page, "dice-plot")) & {"points C"} == {"points C"}


def test_click_a_case_and_its_marks_have_rings_everywhere(known):
    known.locator("#case-table tbody button", has_text="Patient 2").first.click()
    assert {plot: count(known, plot, "rings") for plot in ("dice-plot", "share-plot", "spread-plot")} == {
        "dice-plot": 5,
        "share-plot": 4,
        "spread-plot": 1,
    }
    assert known.locator("#details-heading").inner_text() == "Patient 2"
    assert "Kernel\nBONE" in known.locator("#details-body").inner_text()
    known.keyboard.press("Escape")
    assert known.locator("#details").is_hidden()
    assert count(known, "dice-plot", "rings") == 0


def test_click_a_mark_and_its_case_is_selected(known):
    click_mark(known, "dice-plot", "points CADS", 0)
    assert known.locator("#details-heading").inner_text() == "spleen, CADS"
    assert known.locator("#case-table tr.selected td").first.inner_text() == "Patient 1"
    assert address(known) == '#selected=["a","SCT:78961009","CADS"]'
    assert "The others: MOOSE 0.800, Other 0.960." in known.locator("#details-body").inner_text()
    known.reload()
    assert known.locator("#details-heading").inner_text() == "spleen, CADS"
