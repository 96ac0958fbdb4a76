"""The consensus as a segmentation of the scene, for the explorer's consensus row."""

from __future__ import annotations

import slicer

from ...agreement.consensus_map import consensus_label_map
from ...agreement.models import ModelSegmentation
from ...exploring.explored_scan import DrawnModel, ExploredScan
from ...exploring.rows import CONSENSUS_TITLE
from ...imaging.label_map import LabelMap
from ..node_attributes import RESULT
from ..own_nodes import mark_own, remove_own
from ..segmentation_node import add_segmentation_node
from ..volume_grid import own_grid
from .scan_of_nodes import drawn_model


class ConsensusSegments:
    """A segmentation node of the consensus, made when it is first asked for."""

    def __init__(self, volume: slicer.vtkMRMLScalarVolumeNode) -> None:
        self._volume = volume
        self._scene: slicer.vtkMRMLScene = volume.GetScene()  # that of the volume, which may leave it
        self._node: slicer.vtkMRMLSegmentationNode | None = None
        self._made_of: ExploredScan | None = None
        self._drawn: DrawnModel | None = None

    def drawn(self, scan: ExploredScan) -> DrawnModel:
        """The consensus of the scan; where each model was held against the others, that of them all."""
        is_there = self._node is not None and self._node.GetScene() is not None
        if self._drawn is None or self._made_of is not scan or not is_there:
            self.remove()
            self._drawn = self._made(scan)
        return self._drawn

    def remove(self) -> None:
        """Take the node away."""
        remove_own(self._node)
        self._node = self._drawn = self._made_of = None

    def _made(self, scan: ExploredScan) -> DrawnModel:
        label_map = consensus_label_map(scan.result.comparison, scan.result.consensus_of_all)
        on_volume = LabelMap(label_map.layers, own_grid(self._volume), label_map.segments)
        node = add_segmentation_node(self._scene, on_volume, f"{CONSENSUS_TITLE} (row)", self._volume)
        node.SetAndObserveTransformNodeID(self._volume.GetTransformNodeID())
        node.SetAttribute(RESULT, "consensus row")
        for own in (node, node.GetDisplayNode()):
            mark_own(own, "consensus")
        node.GetDisplayNode().SetVisibility(False)
        self._node, self._made_of = node, scan
        return drawn_model(scan.comparison, ModelSegmentation(CONSENSUS_TITLE, label_map), [node])
