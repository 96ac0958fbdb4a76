"""The label map of a consensus."""

from __future__ import annotations

import numpy as np

from ..imaging.label_map import LabelMap, Segment, smallest_dtype
from .comparison import Comparison
from .consensus import Consensus
from .patterns import PatternLabels, count_patterns


def consensus_label_map(comparison: Comparison, consensus: Consensus) -> LabelMap:
    """The consensus as segments, labels 1 to n in the order of the structures; empty ones have no segment.

    Each segment's description names the method and the models that had a say. Where the models' own segments overlap
    the consensus may as well: then there is more than one layer.

    :param comparison: what was counted.
    :param consensus: made of the same comparison.
    :returns: on the grid of the comparison, in the smallest unsigned dtype; without segments where nothing is agreed
        on.
    """
    counts = consensus.counts(comparison)
    kept = [index for index, structure in enumerate(comparison.structures) if structure.number and counts[index]]
    # The planes still carry the numbers of structures that the comparison leaves out.
    highest = max(int(plane.structure_of_label.max(initial=0)) for plane in comparison.planes)
    dtype = smallest_dtype(range(len(kept) + 1))
    table = np.zeros((highest + 1, comparison.counts.shape[1]), dtype=dtype)
    for label, index in enumerate(kept, start=1):
        table[comparison.structures[index].number] = np.where(consensus.chosen[index], label, 0)
    write = PatternLabels(table, np.zeros(comparison.geometry.shape, dtype=dtype), [])
    count_patterns(comparison.planes, highest, len(comparison.models), write)
    layers, layer_of = _separate_layers(write)
    segments = [
        _consensus_segment(comparison, consensus, index, label, layer_of.get(label, 0))
        for label, index in enumerate(kept, start=1)
    ]
    return LabelMap(tuple(layers), comparison.geometry, tuple(segments))


def _consensus_segment(comparison: Comparison, consensus: Consensus, index: int, label: int, layer: int) -> Segment:
    structure = comparison.structures[index]
    said = consensus.voters[index] if consensus.voters else structure.voters
    voters = [name for bit, name in enumerate(comparison.models) if said >> bit & 1]
    return Segment(
        label=label,
        name=structure.name,
        structure=structure.coded,
        color=structure.color,
        layer=layer,
        algorithm=f"Consensus ({consensus.method})",
        description=f"{consensus.method} of {', '.join(voters)}",
    )


def _separate_layers(write: PatternLabels) -> tuple[list[np.ndarray], dict[int, int]]:
    """Move every label that collides with another one, with all its voxels, to the first layer where it has room."""
    layers = [write.out]
    layer_of: dict[int, int] = {}
    hidden: dict[int, list[np.ndarray]] = {}
    for places, labels in write.collisions:
        for label in np.unique(labels):
            hidden.setdefault(int(label), []).append(places[labels == label])
    for label, parts in hidden.items():
        voxels = np.concatenate([np.flatnonzero(layers[0] == label), *parts])
        layers[0].reshape(-1)[np.flatnonzero(layers[0] == label)] = 0
        room = (n for n in range(1, len(layers)) if not layers[n].reshape(-1)[voxels].any())
        layer = next(room, len(layers))
        if layer == len(layers):
            layers.append(np.zeros_like(write.out))
        layers[layer].reshape(-1)[voxels] = label
        layer_of[label] = layer
    return layers, layer_of
