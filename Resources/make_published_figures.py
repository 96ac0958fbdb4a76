"""Makes the figures and the table of docs/report.md that hold the report against the published comparison.

    .venv/bin/python Resources/make_published_figures.py FOLDER

FOLDER holds the published values: dice_lung.csv, dice_sternum.csv, dice_sternum_no_CADS.csv, the volumes of the latter
two and cases.csv. Needs the test environment (`make setup-test`) and Chromium. The published means are those of the
published tables; the report's are read from the table that its page saves.
"""

from __future__ import annotations

import argparse
import csv
import io
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.cli import run

RESOURCES = Path(__file__).resolve().parent
OPTIONS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
WINDOW = {"width": 1180, "height": 900}
MODELS = ("auto3dseg", "moose", "multitalent", "cads", "totalsegmentator_v1", "totalsegmentator_v2")
SUBSETS = {"intersection": "", "intersection without CADS": ", without CADS"}

Means = dict[tuple[str, str], float]


def published_means(path: Path, subset: str) -> Means:
    """Mean Dice by structure, with the name of the subset, and model, as the published page draws it."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["dice"]]
    places = dict.fromkeys((line["structure"], line["model"]) for line in lines)
    return {
        (structure.replace("_", " ") + subset, load_vocabulary(model).title): fmean(
            float(line["dice"]) for line in lines if (line["structure"], line["model"]) == (structure, model)
        )
        for structure, model in places
    }


def report_means(page: Any, subset: str) -> Means:
    """The same from the table of the matrix that the page saves."""
    with page.expect_download() as saved:
        page.click("[data-export=matrix] button:has-text('CSV')")
    lines = csv.DictReader(io.StringIO(saved.value.path().read_text(encoding="utf-8")))
    return {(line["structure"].replace("_", " ") + subset, line["model"]): float(line["mean"]) for line in lines}


def photograph(page: Any, pictures: Sequence[Image.Image]) -> list[Image.Image]:
    """The pictures and one more: the Dice plot as it is now, without its heading."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    return [*pictures, Image.open(io.BytesIO(page.locator("#dice-plot").screenshot()))]


def legend(page: Any) -> Image.Image:
    """The models with their symbols."""
    return Image.open(io.BytesIO(page.locator("#models").screenshot()))


def stacked(pictures: Sequence[Image.Image]) -> Image.Image:
    """One below the other."""
    whole = Image.new(
        "RGB", (max(picture.width for picture in pictures), sum(picture.height for picture in pictures)), "white"
    )
    top = 0
    for picture in pictures:
        whole.paste(picture, (0, top))
        top += picture.height
    return whole


def table(published: Means, report: Means) -> str:
    """Two lines per structure in Markdown: the published means, and the report's."""
    titles = [load_vocabulary(model).title for model in MODELS]
    lines = [f"| structure | | {' | '.join(titles)} |", "|---|---|" + "---|" * len(titles)]
    for structure in dict.fromkeys(name for name, _ in published):
        for name, means in (("published", published), ("report", report)):
            cells = [f"{means[structure, one]:.3f}" if (structure, one) in means else "" for one in titles]
            lines.append(f"| {structure if means is published else ''} | {name} | {' | '.join(cells)} |")
    furthest = max(abs(published[place] - report[place]) for place in published)
    return "\n".join([*lines, "", f"Largest difference of {len(published)} means: {furthest:.1e}.", ""])


def make_report(folder: Path, tables: Sequence[str], path: Path) -> None:
    """The report of some of the published tables.

    :raises SystemExit: the report cannot be made.
    """
    files = [str(folder / name) for name in tables]
    if run(["report", "--agreement", *files, "--cases", str(folder / "cases.csv"), "--output", str(path)]) != 0:
        raise SystemExit(f"no report of {', '.join(files)}")


def main() -> None:
    """Make the pictures, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the published values")
    folder = parser.parse_args().folder
    published = published_means(folder / "dice_lung.csv", "")
    for subset in SUBSETS.values():
        published |= published_means(folder / f"dice_sternum{'_no_CADS' if subset else ''}.csv", subset)
    sternum = [f"{kind}_sternum{subset}.csv" for kind in ("dice", "volume") for subset in ("", "_no_CADS")]
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as written:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(OPTIONS))
        page = browser.new_page(viewport=WINDOW)
        make_report(folder, ["dice_lung.csv"], Path(written) / "lung.html")
        page.goto((Path(written) / "lung.html").as_uri())
        report = report_means(page, "")
        page.check("#dice-full")
        as_published = photograph(page, [legend(page)])
        page.uncheck("#dice-full")
        stacked(photograph(page, as_published)).save(RESOURCES / "published_lung.png")
        make_report(folder, sternum, Path(written) / "sternum.html")
        page.goto((Path(written) / "sternum.html").as_uri())
        page.check("#dice-full")
        pictures = photograph(page, [legend(page)])
        page.uncheck("#dice-full")
        for consensus, subset in SUBSETS.items():
            page.select_option("#consensus", consensus)
            report |= report_means(page, subset)
            pictures = photograph(page, pictures)
        stacked(pictures).save(RESOURCES / "published_sternum.png")
        browser.close()
    sys.stdout.write(table(published, report))


if __name__ == "__main__":
    main()
