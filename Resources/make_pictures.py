"""Makes the picture of the README from a real run: runs the demo and photographs its report in Chromium.

Needs the test environment (`make setup-test`) and Chromium: .venv/bin/python Resources/make_pictures.py
"""

from __future__ import annotations

import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from SegmentationConcordanceLib.cli import run

RESOURCES = Path(__file__).resolve().parent
CHROMIUM_OPTIONS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
WIDTH, HEIGHT, PLOT_HEIGHT = 1280, 700, 940
BELOW_FINDINGS = 14
# Both ends of the list: what the models agree on, and a heart that one of them draws otherwise.
SHOWN_STRUCTURES = ("lung_upper_lobe_left", "lung_middle_lobe_right", "vertebrae_T7", "rib_left_5", "heart", "sternum")


def photograph_report(report: Path, picture: Path) -> None:
    """The overview with its findings, and below it the Dice plot of some structures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM_OPTIONS))
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(report.as_uri())
        page.wait_for_selector("#plots[aria-busy=false]")
        end = page.locator("#findings").bounding_box()
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": end["y"] + end["height"] + BELOW_FINDINGS}
        overview = page.screenshot(full_page=True, clip=clip)
        page.click("#structures summary")
        page.click("#structures [data-pick=none]")
        for name in SHOWN_STRUCTURES:
            page.get_by_label(name.replace("_", " "), exact=True).check()
        page.click("h1")
        page.set_viewport_size({"width": WIDTH, "height": PLOT_HEIGHT})
        page.locator("#dice-section").evaluate("element => element.scrollIntoView()")
        page.wait_for_timeout(1000)
        plot = page.screenshot()
        browser.close()
    parts = [Image.open(io.BytesIO(part)) for part in (overview, plot)]
    whole = Image.new("RGB", (WIDTH, sum(part.height for part in parts)), "white")
    whole.paste(parts[0], (0, 0))
    whole.paste(parts[1], (0, parts[0].height))
    whole.save(picture, optimize=True)


def main() -> None:
    """Make it."""
    with tempfile.TemporaryDirectory() as folder:
        if run(["demo", "--output", f"{folder}/demo"]) != 0:
            raise SystemExit("the demo failed")
        photograph_report(Path(folder) / "demo" / "report.html", RESOURCES / "report.png")


if __name__ == "__main__":
    main()
