"""Outputs of the sample's models, made in memory, as their files would hold them."""

from __future__ import annotations

import numpy as np

from SegmentationConcordanceLib.anatomy.identity import StructureIdentity
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.sample.model_files import files_of
from SegmentationConcordanceLib.sample.models import SampleModel
from SegmentationConcordanceLib.sample.phantom import labels_of
from SegmentationConcordanceLib.sample.planted_errors import Prediction


def label_map_of(model: SampleModel, prediction: Prediction) -> tuple[str, LabelMap, frozenset[StructureIdentity]]:
    """The model's title, its prediction as a label map, as its files would hold it, and what its tasks can find.

    :param prediction: of this model.
    """
    vocabulary = load_vocabulary(model.label_map_name)
    found = prediction.labels_found()
    layers: list[np.ndarray] = []
    segments: list[Segment] = []
    for labels in _layers(model):
        table = np.zeros(256, dtype=np.uint8)
        of_layer = []
        for number, (name, structure, color) in enumerate(labels, start=1):
            parts = list(labels_of(name))
            own = name in prediction.own_definitions
            if own or found.intersection(parts):
                table[[] if own else parts] = number
                of_layer.append(Segment(number, name, structure, color, len(layers), vocabulary.title))
        voxels = table[prediction.labels]
        for segment in of_layer:
            if segment.name in prediction.own_definitions:
                voxels[prediction.own_definitions[segment.name] & (voxels == 0)] = segment.label
        if of_layer:
            layers.append(voxels)
            segments += of_layer
    known = frozenset().union(*(vocabulary.for_task(task).identities for task in model.tasks))
    empty = np.zeros(prediction.labels.shape, dtype=np.uint8)
    return vocabulary.title, LabelMap(tuple(layers) or (empty,), prediction.phantom.geometry, tuple(segments)), known


def _layers(model: SampleModel) -> list[list[tuple]]:
    """The structures of each layer; those that share a part with another one are in a further layer."""
    layers: list[tuple[set[int], list[tuple]]] = []
    seen = set()
    for labels in files_of(load_vocabulary(model.label_map_name), model, "case").values():
        for label in labels:
            parts = set(labels_of(label.structure_name))
            if not parts or label.structure_name in seen:
                continue
            seen.add(label.structure_name)
            layer = next((layer for layer in layers if not layer[0] & parts), None)
            if layer is None:
                layers.append(layer := (set(), []))
            layer[0].update(parts)
            layer[1].append((label.structure_name, label.structure, label.color))
    return [labels for _, labels in layers]
