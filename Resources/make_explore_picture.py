"""Makes the pictures of the explorer in the browser from real runs: six models of a case of the sample, also blinded.

Needs the test environment (`make setup-test`), `make explore-env` and Chromium:
.venv/bin/python Resources/make_explore_picture.py
"""

from __future__ import annotations

import io
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageOps
from playwright.sync_api import Page, sync_playwright

from SegmentationConcordanceLib.sample.cohort import SampleCase, make_sample

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Testing" / "Python"))

from browser.explore_page import ExplorePage  # noqa: E402

RESOURCES = ROOT / "Resources"
COMMAND = ROOT / ".venv-explore" / "bin" / "concordance"
CHROMIUM_OPTIONS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
SIZE = {"width": 1400, "height": 900}
TRIES = 3
GIVEN = ".verdict button.chosen"


def arguments(case: SampleCase) -> list[str]:
    """What explores a case of the sample, each model under its own name."""
    words = ["explore", "--ct", str(case.ct_folder), "--case", case.name, "--no-browser"]
    for output in case.outputs:
        task = f":{output.task}" if output.task else ""
        words += ["--seg", *(f"{output.title}={path}" for path in output.paths)]
        words += ["--model", f"{output.title}={output.label_map_name}{task}"]
    return words


def opened(page: Page, address: str, hidden: Sequence[str]) -> ExplorePage:
    """The page without the rows of some models; 3D views are there at the start only where the machine draws fast."""
    page.goto(address)
    shown = ExplorePage(page)
    shown.until("document.querySelectorAll('[data-view] img').length >= 18")
    shown.settled()
    for name in hidden:
        switch(shown, name)
    return shown


def switch(shown: ExplorePage, name: str) -> None:
    """Press a button that shows or hides views, and wait until there are more or fewer.

    :raises SystemExit: it does nothing.
    """
    before = len(shown.views())
    for _ in range(TRIES):  # a click while the server is still busy with another may be lost
        shown.page.locator(".bar").get_by_role("button", name=name, exact=True).click()
        if shown.eventually(lambda: len(shown.views()) != before):
            return
    raise SystemExit(f"the button {name} does nothing")


def set_3d(shown: ExplorePage, wanted: bool) -> None:
    """3D views of all rows, or none."""
    if bool(shown.page.locator("[data-view$=V]").count()) != wanted:
        switch(shown, "3D")


def photograph(page: Page, address: str) -> None:
    """The structure of the worst agreement in four models, their overlay, and 3D."""
    shown = opened(page, address, ("TotalSegmentator 1.5", "MultiTalent", "All models"))
    set_3d(shown, True)
    shown.settled()
    box = page.locator("[data-view=CSE2Y]").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5, steps=4)
    shown.until("document.querySelector('.cursor b').innerText !== ''")
    shown.settled()
    page.screenshot(path=RESOURCES / "explore.jpg", type="jpeg", quality=90)


def photograph_review(page: Page, address: str) -> None:
    """Five of the models, blinded, after two verdicts."""
    shown = opened(page, address, ("Model F",))
    set_3d(shown, False)
    shown.settled()
    for number, score in enumerate("53", 1):
        page.keyboard.press(score)
        shown.until(f"document.querySelectorAll('{GIVEN}').length >= {number}")
    shown.settled()
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    fewer = ImageOps.posterize(picture, 5)  # for a smaller file; a palette would mix up the models' colours
    fewer.save(RESOURCES / "review_explore.png", optimize=True)


def explored(words: Sequence[str], take: Callable[[Page, str], None]) -> None:
    """Take a picture of the page that a command serves."""
    server = subprocess.Popen([str(COMMAND), *words], stdout=subprocess.PIPE, text=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM_OPTIONS))
        try:
            take(browser.new_page(viewport=SIZE), server.stdout.readline().strip())
        finally:
            browser.close()
            server.send_signal(signal.SIGINT)
            server.wait()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        words = arguments(make_sample(Path(folder) / "cohort").cases[1])
        explored(words, photograph)
        explored([*words, "--review", f"{folder}/review.csv", "--reader", "Ann", "--blinded", "5"], photograph_review)


if __name__ == "__main__":
    main()
