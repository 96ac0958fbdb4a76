"""Makes the pictures of a cohort's report and of "Which model?" from a real run: 18 synthetic scans, six models.

Needs the test environment (`make setup-test`) and Chromium: .venv/bin/python Resources/make_cohort_pictures.py
It takes two or three minutes.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from SegmentationConcordanceLib.cli import run
from SegmentationConcordanceLib.sample.cohort import make_sample

RESOURCES = Path(__file__).resolve().parent
CHROMIUM_OPTIONS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
COLUMNS = ("case", "ct", "segmentation", "model", "task")
SAMPLES, CASES = 6, 3


def outputs(folder: Path) -> Iterator[tuple[object, ...]]:
    """The lines of the cohort file: samples of several seeds, and three patients of each, with a scan each."""
    for seed in range(1, SAMPLES + 1):
        sample = make_sample(folder / f"S{seed}", seed=seed)
        for scan in sample.cases[:CASES]:
            for output in scan.outputs:
                files = ";".join(map(str, output.paths))
                yield f"S{seed}_{scan.name}", scan.ct_folder, files, output.label_map_name, output.task


def photograph(page: Page, address: str, picture: str, ready: str) -> None:
    """The first screen of a page, once a part of it is there."""
    page.goto(address)
    page.locator(ready).first.wait_for()
    page.screenshot(path=RESOURCES / picture)


def main() -> None:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        with (folder / "cohort.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([COLUMNS, *outputs(folder)])
        results, answer = str(folder / "results"), str(folder / "answer")
        done = run(["run", "--cohort", str(folder / "cohort.csv"), "--output", results, "--quiet"])
        done += run(["which", "--run", results, "--output", answer, "--quiet"])
        if done != 0:
            raise SystemExit("the cohort failed")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM_OPTIONS))
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        photograph(page, Path(results, "report.html").as_uri(), "cohort_report.png", ".thumbnail svg")
        page.set_viewport_size({"width": 1000, "height": 880})
        photograph(page, Path(answer, "which_model.html").as_uri(), "which_model.png", "table")
        browser.close()


if __name__ == "__main__":
    main()
