"""The first screen in a browser: the answer, the findings with their pictures; small, dark, printed."""

from __future__ import annotations

import base64
import io
import struct
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image

from reporting.made_pictures import picture
from reporting.report_views import download, table
from SegmentationConcordanceLib.reporting.pictures import PIXELS
from SegmentationConcordanceLib.reporting.report import write_report

LIVER = "SCT:10200004"


def test_answer_map_and_a_finding_with_its_picture_are_seen_before_any_scrolling(first):
    first.locator(".thumbnail svg").first.wait_for()
    tops = [first.locator(one).first.bounding_box() for one in ("#answer", "#map", ".thumbnail svg")]
    assert all(box["y"] + box["height"] <= 900 for box in tops)
    assert [box["y"] for box in tops] == sorted(box["y"] for box in tops)


def test_a_finding_without_a_picture_says_so_where_others_have_one(browser_page, rows, jpeg, tmp_path):
    pictures = [picture(jpeg, "b", LIVER, "liver", ["MOOSE", "CADS"], missed=[1])]
    write_report(tmp_path / "page.html", rows, title="One", pictures=pictures)
    page = browser_page.open(tmp_path / "page.html")
    cards = page.locator("#findings li")
    without = cards.count() - page.locator("#findings .thumbnail").count()
    assert without == page.locator("#findings .none-kept", has_text="no picture").count() > 0
    said = page.locator("#findings-without").inner_text()
    assert said.strip() == (
        f"{without} finding{'s' if without > 1 else ''} without a picture: only the gravest of a case have one."
    )


def test_many_notes_are_folded_and_open_on_paper(browser_page, rows, tmp_path):
    write_report(tmp_path / "page.html", rows, title="Notes", notes=["one", "two"])
    page = browser_page.open(tmp_path / "page.html")
    assert page.locator("#notes summary").inner_text() == "3 notes on what was compared"
    assert not page.locator("#notes li", has_text="two").is_visible()
    page.locator("#notes summary").press("Enter")
    assert page.locator("#notes li", has_text="two").is_visible()
    page.locator("#notes summary").press("Enter")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#notes li").all_inner_texts()[:2] == ["one", "two"]


def test_a_picture_is_decoded_when_it_is_seen(browser_page, agreement_row, jpeg, tmp_path):
    rows, pictures = [], []
    for number in range(30):
        name = f"s{number:02}"
        rows += [agreement_row(structure=name, structure_key="", model=model, dice=0.3) for model in ("MOOSE", "CADS")]
        pictures.append(picture(jpeg, "case-01", name, name, ["MOOSE", "CADS"]))
    write_report(tmp_path / "page.html", rows, title="Many", pictures=pictures)
    page = browser_page.open(tmp_path / "page.html")
    assert page.locator("#findings li:visible").count() == 12
    page.click("#all-findings")
    assert page.locator("#findings li:visible").count() == 30
    page.locator(".thumbnail svg").first.wait_for()
    assert page.locator(".thumbnail").count() == 30
    assert page.locator(".thumbnail svg").count() < 30
    page.locator(".thumbnail").last.scroll_into_view_if_needed()
    page.locator(".thumbnail").last.locator("svg").wait_for()


def test_enlarged_it_has_three_planes_and_a_panel_for_each_model(first):
    first.locator(".thumbnail").first.click()
    assert first.locator("#enlarged-heading").inner_text() == "b, liver"
    assert first.locator(".planes figcaption").all_inner_texts() == ["Axial", "Coronal", "Sagittal"]
    assert first.locator("#enlarged .lines-legend .line-of-model").all_inner_texts() == ["MOOSE", "CADS"]
    panels = first.locator("#of-models figure")
    assert panels.locator("figcaption").all_inner_texts() == ["MOOSE", "CADS"]
    assert [panels.nth(number).locator(".none").all_inner_texts() for number in (0, 1)] == [[], ["did not find it"]]
    assert [panels.nth(number).locator("path[stroke-opacity]").count() for number in (0, 1)] == [1, 0]
    first.check("#enlarged input >> nth=2")
    assert "sagittal" in panels.first.locator("svg.slice").get_attribute("aria-label")


