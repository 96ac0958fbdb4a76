"""The map of models and structures in a browser: its marks, order, keys and groups, and what is saved of it."""

from __future__ import annotations

import io
import itertools
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image

from reporting.report_views import address, download, go
from SegmentationConcordanceLib.agreement.finding import Finding
from SegmentationConcordanceLib.reporting.report import write_report

SPLEEN = "SCT:78961009"
OF_ONE = "#map-of-one .model-map"
CONTRAST = """() => {
    const rgb = (text) => text.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255);
    const light = (text) => rgb(text)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
    return [...document.querySelectorAll("#map-section .scale-step")].map((step) => {
        const { color, backgroundColor } = getComputedStyle(step);
        return [light(color), light(backgroundColor)];
    });
}"""


def cell(page, structure, model):
    column = page.locator("#map thead th").all_inner_texts().index(structure)
    return page.locator("#map tbody tr", has_text=model).locator("td").nth(column)


def test_the_map_marks_failures_with_signs_and_greys_what_is_cut(first):
    assert first.locator("#map thead th").all_inner_texts() == ["liver", "spleen"]
    assert cell(first, "liver", "CADS").inner_text() == "\u2715"
    assert cell(first, "liver", "Other").inner_text() == "\u00b7"
    assert "does not know liver" in cell(first, "liver", "Other").get_attribute("title")
    words = cell(first, "liver", "CADS").locator("button").get_attribute("aria-label")
    assert words.startswith("CADS, liver, b: ")
    assert "found nothing" in words
    # The scan cuts the spleen of b, not that of a.
    assert "cut" not in cell(first, "spleen", "CADS").get_attribute("class").split()
    go(first, "case=b")
    assert "cut" in cell(first, "spleen", "CADS").get_attribute("class").split()


def test_of_two_models_that_agree_little_both_are_marked_and_nobody_is_blamed(
    browser_page, agreement_row, pairwise_row, tmp_path
):
    """The spleen with Dice 0.8, a liver that the scan cuts with 0.7, and a good aorta."""
    rows, pairs = [], []
    for name, dice, status in (("spleen", 0.8, "ok"), ("liver", 0.7, "truncated"), ("aorta", 0.95, "ok")):
        place = {"structure": name, "structure_key": name}
        rows += [
            agreement_row(model=model, n_models=2, dice=dice, status=status, **place) for model in ("CADS", "MOOSE")
        ]
        pairs.append(pairwise_row(dice=dice, **place))
    write_report(tmp_path / "page.html", rows, pairs, title="Two models")
    page = browser_page.open(tmp_path / "page.html")
    signs = {
        (name, model): cell(page, name, model).inner_text()
        for name in ("spleen", "liver", "aorta")
        for model in ("CADS", "MOOSE")
    }
    assert {what for what, sign in signs.items() if sign == "?"} == {("spleen", "CADS"), ("spleen", "MOOSE")}
    assert "cut" in cell(page, "liver", "CADS").get_attribute("class").split()
    words = cell(page, "spleen", "MOOSE").locator("button").get_attribute("aria-label")
    assert "named in a finding that blames nobody; case-01, spleen: CADS and MOOSE agree with Dice 0.800" in words
    assert "? named in a finding that blames nobody" in page.locator("#map-legend").inner_text()
    assert page.locator("#findings-blame").is_hidden()


def test_of_three_that_agree_little_the_two_that_agree_least_are_marked_and_of_a_tie_both_sides(
    browser_page, agreement_row, pairwise_row, tmp_path
):
    """The spleen of which A and C agree least; a kidney that A and B found, C and D did not."""
    rows = [agreement_row(model=one, dice=0.8, n_models=3, structure="spleen", structure_key="S") for one in "ABC"]
    pairs = [
        pairwise_row(model_a=a, model_b=b, dice=dice, structure="spleen", structure_key="S")
        for a, b, dice in (("A", "B", 0.8), ("A", "C", 0.77), ("B", "C", 0.79))
    ]
    side = {"structure": "kidney", "structure_key": "K", "n_models": 4}
    rows += [agreement_row(model=one, dice=0.8, **side) for one in "AB"]
    rows += [agreement_row(model=one, status="missing", dice=None, volume_ml=0.0, **side) for one in "CD"]
    write_report(tmp_path / "page.html", rows, pairs, title="Sides")
    page = browser_page.open(tmp_path / "page.html")
    assert [cell(page, "spleen", model).inner_text() for model in "ABC"] == ["?", "", "?"]
    assert [cell(page, "kidney", model).inner_text() for model in "ABCD"] == ["?", "?", "\u2715", "\u2715"]
    words = cell(page, "kidney", "A").locator("button").get_attribute("aria-label")
    assert "held against C, D in a finding that blames nobody; case-01, kidney: C, D found nothing" in words
    assert "(C and D, or A and B)" in page.locator("#answer").inner_text()


