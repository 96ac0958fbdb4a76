"""What one model made of one scan, and which structures it could have made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..anatomy.identity import StructureIdentity, structure_identity
from ..anatomy.model_knowledge import ModelKnowledge
from ..errors import ConcordanceError, GeometryMismatchError
from ..imaging.label_map import LabelMap, Segment, label_counts

_LISTED = 3


@dataclass(frozen=True, slots=True)
class UncodedStructure:
    """A segment without codes: nothing tells what it is, so it equals no other segment, not even one of its name."""

    model: str
    name: str
    layer: int
    label: int

    @property
    def key(self) -> str:
        """What stands in the tables' structure_key."""
        return f"uncoded:{self.name}"


@dataclass(frozen=True, eq=False)
class ModelSegmentation:
    """One model's segmentation of one scan.

    :param model: what the run is called; unique in a comparison.
    :param label_map: on the grid of the comparison.
    :param vocabulary: the structures that the model can find, whether it found them or not. Empty where nobody knows:
        then a structure that it did not find counts as one that it does not know.
    :param not_looked_for: structures of the vocabulary that it was not asked for, as in a subset of regions.
    :param covered: the part of the scan, as an index of an array (k, j, i), that it was run on; None for all of it.
    :param family: of models that share training data and so their errors; "" where it is of none that is known.
    """

    model: str
    label_map: LabelMap
    vocabulary: frozenset[StructureIdentity] = frozenset()
    not_looked_for: frozenset[StructureIdentity] = frozenset()
    covered: tuple[slice, slice, slice] | None = None
    family: str = ""

    def structure_of(self, segment: Segment) -> StructureIdentity | UncodedStructure:
        """Which structure a segment of this model is."""
        if segment.structure is None:
            return UncodedStructure(self.model, segment.name, segment.layer, segment.label)
        return structure_identity(segment.structure)

    def known_structures(self) -> frozenset[StructureIdentity | UncodedStructure]:
        """The vocabulary, and every structure that was found all the same."""
        return self.vocabulary | {self.structure_of(segment) for segment in self.label_map.segments}

    def structures_within(self, box: tuple[slice, slice, slice]) -> frozenset[StructureIdentity | UncodedStructure]:
        """The structures that have a voxel in a part of the grid, given as an index of an array (k, j, i)."""
        present = [set(label_counts(layer[box])) for layer in self.label_map.layers]
        segments = self.label_map.segments
        return frozenset(self.structure_of(one) for one in segments if one.label in present[one.layer])


def model_segmentation(
    model: str,
    label_map: LabelMap,
    known: Sequence[ModelKnowledge],
    *,
    not_looked_for: frozenset[StructureIdentity] = frozenset(),
    covered: tuple[slice, slice, slice] | None = None,
) -> ModelSegmentation:
    """One model of what is known of each of its files.

    :param label_map: of all files, see :func:`join_label_maps`.
    :param not_looked_for: as in :class:`ModelSegmentation`, like ``covered``.
    """
    families = {one.family for one in known if one.family}
    structures = frozenset().union(*(one.structures for one in known))
    family = families.pop() if len(families) == 1 else ""
    return ModelSegmentation(model, label_map, structures, not_looked_for, covered, family)


def structures_in(label_map: LabelMap) -> frozenset[StructureIdentity]:
    """The structures of the coded segments, those without voxels included."""
    return frozenset(structure_identity(one.structure) for one in label_map.segments if one.structure is not None)


def join_label_maps(label_maps: Sequence[LabelMap], model: str) -> LabelMap:
    """The label maps of one model (its tasks, files) as one: their layers one above the other.

    :raises GeometryMismatchError: if they do not lie on one grid.
    """
    first = label_maps[0]
    layers = list(first.layers)
    segments = list(first.segments)
    for other in label_maps[1:]:
        if not first.geometry.matches(other.geometry):
            raise GeometryMismatchError(
                model, f"its files lie on different grids: {'; '.join(other.geometry.differences(first.geometry))}"
            )
        segments += [replace(segment, layer=segment.layer + len(layers)) for segment in other.segments]
        layers += other.layers
    return LabelMap(tuple(layers), first.geometry, tuple(segments))


def twice_note(model: ModelSegmentation) -> str:
    """A sentence where two layers of one model hold the same structure, "" elsewhere: mostly they are two runs."""
    segments = model.label_map.segments
    places = {(model.structure_of(segment), segment.layer) for segment in segments if segment.structure is not None}
    counts = Counter(structure for structure, _ in places)
    names = dict.fromkeys(segment.name for segment in segments if counts[model.structure_of(segment)] > 1)
    if not names:
        return ""
    listed = ", ".join(list(names)[:_LISTED]) + (", ..." if len(names) > _LISTED else "")
    return f"{model.model}: {listed} several times; joined. Give each run a model name of its own to compare them."


def check_comparable(models: Sequence[ModelSegmentation]) -> None:
    """Raise unless every model has its own name and all lie on one grid."""
    names = [model.model for model in models]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ConcordanceError(", ".join(repeated), "two models have this name", "Give each run a name of its own.")
    for model in models[1:]:
        if not models[0].label_map.geometry.matches(model.label_map.geometry):
            differences = "; ".join(model.label_map.geometry.differences(models[0].label_map.geometry))
            raise GeometryMismatchError(model.model, f"lies on another grid than {models[0].model}: {differences}")
