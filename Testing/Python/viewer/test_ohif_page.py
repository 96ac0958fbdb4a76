"""OHIF in a browser, on our server: images, overlays in the colours and at the place that a link asks for."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from PIL import Image

from reporting.report_views import click_mark
from SegmentationConcordanceLib.agreement.model_looks import looks_of
from SegmentationConcordanceLib.agreement.table import AgreementRow
from SegmentationConcordanceLib.imaging.image_series import read_image_series
from SegmentationConcordanceLib.imaging.label_map import LabelMap
from SegmentationConcordanceLib.imaging.seg_parts import part_paths, write_parts
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.imaging.seg_writer import LABEL_MAP, write_dicom_seg
from SegmentationConcordanceLib.reporting.case_table import CaseTable
from SegmentationConcordanceLib.reporting.report import write_report
from SegmentationConcordanceLib.viewer.dicom_index import index_folder
from SegmentationConcordanceLib.viewer.dicomweb import LocalDicomWeb
from SegmentationConcordanceLib.viewer.links import NAMED_TEMPLATES, viewer_link
from SegmentationConcordanceLib.viewer.ohif import cached_ohif, ohif_files
from SegmentationConcordanceLib.viewer.server import ViewerServer
from viewer.conftest import CONSENSUS, GRID, label_map_of

pytestmark = pytest.mark.slow  # by the start of OHIF's page

ARGUMENTS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS = 40
MODEL_COLORS = {name: look.color for name, look in looks_of(["MOOSE", "CADS"]).items()}
MOOSE_COLOR, CADS_COLOR = (tuple(bytes.fromhex(color[1:])) for color in MODEL_COLORS.values())
CONSENSUS_COLOR = (255, 255, 255)
SPLEEN_COLOR, KIDNEY_COLOR = (200, 40, 40), (40, 200, 40)
SPLEEN_SLICES = {2, 3, 4}  # k, by the label map of the fixture
SHOWN_SLICE = """() => {
    const { cornerstoneViewportService: service, viewportGridService: grid } = linkExtension.view.services;
    return service.getCornerstoneViewport(grid.getActiveViewportId()).getCurrentImageId();
}"""
VISIBLE = """() => {
    const { segmentationService, viewportGridService } = linkExtension.view.services;
    const found = {};
    for (const one of segmentationService.getSegmentationRepresentations(viewportGridService.getActiveViewportId())) {
        const labels = segmentationService.getSegmentation(one.segmentationId);
        found[labels.label] = Object.values(one.segments).filter((segment) => segment.visible)
            .map((segment) => labels.segments[segment.segmentIndex].label).sort();
    }
    return found;
}"""
ACTIVE = """() => {
    const { segmentationService: service, viewportGridService: grid } = linkExtension.view.services;
    const viewport = grid.getActiveViewportId();
    return [service.getActiveSegmentation(viewport).label, service.getActiveSegment(viewport).label];
}"""
WAITED = """window.waited = [];
new MutationObserver((changes) => {
    for (const one of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
        if (one.id === "concordance-waiting") window.waited.push(one.innerText);
    }
}).observe(document, { childList: true, subtree: true });"""


@pytest.fixture(scope="module")
def ohif() -> Path:
    """The folder of OHIF's page."""
    folder = cached_ohif()
    if folder is None:
        pytest.skip("needs OHIF in the cache: make viewer")
    return folder


@pytest.fixture(scope="module")
def viewer(ohif, study) -> Iterator[ViewerServer]:
    faults: list[str] = []
    service = LocalDicomWeb(index_folder(study.folder))
    with ViewerServer(ohif_files(ohif, MODEL_COLORS), service, on_fault=faults.append) as server:
        yield server
    assert faults == []


@pytest.fixture(scope="module")
def browser(launch_chromium: Callable[[list[str]], Any]) -> Iterator[Any]:
    browser = launch_chromium(ARGUMENTS)
    yield browser
    browser.close()


