"""The explorer's page in headless Chromium: three models of the sample's second case, through trame-slicer."""

from __future__ import annotations

import numpy as np
import pytest

from browser.conftest import HOSTILE, MODELS
from browser.explore_page import ExplorePage
from SegmentationConcordanceLib.agreement.model_looks import looks_of
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.imaging.model_output import read_model_output

AXIAL, SAGITTAL, CORONAL = (tuple(f"CSE{row}{letter}" for row in (1, 2, 3)) for letter in "RYG")
SLICES = [f"CSE{row}{letter}" for row in (1, 2, 3) for letter in "RYG"]
BELOW_LABELS = 50  # pixels
LABELLED = ("CSE3Y",)  # of the views that are looked at: it says that MOOSE found none

pytestmark = pytest.mark.slow  # by its server


def colored(page: ExplorePage, view: str) -> int:
    """How many pixels are not grey, and no label."""
    picture = page.settled([view])[view]
    return int((np.ptp(picture[BELOW_LABELS if view in LABELLED else 0 :], axis=2) > 60).sum())


def bright(page: ExplorePage, view: str) -> float:
    """Which part of the pixels below the labels is not dark."""
    return float((page.settled([view])[view][BELOW_LABELS:].max(axis=2) > 60).mean())


def near_colors(page: ExplorePage, view: str, models: tuple[str, ...]) -> set[str]:
    """Of which models' colours a view has pixels; the pictures are JPEGs."""
    pixels = page.settled([view])[view].astype(int)
    found = set()
    for model, look in looks_of(MODELS.values()).items():
        wanted = [int(look.color[place : place + 2], 16) for place in (1, 3, 5)]
        if model in models and (np.abs(pixels - wanted).max(axis=2) < 60).any():
            found.add(model)
    return found


@pytest.fixture(scope="module")
def opened(server, browser):
    """The page, opened once for the file, and the errors of its scripts."""
    tab = browser.new_page(viewport={"width": 1000, "height": 860})
    errors = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.goto(server.address)
    page = ExplorePage(tab)
    page.until("document.querySelectorAll('[data-view] img').length === 9")
    page.settled(SLICES)
    yield page, errors
    tab.close()


@pytest.fixture
def page(opened):
    """The page with three rows of slices, at the worst structure, linked."""
    page = opened[0]
    page.choose("aorta")  # so that the next choice is one
    page.choose("sternum")
    return page


def test_three_rows_show_the_image(page):
    assert page.views() == SLICES
    for view, picture in page.settled(SLICES).items():
        assert (picture.max(axis=2) > 60).mean() > 0.05, f"{view} is black"


def test_the_worst_structure_comes_first_and_says_in_which_model_it_is_missing(page):
    # both are missed by one of three models, the gravest first
    assert page.names()[:2] == ["vertebrae T8", "sternum"]
    first = page.page.locator(".list tbody tr", has_text="sternum").first
    assert first.locator("td").all_inner_texts()[1:3] == ["0.000", "✓✓✗"]
    assert first.get_attribute("title").startswith(f"Found by Total, {HOSTILE}; missing in MOOSE")


def test_only_models_that_found_the_structure_draw_it(page):
    assert page.eventually(lambda: all(colored(page, view) > 50 for view in SAGITTAL[:2]))
    assert colored(page, SAGITTAL[2]) == 0  # MOOSE: the image alone, which is grey


def test_a_step_goes_to_the_next_structure_in_the_table_and_in_every_picture(page):
    page.page.wait_for_timeout(1500)  # the pictures of the former structure have gone, on a busy machine too
    before = page.settled(SLICES)
    second = page.names()[page.names().index("sternum") + 1]
    page.page.keyboard.press("Alt+ArrowDown")
    page.until("name => document.querySelector('tr.chosen td')?.innerText === name", second)
    after = page.settled(SLICES, unlike=before)
    page.page.keyboard.press("Alt+ArrowUp")
    page.until("name => document.querySelector('tr.chosen td')?.innerText === name", "sternum")
    again = page.settled(SLICES, unlike=after)
    assert [view for view in SLICES if not np.array_equal(before[view], again[view])] == []


def test_slices_go_to_the_chosen_structure(page, explored):
    output = next(one for one in explored.outputs if one.label_map_name == "totalsegmentator_v2")
    read = read_model_output(output.paths, load_vocabulary(output.label_map_name), output.task).label_map
    aorta = next(segment for segment in read.segments if segment.name == "aorta")
    heights = read.geometry.lps_of(np.argwhere(read.mask(aorta))[:, ::-1])[:, 2]
    page.choose("aorta")
    shown = float(page.positions()["CSE2R"].split()[0])
    thickness = read.geometry.spacing_mm[2]
    assert heights.min() - thickness / 2 <= shown <= heights.max() + thickness / 2


def test_scrolling_one_row_scrolls_the_others_and_no_other_plane(page):
    before = page.positions()
    page.point_at("CSE1R")
    page.page.mouse.wheel(0, -100)
    page.until("was => document.querySelector('[data-view=CSE3R] .position').innerText !== was", before["CSE3R"])
    after = page.positions()
    assert len({after[view] for view in AXIAL}) == 1
    assert after["CSE1R"] != before["CSE1R"]
    assert all(after[view] == before[view] for view in (*SAGITTAL, *CORONAL))


