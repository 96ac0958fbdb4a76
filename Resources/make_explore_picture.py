"""Makes the picture of the explorer in the browser from a real run: six models of a case of the sample.

Needs the test environment (`make setup-test`), `make explore-env` and Chromium:
.venv/bin/python Resources/make_explore_picture.py
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from SegmentationConcordanceLib.sample.cohort import SampleCase, make_sample

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "Resources" / "explore.jpg"
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


def photograph(page: Page, address: str) -> None:
    """The sternum, which one model misses, in four models, their overlay, and 3D."""
    page.goto(address)
    page.wait_for_function("document.querySelectorAll('[data-view] img').length === 18")
    bar = page.locator(".bar")
    for name in ("TotalSegmentator 1.5", "MultiTalent", "All models", "3D"):
        bar.get_by_role("button", name=name, exact=True).click()
    page.wait_for_function("document.querySelectorAll('[data-view] img').length === 20")
    page.wait_for_timeout(5000)
    box = page.locator("[data-view=CSE2Y]").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    page.wait_for_timeout(3000)
    page.screenshot(path=PICTURE, type="jpeg", quality=90)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        case = make_sample(Path(folder) / "cohort").cases[1]
        server = subprocess.Popen([str(COMMAND), *arguments(case)], stdout=subprocess.PIPE, text=True)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM_OPTIONS))
        try:
            photograph(browser.new_page(viewport=SIZE), server.stdout.readline().strip())
        finally:
            browser.close()
            server.send_signal(signal.SIGINT)
            server.wait()


if __name__ == "__main__":
    main()
