"""Taking a result out of the scene: its voxels are released first, against a pass over the label map per segment.

Slicer's subject hierarchy answers the removal of an item by removing the segments one after the other. That part is
Qt's; here the same call is made on the segmentation, which is what takes the time.
Needs slicer-core, and Testing/Python on PYTHONPATH for the headless scene.
"""

from __future__ import annotations

import numpy as np
import slicer
from full_sample import FullSample
from measuring import Row, Table, at_least_times, demanded, once, require

from host import SceneHost
from SegmentationConcordanceLib.scene.own_nodes import release_voxels
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node
from SegmentationConcordanceLib.scene.volume_node import add_volume_node

_SLICER_SEGMENTS = 8


def measure(sample: FullSample, _repeats: int) -> Table:
    """Ours on one node, Slicer's way on some segments of another; each node can be removed once."""
    host = SceneHost()
    try:
        return _measured(sample, host)
    finally:
        host.close()


def _measured(sample: FullSample, host: SceneHost) -> Table:
    geometry = sample.series.geometry
    volume = add_volume_node(host.scene, np.zeros(geometry.shape, dtype=np.int16), geometry, "CT")
    model = max(sample.models, key=lambda one: len(one.label_map.segments))
    ours, peers = (add_segmentation_node(host.scene, model.label_map, name, volume) for name in ("ours", "peer"))
    n_segments = ours.GetSegmentation().GetNumberOfSegments()
    few = min(_SLICER_SEGMENTS, n_segments)
    by_us = once(lambda: (release_voxels(ours), _remove_segments(ours, n_segments)))
    by_slicer = once(lambda: _remove_segments(peers, few))
    require(ours.GetSegmentation().GetNumberOfSegments() == 0, "no segment is left")
    require(peers.GetSegmentation().GetNumberOfSegments() == n_segments - few, "so many segments are removed")
    seconds = by_slicer.median * n_segments / few
    rows = (
        Row(f"**ours**: voxels released, then all {n_segments} segments removed", by_us.median, 1),
        demanded(
            f"segment by segment: {few} in {by_slicer.median:.1f} s, times {n_segments / few:.0f} for {n_segments}",
            seconds / by_us.median,
            at_least_times(20),
            seconds=seconds,
        ),
    )
    return Table("Taking a result out of the scene", rows, "the number of segments that are left")


def _remove_segments(node: slicer.vtkMRMLSegmentationNode, count: int) -> None:
    segmentation = node.GetSegmentation()
    for segment_id in segmentation.GetSegmentIDs()[:count]:
        segmentation.RemoveSegment(segment_id)