@pytest.mark.parametrize("shade", [255, 0], ids=["bone", "air"])
def test_the_letters_and_ticks_of_a_picture_are_seen_on(browser_page, rows, tmp_path, shade):
    image = io.BytesIO()
    Image.new("L", (PIXELS, PIXELS), shade).save(image, "JPEG")
    encoded = base64.b64encode(image.getvalue()).decode("ascii")
    pictures = [picture(encoded, "b", LIVER, "liver", ["MOOSE", "CADS"], missed=[0, 1])]
    write_report(tmp_path / "page.html", rows, title="One", pictures=pictures)
    page = browser_page.open(tmp_path / "page.html")
    page.locator(".thumbnail").first.click()
    plane = page.locator(".planes svg.slice").first
    page.wait_for_timeout(200)  # until the image is decoded
    shot = np.asarray(Image.open(io.BytesIO(plane.screenshot())).convert("L"))
    whole, marks = plane.bounding_box(), plane.locator("text")
    assert marks.count() == 4
    for box in (marks.nth(number).bounding_box() for number in range(4)):
        top, left = int(box["y"] - whole["y"]), int(box["x"] - whole["x"])
        part = shot[max(top, 0) : top + int(box["height"]), max(left, 0) : left + int(box["width"])]
        assert (part.min() < 60, part.max() > 200) == (True, True)
    middle = len(shot) // 2
    across = shot[middle - 8 : middle + 8, 4]  # of the tick at the left
    assert (across.min() < 60, across.max() > 200) == (True, True)


def test_the_keys_of_the_enlarged_picture(first):
    first.locator(".thumbnail").first.press("Enter")
    assert first.locator("#enlarged-before").is_disabled()
    first.keyboard.press("ArrowRight")
    assert first.locator("#enlarged-heading").inner_text() == "a, spleen"
    assert first.locator("#enlarged-next").is_disabled()
    first.keyboard.press("ArrowLeft")
    assert first.locator("#enlarged-heading").inner_text() == "b, liver"
    first.keyboard.press("Escape")
    assert not first.locator("#enlarged").is_visible()
    assert first.evaluate("document.activeElement.className") == "thumbnail"


