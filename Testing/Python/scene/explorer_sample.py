"""A case of the sample cohort in a scene: the CT and its six models as segmentation nodes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import slicer

from SegmentationConcordanceLib.agreement.models import join_label_maps
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.imaging.image_series import read_image_series, read_voxels
from SegmentationConcordanceLib.imaging.label_map import LabelMap
from SegmentationConcordanceLib.imaging.model_output import read_model_output
from SegmentationConcordanceLib.imaging.resampling import bring_to_grid
from SegmentationConcordanceLib.sample.cohort import SampleCase
from SegmentationConcordanceLib.scene.node_attributes import set_label_map
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node
from SegmentationConcordanceLib.scene.volume_node import add_volume_node


@dataclass(frozen=True)
class ReadCase:
    """A case as it is read from disk, once for all tests."""

    voxels: object
    label_maps: dict[str, tuple[str, tuple[str, ...], LabelMap]]
    geometry: object


def read_case(case: SampleCase) -> ReadCase:
    """The voxels, and by the model's title its label map's name and its output on the CT's grid."""
    series = read_image_series(case.ct_folder)
    label_maps = {}
    for output in case.outputs:
        vocabulary = load_vocabulary(output.label_map_name)
        read = read_model_output(output.paths, vocabulary, output.task)
        label_map = bring_to_grid(read.label_map, series.geometry, output.title, allow_extent_change=True)
        tasks = (output.task,) if output.task else ()
        label_maps[output.title] = (output.label_map_name, tasks, join_label_maps([label_map], output.title))
    return ReadCase(read_voxels(series), label_maps, series.geometry)


def with_structures(case: ReadCase, names: Collection[str]) -> ReadCase:
    """The same with these structures alone: every view has something to do for each segment of each model."""
    label_maps = {
        title: (name, tasks, _with_segments(label_map, names))
        for title, (name, tasks, label_map) in case.label_maps.items()
    }
    return ReadCase(case.voxels, label_maps, case.geometry)


def _with_segments(label_map: LabelMap, names: Collection[str]) -> LabelMap:
    segments = [segment for segment in label_map.segments if segment.name in names]
    layers = []
    for number, layer in enumerate(label_map.layers):
        kept = [segment.label for segment in segments if segment.layer == number]
        layers.append(np.where(np.isin(layer, kept), layer, 0).astype(layer.dtype))
    return LabelMap(layers, label_map.geometry, segments)


def add_case(scene: slicer.vtkMRMLScene, case: ReadCase) -> slicer.vtkMRMLScalarVolumeNode:
    """The CT node "CT", with a chest window, and one segmentation node per model, named by its title."""
    volume = add_volume_node(scene, case.voxels, case.geometry, "CT")
    volume.GetDisplayNode().AutoWindowLevelOff()
    volume.GetDisplayNode().SetWindowLevelMinMax(-200, 300)
    for title, (name, tasks, label_map) in case.label_maps.items():
        node = add_segmentation_node(scene, label_map, title, volume)
        set_label_map(node, name, tasks)
    return volume
