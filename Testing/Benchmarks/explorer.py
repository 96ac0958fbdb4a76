"""The explorer: six rows of views, and steps from structure to structure.

Needs slicer-core, Mesa's EGL, and Testing/Python on PYTHONPATH for the headless scene and its views.
"""

from __future__ import annotations

import cProfile
import pstats
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from full_sample import FullSample
from measuring import Row, Table, at_most, demanded, require, sampled

from host import SceneHost
from scene.explorer_rows import add_model_row
from scene.explorer_screen import Screen
from SegmentationConcordanceLib.exploring.explored_scan import SegmentPlace
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, CORONAL, SAGITTAL, THREE_D
from SegmentationConcordanceLib.imaging.image_series import read_voxels
from SegmentationConcordanceLib.imaging.label_map import LabelMap
from SegmentationConcordanceLib.sample.models import SAMPLE_MODELS
from SegmentationConcordanceLib.scene.explorer.explorer import Explorer
from SegmentationConcordanceLib.scene.explorer.row_labels import renderers_of
from SegmentationConcordanceLib.scene.node_attributes import set_label_map
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node
from SegmentationConcordanceLib.scene.volume_node import add_volume_node

_VIEW = (320, 240)
_FEW, _DRAWN = 10, 30
_NOT_OURS = ("vtkmodules.", "slicer_core.", "/Testing/Python/")


def measure(sample: FullSample, _repeats: int) -> Table:
    """Through all structures that can be compared, in 2D, and through ten of them in 3D."""
    host = SceneHost()
    try:
        rows = _review(sample, host)
    finally:
        host.close()
    same = (
        "after every step each row shows the segments of that structure and no others, and all slices go through the "
        "place of the greatest disagreement"
    )
    return Table("The explorer: six rows, and steps", tuple(rows), same)


@dataclass(frozen=True, slots=True)
class _Step:
    """Seconds until the scene shows the structure, and then until all views are drawn."""

    scene: float
    drawing: float


def _review(sample: FullSample, host: SceneHost) -> list[Row]:
    volume = add_volume_node(host.scene, read_voxels(sample.series), sample.series.geometry, "CT")
    volume.GetDisplayNode().AutoWindowLevelOff()
    label_maps = [model.label_map for model in sample.models]
    nodes = _add_models(host, sample, label_maps, volume)
    screen = Screen(host, _VIEW)
    explorer, opened = _opened(host, screen, volume)
    keys = [structure.key for structure in explorer.walk.listed if structure.lowest_dice is not None]
    steps = _walked(explorer, screen, sampled(keys, _DRAWN))
    ours = _own_seconds(explorer, keys)
    few = sampled(keys, _FEW)
    among_all = _own_seconds(explorer, few, rounds=3)
    explorer.set_views((AXIAL, SAGITTAL, CORONAL, THREE_D))
    in_3d, again = _walked(explorer, screen, few), _walked(explorer, screen, few)
    ours_again = _own_seconds(explorer, few)
    of_few = [_only(explorer, model, few) for model in explorer.scan.drawn]
    explorer.leave()
    for node in nodes:
        host.scene.RemoveNode(node)
    _add_models(host, sample, of_few, volume)
    explorer, _ = _opened(host, screen, volume)
    require(len(explorer.walk.structures) == len(few), "the structures that were kept")
    alone = _own_seconds(explorer, few, rounds=3)
    explorer.leave()
    screen.close()
    return [
        *_rows_of_opening(opened, len(sample.models)),
        *_rows_of_steps(steps, ours),
        demanded(
            f"**ours**: a step to one of {len(few)} structures among all, against the same where there are no others "
            f"({statistics.median(alone) * 1000:.0f} ms)",
            statistics.median(among_all) / statistics.median(alone),
            at_most(1.25, "x"),
            seconds=statistics.median(among_all),
            runs=len(among_all),
        ),
        *_rows_of_3d(in_3d, again, ours_again),
    ]


def _add_models(host: SceneHost, sample: FullSample, label_maps: Sequence[LabelMap], volume) -> list:
    nodes = []
    for model, label_map, made_by in zip(sample.models, label_maps, SAMPLE_MODELS):
        nodes.append(add_segmentation_node(host.scene, label_map, model.model, volume))
        set_label_map(nodes[-1], made_by.label_map_name, made_by.tasks)
    return nodes


def _opened(host: SceneHost, screen: Screen, volume) -> tuple[Explorer, tuple[float, float, _Step]]:
    """The explorer with a row for each model at the worst structure; seconds to compare, to make rows, to show it."""
    start = time.perf_counter()
    explorer = Explorer(volume, renderer_of=renderers_of(host.application_logic))
    compared = time.perf_counter()
    explorer.set_views((AXIAL, SAGITTAL, CORONAL))
    for model in explorer.scan.drawn:
        add_model_row(explorer, model)
    explorer.views_ready()
    made = time.perf_counter()
    step = _timed_step(explorer, screen, explorer.walk.listed[0].key)
    return explorer, (compared - start, made - compared, step)


def _walked(explorer: Explorer, screen: Screen, keys: Sequence[str]) -> list[_Step]:
    steps = []
    for key in keys:
        steps.append(_timed_step(explorer, screen, key))
        _require_shown(explorer, key)
    return steps


