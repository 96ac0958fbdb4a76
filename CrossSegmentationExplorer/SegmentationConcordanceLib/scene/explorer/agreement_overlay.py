"""How many models agree about the shown structure, as a label map over the rows' slices."""

from __future__ import annotations

from collections.abc import Iterable

import slicer

from ...agreement.boxes import Box
from ...agreement.crops import agreement_crop
from ...exploring.explored_scan import ExploredScan
from ...imaging.geometry import Geometry
from ..agreement_map import add_agreement_map
from ..node_attributes import RESULT
from ..own_nodes import mark_own, remove_own

_OPACITY = 0.85


class AgreementOverlay:
    """A label map of the structure's box alone, in the label layer of the rows' views and of no others.

    :param scene: that of the views.
    """

    def __init__(self, scene: slicer.vtkMRMLScene) -> None:
        self._scene = scene
        self._nodes: list[slicer.vtkMRMLNode] = []
        self._made_of: tuple[ExploredScan, str] | None = None

    def show(
        self, scan: ExploredScan, key: str, composites: Iterable[slicer.vtkMRMLSliceCompositeNode]
    ) -> slicer.vtkMRMLLabelMapVolumeNode | None:
        """Lay the map of a structure over the views; None, and no map, for one that a single model knows.

        :param key: of a structure of the scan.
        :param composites: of the views; a view that is left out keeps what it shows.
        """
        composites = list(composites)
        if self._made_of != (scan, key) or any(node.GetScene() is None for node in self._nodes):
            self.remove(composites)
            self._make(scan, key)
        for composite in composites if self._nodes else ():
            composite.SetLabelVolumeID(self._nodes[0].GetID())
            composite.SetLabelOpacity(_OPACITY)
        return self._nodes[0] if self._nodes else None

    def remove(self, composites: Iterable[slicer.vtkMRMLSliceCompositeNode] = ()) -> None:
        """Take the map out of the views and the scene."""
        for composite in composites:
            composite.SetLabelVolumeID(None)
        for node in self._nodes:
            remove_own(node)
        self._nodes, self._made_of = [], None

    def _make(self, scan: ExploredScan, key: str) -> None:
        self._made_of = scan, key
        index, box = scan.index_of(key), scan.box(key)
        if index is None or box is None or scan.comparison.structures[index].n_voters < 2:
            return
        structure = scan.comparison.structures[index]
        node, colors = add_agreement_map(
            self._scene,
            f"Agreement on {structure.name} (row)",
            agreement_crop(scan.comparison, index, box),
            _cropped(scan.comparison.geometry, box),
            structure.n_voters,
        )
        self._nodes = [node, colors]
        for own in (node, colors, node.GetDisplayNode()):
            mark_own(own, "agreement map")
        node.SetAttribute(RESULT, "agreement map row")


def _cropped(geometry: Geometry, box: Box) -> Geometry:
    affine = geometry.ijk_to_lps.copy()
    affine[:3, 3] = geometry.lps_of(box.lower[::-1])
    k, j, i = (high - low for low, high in zip(box.lower, box.upper))
    return Geometry((k, j, i), affine)