@dataclass
class Visit:
    """OHIF in a page, and what went wrong in it."""

    page: Any
    address: str
    wrong: list[str] = field(default_factory=list)

    def open(self, link: str) -> None:
        """Follow a link of the local template and wait until our extension is done."""
        self.page.goto(link.replace("http://127.0.0.1:8520", self.address))
        self.page.wait_for_selector("html[data-concordance]", state="attached", timeout=3 * SECONDS * 1000)

    def picture(self) -> np.ndarray:
        """What the viewports show, without the text around: (rows, columns, 3)."""
        box = self.page.locator("[data-cy=viewport-grid]").bounding_box()
        shot = Image.open(io.BytesIO(self.page.screenshot(clip=box))).convert("RGB")
        return np.asarray(shot).astype(int)[80:-80, 40:-60]

    def count(self, color: tuple[int, int, int]) -> int:
        """How many pixels have a colour, within 30 of 255 of it in each channel: outlines are nearly opaque."""
        if color == CONSENSUS_COLOR:  # under the models' fillings; nothing else is as bright and pale, the image is 128
            shown = self.picture()
            return int(((shown.max(axis=-1) >= 150) & (shown.min(axis=-1) >= 110)).sum())
        return int((abs(self.picture() - color).max(axis=-1) <= 30).sum())

    def wait_for(self, *colors: tuple[int, int, int]) -> None:
        """Until each of the colours is there: drawing goes on after the extension is done."""
        for _ in range(3 * SECONDS):
            if all(self.count(color) for color in colors):
                return
            self.page.wait_for_timeout(333)
        found = np.unique(self.picture().reshape(-1, 3), axis=0, return_counts=True)
        common = [(found[0][n].tolist(), int(found[1][n])) for n in np.argsort(-found[1])[:12]]
        raise AssertionError(f"not all of {colors} were seen within {SECONDS} s, but {common}")


