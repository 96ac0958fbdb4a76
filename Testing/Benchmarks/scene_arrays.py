"""The arrays of six loaded segmentations: views of the shared layers, against slicer.util segment by segment.

Needs slicer-core, and Testing/Python on PYTHONPATH for the headless scene.
"""

from __future__ import annotations

import numpy as np
import slicer
import slicer.util
from full_sample import FullSample
from measuring import Row, Table, at_least_times, demanded, extra_process_mb, in_turn, once, require, sampled

from host import SceneHost
from SegmentationConcordanceLib.agreement.comparison import compare_models
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.imaging.label_map import LabelMap
from SegmentationConcordanceLib.scene.segmentation_node import (
    add_segmentation_node,
    label_map_from_node,
    segment_id,
)
from SegmentationConcordanceLib.scene.volume_node import add_volume_node

_SLICER_SEGMENTS = 8


def measure(sample: FullSample, repeats: int) -> Table:
    """Ours, then slicer.util, which leaves something behind."""
    host = SceneHost()
    try:
        return _measured(sample, repeats, host)
    finally:
        host.close()


def _measured(sample: FullSample, repeats: int, host: SceneHost) -> Table:
    shape = sample.series.geometry.shape
    volume = add_volume_node(host.scene, np.zeros(shape, dtype=np.int16), sample.series.geometry, "CT")
    nodes = [add_segmentation_node(host.scene, model.label_map, model.model, volume) for model in sample.models]
    before = host.node_ids()
    times = in_turn(
        max(repeats, 5),
        views=lambda: [label_map_from_node(node) for node in nodes],
        counts=lambda: compare_models(_as_models(nodes, sample)),
    )
    require(host.node_ids() == before, "the scene's nodes before and after")
    memory = extra_process_mb(lambda: [label_map_from_node(node) for node in nodes])
    label_maps: list[LabelMap] = times["views"].result
    segments = [(n, segment) for n, label_map in enumerate(label_maps) for segment in label_map.segments]
    few = sampled(segments, _SLICER_SEGMENTS)
    peer = once(lambda: [_by_slicer_util(nodes[n], segment, volume) for n, segment in few])
    peer_memory = extra_process_mb(lambda: _by_slicer_util(nodes[few[0][0]], few[0][1], volume))
    for (n, segment), array in zip(few, peer.result):
        require(np.array_equal(array != 0, label_maps[n].mask(segment)), f"voxels of {segment.name}")
    expected = compare_models(sample.models)
    require(np.array_equal(times["counts"].result.counts, expected.counts), "counts from the nodes")
    peer_seconds = peer.median * len(segments) / len(few)
    rows = (
        Row(
            "**ours**: label maps of six nodes as views of their shared layers",
            times["views"].median,
            len(times["views"].seconds),
            memory,
        ),
        demanded(
            f"slicer.util.arrayFromSegmentBinaryLabelmap: {len(few)} segments in {peer.median:.1f} s, "
            f"times {len(segments) / len(few):.0f} for {len(segments)}; memory per segment",
            peer_seconds / times["views"].median,
            at_least_times(300),
            seconds=peer_seconds,
            extra_mb=peer_memory,
        ),
        Row(
            "**ours**: from the nodes to the counts of all structures",
            times["counts"].median,
            len(times["counts"].seconds),
        ),
    )
    same = f"voxels of {len(few)} segments; counts of all structures; the scene's nodes before and after"
    return Table("From six loaded segmentation nodes", rows, same)


def _as_models(nodes: list, sample: FullSample) -> list[ModelSegmentation]:
    return [
        ModelSegmentation(model.model, label_map_from_node(node), model.vocabulary)
        for node, model in zip(nodes, sample.models)
    ]


def _by_slicer_util(node, segment, volume) -> np.ndarray:
    return slicer.util.arrayFromSegmentBinaryLabelmap(node, segment_id(segment), volume)
