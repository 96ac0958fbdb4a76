"""The case of a work list that is in the scene: brought in as a whole, and taken away as a whole."""

from __future__ import annotations

import slicer

from ...exploring.rows import RowKind
from ...exploring.scan import Scan
from ...review.work_list import Reading
from ..own_nodes import remove_own
from ..scan_nodes import add_scan
from .explorer_logic import ExplorerLogic
from .review_choices import WantedRow


class CaseStage:
    """Shows one case after the other in the rows of the explorer.

    It takes away only what it brought: other nodes of the scene stay. In a blinded review the nodes have no model's
    name from the beginning.
    """

    def __init__(self, logic: ExplorerLogic, scene: slicer.vtkMRMLScene) -> None:
        self._logic = logic
        self._scene = scene
        self._nodes: list[str] = []

    def show(self, reading: Reading, scan: Scan) -> None:
        """Take the former case away and show this one: a row for each model, at the worst structure.

        :raises ConcordanceError: the models were blinded before as others, or cannot be compared; the case is in the
            scene then, so that one can see why.
        """
        hidden = self._logic.review.open_reading(reading, scan.models, scan.series)
        self._logic.set_volume(None)
        self.clear()
        nodes = add_scan(self._scene, scan.blinded(hidden))
        self._nodes = [nodes.volume.GetID(), *(node.GetID() for some in nodes.nodes_of.values() for node in some)]
        self._logic.set_volume(nodes.volume)
        self._logic.set_rows([WantedRow(RowKind.MODEL, model) for model in nodes.nodes_of])
        explorer = self._logic.explorer
        if explorer is not None and explorer.walk.listed:  # not where the former case was left
            self._logic.select(explorer.walk.listed[0].key)

    def clear(self) -> None:
        """Take the case away."""
        for node_id in self._nodes:
            node = self._scene.GetNodeByID(node_id)
            if node is not None:
                remove_own(node)
        self._nodes = []
