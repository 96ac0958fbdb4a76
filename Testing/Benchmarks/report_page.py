"""How large the report is and how fast it answers, for 2,538, 100,000 and 1,000,000 points, in headless Chromium.

    .venv/bin/python Testing/Benchmarks/report_page.py [--cases 18 1000 10000] [--repeats N] [--output FILE]

The rows are synthetic: six models, structures of the published study, all pairs, and the findings that tables tell. A
filter is answered with the first frame in which the views in sight show it; then the other views of the page follow.
Processor time is that of the page's main thread, which does all that a page waits for but painting; a busy machine does
not change it, so the limits are held to it, and the clock is told beside. Memory is the peak of the page's own process
(Linux). Exit 1: a report is over the limits.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from SegmentationConcordanceLib.agreement.table import AgreementRow, PairwiseRow
from SegmentationConcordanceLib.reporting.case_table import CaseTable
from SegmentationConcordanceLib.reporting.report import DATA_SUFFIX, write_report

MODELS = ("Auto3DSeg", "MOOSE", "MultiTalent", "CADS", "TotalSegmentator 1.5", "TotalSegmentator 2.6")
STRUCTURES = (
    "lung_upper_lobe_left", "lung_lower_lobe_left", "lung_upper_lobe_right", "lung_middle_lobe_right",
    "lung_lower_lobe_right", "heart", "vertebrae_T2", "vertebrae_T3", "vertebrae_T4", "vertebrae_T5", "vertebrae_T6",
    "vertebrae_T7", "vertebrae_T8", "vertebrae_T9", "vertebrae_T10", "rib_left_3", "rib_left_4", "rib_left_5",
    "rib_left_6", "rib_right_3", "rib_right_4", "rib_right_5", "rib_right_6", "sternum",
)  # fmt: skip
NOT_IN_MODEL = {("heart", "MOOSE"), ("heart", "TotalSegmentator 1.5"), ("sternum", "TotalSegmentator 1.5")}
CASES_OF_THE_STUDY = 18
STRUCTURES_OF_MANY = 17  # 100 points a case, so that 1,000 cases are 100,000
BESIDE_FROM = 200_000
WINDOW = {"width": 1440, "height": 900}
OPTIONS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
# Long tasks are those over 50 ms; without one, the page never stood still.
WATCH = """() => {
    window.tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((one) => one.duration)))
        .observe({ type: "longtask", buffered: true });
}"""
ACT = """async (act) => {
    tasks.length = 0;
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    const begin = performance.now();
    const inSight = (one) => one.getBoundingClientRect().bottom > 0 && one.getBoundingClientRect().top < innerHeight;
    document.querySelector(act).click();
    await frame();
    while ([...document.querySelectorAll("section[aria-busy=true]")].some(inSight)) await frame();
    return performance.now() - begin;
}"""
REST = """async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    while (document.getElementById("plots").getAttribute("aria-busy") === "true") await frame();
    await new Promise((done) => setTimeout(done, 200));
    return Math.max(0, ...tasks);
}"""
# What a reader would wait for, up to 10,000 cases: seconds of the processor until it can be used, milliseconds until a
# filter is seen, bytes of memory.
MOST_OPEN_S, MOST_FILTER_MS, MOST_MEMORY = 3, 500, 1e9
MODEL_BUTTON = "#models button:nth-of-type(4)"
ACTIONS = {
    "switch a model off": MODEL_BUTTON,
    "switch it on": MODEL_BUTTON,
    "a group of structures": "#structures .picker-groups button:nth-of-type(5)",
    "all structures": "#structures [data-pick=all]",
    "a kernel": "#attribute-0-list input",
    "reset all filters": "#reset",
    "select a case": "#case-table tbody button",
    "no case": "#details-close",
}


@dataclass(frozen=True)
class Answer:
    """Milliseconds of the processor until the views in sight show it, and until all do; of the clock the first of these
    and the longest task."""

    first: float
    all: float
    first_by_clock: float
    longest: float


@dataclass(frozen=True)
class Measured:
    """One report: points, bytes of the page and of the data beside it, seconds of the processor to write it, the answer
    of opening it, peak memory of the page in bytes, answers."""

    points: int
    page_bytes: int
    beside_bytes: int
    written_s: float
    opened: Answer
    memory_bytes: int
    answers: dict[str, Answer]


def synthetic_rows(n_cases: int) -> tuple[list[AgreementRow], list[PairwiseRow], CaseTable]:
    """Rows of ``n_cases`` cases: 141 points a case up to the published 18, else 100."""
    random = np.random.default_rng(7)
    structures = STRUCTURES if n_cases <= CASES_OF_THE_STUDY else STRUCTURES[:STRUCTURES_OF_MANY]
    agreement: list[AgreementRow] = []
    pairwise: list[PairwiseRow] = []
    cases = [f"1.2.840.113654.2.55.{number:06d}" for number in range(n_cases)]
    for case in cases:
        for number, structure in enumerate(structures):
            models = [model for model in MODELS if (structure, model) not in NOT_IN_MODEL]
            agreement += _agreement(case, structure, models, 0.97 - 0.01 * number, random)
            dice = np.clip(random.normal(0.95 - 0.01 * number, 0.03, len(models) ** 2), 0, 1).tolist()
            for (a, b), value in zip(combinations(models, 2), dice):
                pairwise.append(PairwiseRow(case, structure, structure, a, b, value, 50.0, 50.0))
    kernels = ("BONE", "LUNG", "STANDARD")
    values = {case: (kernels[number % 3], "2.5") for number, case in enumerate(cases)}
    labels = {case: f"Patient {number + 1}" for number, case in enumerate(cases)}
    return agreement, pairwise, CaseTable(("kernel", "slice_thickness_mm"), values, labels)


def _agreement(
    case: str, structure: str, models: list[str], centre: float, random: np.random.Generator
) -> Iterator[AgreementRow]:
    volume = float(random.uniform(20, 900))
    dice = np.clip(random.normal(centre, 0.03, len(models)), 0.05, 0.999).tolist()
    lost = (random.random(len(models)) < 0.002).tolist()
    for model, value, is_lost in zip(models, dice, lost):
        share = value / (2 - value)
        if is_lost:
            yield AgreementRow(
                case, case, structure, structure, model, "missing", "intersection", len(models),
                0.0, 0.0, 0.0, 0.0, None,
            )  # fmt: skip
        else:
            yield AgreementRow(
                case, case, structure, structure, model, "ok", "intersection", len(models),
                volume / share, volume, value, share, share,
            )  # fmt: skip


def measure(browser: Any, folder: Path, n_cases: int, repeats: int) -> Measured:
    """Write the report and use it."""
    agreement, pairwise, cases = synthetic_rows(n_cases)
    page_file = folder / f"report-{n_cases}.html"
    beside = len(agreement) > BESIDE_FROM
    begin = process_time()
    write_report(page_file, agreement, pairwise, title="Benchmark", cases=cases, data_beside=beside)
    written_s = process_time() - begin
    data_file = page_file.with_name(page_file.stem + DATA_SUFFIX)
    page = browser.new_page(viewport=WINDOW)
    page.set_default_timeout(180_000)
    page.add_init_script(f"({WATCH})()")
    processor = Processor(page)
    page.goto(page_file.as_uri())
    page.wait_for_selector("#plots:not([aria-busy=true]) #case-table tbody button")
    used = processor.milliseconds()
    opened = Answer(used, used, page.evaluate("performance.now()"), page.evaluate("Math.max(0, ...tasks)"))
    page.locator("#dice-section").scroll_into_view_if_needed()
    page.locator("#attribute-0 summary").click()
    page.locator("#attribute-0 summary").click()
    runs: dict[str, list[list[float]]] = {name: [] for name in ACTIONS}
    for _ in range(repeats):
        for name, selector in ACTIONS.items():
            begin_ms = processor.milliseconds()
            by_clock = page.evaluate(ACT, selector)
            first_ms = processor.milliseconds()  # a view that follows may have got into it
            longest = page.evaluate(REST)
            used = (first_ms - begin_ms, processor.milliseconds() - begin_ms)
            runs[name].append([*used, by_clock, longest])
    memory_bytes = peak_memory(browser)
    page.close()
    answers = {name: Answer(*(median(run[at] for run in own) for at in range(4))) for name, own in runs.items()}
    beside_bytes = data_file.stat().st_size if beside else 0
    page_bytes = page_file.stat().st_size
    return Measured(len(agreement), page_bytes, beside_bytes, written_s, opened, memory_bytes, answers)


class Processor:
    """The time that the main thread of a page has worked."""

    def __init__(self, page: Any) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def milliseconds(self) -> float:
        """Since the page began to load."""
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return next(1000 * one["value"] for one in metrics if one["name"] == "TaskDuration")


def peak_memory(browser: Any) -> int:
    """The most that a page's process of this browser has held in memory, in bytes; 0 where nothing tells."""
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    pages = [Path(f"/proc/{one['id']}/status") for one in processes if one["type"] == "renderer"]
    peaks = [
        int(line.split()[1]) * 1024
        for status in pages
        if status.exists()
        for line in status.read_text(encoding="ascii").splitlines()
        if line.startswith("VmHWM:")
    ]
    return max(peaks, default=0)


