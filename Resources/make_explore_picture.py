"""Makes the pictures of the explorer in the browser from real runs: six models of a case of the sample, also blinded.

Needs the test environment (`make setup-test`), `make explore-env` and Chromium:
.venv/bin/python Resources/make_explore_picture.py
"""

from __future__ import annotations

import io
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageOps
from playwright.sync_api import Page, sync_playwright

from SegmentationConcordanceLib.sample.cohort import SampleCase, make_sample

ROOT = Path(__file__).resolve().parents[1]
RESOURCES = ROOT / "Resources"
COMMAND = ROOT / ".venv-explore" / "bin" / "concordance"
CHROMIUM_OPTIONS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
SIZE = {"width": 1400, "height": 900}


def arguments(case: SampleCase) -> list[str]:
    """What explores a case of the sample, each model under its own name."""
    words = ["explore", "--ct", str(case.ct_folder), "--case", case.name, "--no-browser"]
    for output in case.outputs:
        task = f":{output.task}" if output.task else ""
        words += ["--seg", *(f"{output.title}={path}" for path in output.paths)]
        words += ["--model", f"{output.title}={output.label_map_name}{task}"]
    return words


def opened(page: Page, address: str, hidden: Sequence[str]) -> None:
    """The page without the rows of some models; 3D views are there at the start only where the machine draws fast."""
    page.goto(address)
    page.wait_for_function("document.querySelectorAll('[data-view] img').length >= 18")
    page.wait_for_timeout(3000)
    for name in hidden:
        page.locator(".bar").get_by_role("button", name=name, exact=True).click()
        page.wait_for_timeout(1500)  # a click before the former one is answered may be lost


def set_3d(page: Page, shown: bool) -> None:
    """3D views of all rows, or none."""
    if bool(page.locator("[data-view$=V]").count()) != shown:
        page.locator(".bar").get_by_role("button", name="3D", exact=True).click()


def all_drawn(page: Page, count: int) -> None:
    """Wait for so many views, and until they are sharp."""
    page.wait_for_function("count => document.querySelectorAll('[data-view] img').length === count", arg=count)
    page.wait_for_timeout(5000)


def photograph(page: Page, address: str) -> None:
    """Vertebra T8, which one model misses, in four models, their overlay, and 3D."""
    opened(page, address, ("TotalSegmentator 1.5", "MultiTalent", "All models"))
    set_3d(page, True)
    all_drawn(page, 20)
    box = page.locator("[data-view=CSE2Y]").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5)
    page.wait_for_timeout(3000)
    page.screenshot(path=RESOURCES / "explore.jpg", type="jpeg", quality=90)


def photograph_review(page: Page, address: str) -> None:
    """Five of the models, blinded, after two verdicts."""
    opened(page, address, ("Model F",))
    set_3d(page, False)
    all_drawn(page, 15)
    for score in "53":
        page.keyboard.press(score)
        page.wait_for_timeout(1000)
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
