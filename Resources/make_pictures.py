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
WIDTH, HEIGHT = 1440, 900


def photograph_report(report: Path, picture: Path) -> None:
    """The first screen, and below it a finding enlarged."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM_OPTIONS))
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(report.as_uri())
        page.wait_for_selector("#plots[aria-busy=false]")
        page.locator(".thumbnail svg").first.wait_for()
        first = page.screenshot()
        page.locator(".thumbnail").first.click()
        page.wait_for_timeout(500)
        enlarged = page.locator("#enlarged").screenshot()
        browser.close()
    parts = [Image.open(io.BytesIO(part)) for part in (first, enlarged)]
    whole = Image.new("RGB", (WIDTH, sum(part.height for part in parts)), "white")
    whole.paste(parts[0], (0, 0))
    whole.paste(parts[1], ((WIDTH - parts[1].width) // 2, parts[0].height))
    whole.save(picture, optimize=True)


def main() -> None:
    """Make it."""
    with tempfile.TemporaryDirectory() as folder:
        if run(["demo", "--output", f"{folder}/demo"]) != 0:
            raise SystemExit("the demo failed")
        photograph_report(Path(folder) / "demo" / "report.html", RESOURCES / "report.png")


if __name__ == "__main__":
    main()
