"""Makes the pictures of docs/explorer.md: panel and rows of views, on the full sample and on a real case.

Needs the test environment (`make setup-test`) and Mesa's EGL: .venv/bin/python Resources/make_explorer_pictures.py
The full sample is that of the benchmarks; the first time, it is made, which takes a minute or two. The real case is a
CT with the outputs of two models; it is left out where ../shared/cases/abdomen_nifti is absent.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

RESOURCES = Path(__file__).resolve().parent
ROOT = RESOURCES.parent
GRAYS, LEAST_COLORED = 80, 20
BONE_WINDOW = (-300, 1100)
PANEL_WIDTH = 420
GAP = 2

sys.path[:0] = [str(ROOT / "Testing" / "Python"), str(ROOT / "Testing" / "Benchmarks")]
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")

import slicer  # noqa: E402
from full_sample import full_sample  # noqa: E402

import qt_host  # noqa: E402
from host import SceneHost  # noqa: E402
from scene.explorer_rows import add_consensus_row, add_model_row, add_overlay_row  # noqa: E402
from scene.explorer_screen import Screen  # noqa: E402
from scene.real_case import ABDOMEN_WINDOW, REAL_CASE, add_real_case  # noqa: E402
from SegmentationConcordanceLib.exploring.compact import grid_columns  # noqa: E402
from SegmentationConcordanceLib.exploring.view_kinds import (  # noqa: E402
    AXIAL,
    CORONAL,
    SAGITTAL,
    VIEW_KINDS,
    ViewKind,
)
from SegmentationConcordanceLib.imaging.image_series import read_voxels  # noqa: E402
from SegmentationConcordanceLib.sample.models import SAMPLE_MODELS  # noqa: E402
from SegmentationConcordanceLib.scene.explorer.explorer import Explorer  # noqa: E402
from SegmentationConcordanceLib.scene.explorer.row_labels import renderers_of  # noqa: E402
from SegmentationConcordanceLib.scene.node_attributes import set_label_map  # noqa: E402
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node  # noqa: E402
from SegmentationConcordanceLib.scene.volume_node import add_volume_node  # noqa: E402

Load = Callable[[slicer.vtkMRMLScene], slicer.vtkMRMLScalarVolumeNode]


def load_sample(scene: slicer.vtkMRMLScene) -> slicer.vtkMRMLScalarVolumeNode:
    """The chest of the full sample, with six models."""
    sample = full_sample()
    volume = add_volume_node(scene, read_voxels(sample.series), sample.series.geometry, "Chest CT")
    for model, made_by in zip(sample.models, SAMPLE_MODELS):
        node = add_segmentation_node(scene, model.label_map, model.model, volume)
        set_label_map(node, made_by.label_map_name, made_by.tasks)
    return volume


def load_real_case(scene: slicer.vtkMRMLScene) -> slicer.vtkMRMLScalarVolumeNode:
    """An abdomen with two models."""
    return add_real_case(scene, "Abdomen CT")


@contextlib.contextmanager
def loaded(load: Load) -> Iterator[tuple[SceneHost, slicer.vtkMRMLScalarVolumeNode]]:
    """A scene with a volume in an abdominal window."""
    host = SceneHost()
    try:
        volume = load(host.scene)
        volume.GetDisplayNode().AutoWindowLevelOff()
        volume.GetDisplayNode().SetWindowLevelMinMax(*ABDOMEN_WINDOW)
        yield host, volume
    finally:
        host.close()


@contextlib.contextmanager
def explored(
    host: SceneHost, volume: slicer.vtkMRMLScalarVolumeNode, size: tuple[int, int], kinds: Sequence[ViewKind]
) -> Iterator[tuple[Explorer, Screen]]:
    """The explorer without rows, on views of this size."""
    screen = Screen(host, size)
    explorer = Explorer(volume, renderer_of=renderers_of(host.application_logic))
    try:
        explorer.set_views(kinds)
        yield explorer, screen
    finally:
        explorer.leave()
        screen.close()


def key_of(explorer: Explorer, name: str) -> str:
    """The key of a structure."""
    return next(structure.key for structure in explorer.walk.structures if structure.name == name)


def picture_of_rows(explorer: Explorer, screen: Screen) -> np.ndarray:
    """All views, with lines between them: uint8 (height, width, 3)."""
    rows = []
    for row in explorer.rows:
        nodes = explorer.layout.view_nodes(row, explorer.kinds)
        rows.append(joined([screen.view(node.GetLayoutName()).image() for node in nodes], axis=1))
    columns = grid_columns(len(rows)) if explorer.as_grid else 1
    lines = [joined(rows[start : start + columns], axis=1) for start in range(0, len(rows), columns)]
    return joined(lines, axis=0)


def joined(pictures: Sequence[np.ndarray], axis: int, gap: int = GAP) -> np.ndarray:
    """Pictures beside (axis 1) or below each other, with a dark line between them."""
    shape = list(pictures[0].shape)
    shape[axis] = gap
    parts = [part for picture in pictures for part in (np.full(shape, 60, np.uint8), picture)]
    return np.concatenate(parts[1:], axis=axis)


def panel_picture(hosted: object, size: tuple[int, int]) -> np.ndarray:
    """A module's panel, in pixels of this width and at least this height: uint8 (height, width, 3)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "panel.png"
        hosted.screenshot(path, *size)
        return np.asarray(Image.open(path).convert("RGB"))