def table(measured: list[Measured]) -> str:
    """The numbers in Markdown: size, and for each action the processor's time in sight / everywhere; by the clock in
    sight / longest task."""
    head = "".join(f" {one.points:,} points |" for one in measured)
    lines = [f"| |{head}", "|---|" + "---|" * len(measured)]
    lines.append("| size |" + "".join(f" {_size(one)} |" for one in measured))
    lines.append("| write |" + "".join(f" {one.written_s:.1f} s |" for one in measured))
    lines.append("| memory |" + "".join(f" {one.memory_bytes / 1e6:.0f} MB |" for one in measured))
    lines.append(
        "| open |"
        + "".join(f" {one.opened.all / 1000:.1f}; {one.opened.first_by_clock / 1000:.1f} s |" for one in measured)
    )
    for name in ACTIONS:
        cells = (one.answers[name] for one in measured)
        lines.append(
            f"| {name} |"
            + "".join(
                f" {cell.first:.0f} / {cell.all:.0f}; {cell.first_by_clock:.0f} / {cell.longest:.0f} ms |"
                for cell in cells
            )
        )
    return "\n".join(lines) + "\n"


def over_limits(one: Measured) -> list[str]:
    """What of a report is over the limits, in words."""
    found = []
    if one.opened.all > 1000 * MOST_OPEN_S:
        found.append(f"opens in {one.opened.all / 1000:.1f} s, limit {MOST_OPEN_S} s")
    if one.memory_bytes > MOST_MEMORY:
        found.append(f"takes {one.memory_bytes / 1e6:.0f} MB, limit {MOST_MEMORY / 1e6:.0f} MB")
    for name, answer in one.answers.items():
        if answer.first > MOST_FILTER_MS:
            found.append(f"{name}: {answer.first:.0f} ms, limit {MOST_FILTER_MS} ms")
    return [f"{one.points:,} points: {words}" for words in found]


def _size(one: Measured) -> str:
    page = f"{one.page_bytes / 1e6:.2f} MB"
    return f"{page} and {one.beside_bytes / 1e6:.0f} MB beside it" if one.beside_bytes else page


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, nargs="+", default=[CASES_OF_THE_STUDY, 1000, 10000])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the table to a file as well")
    arguments = parser.parse_args()
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        measured = []
        for n_cases in arguments.cases:  # each in a browser of its own, so that no page's memory counts for another
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(OPTIONS))
            measured.append(measure(browser, Path(folder), n_cases, arguments.repeats))
            browser.close()
    text = table(measured)
    sys.stdout.write(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")
    over = [words for one in measured for words in over_limits(one)]
    if over:
        raise SystemExit("\n".join(over))


if __name__ == "__main__":
    main()
