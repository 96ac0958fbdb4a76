"""Several models' segmentations of one scan, counted against each other."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..anatomy.concepts import CodedStructure
from ..anatomy.identity import StructureIdentity
from ..anatomy.structure_names import structure_name
from ..errors import ConcordanceError
from ..imaging.geometry import Geometry
from ..imaging.label_map import LabelMap, Segment, label_counts
from ..plurals import counted
from .disputed_voxels import DisputedVoxels, disputed_patterns, gathered
from .models import ModelSegmentation, UncodedStructure, check_comparable
from .patterns import MAX_MODELS, PatternPlaces, Plane, count_patterns
from .planes import planes_of

# Up to so many, counting label by label is faster than one pass for all. It changes the time, not the result.
_FEW_LABELS = 8


@dataclass(frozen=True, slots=True)
class ComparedStructure:
    """A structure that at least one model found.

    :param key: its codes as one text. Only uncoded segments of several models may share one, that of their name.
    :param voters: the models that know the structure, as bits: what it could have been found by.
    :param coded: the concepts as the first model that found it wrote them; None for an uncoded segment.
    :param number: its label in the numbering of the comparison's planes; 0 if of
        several models one alone knows it.
    :param number_of_all: its label in the numbering of the planes of all structures, 1 or higher.
    :param not_looked_for: the models that know the structure and did not look for it, as bits; they are no voters.
    """

    identity: StructureIdentity | UncodedStructure
    key: str
    name: str
    voters: int
    coded: CodedStructure | None
    color: tuple[int, int, int] | None
    number: int
    not_looked_for: int = 0
    number_of_all: int = 0

    @property
    def n_voters(self) -> int:
        """How many models know the structure."""
        return self.voters.bit_count()


@dataclass(frozen=True, eq=False)
class Comparison:
    """The counts from which every overlap measure follows.

    :param models: names; the index is the model's bit in a pattern.
    :param structures: what at least one model found, in the order in which the models list it.
    :param counts: int64 (n_structures, 2 ** n_models); [s, p] is the number of voxels where exactly the models of
        the bits of p carry structure s.
    :param cut: bool (n_structures, n_models): the model's segment reaches the first or last slice of the scan.
    :param planes: the arrays that were counted, for label maps that are made from the counts.
    :param planes_of_all: the same arrays, numbered so that structures that one model alone knows are among them.
    :param disputed: where the models differ, by the structures' numbers.
    :param families: of each model, see :attr:`ModelSegmentation.family`; empty where none is known.
    """

    models: tuple[str, ...]
    geometry: Geometry
    structures: tuple[ComparedStructure, ...]
    counts: NDArray[np.int64]
    cut: NDArray[np.bool_]
    planes: tuple[Plane, ...]
    disputed: DisputedVoxels
    families: tuple[str, ...] = ()
    planes_of_all: tuple[Plane, ...] = ()

    def family(self, bit: int) -> str:
        """The family of the model of this bit, "" where none is known."""
        return self.families[bit] if self.families else ""

    def model_counts(self) -> NDArray[np.int64]:
        """Voxels per structure and model, int64 (n_structures, n_models)."""
        return self.counts @ self.pattern_members()

    def pattern_members(self) -> NDArray[np.int64]:
        """Which models belong to a pattern: int64 (2 ** n_models, n_models), 1 or 0."""
        patterns = np.arange(self.counts.shape[1])
        return (patterns[:, None] >> np.arange(len(self.models))) & 1


def compare_models(models: Sequence[ModelSegmentation]) -> Comparison:
    """Count every structure of two or more models against each other, in one pass over their voxels.

    :param models: all on one grid, each with a name of its own, at most 16. Of one alone there are volumes and
        findings, and no agreement.
    :raises ConcordanceError: no or more than 16 models, or a name twice.
    :raises GeometryMismatchError: if they lie on different grids.
    """
    if not 1 <= len(models) <= MAX_MODELS:
        names = ", ".join(model.model for model in models) or "nothing"
        raise ConcordanceError(names, f"{counted(len(models), 'model')} to compare", f"Give 1 to {MAX_MODELS}.")
    check_comparable(models)
    structures = _found_structures(models)
    row_of = {structure.identity: structure.number_of_all for structure in structures}
    of_all = [plane for bit, model in enumerate(models) for plane in _planes_of(model, bit, row_of)]
    planes = _compared(of_all, np.array([0, *(structure.number for structure in structures)], dtype=np.uint16))
    highest = max((structure.number for structure in structures), default=0)
    kept = PatternPlaces(_disputed(structures, highest, len(models)), [])
    by_number = count_patterns(planes, highest, len(models), places=kept)
    counts = by_number[[structure.number for structure in structures]]
    _count_unshared(models, structures, counts)
    return Comparison(
        models=tuple(model.model for model in models),
        geometry=models[0].label_map.geometry,
        structures=structures,
        counts=counts,
        cut=_cut_by_scan(models, structures),
        planes=tuple(planes),
        disputed=gathered(kept, highest, len(models)),
        families=tuple(model.family for model in models),
        planes_of_all=tuple(of_all),
    )


def _compared(of_all: Sequence[Plane], number_of: np.ndarray) -> list[Plane]:
    """The planes in the numbering of what two models or more know; one per model at least, others only where they
    hold such a structure."""
    planes: list[Plane] = []
    for plane in of_all:
        table = number_of[plane.structure_of_label]
        is_mixed = plane.is_mixed or bool(((plane.structure_of_label != 0) & (table == 0)).any())
        planes.append(replace(plane, structure_of_label=table, is_mixed=is_mixed))
    first = {plane.model: plane for plane in reversed(planes)}
    held = {plane.model for plane in planes if plane.structure_of_label.any()}
    return [
        plane
        for plane in planes
        if plane.structure_of_label.any() or (plane.model not in held and plane is first[plane.model])
    ]


def _disputed(structures: Sequence[ComparedStructure], highest: int, n_models: int) -> np.ndarray:
    """By the structure's number and the pattern, bool."""
    voters = np.zeros(highest + 1, dtype=np.int64)
    for structure in structures:
        voters[structure.number] = structure.voters if structure.number else 0
    return disputed_patterns(voters.tolist(), n_models)