def panel_and_rows(
    host: SceneHost,
    volume: slicer.vtkMRMLScalarVolumeNode,
    name: str,
    size: tuple[int, int],
    *,
    compact: bool = False,
) -> np.ndarray:
    """The module as Slicer shows it: its panel, and beside it a row for each model, at one structure."""
    with qt_host.install(host) as desktop:
        screen = Screen(host, size)
        hosted = desktop.load_module("CrossSegmentationExplorer")
        try:
            hosted.enter()
            logic = hosted.widget.logic
            logic.set_volume(volume)
            logic.show_all_models()
            logic.change(kinds=tuple(VIEW_KINDS), compact=compact, plane=CORONAL)
            for node in logic.explorer.layout.slice_nodes():  # the stand-in's layout manager has views of another size
                screen.view(node.GetLayoutName()).logic.ResizeSliceNode(*size)
            logic.select(key_of(logic.explorer, name))
            hosted.ui.scanCollapsibleButton.collapsed = True
            hosted.widget.showAll()
            logic.explorer.views_ready()
            rows = picture_of_rows(logic.explorer, screen)
            panel = panel_picture(hosted, (PANEL_WIDTH, rows.shape[0]))[: rows.shape[0]]  # the rest is scrolled to
            hosted.exit()
        finally:
            screen.close()
    return joined([panel, rows], axis=1)


def missing_structure(host: SceneHost, volume: slicer.vtkMRMLScalarVolumeNode) -> np.ndarray:
    """A structure that one of three models misses."""
    with explored(host, volume, (300, 220), (AXIAL, SAGITTAL, CORONAL)) as (explorer, screen):
        for model in ("TotalSegmentator 2.6", "MOOSE", "CADS"):
            add_model_row(explorer, model)
        explorer.select(key_of(explorer, "sternum"))
        return picture_of_rows(explorer, screen)


def one_step(host: SceneHost, volume: slicer.vtkMRMLScalarVolumeNode) -> np.ndarray:
    """Two structures one after the other, of which one model counts a part of the second to the first."""
    volume.GetDisplayNode().SetWindowLevelMinMax(*BONE_WINDOW)
    with explored(host, volume, (240, 180), (AXIAL, SAGITTAL)) as (explorer, screen):
        for model in ("TotalSegmentator 1.5", "TotalSegmentator 2.6", "CADS"):
            add_model_row(explorer, model)
        pictures = []
        for name in ("vertebrae_T8", "vertebrae_T9"):
            explorer.select(key_of(explorer, name))
            pictures.append(picture_of_rows(explorer, screen))
    volume.GetDisplayNode().SetWindowLevelMinMax(*ABDOMEN_WINDOW)
    return joined(pictures, axis=1, gap=16)


def overlay_and_map(host: SceneHost, volume: slicer.vtkMRMLScalarVolumeNode) -> np.ndarray:
    """All models in one row, and below it the consensus with the agreement map over the slices."""
    pictures = []
    for shows_map in (False, True):
        with explored(host, volume, (340, 260), tuple(VIEW_KINDS)) as (explorer, screen):
            add_row = add_consensus_row if shows_map else add_overlay_row
            add_row(explorer)
            explorer.set_map(shows_map)
            explorer.select(key_of(explorer, "heart"))
            pictures.append(picture_of_rows(explorer, screen))
    return joined(pictures, axis=0)


def two_models_and_overlay(host: SceneHost, volume: slicer.vtkMRMLScalarVolumeNode) -> np.ndarray:
    """A row for each of two models, and one for both."""
    with explored(host, volume, (300, 200), tuple(VIEW_KINDS)) as (explorer, screen):
        for model in explorer.scan.drawn:
            add_model_row(explorer, model)
        add_overlay_row(explorer)
        explorer.select(key_of(explorer, "liver"))
        return picture_of_rows(explorer, screen)


def save(picture: np.ndarray, name: str) -> None:
    """With fewer colours, for a smaller file; those of the models, which have few pixels, stay as they are."""
    colored = picture.max(axis=-1).astype(int) - picture.min(axis=-1) > LEAST_COLORED
    different = Image.fromarray(np.unique(picture[colored], axis=0)[None])
    palette = different.quantize(256 - GRAYS, method=Image.Quantize.MAXCOVERAGE).getpalette()[: 3 * (256 - GRAYS)]
    palette += np.linspace(0, 255, GRAYS).round().astype(int).repeat(3).tolist()
    colors = Image.new("P", (1, 1))
    colors.putpalette(palette)
    image = Image.fromarray(picture).quantize(palette=colors, dither=Image.Dither.NONE)
    image.save(RESOURCES / name, optimize=True)
    size = (RESOURCES / name).stat().st_size // 1000
    sys.stdout.write(f"{name}: {picture.shape[1]} x {picture.shape[0]}, {size} kB\n")


def main() -> None:
    with loaded(load_sample) as scene:
        save(missing_structure(*scene), "explorer_missing.png")
        save(one_step(*scene), "explorer_step.png")
        save(overlay_and_map(*scene), "explorer_overlay.png")
        save(panel_and_rows(*scene, "sternum", (214, 168)), "explorer.png")
        save(panel_and_rows(*scene, "heart", (300, 400), compact=True), "explorer_compact.png")
    if not REAL_CASE.is_dir():
        sys.stdout.write(f"no picture of a real case: {REAL_CASE} is absent\n")
        return
    with loaded(load_real_case) as scene:
        save(two_models_and_overlay(*scene), "explorer_abdomen.png")


if __name__ == "__main__":
    main()
