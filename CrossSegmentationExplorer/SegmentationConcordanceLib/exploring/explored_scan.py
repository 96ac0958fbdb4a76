"""What the explorer knows of one scan: its models on one grid, their agreement, and where each structure is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..agreement.analysis import Analysis, CaseResult
from ..agreement.boxes import Box
from ..agreement.comparison import ComparedStructure, Comparison
from ..agreement.finding import Finding
from ..agreement.models import ModelSegmentation, UncodedStructure
from ..imaging.label_map import Segment


@dataclass(frozen=True, slots=True)
class SegmentPlace:
    """A segment of a node of the scene."""

    node_id: str
    segment_id: str


@dataclass(frozen=True, eq=False)
class DrawnModel:
    """A model, or the consensus, and the segments of the scene that draw it.

    :param node_ids: its segmentation nodes.
    :param places: where each segment of the label map is in the scene.
    :param segments: by structure key, all segments that are the structure, in all nodes of the model.
    """

    segmentation: ModelSegmentation
    node_ids: tuple[str, ...]
    places: Mapping[Segment, SegmentPlace]
    segments: Mapping[str, tuple[Segment, ...]]

    def mask(self, key: str, box: Box) -> NDArray[np.bool_]:
        """The voxels of a box that are the structure: bool, axes (k, j, i).

        :param key: of a structure that the model has.
        :param box: voxels of the scan, (k, j, i).
        """
        found = np.zeros(np.subtract(box.upper, box.lower), dtype=bool)
        for segment in self.segments.get(key, ()):
            found |= self.segmentation.label_map.layers[segment.layer][box.slices] == segment.label
        return found


@dataclass(frozen=True, eq=False)
class ExploredScan:
    """The models of a volume, counted once.

    :param drawn: by the model's name.
    :param notes: sentences on what was resampled or left out.
    :param state: differs once the volume or a segmentation has changed.
    """

    analysis: Analysis
    result: CaseResult
    drawn: Mapping[str, DrawnModel]
    notes: tuple[str, ...]
    state: tuple
    _boxes_of_one: dict[str, Box | None] = field(default_factory=dict)

    @property
    def comparison(self) -> Comparison:
        """The counts, of all structures of all models."""
        return self.analysis.comparison

    def index_of(self, key: str) -> int | None:
        """The structure's index in the comparison; None for an unknown key."""
        return next((n for n, found in enumerate(self.comparison.structures) if key_of(found) == key), None)

    def key_of_finding(self, finding: Finding) -> str:
        """Of the first structure of a finding that is here: what tells it from all others; "" where none is.

        :param finding: of this scan; an uncoded segment is that of its first model.
        """
        for key in finding.structures:
            for found in self.comparison.structures:
                is_other = isinstance(found.identity, UncodedStructure) and found.identity.model not in finding.models
                if found.key == key and not is_other:
                    return key_of(found)
        return ""

    def structure(self, key: str) -> ComparedStructure | None:
        """The structure of a key; None for an unknown one."""
        index = self.index_of(key)
        return None if index is None else self.comparison.structures[index]

    def box(self, key: str) -> Box | None:
        """The box around everything that any model marked as the structure; None where nobody did."""
        if key in self.analysis.boxes:
            return self.analysis.boxes[key]
        if key not in self._boxes_of_one:
            self._boxes_of_one[key] = self._box_of_one(key)
        return self._boxes_of_one[key]

    def box_of_all(self, keys: Iterable[str]) -> Box:
        """The box around several structures; the whole image where none of them has any voxel."""
        boxes = [box for box in map(self.box, keys) if box is not None]
        if not boxes:
            return Box((0, 0, 0), self.comparison.geometry.shape)
        lower = np.min([box.lower for box in boxes], axis=0).tolist()
        upper = np.max([box.upper for box in boxes], axis=0).tolist()
        return Box((lower[0], lower[1], lower[2]), (upper[0], upper[1], upper[2]))

    def _box_of_one(self, key: str) -> Box | None:
        """For structures that a single model knows: the analysis, which compares, has no box of them."""
        whole = Box((0, 0, 0), self.comparison.geometry.shape)
        for drawn in self.drawn.values():
            mask = drawn.mask(key, whole) if key in drawn.segments else None
            if mask is not None and mask.any():
                spans = [np.flatnonzero(mask.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3)]
                (k, k_end), (j, j_end), (i, i_end) = ((int(span[0]), int(span[-1]) + 1) for span in spans)
                return Box((k, j, i), (k_end, j_end, i_end))
        return None


def key_of(structure: ComparedStructure) -> str:
    """What tells a structure from all others: its key in the tables; for an uncoded segment, which equals no other one
    of its name, also its model and place."""
    identity = structure.identity
    if isinstance(identity, UncodedStructure):
        return f"{structure.key} ({identity.model}, {identity.layer}, {identity.label})"
    return structure.key