def cut_and_whole(agreement_row):
    """A lobe that the scan cuts, with a grave failure; and a spleen with a light one."""
    return [
        agreement_row(
            structure=name, structure_key=name, model=model, status=status, severity=severity, dice=0.5, case="a"
        )
        for name, status, grave in (("spleen", "ok", 10.0), ("lobe", "truncated", 300.0))
        for model, severity in (("MOOSE", grave), ("CADS", 1.0))
    ]


@pytest.mark.parametrize(
    ("is_cut", "order"), [(None, ["spleen", "lobe"]), (True, ["spleen", "lobe"]), (False, ["lobe", "spleen"])]
)
def test_what_the_scan_cuts_comes_last_but_for_what_a_finding_names(
    browser_page, agreement_row, tmp_path, is_cut, order
):
    found = Finding(
        kind="side_swapped", case="a", structures=("lobe",), names=("lobe",), models=("MOOSE",), sentence="a: it",
        lead="a", is_cut=bool(is_cut),
    )  # fmt: skip
    findings = [] if is_cut is None else [found]
    write_report(tmp_path / "page.html", cut_and_whole(agreement_row), title="Cut", findings=findings)
    page = browser_page.open(tmp_path / "page.html")
    assert page.locator("#map thead th").all_inner_texts() == order


def test_nobody_fails_who_finds_nothing_where_most_others_find_nothing(browser_page, agreement_row, tmp_path):
    """One of three found it: as when one model shifts the names of vertebrae by one."""
    nothing = {"status": "missing", "volume_ml": 0.0, "dice": None, "jaccard": None, "volume_ratio": None}
    rows = [
        agreement_row(model="Odd", dice=0.0),
        *(agreement_row(model=model, **nothing) for model in ("MOOSE", "CADS")),
    ]
    write_report(tmp_path / "page.html", rows, title="Alone")
    page = browser_page.open(tmp_path / "page.html")
    assert cell(page, "spleen", "MOOSE").inner_text() == "\u2013"
    assert "as most others" in cell(page, "spleen", "MOOSE").locator("button").get_attribute("title")


def test_the_map_opens_rows_and_structures_and_has_keys(first):
    cell(first, "liver", "CADS").locator("button").click()
    assert first.locator("#details-heading").inner_text() == "liver, CADS"
    first.keyboard.press("Escape")
    first.locator("#map thead button", has_text="spleen").click()
    assert address(first) == f"#structure={SPLEEN}"
    assert first.locator("#map thead th").all_inner_texts() == ["spleen"]
    first.locator("#map thead button", has_text="spleen").click()
    first.locator("#map thead button").first.focus()
    first.keyboard.press("ArrowDown")
    assert "liver" in first.evaluate("document.activeElement.title")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_steps_of_the_scale_are_told_apart_and_read(first, scheme):
    first.emulate_media(color_scheme=scheme)
    steps = first.evaluate(CONTRAST)
    assert len(steps) == 7
    for text, ground in steps:
        high, low = max(text, ground), min(text, ground)
        assert (high + 0.05) / (low + 0.05) >= 4.5
    grounds = [ground for _, ground in steps]
    order = grounds if scheme == "dark" else grounds[::-1]
    assert order == sorted(order)
    assert all((after + 0.05) / (before + 0.05) >= 1.1 for before, after in itertools.pairwise(order))


def test_the_map_saves_a_picture_and_a_table(first):
    _, text = download(first, first.locator("[data-export=map] button", has_text="SVG"))
    texts = [one.text for one in ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}text")]
    assert {"liver", "spleen", "MOOSE", "\u2715"} <= set(texts)
    _, text = download(first, first.locator("[data-export=map] button", has_text="CSV"))
    assert text.splitlines()[0] == "structure,model,status,dice,worst_case"
    assert "liver,CADS,missing,,b" in text.splitlines()


def test_the_saved_map_has_the_hatching_of_truncated_cells(browser_page, agreement_row, tmp_path):
    """Inside of the cells as much of the stripes' colour as on the page, in stripes of the same direction."""
    rows = [agreement_row(model=model, status=status) for model, status in (("MOOSE", "truncated"), ("CADS", "ok"))]
    write_report(tmp_path / "page.html", rows, title="Cut")
    page = browser_page.open(tmp_path / "page.html")
    table_box = page.locator("#map table").bounding_box()
    boxes = [cell.bounding_box() for cell in page.locator("#map tbody td").all()]
    shown = [stripes(page.screenshot(clip=inside(box))) for box in boxes]
    assert sorted(bool(found) for found in shown) == [False, True]
    _, text = download(page, page.locator("[data-export=map] button", has_text="SVG"))
    page.set_content(f"<style>body {{ margin: 0 }}</style>{text}")
    saved = [
        stripes(page.screenshot(clip=inside(box | {axis: box[axis] - table_box[axis] for axis in "xy"})))
        for box in boxes
    ]
    assert [len(found) for found in saved] == pytest.approx([len(found) for found in shown], rel=0.5)
    assert slopes_down(max(shown, key=len))
    assert slopes_down(max(saved, key=len))


