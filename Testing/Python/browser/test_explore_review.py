"""Judging in the browser: keys and clicks become lines of the review file at once; blinded, no name is on the page."""

from __future__ import annotations

import signal

import pytest

from browser.conftest import HOSTILE, MODELS
from browser.explore_page import ExplorePage
from browser.explore_server import start_explore
from SegmentationConcordanceLib.cli import run
from SegmentationConcordanceLib.review.blinding_key import read_key, unblinded
from SegmentationConcordanceLib.review.review_file import read_review

pytestmark = pytest.mark.slow  # by its servers

STEPS = 8
LINES = """() => [...document.querySelectorAll('.verdict')].map(line => [
    line.querySelector('.who').innerText,
    line.querySelector('button.chosen')?.innerText ?? '',
    line.classList.contains('active'),
])"""


@pytest.fixture(scope="module")
def words(explored, tmp_path_factory):
    """The command's words: three models, read blinded."""
    folder = tmp_path_factory.mktemp("reading")
    found: list[object] = ["--ct", explored.ct_folder, "--case", "A case"]
    found += ["--review", folder / "review.csv", "--reader", "Ann", "--blinded", "5"]
    for output in explored.outputs:
        name = MODELS.get(output.label_map_name)
        if name is not None:
            task = f":{output.task}" if output.task else ""
            found += ["--seg", *(f"{name}={path}" for path in output.paths)]
            found += ["--model", f"{name}={output.label_map_name}{task}"]
    return found


@pytest.fixture
def review_file(words):
    path = words[words.index("--review") + 1]
    for one in path.parent.iterdir():
        one.unlink()
    return path


@pytest.fixture
def opened(explore_python, words, review_file, browser):
    """The page, and its server."""
    server = start_explore(explore_python, words)
    tab = browser.new_page(viewport={"width": 1100, "height": 760})
    tab.goto(server.address)
    page = ExplorePage(tab)
    page.until("document.querySelectorAll('.verdict').length === 4")
    yield page, server
    tab.close()
    if server.process.poll() is None:
        server.end()


def press(page: ExplorePage, key: str, expected: list[str]) -> None:
    """Press a key, and wait until the lines have these scores."""
    page.page.keyboard.press(key)
    page.until(f"scores => JSON.stringify(({LINES})().map(line => line[1])) === JSON.stringify(scores)", expected)


def test_keys_judge_one_model_after_the_other_and_nothing_tells_which(opened, review_file):
    page, _ = opened
    assert page.page.evaluate(LINES) == [
        ["Model A", "", True],
        ["Model B", "", False],
        ["Model C", "", False],
        ["The case as a whole", "", False],
    ]
    press(page, "5", ["5", "", "", ""])
    press(page, "2", ["5", "2", "", ""])
    press(page, "PageUp", ["5", "2", "", ""])
    press(page, "0", ["5", "", "", ""])
    page.page.locator(".verdict", has_text="case as a whole").get_by_role("button", name="4", exact=True).click()
    page.until(f"({LINES})()[3][1] === '4'")
    page.page.locator(".comment").fill("moved <b>twice</b>")
    page.page.locator(".comment").press("Enter")
    assert page.eventually(lambda: any(one.comment for one in read_review(review_file).verdicts))
    said = read_review(review_file).standing
    assert [(one.subject.model, one.score, one.comment) for one in said] == [
        ("Model A", 5, ""),
        ("", 4, "moved <b>twice</b>"),
    ]
    everything = page.page.content() + page.page.title() + page.page.url + page.page.locator("body").inner_text()
    for name in (*MODELS.values(), HOSTILE, *MODELS, "oose", "uto3d"):
        assert name not in everything
        assert name not in review_file.read_text(encoding="utf-8")


def test_kill_9_loses_nothing_that_the_page_has_shown(opened, review_file, explore_python, words, browser):
    page, server = opened
    press(page, "3", ["3", "", "", ""])
    press(page, "4", ["3", "4", "", ""])
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    again = start_explore(explore_python, words)
    tab = browser.new_page()
    try:
        tab.goto(again.address)
        returned = ExplorePage(tab)
        returned.until(f"document.querySelectorAll('.verdict').length === 4 && ({LINES})()[1][1] === '4'")
        assert [line[1] for line in tab.evaluate(LINES)] == ["3", "4", "", ""]
    finally:
        tab.close()
        again.end()


def test_a_walk_is_read_and_counted_with_the_models_own_names(opened, review_file, tmp_path, capsys):
    page, _ = opened
    for number in range(STEPS):
        before = page.chosen()
        lines = len(page.page.evaluate(LINES)) - 1
        for _ in range(lines):
            page.page.keyboard.press("5" if number % 2 else "3")
        page.until(f"count => ({LINES})().filter(line => line[1]).length >= count", lines)
        page.page.keyboard.press("Alt+ArrowDown")
        page.until("name => document.querySelector('tr.chosen td').innerText !== name", before)
    said = unblinded(read_review(review_file).standing, read_key(review_file))
    assert len({one.subject.structure_key for one in said}) == STEPS
    assert {one.subject.model for one in said} == set(MODELS.values())
    assert run(["review", str(review_file), "--output", str(tmp_path / "out")]) == 0
    assert f"{len(said)} verdicts of 1 reader on 1 case" in capsys.readouterr().out
