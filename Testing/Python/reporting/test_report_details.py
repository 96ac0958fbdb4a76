"""A selected row's panel, what the page saves, and the way through it with the keyboard."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ElementTree

import pytest

from reporting.report_views import address, download, go
from SegmentationConcordanceLib.agreement.finding import Finding
from SegmentationConcordanceLib.agreement.volume_spread import volume_spread
from SegmentationConcordanceLib.reporting.case_table import CaseTable
from SegmentationConcordanceLib.reporting.report import write_report

TEMPLATE = (
    "https://viewer.example/ohif?StudyInstanceUIDs={study}&SeriesInstanceUIDs={series}&initial={seg}&at={structure}"
)
HOSTILE = "1&x=<img src=x onerror=alert(1)> é/?#"
VIEWS = ("matrix", "pairs", "dice", "share", "spread", "cases")


def opened(kept_page, tmp_path, rows, selected=("a", "SCT:78961009", "CADS"), **options):
    """The page with a row selected."""
    write_report(tmp_path / "page.html", rows, title="Details", **options)
    page = kept_page(tmp_path / "page.html")
    select(page, *selected)
    return page


def one_each(uids):
    return {place: (uid,) for place, uid in uids.items()}


def select(page, case, structure, model):
    go(page, "#selected=" + json.dumps([case, structure, model]))
    assert page.locator("#details-heading").inner_text().endswith(f", {model}")


def test_the_viewer_link_has_every_identifier_encoded(kept_page, rows, tmp_path):
    cases = CaseTable(
        study_uids={"a": HOSTILE}, seg_uids=one_each({("a", "CADS"): "7", ("a", ""): "9", ("a", "MOOSE"): "8"})
    )
    page = opened(kept_page, tmp_path, rows, cases=cases, viewer=TEMPLATE)
    link = page.locator("#viewer-link")
    assert link.get_attribute("href") == (
        "https://viewer.example/ohif?StudyInstanceUIDs=1%26x%3D%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%20%C3%A9%2F%3F%23"
        "&SeriesInstanceUIDs=1.2.3,7,8,9&initial=7&at=spleen"
    )
    assert link.get_attribute("rel") == "noopener noreferrer"


@pytest.mark.parametrize(
    ("structure", "key", "model", "shown"),
    [
        ("liver", "SCT:10200004", "CADS", "7,8,9"),  # CADS missed it; Other does not know it
        ("liver", "SCT:10200004", "MOOSE", "8,7,9"),
        ("spleen", "SCT:78961009", "Other", "6,8,7,9"),
    ],
)
def test_the_viewer_link_has_the_segmentations_of_all_models_that_know_the_structure(
    kept_page, rows, tmp_path, structure, key, model, shown
):
    uids = {("b", "MOOSE"): "8", ("b", ""): "9", ("b", "CADS"): "7", ("b", "Other"): "6", ("a", "MOOSE"): "5"}
    cases = CaseTable(study_uids={"b": "4"}, seg_uids=one_each(uids))
    template = "https://viewer.example/?s={study}&segs={segs}&initial={seg}"
    page = opened(kept_page, tmp_path, rows, ("b", key, model), cases=cases, viewer=template)
    page.locator("#details-heading", has_text=f"{structure}, {model}").wait_for()
    href = page.locator("#viewer-link").get_attribute("href")
    assert href == f"https://viewer.example/?s=4&segs={shown}&initial={shown[0]}"


@pytest.mark.parametrize(
    ("model", "shown", "first"), [("CADS", "71,72,8,91,92", "71"), ("MOOSE", "8,71,72,91,92", "8")]
)
def test_the_viewer_link_has_all_parts_of_every_segmentation(kept_page, rows, tmp_path, model, shown, first):
    uids = {("a", "MOOSE"): ("8",), ("a", ""): ("91", "92"), ("a", "CADS"): ("71", "72")}
    cases = CaseTable(study_uids={"a": "4"}, seg_uids=uids)
    template = "https://viewer.example/?s={study}&segs={segs}&initial={seg}"
    page = opened(kept_page, tmp_path, rows, ("a", "SCT:78961009", model), cases=cases, viewer=template)
    page.locator("#details-heading", has_text=f"spleen, {model}").wait_for()
    href = page.locator("#viewer-link").get_attribute("href")
    assert href == f"https://viewer.example/?s=4&segs={shown}&initial={first}"


@pytest.mark.parametrize(("model", "place"), [("CADS", "place=-1.5,20,-7.25"), ("MOOSE", "")])
def test_of_a_row_that_a_finding_names_the_viewer_link_has_the_place(kept_page, rows, tmp_path, model, place):
    """RAS in the findings, LPS in the link."""
    finding = Finding(
        kind="false_blob",
        case="a",
        structures=("SCT:78961009",),
        names=("spleen",),
        models=("CADS",),
        sentence="a, spleen: CADS adds a region",
        place_ras=(1.5, -20.0, -7.25),
    )
    template = "https://viewer.example/?s={study}&place={place}"
    cases = CaseTable(study_uids={"a": "4"})
    selected = ("a", "SCT:78961009", model)
    page = opened(kept_page, tmp_path, rows, selected, cases=cases, viewer=template, findings=[finding])
    page.locator("#details-heading", has_text=f"spleen, {model}").wait_for()
    href = page.locator("#viewer-link").get_attribute("href")
    assert href == "https://viewer.example/?s=4" + (f"&{place}" if place else "")


@pytest.mark.parametrize(("host", "said"), [("http://127.0.0.1:8520", True), ("https://viewer.example", False)])
def test_a_viewer_of_this_machine_has_to_be_started(kept_page, rows, tmp_path, host, said):
    template = f"{host}/viewer?StudyInstanceUIDs={{study}}"
    page = opened(kept_page, tmp_path, rows, cases=CaseTable(study_uids={"a": "5"}), viewer=template)
    about = page.locator("#details-body p", has=page.locator("#viewer-link")).inner_text()
    assert ("concordance view --study DIR" in about) == said


def test_parameters_without_a_value_are_left_out_and_no_study_is_said(kept_page, rows, tmp_path):
    page = opened(kept_page, tmp_path, rows, cases=CaseTable(study_uids={"a": "5"}), viewer=TEMPLATE)
    assert page.locator("#viewer-link").get_attribute("href") == (
        "https://viewer.example/ohif?StudyInstanceUIDs=5&SeriesInstanceUIDs=1.2.3&at=spleen"
    )
    select(page, "b", "SCT:78961009", "CADS")
    page.locator("#details-body", has_text="the tables do not tell the study").wait_for()
    assert page.locator("#viewer-link").count() == 0


def test_the_panel_has_all_values_and_the_command(kept_page, rows, tmp_path):
    page = opened(kept_page, tmp_path, rows)
    text = page.locator("#details-body").inner_text()
    for words in ("0.920", "85.7 %", "70.0 ml", "60.0 ml", "1.2.3"):
        assert words in text
    page.click("#details summary")
    assert "concordance view --study DIR --structure spleen" in page.locator("#details-body").inner_text()
    assert page.locator("#viewer-link").count() == 0
    page.get_by_role("button", name="This case alone").click()
    assert "#case=a" in address(page)
    assert page.locator("#case-table tbody tr").count() == 1


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_saves_a_picture(page, view):
    name, text = download(page, page.locator(f"[data-export={view}] button", has_text="SVG"))
    assert name == f"{view}.svg"
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = " ".join(element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text"))
    for word in {"pairs": "0.750", "share": "Model volume", "cases": "Worst", "dice": "spleen"}.get(
        view, "liver"
    ).split():
        assert word in texts


def test_hostile_names_in_pictures_and_tables_are_text(browser_page, agreement_row, tmp_path):
    names = {"case": HOSTILE, "structure": HOSTILE, "structure_key": ""}
    rows = [agreement_row(**names, model=HOSTILE), agreement_row(**names, model="CADS")]
    write_report(tmp_path / "page.html", rows, title=HOSTILE)
    page = browser_page.open(tmp_path / "page.html")
    for view in ("matrix", "dice", "spread", "cases"):
        _, text = download(page, page.locator(f"[data-export={view}] button", has_text="SVG"))
        assert "onerror" in "".join(ElementTree.fromstring(text).itertext())
    _, text = download(page, page.locator("[data-export=dice] button", has_text="CSV"))
    assert [row["case"] for row in csv.DictReader(io.StringIO(text))] == [HOSTILE, HOSTILE]
    page.locator("#case-table tbody button").first.click()
    assert page.locator("#details-heading").inner_text() == HOSTILE
    assert page.locator("img").count() == 0


@pytest.mark.parametrize(
    ("view", "lines"), [("matrix", 5), ("pairs", 1), ("dice", 10), ("spread", 3), ("cases", 2), ("rows", 14)]
)
def test_every_view_saves_a_table(page, view, lines):
    name, text = download(page, page.locator(f"[data-export={view}] button", has_text="CSV"))
    assert name == f"{view}.csv"
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == lines
    if view == "dice":
        assert {(row["case"], row["model"], row["dice"]) for row in rows} >= {("a", "CADS", "0.92"), ("b", "CADS", "")}
    if view == "spread":
        spleen = next(row for row in rows if row["case"] == "a" and row["structure"] == "spleen")
        assert float(spleen["spread"]) == pytest.approx((90 - 65) / 75)
        assert float(spleen["spread"]) == pytest.approx(volume_spread([90.0, 70.0, 65.0]))  # as the explorer has it


def test_arrow_keys_go_through_the_marks_and_enter_selects(page):
    page.focus("#dice-plot")
    page.keyboard.press("ArrowRight")
    assert page.locator("#said").inner_text().startswith("MOOSE. Structure spleen. Case a. Dice 0.800.")
    page.keyboard.press("ArrowRight")
    assert "Dice 0.840" in page.locator("#said").inner_text()
    page.keyboard.press("ArrowDown")
    assert page.locator("#said").inner_text().startswith("CADS. Structure spleen. Case b. Dice 0.900.")
    page.keyboard.press("Enter")
    assert page.locator("#details-heading").inner_text() == "spleen, CADS"


def test_arrow_keys_go_through_the_matrix(page):
    page.locator("#matrix thead button").first.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert page.locator("#matrix [tabindex='0']").count() == 1
    focused = page.evaluate("document.activeElement.title")
    assert focused.startswith("CADS, liver")


@pytest.mark.parametrize(
    ("table", "cell"), [("matrix", "CADS"), ("case-table", "Median Dice"), ("rows", "Volume (ml)")]
)
def test_a_heading_keeps_the_focus_when_it_sorts(page, table, cell):
    heading = page.locator(f"#{table} thead th", has_text=cell).locator("button")
    heading.focus()
    for direction in ("ascending", "descending"):
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.textContent") == cell
        assert page.locator(f"#{table} thead th", has_text=cell).get_attribute("aria-sort") == direction
    assert page.locator(f"#{table} [tabindex='0']").count() == 1


def test_the_saved_dice_plot_has_a_legend(page):
    _, text = download(page, page.locator("[data-export=dice] button", has_text="SVG"))
    texts = [element.text for element in ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}text")]
    assert texts[:3] == ["MOOSE", "CADS", "Other"]


def test_plots_are_pictures_of_whole_rows_on_paper(browser_page, agreement_row, tmp_path):
    rows = [
        agreement_row(structure=f"s{i}", structure_key="", model=model)
        for i in range(40)
        for model in ("MOOSE", "CADS")
    ]
    write_report(tmp_path / "page.html", rows, title="Paper")
    page = browser_page.open(tmp_path / "page.html")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    parts = page.locator("#dice-section .on-paper > svg").evaluate_all(
        "all => all.map(one => one.getAttribute('viewBox'))"
    )
    tops, heights = zip(*((float(part.split()[1]), float(part.split()[3])) for part in parts))
    assert len(parts) > 1
    assert list(tops[1:]) == [top + height for top, height in zip(tops[:-1], heights)]
    assert max(heights) <= 1150
    assert page.locator("#spread-section .on-paper > svg").count() == 1
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".on-paper").count() == 0