def inside(box):
    """Without its lines."""
    return {"x": box["x"] + 2, "y": box["y"] + 2, "width": box["width"] - 4, "height": box["height"] - 4}


def stripes(png):
    """The pixels, as pairs of row and column, that have nearly the colour --cut of the light page."""
    shot = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    return {tuple(one) for one in np.argwhere(abs(shot - (0xD2, 0xD6, 0xDA)).max(axis=-1) <= 6).tolist()}


def slopes_down(pixels):
    """Whether stripes go on to the lower right rather than to the lower left."""
    right, left = (sum((row + 3, column + step) in pixels for row, column in pixels) for step in (3, -3))
    return right > left


def test_what_one_model_alone_knows_is_folded_behind_the_map(first):
    summary = first.locator("#map-of-one summary")
    assert summary.inner_text() == "1 structure known to one model alone"
    assert first.locator("#map thead th").all_inner_texts() == ["liver", "spleen"]
    assert not first.locator(OF_ONE).is_visible()
    summary.press("Enter")
    assert first.locator(f"{OF_ONE} thead th").all_inner_texts() == ["aorta"]
    assert first.locator(f"{OF_ONE} td:not(:empty)").all_inner_texts() == ["", "\u00b7", "\u00b7"]
    first.locator(f"{OF_ONE} td button").click()
    assert first.locator("#details-heading").inner_text() == "aorta, MOOSE"
    first.keyboard.press("Escape")
    first.locator(f"{OF_ONE} thead button").focus()
    first.keyboard.press("ArrowDown")
    assert "MOOSE, aorta, a: known to no other model" in first.evaluate("document.activeElement.title")
    _, text = download(first, first.locator("[data-export=map] button", has_text="CSV"))
    assert text.splitlines()[-3:] == ["aorta,MOOSE,ok,,a", "aorta,CADS,not_in_model,,", "aorta,Other,not_in_model,,"]


def alone_and_named(agreement_row, count=2):
    """Rows of a spleen that two know and of structures that MOOSE alone knows, the last of which has a hole."""
    rows = [agreement_row(model=model, n_models=2, dice=0.95) for model in ("MOOSE", "CADS")]
    names = [f"s{number:02}" for number in range(count)]
    nothing = {"consensus_volume_ml": None, "dice": None, "jaccard": None, "volume_ratio": None, "n_models": 1}
    rows += [agreement_row(structure=name, structure_key=name, **nothing) for name in names]
    hole = Finding(
        kind="hole", case="case-01", structures=(names[-1],), names=(names[-1],), models=("MOOSE",), lead="case-01",
        sentence="case-01: a hole",
    )  # fmt: skip
    return rows, [hole]


@pytest.mark.parametrize("width", [1440, 390])
def test_of_what_one_model_alone_knows_findings_come_first_with_their_mark(
    browser_page, agreement_row, tmp_path, width
):
    rows, findings = alone_and_named(agreement_row)
    write_report(tmp_path / "page.html", rows, title="Alone", findings=findings)
    browser_page.page.set_viewport_size({"width": width, "height": 844})
    page = browser_page.open(tmp_path / "page.html")
    summary = page.locator("#map-of-one summary")
    assert summary.inner_text() == "2 structures known to one model alone, 1 of them named in a finding"
    summary.click()
    assert page.locator(f"{OF_ONE} .of-structure").all_inner_texts() == ["s01", "s00"]
    marked = page.locator(f"{OF_ONE} td.marked")
    assert marked.all_inner_texts() == ["!"]
    assert "MOOSE, s01, case-01: known to no other model; named in a finding; case-01: a hole" in (
        marked.locator("button").get_attribute("title")
    )
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_on_paper_what_one_model_alone_knows_is_there_and_folded_again_after(browser_page, agreement_row, tmp_path):
    rows, findings = alone_and_named(agreement_row, count=60)
    write_report(tmp_path / "page.html", rows, title="Alone", findings=findings)
    page = browser_page.open(tmp_path / "page.html")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(f"{OF_ONE} thead th:visible").count() == 60
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(f"{OF_ONE} thead th:visible").count() == 0


def test_where_all_structures_are_known_to_several_there_is_no_such_group(browser_page, agreement_row, tmp_path):
    rows = [agreement_row(model=model) for model in ("MOOSE", "CADS")]
    write_report(tmp_path / "page.html", rows, title="Both")
    assert browser_page.open(tmp_path / "page.html").locator("#map-of-one").is_hidden()
