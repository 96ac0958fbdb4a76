"""A scan that was read from files, as nodes of a scene."""

from __future__ import annotations

import numpy as np

from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.exploring.scan import SOFT_TISSUE, ModelFile, Scan
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.scene.loaded_models import load_models
from SegmentationConcordanceLib.scene.scan_nodes import add_scan, set_window

GRID = Geometry.from_parts((4, 5, 6), (1.0, 1.0, 2.0), (0.0, 0.0, 0.0), np.eye(3))


def a_scan(window=SOFT_TISSUE) -> Scan:
    """Two files of the model A, the second without a label map's name, and one of B."""
    voxels = np.arange(120, dtype=np.int16).reshape(GRID.shape)
    spleen = next(label for label in load_vocabulary("moose").labels if label.name == "spleen")
    files = []
    for number, (model, name) in enumerate((("A", "moose"), ("A", ""), ("B", "moose"))):
        labels = np.zeros(GRID.shape, dtype=np.uint8)
        labels[number] = 1
        label_map = LabelMap((labels,), GRID, (Segment(1, f"s{number}", spleen.structure, (1, 2, 3)),))
        files.append(ModelFile(model, label_map, name, (spleen.task,) if name else ()))
    return Scan("A case", voxels, GRID, window, tuple(files))


def test_files_of_one_name_are_one_model_with_the_vocabulary_of_its_files(scene_host):
    nodes = add_scan(scene_host.scene, a_scan())
    assert {model: len(of_model) for model, of_model in nodes.nodes_of.items()} == {"A": 2, "B": 1}
    loaded = {model.model: model for model in load_models(nodes.volume, nodes.nodes_of).models}
    task = next(label for label in load_vocabulary("moose").labels if label.name == "spleen").task
    known = load_vocabulary("moose").for_task(task).identities
    assert loaded["A"].vocabulary == known
    assert loaded["B"].vocabulary == known
    assert [segment.name for segment in loaded["A"].label_map.segments] == ["s0", "s1"]


def test_the_window_is_the_one_that_was_asked_for_or_slicers_own(scene_host):
    volume = add_scan(scene_host.scene, a_scan()).volume
    display = volume.GetDisplayNode()
    assert (display.GetWindowLevelMin(), display.GetWindowLevelMax()) == SOFT_TISSUE
    set_window(volume, None)
    assert display.GetAutoWindowLevel()
    assert (display.GetWindowLevelMin(), display.GetWindowLevelMax()) != SOFT_TISSUE