def _found_structures(models: Sequence[ModelSegmentation]) -> tuple[ComparedStructure, ...]:
    not_looked_for = [_not_looked_for(model, models) for model in models]
    known = [model.known_structures() - aside for model, aside in zip(models, not_looked_for)]
    first_segment: dict[StructureIdentity | UncodedStructure, Segment] = {}
    for model in models:
        for segment in model.label_map.segments:
            first_segment.setdefault(model.structure_of(segment), segment)
    keys = _unique_keys(list(first_segment))
    numbers = itertools.count(1)
    found: list[ComparedStructure] = []
    for identity, segment in first_segment.items():
        voters = sum(1 << bit for bit, structures in enumerate(known) if identity in structures)
        aside = sum(1 << bit for bit, structures in enumerate(not_looked_for) if identity in structures)
        number = next(numbers) if voters.bit_count() > 1 or len(models) == 1 else 0
        name = _name_of(identity, segment)
        found.append(
            ComparedStructure(
                identity, keys[identity], name, voters, segment.structure, segment.color, number, aside, len(found) + 1
            )
        )
    return tuple(found)


def _not_looked_for(
    model: ModelSegmentation, models: Sequence[ModelSegmentation]
) -> frozenset[StructureIdentity | UncodedStructure]:
    """What the model knows and had no occasion to find: not asked for, or wholly outside of the part it was run on."""
    aside = model.not_looked_for
    if model.covered is not None:
        others = (other.structures_within(model.covered) for other in models if other is not model)
        aside = aside | (model.vocabulary - frozenset().union(*others))
    counts = [label_counts(layer) for layer in model.label_map.layers] if aside else []
    segments = model.label_map.segments
    return aside - {model.structure_of(one) for one in segments if one.label in counts[one.layer]} if aside else aside


def _name_of(identity: StructureIdentity | UncodedStructure, segment: Segment) -> str:
    if isinstance(identity, UncodedStructure):
        return f"uncoded: {segment.name}"
    return structure_name(identity) or segment.name


def _unique_keys(
    identities: list[StructureIdentity | UncodedStructure],
) -> dict[StructureIdentity | UncodedStructure, str]:
    """The keys of the tables. They leave out the category, which is added for the rare two that differ only in it."""
    keys = [identity.key for identity in identities]
    return {
        identity: f"{identity.key}|{identity.category}"
        if keys.count(identity.key) > 1 and isinstance(identity, StructureIdentity)
        else identity.key
        for identity in identities
    }


def _planes_of(
    model: ModelSegmentation, bit: int, number_of: dict[StructureIdentity | UncodedStructure, int]
) -> list[Plane]:
    return planes_of(model.label_map, bit, lambda segment: number_of[model.structure_of(segment)])


def _count_unshared(
    models: Sequence[ModelSegmentation], structures: Sequence[ComparedStructure], counts: np.ndarray
) -> None:
    """Fill in the structures that one model alone knows, which need no comparing: often the body or its fat, that is
    most of the voxels."""
    row_of = {structure.identity: row for row, structure in enumerate(structures) if structure.n_voters == 1}
    for bit, model in enumerate(models):
        row_of_segment = {
            segment: row_of[model.structure_of(segment)]
            for segment in model.label_map.segments
            if model.structure_of(segment) in row_of
        }
        for row, voxels in _voxels_of_rows(model.label_map, row_of_segment).items():
            counts[row, 1 << bit] = voxels


def _voxels_of_rows(label_map: LabelMap, row_of_segment: Mapping[Segment, int]) -> dict[int, int]:
    """Voxels by row; those that several segments of one row share count once."""
    rows = sorted(set(row_of_segment.values()))
    if len(rows) == len(row_of_segment) <= _FEW_LABELS:
        return {
            row: _voxels_of_label(label_map.layers[segment.layer], segment.label)
            for segment, row in row_of_segment.items()
        }
    number_of = {segment: rows.index(row) + 1 for segment, row in row_of_segment.items()}
    planes = planes_of(label_map, 0, lambda segment: number_of.get(segment, 0))
    return dict(zip(rows, count_patterns(planes, len(rows), 1)[1:, 1].tolist()))


def _voxels_of_label(voxels: np.ndarray, label: int) -> int:
    """Slice by slice, as a mask of the volume would not fit the processor's cache."""
    return sum(int(np.count_nonzero(one_slice == label)) for one_slice in voxels)


def _cut_by_scan(models: Sequence[ModelSegmentation], structures: Sequence[ComparedStructure]) -> np.ndarray:
    row_of = {structure.identity: row for row, structure in enumerate(structures)}
    cut = np.zeros((len(structures), len(models)), dtype=bool)
    for bit, model in enumerate(models):
        at_end = [set(label_counts(layer[[0, -1]])) for layer in model.label_map.layers]
        for segment in model.label_map.segments:
            cut[row_of[model.structure_of(segment)], bit] |= segment.label in at_end[segment.layer]
    return cut
