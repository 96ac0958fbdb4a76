"""Makes the pictures of the README from a real run: runs the demo and photographs its report in Chromium.

Needs the test environment (`make setup-test`) and Chromium: .venv/bin/python Resources/make_pictures.py
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from SegmentationConcordanceLib.cli import run

RESOURCES = Path(__file__).resolve().parent
CHROMIUM_OPTIONS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
WIDTH, HEIGHT = 1240, 1060


def photograph_report(report: Path, picture: Path) -> None:
    """The part of the page with the heat map and the beginning of the Dice plot."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM_OPTIONS))
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(report.as_uri())
        page.get_by_role("heading", name="Who agrees with whom").evaluate("element => element.scrollIntoView()")
        page.wait_for_timeout(1500)
        page.screenshot(path=picture)
        browser.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        if run(["demo", "--output", f"{folder}/demo"]) != 0:
            raise SystemExit("the demo failed")
        photograph_report(Path(folder) / "demo" / "report.html", RESOURCES / "report.png")


if __name__ == "__main__":
    main()
