"""The histogram of agreement patterns: how many voxels of each structure carry it in exactly which models.

Everything countable follows from it without touching a voxel again: volumes, consensus by any vote, Dice of any pair
and of any subset of the models. One pass over the arrays makes it, at a cost that does not grow with the number of
structures.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .threads import thread_count

MAX_MODELS = 16
_CHUNK_VOXELS = 1 << 19
_WORD_BYTES = 8
_PARTS = 2  # of the voxels, whatever the number of threads: then results come in the same order


@dataclass(frozen=True, eq=False)
class Plane:
    """One array of labels of one model.

    :param voxels: unsigned integers, axes (k, j, i); all planes of a comparison have the same shape.
    :param structure_of_label: one-dimensional array over the labels; [label] is the structure's row in the histogram,
        1 or higher, or 0 for what is not compared. Long enough for every label that occurs.
    :param model: which bit of the pattern this plane sets, 0 to n_models - 1. A model whose segments overlap has
        several planes.
    :param is_mixed: labels occur in it that are not compared. Only the time depends on it, not the counts.
    """

    voxels: NDArray[np.unsignedinteger]
    structure_of_label: NDArray[np.integer]
    model: int
    is_mixed: bool = False


@dataclass(frozen=True, eq=False)
class PatternLabels:
    """What to write where a structure occurs in a pattern, to make a label map in the same pass.

    :param label: (n_structures + 1, 2 ** n_models) of an unsigned dtype; 0 writes nothing.
    :param out: array of that dtype and of the planes' shape, C-contiguous, all 0; receives the labels.
    :param collisions: receives (flat voxel indices, labels) where a voxel already had another label.
    """

    label: NDArray[np.unsignedinteger]
    out: NDArray[np.unsignedinteger]
    collisions: list[tuple[NDArray[np.integer], NDArray[np.unsignedinteger]]]


@dataclass(frozen=True, eq=False)
class PatternPlaces:
    """Which voxels to keep from the same pass, by structure and pattern.

    :param kept: bool (n_structures + 1, 2 ** n_models).
    :param found: receives (flat voxel indices, keys: structure << n_models | pattern), not empty, part after part.
        The places of one structure are in ascending order within a part; no two parts share a range of voxels.
    """

    kept: NDArray[np.bool_]
    found: list[tuple[NDArray[np.unsignedinteger], NDArray[np.uint32]]]


def count_patterns(
    planes: Sequence[Plane],
    n_structures: int,
    n_models: int,
    write: PatternLabels | None = None,
    places: PatternPlaces | None = None,
) -> NDArray[np.int64]:
    """Count the voxels of every structure by the set of models that carry it there.

    :param planes: at least one plane per model.
    :param n_structures: structures are numbered 1 to n_structures.
    :param n_models: at most ``MAX_MODELS``, as there are 2 ** n_models patterns.
    :param write: where given, the label map that follows from the patterns is made in the same pass.
    :param places: where given, it receives the voxels that not all models give the same structure, as far as it says.
    :returns: int64 (n_structures + 1, 2 ** n_models). [s, p] is the number of voxels where exactly the models whose
        bits are set in p carry structure s. Row 0 and column 0 are 0. All 0 for arrays without voxels.
    """
    if not 1 <= n_models <= MAX_MODELS:
        raise ValueError(f"{n_models} models; 1 to {MAX_MODELS} can be compared")
    if len({plane.voxels.shape for plane in planes}) > 1:
        raise ValueError("the planes' shapes differ")
    if {plane.model for plane in planes} != set(range(n_models)):
        raise ValueError("every model needs a plane")
    dtype = np.dtype(np.uint8 if n_structures < 2**8 else np.uint16)
    flat = [np.ascontiguousarray(plane.voxels).reshape(-1) for plane in planes]
    parts = [replace(write, collisions=[]) if write else None for _ in range(_PARTS)]

    def counted(part: int) -> np.ndarray:
        counter = _PatternCounter(planes, n_structures, n_models, dtype, parts[part], places)
        for start in range(part * _CHUNK_VOXELS, flat[0].size, _PARTS * _CHUNK_VOXELS):
            counter.add(start, [array[start : start + _CHUNK_VOXELS] for array in flat])
        return counter.histogram()

    # numpy releases the interpreter's lock, and no two chunks share a voxel of what is written.
    with ThreadPoolExecutor(thread_count()) as executor:
        histograms = list(executor.map(counted, range(_PARTS)))
    for part in parts:
        if write is not None and part is not None:
            write.collisions.extend(part.collisions)
    return functools.reduce(np.add, histograms)


class _PatternCounter:
    """Adds up chunks. Voxels are handled eight bytes at a time until it is known which of them need a closer look."""

    def __init__(
        self,
        planes: Sequence[Plane],
        n_structures: int,
        n_models: int,
        dtype: np.dtype,
        write: PatternLabels | None,
        places: PatternPlaces | None,
    ) -> None:
        self.dtype = dtype
        self.n_models = n_models
        self.all_models = (1 << n_models) - 1
        self.models = [plane.model for plane in planes]
        self.luts = [_full_lut(plane, dtype) for plane in planes]
        self.has_labels = [plane.voxels.dtype == dtype for plane in planes]
        self.is_mixed = [plane.is_mixed for plane in planes]
        self.pair_luts = [_lut_of_pairs(lut) if lut.size == 2**8 else None for lut in self.luts]
        self.pattern_dtype = np.dtype(np.uint8 if n_models <= 8 else np.uint16)
        self.first_plane_of = {model: self.models.index(model) for model in self.models}
        self.write = write
        self.places = places
        self.rows = n_structures + 1
        self.counts = np.zeros(self.rows << n_models, dtype=np.int64)
        self.unanimous = np.zeros(1 << (8 * dtype.itemsize), dtype=np.int64)

    def add(self, start: int, chunk: list[np.ndarray]) -> None:
        words = [self._words(plane, array) for plane, array in enumerate(chunk)]
        labelled = words[0].copy()
        for word in words[1:]:
            labelled |= word
        active = np.flatnonzero(labelled != 0)
        if active.size == 0:
            return
        structures = [self._structures(plane, word[active]) for plane, word in enumerate(words)]
        self._fold_planes_of_one_model(structures)
        self._count_active(start, active, structures)

    def histogram(self) -> np.ndarray:
        """The counts so far, int64 (n_structures + 1, 2 ** n_models)."""
        counts = self.counts.reshape(self.rows, -1).copy()
        counts[:, self.all_models] += self.unanimous[: self.rows]
        counts[0] = 0
        return counts

    def _words(self, plane: int, array: np.ndarray) -> np.ndarray:
        """The chunk as uint64. Labels stay as they are where they can: most words turn out to be background."""
        if array.dtype != self.dtype:
            array = np.take(self.luts[plane], array)
        missing = -array.nbytes % _WORD_BYTES
        if missing:
            array = np.concatenate([array, np.zeros(missing // self.dtype.itemsize, dtype=self.dtype)])
        words = array.view(np.uint64)
        if self.has_labels[plane] and self.is_mixed[plane]:
            # What is not compared (often the body) would make many words of all planes look worth a closer look.
            filled = np.flatnonzero(words != 0)
            structures = np.zeros_like(words)
            structures[filled] = self._translated(plane, words[filled])
            return structures
        return words

    def _structures(self, plane: int, words: np.ndarray) -> np.ndarray:
        """The words with structures in place of labels."""
        is_done = self.is_mixed[plane] or not self.has_labels[plane]
        return words if is_done else self._translated(plane, words)

    def _translated(self, plane: int, words: np.ndarray) -> np.ndarray:
        pair_lut = self.pair_luts[plane]
        if pair_lut is not None:
            return np.take(pair_lut, words.view(np.uint16)).view(np.uint64)
        return np.take(self.luts[plane], words.view(self.dtype)).view(np.uint64)

    def _fold_planes_of_one_model(self, structures: list[np.ndarray]) -> None:
        """Move what is in a model's further planes to its first one, where there is room.

        The layers of a model (its tasks, mostly) seldom overlap, and a voxel in a second plane costs far more to count.
        """
        for index, model in enumerate(self.models):
            first = self.first_plane_of[model]
            if index == first or not structures[index].any():
                continue
            target, source = structures[first].view(self.dtype), structures[index].view(self.dtype)
            moved = np.where((target == 0) | (target == source), source, self.dtype.type(0))
            target |= moved
            source ^= moved

    def _count_active(self, start: int, active: np.ndarray, structures: list[np.ndarray]) -> None:
        first = structures[0]
        disputed_words = np.zeros_like(first)
        for index, word in enumerate(structures):
            # A second plane of a model is a dispute wherever it holds anything: it adds a structure to the voxel.
            disputed_words |= (first ^ word) if index == self.first_plane_of[self.models[index]] else word
        self.unanimous += _bincount(first.view(self.dtype))
        per_word = _WORD_BYTES // self.dtype.itemsize
        write = self.write
        out = None if write is None else self._unanimous_labels(write, first)
        rows = np.flatnonzero(disputed_words != 0)
        if rows.size:
            lanes = np.flatnonzero(disputed_words[rows].view(self.dtype) != 0)
            voxels = [word[rows].view(self.dtype)[lanes] for word in structures]
            self.unanimous -= _bincount(voxels[0])
            place = active[rows[lanes // per_word]] * per_word + lanes % per_word
            if out is not None:
                out[rows[lanes // per_word] * per_word + lanes % per_word] = 0
        if out is not None and write is not None:
            self._put(write, start, _voxel_indices(active, per_word), out)
        if rows.size:
            keys: list[tuple[np.ndarray, np.ndarray]] = []
            for chosen, structure, pattern in self._patterns(voxels):
                key = (structure.astype(np.int64) << self.n_models) | pattern
                self.counts += np.bincount(key, minlength=self.counts.size)
                keys.append((chosen, key))
                if write is not None:
                    self._put(write, start, place[chosen], write.label.reshape(-1)[key])

            if self.places is not None:
                self._keep(self.places, start, place, keys)

    def _keep(
        self, places: PatternPlaces, start: int, place: np.ndarray, keys: list[tuple[np.ndarray, np.ndarray]]
    ) -> None:
        """Add the chosen voxels of a chunk; a voxel that carries several structures comes several times, in place."""
        kept = places.kept.reshape(-1)
        chosen = np.concatenate([one for one, _ in keys])
        key = np.concatenate([one for _, one in keys])
        wanted = np.flatnonzero(kept[key])
        if wanted.size:
            wanted = wanted[np.argsort(chosen[wanted], kind="stable")] if len(keys) > 1 else wanted
            at = place[chosen[wanted]] + start
            dtype = np.uint32 if at[-1] < 1 << 32 else np.uint64
            places.found.append((at.astype(dtype), key[wanted].astype(np.uint32)))

    def _patterns(self, voxels: list[np.ndarray]) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """(voxels chosen, their structure, its pattern) until every structure of every disputed voxel was named once.

        The highest structure of each voxel comes first, for all voxels at once: few voxels carry a second one.
        """
        chosen = np.arange(voxels[0].size)
        structure = _highest(voxels)
        while chosen.size:
            pattern = np.zeros(chosen.size, dtype=self.pattern_dtype)
            for model, values in zip(self.models, voxels):
                pattern |= (values == structure).astype(self.pattern_dtype) << self.pattern_dtype.type(model)
            yield chosen, structure, pattern
            voxels = [values * (values < structure) for values in voxels]
            structure = _highest(voxels)
            found = np.flatnonzero(structure != 0)
            chosen, structure = chosen[found], structure[found]
            voxels = [values[found] for values in voxels]

    def _unanimous_labels(self, write: PatternLabels, first: np.ndarray) -> np.ndarray:
        """The labels to write if no voxel of these words were disputed."""
        return np.take(write.label[:, self.all_models], first.view(self.dtype))

    def _put(self, write: PatternLabels, start: int, places: np.ndarray, labels: np.ndarray) -> None:
        named = np.flatnonzero(labels != 0)
        places, labels = places[named] + start, labels[named]
        flat = write.out.reshape(-1)
        taken = flat[places] != 0
        if taken.any():
            write.collisions.append((places[taken], labels[taken]))
            places, labels = places[~taken], labels[~taken]
        flat[places] = labels


def _full_lut(plane: Plane, dtype: np.dtype) -> np.ndarray:
    """The table, padded with 0 to every value that one or two bytes can hold."""
    table = plane.structure_of_label
    if plane.voxels.dtype.itemsize > 2:
        return table.astype(dtype)
    lut = np.zeros(1 << (8 * plane.voxels.dtype.itemsize), dtype=dtype)
    lut[: table.size] = table[: lut.size]
    return lut


def _lut_of_pairs(lut: np.ndarray) -> np.ndarray:
    """The table of a byte as a table of two bytes at once, uint16 (65536,): half as many voxels to look up."""
    return (lut.astype(np.uint16)[:, None] << 8 | lut.astype(np.uint16)).reshape(-1)


def _highest(voxels: list[np.ndarray]) -> np.ndarray:
    highest = voxels[0].copy()
    for values in voxels[1:]:
        np.maximum(highest, values, out=highest)
    return highest


def _bincount(values: np.ndarray) -> np.ndarray:
    """Counts over every value of an unsigned dtype of one or two bytes.

    Pairs of bytes are counted as one uint16, which halves the work, and then split.
    """
    if values.dtype.itemsize == 1 and values.size % 2 == 0:
        pairs = np.bincount(values.view(np.uint16), minlength=1 << 16).reshape(256, 256)
        return pairs.sum(axis=0) + pairs.sum(axis=1)
    return np.bincount(values, minlength=1 << (8 * values.dtype.itemsize))


def _voxel_indices(words: np.ndarray, per_word: int) -> np.ndarray:
    return (words[:, None] * per_word + np.arange(per_word)).reshape(-1)