def test_unlinked_rows_stay_where_they_are(page):
    before = page.positions()
    page.toggle("Links")
    page.page.get_by_label("Scroll").uncheck()
    page.page.keyboard.press("Escape")
    page.point_at("CSE2R")
    page.page.mouse.wheel(0, -100)
    page.until("was => document.querySelector('[data-view=CSE2R] .position').innerText !== was", before["CSE2R"])
    after = page.positions()
    page.toggle("Links")
    page.page.get_by_label("Scroll").check()
    page.page.keyboard.press("Escape")
    assert [view for view in SLICES if after[view] != before[view]] == ["CSE2R"]


def test_zoom_follows_in_all_rows(page):
    before = page.settled(CORONAL)
    page.point_at("CSE1G")
    mouse = page.page.mouse
    mouse.down(button="right")
    box = page.page.locator("[data-view=CSE1G]").bounding_box()
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + 30, steps=4)
    mouse.up(button="right")
    after = page.settled(CORONAL, unlike=before)
    changed = {view: np.abs(after[view].astype(int) - before[view].astype(int)).mean() for view in CORONAL}
    assert min(changed.values()) > 3, changed  # grey levels: every picture is another one, not noise of its coding


def test_what_each_model_says_under_the_cursor(page):
    page.point_at("CSE1Y")  # the middle of the sternum's box, in the chest
    page.until("document.querySelector('.cursor b').innerText !== ''")
    lines = page.page.locator(".cursor .line").all_inner_texts()
    assert [line.split("\n")[0] for line in lines] == ["Total", HOSTILE, "MOOSE"]


def test_the_overlay_row_and_the_3d_views_come_and_go(page):
    page.toggle("All models")
    page.toggle("3D")
    page.until("document.querySelectorAll('[data-view] img').length === 16")
    assert page.eventually(lambda: bright(page, "CSE1V") > 0.02)
    assert bright(page, "CSE3V") == 0  # MOOSE has none to show
    found_it = ("Total", HOSTILE)  # their outlines; MOOSE has none
    assert page.eventually(lambda: set(found_it) == near_colors(page, "CSE4Y", found_it))
    page.toggle("All models")
    page.toggle("3D")
    page.until("document.querySelectorAll('[data-view]').length === 9")
    assert page.views() == SLICES


def test_a_hidden_row_comes_back_where_the_others_are(page):
    page.toggle("MOOSE")
    page.until("document.querySelectorAll('[data-view]').length === 6")
    page.choose("aorta")
    page.toggle("MOOSE")
    page.until("document.querySelectorAll('[data-view] img').length === 9")
    positions = page.positions()
    assert positions["CSE3R"] == positions["CSE1R"]
    assert page.eventually(lambda: bright(page, "CSE3R") > 0.05)


def test_fewer_rows_show_the_structure_larger(page):
    before = colored(page, "CSE1Y")
    for name in (HOSTILE, "MOOSE"):
        page.toggle(name)
    page.until("document.querySelectorAll('[data-view]').length === 3")
    larger = page.eventually(lambda: colored(page, "CSE1Y") > 1.5 * before)
    for name in (HOSTILE, "MOOSE"):
        page.toggle(name)
    page.until("document.querySelectorAll('[data-view] img').length === 9")
    assert larger


def test_the_agreement_map_has_a_legend(page):
    assert page.page.locator(".map-legend").count() == 0
    page.page.get_by_label("Agreement", exact=True).check()
    page.page.locator(".map-legend").wait_for()
    assert page.page.locator(".map-legend span").all_inner_texts() == ["1", "2", "3", "of 3 models"]
    page.page.get_by_label("Agreement", exact=True).uncheck()
    page.page.locator(".map-legend").wait_for(state="detached")


def test_search_leaves_what_has_all_words(page):
    page.page.get_by_placeholder("Search structures").fill("left lung")
    page.until("document.querySelectorAll('.list tbody tr').length < 5")
    names = page.names()
    page.page.get_by_placeholder("Search structures").fill("")
    page.until("document.querySelectorAll('.list tbody tr').length > 5")
    assert names
    assert all("lung" in name and "left" in name for name in names)


def test_a_heading_sorts_up_then_down_then_worst_first_again(page):
    worst_first = page.names()
    heading = page.page.locator(".list th button").first
    orders = []
    for _ in range(3):
        before = page.names()
        heading.click()
        page.until("was => document.querySelector('.list tbody td').innerText !== was", before[0])
        orders.append(page.names())
    assert orders == [sorted(worst_first, key=str.casefold), sorted(worst_first, key=str.casefold)[::-1], worst_first]


def test_a_name_from_a_file_is_shown_as_text(page):
    assert page.page.locator(".bar").get_by_text(HOSTILE).count() == 1
    assert page.page.locator(".explore b", has_text="bold").count() == 0


def test_the_page_reports_no_script_error_and_asks_nobody_else(opened, server):
    page, errors = opened
    asked = page.page.evaluate("performance.getEntriesByType('resource').map(one => new URL(one.name).host)")
    assert errors == []
    assert set(asked) == {f"127.0.0.1:{server.port}"}