def test_pictures_can_be_in_the_file_beside_the_page(browser, rows, jpeg, tmp_path):
    pictures = [picture(jpeg, "b", LIVER, "liver", ["MOOSE", "CADS"])]
    write_report(tmp_path / "page.html", rows, title="Beside", pictures=pictures, data_beside=True)
    assert jpeg not in (tmp_path / "page.html").read_text(encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    page.locator(".thumbnail svg image").wait_for()
    page.close()


def test_without_pictures_nothing_is_said_of_them(page):
    assert page.locator(".thumbnail").count() == 0
    assert "picture" not in page.locator("#findings-caption").inner_text()


@pytest.fixture
def phone(kept_page, written):
    return kept_page(written, 390, 844)


def test_on_a_phone_nothing_is_wider_than_the_screen_and_plots_keep_their_room(phone):
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    grid = "echarts.getInstanceByDom(document.getElementById('dice-plot')).getModel().getComponent('grid', 0)"
    assert phone.evaluate(f"{grid}.coordinateSystem.getRect().width") > 150
    areas = "echarts.getInstanceByDom(document.getElementById('dice-plot')).getOption().series[0].markArea.data"
    assert phone.evaluate(f"{areas}.map(([one]) => one.name)") == ["spleen", "liver"]


def test_on_a_phone_the_numbers_of_an_axis_do_not_touch(phone):
    phone.check("#dice-full")
    chart = "echarts.getInstanceByDom(document.getElementById('dice-plot'))"
    wide = phone.evaluate(f"{chart}.getModel().getComponent('grid', 0).coordinateSystem.getRect().width")
    interval = phone.evaluate(f"{chart}.getOption().xAxis[0].interval")
    assert interval in (0.2, 0.5)
    assert wide * interval >= 30  # "0.8" is 20 pixels wide


def test_on_a_phone_the_map_turns_and_the_filters_are_behind_a_button(phone):
    assert phone.locator("#map thead th").all_inner_texts() == ["MOOSE", "CADS", "Other"]
    assert phone.locator("#map tbody th").all_inner_texts() == ["liver", "spleen"]
    phone.locator("#dice-section").scroll_into_view_if_needed()
    bar = phone.locator("#controls").bounding_box()
    assert bar["height"] < 60
    phone.click("#filters-toggle")
    assert phone.locator("#models button").first.is_visible()
    phone.click("#filters-toggle")
    assert not phone.locator("#models button").first.is_visible()


@pytest.mark.parametrize("width", [390, 768])
def test_a_heading_that_one_goes_to_is_not_under_the_bar_of_filters(browser_page, agreement_row, tmp_path, width):
    rows = [
        agreement_row(model=f"A model with quite a long name, {number}", structure=name, structure_key="", dice=0.5)
        for number in range(9)
        for name in ("liver", "spleen", "heart", "aorta")
    ]
    write_report(tmp_path / "page.html", rows, title="Long names")
    browser_page.page.set_viewport_size({"width": width, "height": 700})
    page = browser_page.open(tmp_path / "page.html")
    if width == 390:
        page.click("#filters-toggle")
    page.locator("#contents button", has_text="Spread").click()
    bar, heading = (page.locator(one).bounding_box() for one in ("#controls", "#spread-heading"))
    assert bar["y"] == pytest.approx(0, abs=1)
    assert heading["y"] >= bar["y"] + bar["height"]


def test_in_the_dark_the_page_is_dark_and_what_it_saves_is_light(first):
    first.emulate_media(color_scheme="dark")
    red, green, blue = first.evaluate("getComputedStyle(document.body.parentElement).backgroundColor.match(/\\d+/g)")
    assert max(int(red), int(green), int(blue)) < 50
    _, text = download(first, first.locator("[data-export=dice] button", has_text="SVG"))
    texts = ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}text")
    name = next(one for one in texts if one.text == "spleen")
    assert "#1a1a1a" in (name.get("fill") or name.get("style"))
    assert first.evaluate("document.documentElement.dataset.theme") is None


@pytest.mark.parametrize("view", ["map", "matrix", "pairs", "dice", "share", "spread", "cases"])
def test_every_view_saves_a_picture_in_pixels(first, view):
    with first.expect_download() as saved:
        first.locator(f"[data-export={view}] button", has_text="PNG").click()
    assert saved.value.suggested_filename == f"{view}.png"
    held = saved.value.path().read_bytes()
    assert held.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", held[16:24])
    assert width > 150
    assert height > 100


def test_on_paper_there_are_all_rows_and_all_pictures(browser_page, agreement_row, jpeg, tmp_path):
    rows, pictures = [], []
    for number in range(55):
        name = f"s{number:02}"
        rows += [agreement_row(structure=name, structure_key="", model=model, dice=0.3) for model in ("MOOSE", "CADS")]
        pictures.append(picture(jpeg, "case-01", name, name, ["MOOSE", "CADS"]))
    write_report(tmp_path / "page.html", rows, title="Paper", pictures=pictures)
    page = browser_page.open(tmp_path / "page.html")
    assert len(table(page)) == 100
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(table(page)) == 110
    assert page.locator("#findings li:visible .thumbnail svg").count() == 55
    assert page.locator("#map thead th").count() == 55
    assert (
        page.locator("thead").evaluate_all("all => all.map((one) => getComputedStyle(one).display)")
        == ["table-header-group"] * page.locator("thead").count()
    )
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(table(page)) == 100


def test_an_empty_search_says_so(first):
    first.fill("#find", "nowhere")
    assert table(first) == [["Nothing has the words “nowhere”. Empty the field to see all rows."]]
    first.fill("#find", "")
    first.click("#structures summary")
    first.click("#structures [data-pick=none]")
    for note in ("map", "matrix", "dice", "share", "spread", "cases"):
        assert first.locator(f"#{note}-note").text_content() == "No row passes the filters. “Reset” shows all again."
    assert table(first) == [["No row passes the filters. “Reset” shows all again."]]
