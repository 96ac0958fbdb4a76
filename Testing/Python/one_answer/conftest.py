"""One question has one answer: Slicer's nodes, the command line, the report and the browser are asked the same.

Each question is a file here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
import pytest

from reporting.test_report import embedded_data
from scene.conftest import scene_host  # noqa: F401 - a fixture
from SegmentationConcordanceLib.agreement.table import AgreementRow
from SegmentationConcordanceLib.cli import run
from SegmentationConcordanceLib.cohort.case_image import case_name
from SegmentationConcordanceLib.cohort.case_scan import read_scan
from SegmentationConcordanceLib.cohort.listener import Nobody
from SegmentationConcordanceLib.cohort.runs import RunFile
from SegmentationConcordanceLib.exploring.scan import Scan
from SegmentationConcordanceLib.reporting.tables import read_agreement
from SegmentationConcordanceLib.scene.consensus.consensus_metrics import ConsensusMetricsLogic
from SegmentationConcordanceLib.scene.explorer.explorer import Explorer
from SegmentationConcordanceLib.scene.scan_nodes import ScanNodes, add_scan

SHAPE = (12, 12, 14)  # k, j, i; voxels of 1 ml
LIVER, SPLEEN, KIDNEY = 8, 15, 6  # of MOOSE's organs
MODELS = ("MOOSE", "CADS", "a run of ours")


def outputs() -> dict[str, np.ndarray]:
    """Three models' labels (k, j, i): the liver has 50, 100 and 100 ml; the last model misses the kidney; the second
    one's spleen has a blob of 3 x 3 x 3 voxels on one side."""
    found = {model: np.zeros(SHAPE, np.uint16) for model in MODELS}
    for number, voxels in enumerate(found.values()):
        voxels[1:6, 1:6, 1 : 3 if number == 0 else 5] = LIVER
        voxels[7:11, 2:6, 2:6] = SPLEEN
        if number < 2:
            voxels[2:5, 8:11, 8:11] = KIDNEY
    found["CADS"][8:11, 2:5, 6:9] = SPLEEN
    return found


@dataclass(frozen=True)
class Case:
    """A case in a folder, and what the command line made of it.

    :param rows: of agreement.csv.
    :param report: the data of report.html.
    """

    image: Path
    runs: tuple[RunFile, ...]
    rows: list[AgreementRow]
    report: dict

    def scan(self) -> Scan:
        """As ``explore`` reads it."""
        return read_scan(case_name(self.image), self.image, self.runs, Nobody())


@pytest.fixture(scope="session")
def case(tmp_path_factory) -> Case:
    folder = tmp_path_factory.mktemp("answers") / "P07"
    folder.mkdir()
    affine = np.diag([-10.0, -10.0, 10.0, 1.0])
    noise = np.random.default_rng(0).normal(-900, 30, SHAPE[::-1]).astype(np.int16)
    nibabel.save(nibabel.Nifti1Image(noise, affine), folder / "ct.nii.gz")
    words, runs = ["compare", "--ct", folder / "ct.nii.gz", "--output", folder / "out", "--seg"], []
    for number, (model, voxels) in enumerate(outputs().items()):
        path = folder / f"{number}.nii.gz"
        nibabel.save(nibabel.Nifti1Image(voxels.transpose(2, 1, 0), affine), path)
        words.append(f"{model}={path}")
        runs.append(RunFile(model, path, "moose", "clin_ct_organs"))
    assert run([str(word) for word in (*words, "--model", "moose:clin_ct_organs")]) == 0
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    rows = read_agreement(folder / "out" / "agreement.csv")
    return Case(folder / "ct.nii.gz", tuple(runs), rows, embedded_data(page))


@pytest.fixture
def nodes(scene_host, case) -> ScanNodes:  # noqa: F811 - the fixture above
    """The case in a scene."""
    return add_scan(scene_host.scene, case.scan())


@pytest.fixture
def metrics(nodes):
    """What ConsensusMetrics computes from the nodes."""
    logic = ConsensusMetricsLogic(nodes.volume.GetScene())
    logic.preselect_volume()
    logic.apply()
    yield logic
    logic.close()


@pytest.fixture
def explorer(nodes):
    """What the explorer shows of the nodes, in Slicer and in the browser."""
    shown = Explorer(nodes.volume)
    yield shown
    shown.leave()
