"""What the kinds of findings are found from: counts, names and regions of one case, each made when first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .boxes import Box, boxes_by_key
from .comparison import Comparison
from .confusion import Confusion, count_confusion
from .crops import in_blocks, pattern_crop
from .disputed_regions import DisputedRegion, disputed_regions
from .severity import Apart
from .subset import alone
from .surfaces import surface_of


@dataclass(frozen=True, slots=True)
class Extent:
    """The slices in which each model has a structure: first and last k by the model's bit."""

    slices: Mapping[int, tuple[int, int]]


@dataclass(frozen=True, eq=False)
class CaseFacts:
    """Facts by the index of a structure in the comparison and the bit of a model.

    :param boxes: of :attr:`Analysis.boxes`.
    :param apart: by structure key and model, see :func:`.severity.measured`.
    :param families: by model, what it shares training data with; "" or none where nobody knows.
    """

    case: str
    comparison: Comparison
    boxes: Mapping[str, Box]
    families: Mapping[str, str] = field(default_factory=dict)
    apart: Mapping[tuple[str, str], Apart] = field(default_factory=dict)
    _regions: dict[int, tuple[DisputedRegion, ...]] = field(default_factory=dict)
    _extents: dict[int, Extent] = field(default_factory=dict)
    _blocks: dict[int, NDArray[np.unsignedinteger]] = field(default_factory=dict)
    _others_areas: dict[tuple[int, int], float] = field(default_factory=dict)
    _others_volumes: dict[tuple[int, int], float] = field(default_factory=dict)
    _alone: dict[int, CaseFacts] = field(default_factory=dict)

    @property
    def models(self) -> tuple[str, ...]:
        """The models; the index is the bit."""
        return self.comparison.models

    @property
    def structures(self) -> range:
        """The indices of the structures that two models or more know, and that one of them found."""
        return range(len(self.comparison.structures))

    @cached_property
    def volumes(self) -> NDArray[np.int64]:
        """Voxels, int64 (n_structures, n_models)."""
        return self.comparison.model_counts()

    @cached_property
    def knows(self) -> NDArray[np.bool_]:
        """Whether a model knows a structure, bool (n_structures, n_models)."""
        bits = np.arange(len(self.models))
        voters = np.array([structure.voters for structure in self.comparison.structures], dtype=np.int64)
        return (voters[:, None] >> bits & 1).astype(bool)

    @cached_property
    def found(self) -> NDArray[np.bool_]:
        """Whether a model found a structure, bool (n_structures, n_models)."""
        return self.volumes > 0

    @property
    def voxel_ml(self) -> float:
        """Volume of a voxel in ml."""
        return self.comparison.geometry.voxel_volume_ml

    @property
    def spacing_kji(self) -> NDArray[np.float64]:
        """Along k, j, i in mm."""
        return self.comparison.geometry.spacing_mm[::-1]

    def of_one(self, bit: int) -> list[int]:
        """The structures that a model found and no other knows.

        :param bit: of the model.
        """
        knows_alone = self.knows[:, bit] & (self.knows.sum(axis=1) == 1)
        return np.flatnonzero(knows_alone & self.found[:, bit]).tolist()

    def alone(self, bit: int) -> CaseFacts:
        """All that one model found, as if there were no other; these facts themselves, where there is none.

        :param bit: of the model.
        """
        if len(self.models) == 1:
            return self
        if bit not in self._alone:
            own = alone(self.comparison, bit)
            self._alone[bit] = CaseFacts(self.case, own, boxes_by_key(own))
        return self._alone[bit]

    def others(self, index: int, bit: int) -> list[int]:
        """The other models that know a structure.

        :param index: of the structure.
        :param bit: of the model.
        :returns: their bits, rising.
        """
        return [other for other in np.flatnonzero(self.knows[index]).tolist() if other != bit]

    def other_finders(self, index: int, bit: int) -> list[int]:
        """The other models that know a structure and found it.

        :param index: of the structure.
        :param bit: of the model.
        :returns: their bits, rising.
        """
        return [other for other in self.others(index, bit) if self.found[index, other]]

    def others_volume(self, index: int, bit: int) -> float:
        """Median voxels of the other models that found a structure; 0 where none did.

        :param index: of the structure.
        :param bit: of the model that is left out.
        """
        if (index, bit) not in self._others_volumes:
            found = [self.volumes[index, other] for other in self.other_finders(index, bit)]
            self._others_volumes[index, bit] = float(np.median(found)) if found else 0.0
        return self._others_volumes[index, bit]

    def others_area_mm2(self, index: int, bit: int) -> float:
        """Surface of what most of the other models that found a structure mark.

        :param index: of a structure that has a box.
        :param bit: of the model that is left out.
        """
        if (index, bit) not in self._others_areas:
            most = self.most_of(index, self.other_finders(index, bit))
            self._others_areas[index, bit] = surface_of(most, self.spacing_kji.tolist()).area_mm2
        return self._others_areas[index, bit]

    def added_and_lost(self, index: int, bit: int) -> tuple[float, float]:
        """Voxels that the model adds to those that most of the others that found it mark, and that it leaves out.

        Where these are divided a voxel counts half: were it taken for none of theirs, every model would seem
        larger than two others.

        :param index: of the structure.
        :param bit: of the model.
        :returns: two counts of voxels; (0, 0) where all agree.
        """
        members = self.comparison.pattern_members()
        others = self.other_finders(index, bit)
        votes = 2 * members[:, others].sum(axis=1)
        theirs = np.where(votes == len(others), 0.5, votes > len(others)) if others else np.zeros(len(members))
        own = members[:, bit] > 0
        counts = self.comparison.counts[index]
        return float((counts * (1 - theirs))[own].sum()), float((counts * theirs)[~own].sum())

    def is_cut(self, index: int) -> bool:
        """Whether a structure is truncated by the field of view in any model: it reaches the first or last slice."""
        return bool(self.comparison.cut[index].any())

    def box(self, index: int) -> Box | None:
        """The box around a structure; None where two models do not know it, or nobody found it."""
        return (
            self.boxes.get(self.comparison.structures[index].key) if self.comparison.structures[index].number else None
        )

    def known_box(self, index: int) -> Box:
        """The box around a structure.

        :raises ValueError: it has none, see :meth:`box`.
        """
        box = self.box(index)
        if box is None:
            raise ValueError(f"{self.comparison.structures[index].name} is not compared, or nobody found it")
        return box

    def regions(self, index: int) -> tuple[DisputedRegion, ...]:
        """Where the models disagree about a structure, see :func:`disputed_regions`."""
        if index not in self._regions:
            self._regions[index] = disputed_regions(self.comparison, index)
        return self._regions[index]

    def region_of(self, index: int, bits: int) -> DisputedRegion | None:
        """The gravest region of a structure that is held against these models; else against one of them; else any.

        :param index: of the structure.
        :param bits: one bit per model.
        :returns: None for a structure without a disagreement.
        """
        regions = self.regions(index)
        exact = (region for region in regions if region.minority == bits)
        some = (region for region in regions if region.minority & bits)
        return next(exact, None) or next(some, None) or next(iter(regions), None)

    def gravest(self, index: int) -> dict[int, DisputedRegion | None]:
        """By the bit of each model that found a structure, the gravest region that is held against it alone.

        :param index: of the structure.
        """
        regions = {region.minority: region for region in reversed(self.regions(index))}
        return {bit: regions.get(1 << bit) for bit in np.flatnonzero(self.found[index]).tolist()}

    @cached_property
    def usual_depth_mm(self) -> float:
        """How deep the gravest region of a model on a structure is in the median of all: 0 where most have none.

        Outlines differ by as much on a small structure as on a large one. There they leave so few regions that one of
        the usual depth may be far graver than those of the other models. Structures that three models found count.
        """
        several = (index for index in self.structures if self.found[index].sum() > 2 and self.box(index) is not None)
        depths = [region.depth_mm if region else 0.0 for index in several for region in self.gravest(index).values()]
        return float(np.median(depths)) if depths else 0.0

    def patterns(self, index: int) -> NDArray[np.unsignedinteger]:
        """The votes in the structure's box, see :func:`pattern_crop`."""
        return pattern_crop(self.comparison, index, self.known_box(index))

    def most_of(self, index: int, bits: Sequence[int]) -> NDArray[np.bool_]:
        """Where more than half of these models mark the structure, bool (k, j, i) of its box.

        :param index: of a structure that has a box.
        :param bits: of the models.
        """
        return self._carried_by_most(bits)[self.patterns(index)]

    def _carried_by_most(self, bits: Sequence[int]) -> NDArray[np.bool_]:
        """[pattern] is whether more than half of these models belong to it."""
        return 2 * self.comparison.pattern_members()[:, bits].sum(axis=1) > len(bits)

    def has_voxel(self, index: int, bit: int, voxel: tuple[int, int, int]) -> bool:
        """Whether a model marks a voxel (k, j, i) of the scan as a structure.

        :param index: of the structure.
        :param bit: of the model.
        :param voxel: indices (k, j, i) within the scan.
        """
        number = self.comparison.structures[index].number
        planes = (plane for plane in self.comparison.planes if plane.model == bit)
        return any(plane.structure_of_label[plane.voxels[voxel]] == number for plane in planes)

    def extent(self, index: int) -> Extent:
        """The slices in which each model has a structure."""
        if index not in self._extents:
            self._look_at(index)
        return self._extents[index]

    def blocks(self, index: int) -> NDArray[np.unsignedinteger]:
        """The votes in the structure's box, those of two by two by two voxels joined: who marks any of them.

        :param index: of a structure that has a box.
        """
        if index not in self._blocks:
            self._look_at(index)
        return self._blocks[index]

    def _look_at(self, index: int) -> None:
        """Extent and blocks from one look at the voxels."""
        box, slices = self.box(index), {}
        if box is not None:
            patterns = self.patterns(index)
            along = np.bitwise_or.reduce(patterns.reshape(len(patterns), -1), axis=1)
            for bit in range(len(self.models)):
                there = np.flatnonzero(along >> bit & 1)
                if there.size:
                    slices[bit] = (box.lower[0] + int(there[0]), box.lower[0] + int(there[-1]))
            self._blocks[index] = in_blocks(patterns, np.bitwise_or)
        self._extents[index] = Extent(slices)

    @cached_property
    def confusion(self) -> Confusion:
        """What the models call a voxel."""
        return count_confusion(self.comparison)

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """Of each structure its number in the comparison."""
        return np.array([structure.number for structure in self.comparison.structures], dtype=np.int64)

    @cached_property
    def called(self) -> dict[int, NDArray[np.float64]]:
        """By model float (n_structures, n_structures): [s, t] is how many voxels it calls s and the others, in the
        median of those that know t, call t. On the diagonal what they agree on."""
        members = self.comparison.pattern_members()
        found = {}
        for bit in range(len(self.models)):
            layers = np.full((len(self.models), len(self.numbers), len(self.numbers)), np.nan)
            for other in range(len(self.models)):
                if other == bit:
                    continue
                between = self.confusion.between(bit, other)[np.ix_(self.numbers, self.numbers)].astype(float)
                both = members[:, bit] & members[:, other]
                np.fill_diagonal(between, self.comparison.counts @ both)
                between[:, ~self.knows[:, other]] = np.nan
                between[self.numbers == 0] = np.nan
                between[:, self.numbers == 0] = np.nan
                layers[other] = between
            known = ~np.isnan(layers).all(axis=0)
            median = np.zeros(layers.shape[1:])
            median[known] = np.nanmedian(layers[:, known], axis=0)
            found[bit] = median
        return found


def noise_of(others: Iterable[float]) -> float:
    """How large something is in models that do not err: the second largest of the others, as one more of them may err.

    :param others: a number of each of the other models.
    :returns: of fewer than four the largest; 0 without any.
    """
    falling = sorted(others, reverse=True)
    return falling[1] if len(falling) > 3 else falling[0] if falling else 0.0