def watch(visit: Visit) -> None:
    """Note what the page complains of, what it is refused, and what it asks of another server."""
    page = visit.page
    page.on("console", lambda said: visit.wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: visit.wrong.append(str(error)))
    page.on("response", lambda got: visit.wrong.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    page.on(
        "request",
        lambda asked: (
            visit.wrong.append(asked.url) if not asked.url.startswith((visit.address, "blob:", "data:")) else None
        ),
    )


@pytest.fixture
def visit(browser, viewer) -> Iterator[Visit]:
    """A page; the test fails at its end if anything went wrong in it."""
    page = browser.new_page(viewport={"width": 1100, "height": 700})
    visit = Visit(page, viewer.address)
    watch(visit)
    yield visit
    page.close()
    assert visit.wrong == []


def link(study, models, first, structure, more=""):
    segs = [study.segs[model] for model in models]
    return viewer_link(NAMED_TEMPLATES["local"], study.uid, study.ct, segs, study.segs[first], structure) + more


def shown_slice(visit, study):
    image = visit.page.evaluate(SHOWN_SLICE)
    return next(k for k, uid in enumerate(study.images) if f"/instances/{uid}/" in image)


def test_a_structure_of_a_model_and_of_the_consensus(visit, study, tmp_path):
    visit.open(link(study, ["MOOSE", CONSENSUS], "MOOSE", "spleen"))
    visit.wait_for(MOOSE_COLOR, CONSENSUS_COLOR)
    visit.page.screenshot(path=tmp_path / "structure.png")
    assert visit.page.evaluate(VISIBLE) == {"MOOSE": ["spleen"], CONSENSUS: ["spleen"]}
    assert visit.page.evaluate(ACTIVE) == ["MOOSE", "spleen"]
    assert shown_slice(visit, study) in SPLEEN_SLICES
    assert visit.count(SPLEEN_COLOR) == visit.count(CADS_COLOR) == 0


def test_a_structure_by_its_codes_in_all_models_at_a_given_image(visit, study, tmp_path):
    visit.open(link(study, list(study.segs), "CADS", "SCT:64033007|SCT:7771000", f"&sop={study.images[9]}"))
    visit.wait_for(CONSENSUS_COLOR)
    visit.page.screenshot(path=tmp_path / "codes.png")
    assert visit.page.evaluate(VISIBLE) == {model: ["kidney_left"] for model in study.segs}
    assert visit.page.evaluate(ACTIVE) == ["CADS", "kidney_left"]
    assert shown_slice(visit, study) == 9  # the last of the kidney's three; its centre is on 8


def test_a_place_in_space_is_where_the_view_opens(visit, study):
    """Slice 10, in which no model has anything."""
    place = ",".join(str(mm) for mm in GRID.lps_of((24, 30, 10)))
    visit.open(link(study, list(study.segs), "MOOSE", "spleen", f"&place={place}"))
    visit.page.wait_for_function("() => document.getElementById('concordance-legend')")
    assert shown_slice(visit, study) == 10


def test_one_segmentation_whole_in_its_own_colours(visit, study, tmp_path):
    visit.open(viewer_link(NAMED_TEMPLATES["local"], study.uid, "", [], study.segs["CADS"], ""))
    visit.wait_for(SPLEEN_COLOR)
    visit.page.screenshot(path=tmp_path / "whole.png")
    assert visit.page.evaluate(VISIBLE) == {"CADS": ["kidney_left", "spleen"]}
    assert shown_slice(visit, study) in SPLEEN_SLICES


def test_a_structure_that_nobody_has_is_said(visit, study, tmp_path):
    visit.open(link(study, ["MOOSE", "CADS"], "MOOSE", "<b>liver</b>"))
    notice = visit.page.get_by_text("None of the 2 segmentations has <b>liver</b>.")
    notice.wait_for(timeout=20000)
    visit.page.screenshot(path=tmp_path / "nobody.png")
    assert visit.page.evaluate(VISIBLE) == {"MOOSE": [], "CADS": []}
    assert visit.count(CADS_COLOR) == 0  # MOOSE's is also at the edges of the notice's letters
    said = visit.page.locator("#concordance-legend")
    assert "<b>liver</b>" in said.inner_text()
    assert said.locator("b").count() == 0


def test_what_the_first_model_lacks_is_shown_where_another_has_it(browser, ohif, study, tmp_path):
    """The kidney lies on the slices 7 to 9; of three segmentations that of CADS alone has it."""
    shutil.copytree(study.folder / "ct", tmp_path / "ct")
    series = read_image_series(tmp_path / "ct")
    whole = label_map_of("CADS")
    spleen = LabelMap((whole.layers[0] * (whole.layers[0] == 1),), GRID, whole.segments[:1])
    uids = []
    for model, labels in (("MOOSE", spleen), ("CADS", whole), (CONSENSUS, spleen)):
        write_dicom_seg(tmp_path / f"{model[:4]}.dcm", labels, series, model_name=model)
        uids.append(read_dicom_seg(tmp_path / f"{model[:4]}.dcm").series_uid)
    with ViewerServer(ohif_files(ohif, MODEL_COLORS), LocalDicomWeb(index_folder(tmp_path))) as server:
        visit = Visit(browser.new_page(viewport={"width": 1100, "height": 700}), server.address)
        watch(visit)
        visit.open(viewer_link(NAMED_TEMPLATES["local"], study.uid, study.ct, uids, uids[0], "kidney_left"))
        visit.wait_for(CADS_COLOR)
        visit.page.screenshot(path=tmp_path / "lacking.png")
        assert shown_slice(visit, study) in {7, 8, 9}
        assert visit.page.evaluate(ACTIVE) == ["CADS", "kidney_left"]
        legend = visit.page.locator("#concordance-legend")
        missing = [f"{model} did not find it" for model in ("MOOSE", CONSENSUS)]
        assert sorted(legend.locator("> *").all_inner_texts()) == sorted(["CADS", *missing])
        line = legend.get_by_role("button", name="CADS").locator("span").first
        assert line.evaluate("one => getComputedStyle(one).borderTopColor") == f"rgb{CADS_COLOR}"
        legend.get_by_role("button", name="CADS").click()
        assert visit.page.evaluate(VISIBLE)["CADS"] == []
        legend.get_by_role("button", name="CADS").click()
        assert visit.page.evaluate(VISIBLE)["CADS"] == ["kidney_left"]
        visit.page.close()
        assert visit.wrong == []


@pytest.mark.slow
def test_the_parts_of_an_output_are_one_model(browser, ohif, study, tmp_path):
    """A model whose kidney is in its second SEG; the consensus has it in its first."""
    shutil.copytree(study.folder / "ct", tmp_path / "ct")
    series = read_image_series(tmp_path / "ct")
    whole = label_map_of("CADS")
    voxels, (spleen, kidney) = whole.layers[0], whole.segments
    parts = [LabelMap((voxels * (voxels == one.label),), GRID, (one,)) for one in (spleen, kidney)]
    outputs = [("Mine", parts), (CONSENSUS, parts[::-1])]
    uids = {}
    for name, written in outputs:
        paths = part_paths(tmp_path / f"{name[:4]}.dcm", len(written))
        words = {"model_name": name, "series_description": name, "identity": None, "compression": ""}
        write_parts(paths, written, series, kind=LABEL_MAP, **words)
        uids[name] = [str(pydicom.dcmread(path).SeriesInstanceUID) for path in paths]
    with ViewerServer(ohif_files(ohif, {"Mine": "#2040c0"}), LocalDicomWeb(index_folder(tmp_path))) as server:
        visit = Visit(browser.new_page(viewport={"width": 1100, "height": 700}), server.address)
        watch(visit)
        visit.page.add_init_script(WAITED)
        segs = [*uids["Mine"], *uids[CONSENSUS]]
        visit.open(viewer_link(NAMED_TEMPLATES["local"], study.uid, study.ct, segs, segs[0], "kidney_left"))
        visit.wait_for((0x20, 0x40, 0xC0), CONSENSUS_COLOR)
        visit.page.screenshot(path=tmp_path / "parts.png")
        waited = visit.page.evaluate("waited")
        assert waited[:4] == [f"Reading segmentation {number} of 4 ..." for number in (1, 2, 3, 4)]
        visit.page.wait_for_function("() => !document.getElementById('concordance-waiting')")
        assert shown_slice(visit, study) in {7, 8, 9}
        assert visit.page.evaluate(ACTIVE) == ["Mine, part 2 of 2", "kidney_left"]
        legend = visit.page.locator("#concordance-legend")
        assert legend.locator("> *").all_inner_texts() == ["Mine", CONSENSUS]
        legend.get_by_role("button", name="Mine").click()
        shown = visit.page.evaluate(VISIBLE)
        assert [name for name, labels in shown.items() if "kidney_left" in labels] == [f"{CONSENSUS}, part 1 of 2"]
        visit.page.close()
        assert visit.wrong == []


def test_label_map_segments_have_their_own_colours(browser, ohif, study, tmp_path):
    seg = tmp_path / "label_map.dcm"
    write_dicom_seg(seg, label_map_of("CADS"), read_image_series(study.folder / "ct"), model_name="M", kind=LABEL_MAP)
    shutil.copytree(study.folder / "ct", tmp_path / "ct")
    index = index_folder(tmp_path)
    with ViewerServer(ohif_files(ohif, MODEL_COLORS), LocalDicomWeb(index)) as server:
        visit = Visit(browser.new_page(viewport={"width": 1100, "height": 700}), server.address)
        watch(visit)
        uid = read_dicom_seg(seg).series_uid
        for k, color, other in ((3, SPLEEN_COLOR, KIDNEY_COLOR), (8, KIDNEY_COLOR, SPLEEN_COLOR)):
            visit.open(viewer_link(NAMED_TEMPLATES["local"], study.uid, "", [], uid, "") + f"&sop={study.images[k]}")
            visit.wait_for(color)
            visit.page.screenshot(path=tmp_path / f"label_map_{k}.png")
            assert visit.count(other) == 0
        visit.page.close()
        assert visit.wrong == []


def test_a_click_in_the_report_opens_the_images_with_the_segmentations(browser, viewer, study, tmp_path):
    values = ("ok", "intersection", 2, 90.0, 60.0, 0.8, 2 / 3, 2 / 3)
    rows = [AgreementRow("case", study.ct, "spleen", "SCT:78961009", model, *values) for model in ("MOOSE", "CADS")]
    segs = {("case", "" if model == CONSENSUS else model): (uid,) for model, uid in study.segs.items()}
    cases = CaseTable(study_uids={"case": study.uid}, seg_uids=segs)
    template = NAMED_TEMPLATES["local"].replace("http://127.0.0.1:8520", viewer.address)
    write_report(tmp_path / "report.html", rows, title="Report", cases=cases, viewer=template)
    context = browser.new_context(viewport={"width": 1100, "height": 700})
    report = Visit(context.new_page(), (tmp_path / "report.html").as_uri())
    watch(report)
    report.page.goto(report.address)
    click_mark(report.page, "dice-plot", "points MOOSE", 0)
    report.page.screenshot(path=tmp_path / "details.png")
    with context.expect_page() as opened:
        report.page.click("#viewer-link")
    images = Visit(opened.value, viewer.address)
    watch(images)
    images.page.wait_for_selector("html[data-concordance]", state="attached", timeout=3 * SECONDS * 1000)
    images.wait_for(MOOSE_COLOR, CONSENSUS_COLOR)
    images.page.screenshot(path=tmp_path / "images.png")
    assert images.page.evaluate(VISIBLE) == {model: ["spleen"] for model in ("MOOSE", "CADS", CONSENSUS)}
    shown = images.picture()
    grey = (np.ptp(shown, axis=-1) == 0) & (shown[..., 0] > 60)
    assert int(grey.sum()) > 10_000  # the body, of 128
    context.close()
    assert report.wrong + images.wrong == []
