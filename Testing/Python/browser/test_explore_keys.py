"""The explorer's page by keys alone, and compact where its rows would be too low."""

from __future__ import annotations

import pytest

from browser.explore_page import ExplorePage

pytestmark = pytest.mark.slow  # by its server

FOCUSED = """() => {
    const one = document.activeElement;
    const text = one.dataset.row ?? (one.querySelector("td") ?? one).innerText;
    return [one.tagName, text, getComputedStyle(one).outlineWidth];
}"""


@pytest.fixture(scope="module")
def page(server, browser):
    """The page in a window that is too low for three rows."""
    tab = browser.new_page(viewport={"width": 1000, "height": 480})
    tab.goto(server.address)
    page = ExplorePage(tab)
    page.until("document.querySelectorAll('[data-view] img').length === 3")
    yield page
    if page.page.locator(".rows.compact").count():  # the server is shared, and so is what its page shows
        tab.keyboard.press("Alt+g")
        page.until("document.querySelectorAll('[data-view]').length === 9")
    tab.close()


def test_rows_that_are_too_low_show_one_plane_each_in_a_grid(page):
    assert page.views() == ["CSE1R", "CSE2R", "CSE3R"]
    boxes = [page.page.locator(f"[data-view={name}]").bounding_box() for name in page.views()]
    assert boxes[0]["y"] == boxes[1]["y"] < boxes[2]["y"]
    assert min(box["height"] for box in boxes) >= 100


def test_keys_go_from_plane_to_plane_and_to_rows_and_back(page):
    for views in ("Y", "G", "V", "R"):
        page.page.keyboard.press("Alt+p")
        page.until(
            "name => [...document.querySelectorAll('[data-view]')].map(one => one.dataset.view).join() === name",
            ",".join(f"CSE{row}{views}" for row in (1, 2, 3)),
        )
    page.page.keyboard.press("Alt+g")
    page.until("document.querySelectorAll('[data-view]').length === 9")
    page.page.keyboard.press("Alt+g")
    page.until("document.querySelectorAll('[data-view]').length === 3")


def test_tab_reaches_the_chosen_line_of_the_table_and_every_heading_and_is_seen(page):
    reached = []
    page.page.get_by_placeholder("Search structures").focus()
    for _ in range(40):
        page.page.keyboard.press("Tab")
        reached.append(page.page.evaluate(FOCUSED))
        if reached[-1][:2] == ["BUTTON", "3"]:
            break
    assert ["TR", page.chosen()] in [found[:2] for found in reached]
    assert [found[1] for found in reached if found[0] == "BUTTON" and found[1] in "123"] == ["1", "2", "3"]
    assert [found for found in reached if found[0] in ("TR", "BUTTON") and found[2] == "0px"] == []


def test_arrows_and_enter_choose_a_row_and_a_structure(page):
    page.page.locator(".head[data-row='1']").focus()
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("Enter")
    page.until("document.querySelector('.row.chosen .head')?.dataset.row === '2'")
    second = page.names()[1]
    page.page.locator(".list tbody tr").first.focus()
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Enter")
    page.until("name => document.querySelector('tr.chosen td')?.innerText === name", second)
