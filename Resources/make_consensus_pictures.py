"""Makes the pictures of docs/consensus_metrics.md: panel, plots and agreement map, on the sample and on a real case.

Needs the test environment (`make setup-test`) and Mesa's EGL: .venv/bin/python Resources/make_consensus_pictures.py
The real case is a CT with the outputs of two models; it is left out where ../shared/cases/abdomen_nifti is absent.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

RESOURCES = Path(__file__).resolve().parent
TESTS = RESOURCES.parent / "Testing" / "Python"
PANEL_WIDTH, VIEW = 480, (460, 490)
GAP, LEVELS = 4, 31

sys.path.insert(0, str(TESTS))
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")

import slicer  # noqa: E402
from make_explorer_pictures import panel_picture  # noqa: E402

import qt_host  # noqa: E402
from host import OffscreenViews, SceneHost, SliceView  # noqa: E402
from host.plot_view import plot_image  # noqa: E402
from scene.explorer_sample import add_case, read_case  # noqa: E402
from scene.real_case import REAL_CASE, add_real_case  # noqa: E402
from SegmentationConcordanceLib.sample.cohort import make_sample  # noqa: E402
from SegmentationConcordanceLib.scene.consensus.agreement_nodes import (  # noqa: E402
    DICE_CHART,
    PAIR_CHART,
    PAIRWISE,
    SHARE_CHART,
    AgreementNodes,
)

Load = Callable[[slicer.vtkMRMLScene], slicer.vtkMRMLScalarVolumeNode]


def load_sample(scene: slicer.vtkMRMLScene) -> slicer.vtkMRMLScalarVolumeNode:
    """A chest of the sample cohort with six models."""
    with tempfile.TemporaryDirectory() as folder:
        return add_case(scene, read_case(make_sample(Path(folder) / "cohort").cases[0]))


def load_real_case(scene: slicer.vtkMRMLScene) -> slicer.vtkMRMLScalarVolumeNode:
    """An abdomen with two models."""
    return add_real_case(scene, "CT")


@contextlib.contextmanager
def compared(load: Load) -> Iterator[tuple[object, OffscreenViews, slicer.vtkMRMLScalarVolumeNode]]:
    """The panel after Apply, with an axial and a coronal view of the place of greatest disagreement."""
    host = SceneHost()
    views = OffscreenViews(host, VIEW)
    try:
        with qt_host.install(host) as desktop:
            volume = load(host.scene)
            for name in ("Axial", "Coronal"):
                view = views.add_slice_view(f"Picture{name}", name)
                view.composite_node.SetBackgroundVolumeID(volume.GetID())
                view.logic.FitSliceToBackground()
            hosted = desktop.load_module("ConsensusMetrics")
            hosted.enter()
            hosted.ui.surfacesCheckBox.checked = True
            hosted.ui.minModelsSpinBox.value = 2
            hosted.ui.applyButton.click()
            hosted.ui.resultsTable.selectRow(0)
            hosted.ui.modelsButton.click()
            hosted.ui.mapButton.click()
            yield hosted, views, volume
    finally:
        views.close()
        host.close()


def side_by_side(*pictures: np.ndarray) -> np.ndarray:
    """Pictures of one height in a row, white between them."""
    gap = np.full((pictures[0].shape[0], GAP, 3), 255, np.uint8)
    parts = [part for picture in pictures for part in (picture, gap)]
    return np.concatenate(parts[:-1], axis=1)


def one_above_the_other(*pictures: np.ndarray) -> np.ndarray:
    """Pictures of one width in a column, white between them."""
    return side_by_side(*(picture.transpose(1, 0, 2) for picture in pictures)).transpose(1, 0, 2)


def make_pictures(name: str, load: Load) -> None:
    """Panel with views and plots, and the plot of the pairs by itself where there is more than one."""
    with compared(load) as (hosted, views, volume):
        folder = AgreementNodes(volume).folder
        slices = [framed(views.add(node)) for node in slice_nodes(volume.GetScene())]
        plots = {role: plot_image(folder.node(role), VIEW) for role in (DICE_CHART, PAIR_CHART, SHARE_CHART)}
        right = one_above_the_other(side_by_side(*slices), side_by_side(plots[DICE_CHART], plots[SHARE_CHART]))
        save(side_by_side(panel_picture(hosted, (PANEL_WIDTH, right.shape[0])), right), f"consensus_{name}.png")
        if folder.node(PAIRWISE).GetNumberOfRows() > 2:
            save(plots[PAIR_CHART], f"consensus_{name}_pairs.png")


def framed(view: SliceView) -> np.ndarray:
    """The slice that the view shows, all of it."""
    offset = view.node.GetSliceOffset()
    view.logic.FitSliceToBackground()
    view.node.SetSliceOffset(offset)
    return view.image()


def slice_nodes(scene: slicer.vtkMRMLScene) -> list[slicer.vtkMRMLSliceNode]:
    """The views of the picture."""
    return [scene.GetSingletonNode(f"Picture{name}", "vtkMRMLSliceNode") for name in ("Axial", "Coronal")]


def save(picture: np.ndarray, name: str) -> None:
    fewer = np.rint(np.rint(picture * (LEVELS / 255)) * (255 / LEVELS)).astype(np.uint8)  # for a smaller file
    Image.fromarray(fewer).save(RESOURCES / name, optimize=True)


def main() -> None:
    make_pictures("sample", load_sample)
    if REAL_CASE.is_dir():
        make_pictures("abdomen", load_real_case)
    else:
        sys.stderr.write(f"No pictures of a real case: {REAL_CASE} is absent.\n")


if __name__ == "__main__":
    main()