def _timed_step(explorer: Explorer, screen: Screen, key: str) -> _Step:
    start = time.perf_counter()
    explorer.select(key)
    selected = time.perf_counter()
    for row in explorer.rows:
        for node in explorer.layout.view_nodes(row, explorer.kinds):
            screen.view(node.GetLayoutName()).window.Render()
    return _Step(selected - start, time.perf_counter() - selected)


def _own_seconds(explorer: Explorer, keys: Sequence[str], rounds: int = 1) -> list[float]:
    """Of every step the processor's time outside of VTK, MRML and the views; the profiler's own is part of it."""
    seconds = []
    for key in list(keys) * rounds:
        profile = cProfile.Profile(time.thread_time)
        profile.runcall(explorer.select, key)
        functions = pstats.Stats(profile).stats.items()
        seconds.append(sum(row[2] for place, row in functions if not any(part in str(place) for part in _NOT_OURS)))
    return seconds


def _only(explorer: Explorer, model: str, keys: Sequence[str]) -> LabelMap:
    """The model's label map with these structures alone."""
    drawn = explorer.scan.drawn[model]
    label_map = drawn.segmentation.label_map
    kept = [segment for key in keys for segment in drawn.segments.get(key, ())]
    layers = []
    for number, layer in enumerate(label_map.layers):
        labels = [segment.label for segment in kept if segment.layer == number]
        table = np.zeros(np.iinfo(layer.dtype).max + 1, layer.dtype)
        table[labels] = labels
        layers.append(table[layer])
    return LabelMap(tuple(layers), label_map.geometry, tuple(kept))


def _require_shown(explorer: Explorer, key: str) -> None:
    scene = explorer.volume.GetScene()
    for row in explorer.rows:
        drawn = explorer.scan.drawn[row.model]
        views = {node.GetID() for node in explorer.layout.slice_nodes(row)}
        shown = set()
        for node_id in drawn.node_ids:
            node = scene.GetNodeByID(node_id)
            for number in range(node.GetNumberOfDisplayNodes()):
                display = node.GetNthDisplayNode(number)
                if set(display.GetViewNodeIDs() or ()) == views:
                    shown |= {SegmentPlace(node_id, one) for one in display.GetVisibleSegmentIDs()}
        meant = {drawn.places[segment] for segment in drawn.segments.get(key, ())}
        require(shown == meant, f"what the row of {row.model} shows of {key}")
    for node in explorer.layout.slice_nodes():
        off = np.array(explorer.place) - [node.GetSliceToRAS().GetElement(n, 3) for n in range(3)]
        normal = [node.GetSliceToRAS().GetElement(n, 2) for n in range(3)]
        require(abs(off @ normal) < 1e-3, f"the slice of {node.GetLayoutName()} at {key}")


def _rows_of_opening(opened: tuple[float, float, _Step], n_models: int) -> list[Row]:
    compared, made, step = opened
    total = compared + made + step.scene + step.drawing
    what = f"from {n_models} loaded models to rows of three views that show the worst structure: compared"
    parts = f"{compared:.2f} s, rows made {made:.2f} s, boxes of all structures and the step {step.scene:.2f} s"
    return [
        demanded(f"**ours**: {what} {parts}, drawn {step.drawing:.2f} s", total, at_most(3, "s"), seconds=total, runs=1)
    ]


def _rows_of_steps(steps: Sequence[_Step], ours: Sequence[float]) -> list[Row]:
    scene = [step.scene for step in steps]
    drawing = [step.drawing for step in steps]
    median = statistics.median(ours)
    return [
        demanded(
            "**ours**: a step to another structure, six rows of three slices, without VTK and MRML",
            median * 1000,
            at_most(150, "ms"),
            seconds=median,
            runs=len(ours),
        ),
        demanded(
            "**ours**: the slowest of these steps", max(ours) * 1000, at_most(150, "ms"), seconds=max(ours), runs=1
        ),
        Row("the same step with MRML's nodes and Slicer's displayable managers", statistics.median(scene), len(scene)),
        Row("the slowest of these", max(scene), 1),
        Row(
            f"VTK drawing the 18 views of {_VIEW[0]} x {_VIEW[1]}, in software",
            statistics.median(drawing),
            len(drawing),
        ),
    ]


def _rows_of_3d(first: Sequence[_Step], again: Sequence[_Step], ours_again: Sequence[float]) -> list[Row]:
    slowest = max(step.scene for step in first)
    median = statistics.median(ours_again)
    return [
        demanded(
            f"**ours**: a step with 3D for the first time, with VTK and MRML: the slowest of {len(first)}",
            slowest * 1000,
            at_most(1000, "ms"),
            seconds=statistics.median([step.scene for step in first]),
            runs=len(first),
        ),
        demanded(
            "**ours**: the same steps again, without VTK and MRML: the slowest",
            max(ours_again) * 1000,
            at_most(150, "ms"),
            seconds=median,
            runs=len(ours_again),
        ),
        Row("the same with VTK and MRML", statistics.median([step.scene for step in again]), len(again)),
        Row("VTK drawing the 24 views, in software", statistics.median([step.drawing for step in again]), len(again)),
    ]
