"""How many models agree about the shown structure, as a label map over the rows' slices."""

from __future__ import annotations

from collections.abc import Iterable

import slicer

from ...agreement.boxes import Box
from ...agreement.crops import agreement_crop
from ...imaging.geometry import Geometry
from ..agreement_map import add_agreement_map
from ..node_attributes import RESULT
from .explored_scan import ExploredScan
from .own_nodes import mark_own, remove_own

_OPACITY = 0.6


class AgreementOverlay:
    """A label map of the structure's box alone, in the label layer of the rows' views and of no others."""

    def __init__(self, volume: slicer.vtkMRMLScalarVolumeNode) -> None:
        self._volume = volume
        self._nodes: list[slicer.vtkMRMLNode] = []

    def show(
        self, scan: ExploredScan, key: str, composites: Iterable[slicer.vtkMRMLSliceCompositeNode]
    ) -> slicer.vtkMRMLLabelMapVolumeNode | None:
        """Lay the map of a structure over the views; None, and no map, for one that a single model knows."""
        composites = list(composites)
        self.remove(composites)
        index, box = scan.index_of(key), scan.box(key)
        if index is None or box is None or scan.comparison.structures[index].n_voters < 2:
            return None
        structure = scan.comparison.structures[index]
        node, colors = add_agreement_map(
            self._volume.GetScene(),
            f"Agreement on {structure.name} (row)",
            agreement_crop(scan.comparison, index, box),
            _cropped(scan.comparison.geometry, box),
            structure.n_voters,
        )
        self._nodes = [node, colors]
        for own in (node, colors, node.GetDisplayNode()):
            mark_own(own, "agreement map")
        node.SetAttribute(RESULT, "agreement map row")
        for composite in composites:
            composite.SetLabelVolumeID(node.GetID())
            composite.SetLabelOpacity(_OPACITY)
        return node

    def remove(self, composites: Iterable[slicer.vtkMRMLSliceCompositeNode] = ()) -> None:
        """Take the map out of the views and the scene."""
        for composite in composites:
            composite.SetLabelVolumeID(None)
        for node in self._nodes:
            remove_own(node)
        self._nodes = []


def _cropped(geometry: Geometry, box: Box) -> Geometry:
    affine = geometry.ijk_to_lps.copy()
    affine[:3, 3] = geometry.lps_of(box.lower[::-1])
    return Geometry(tuple(high - low for low, high in zip(box.lower, box.upper)), affine)
