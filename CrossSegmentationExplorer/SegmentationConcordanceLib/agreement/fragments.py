"""Segments in more pieces than those of the others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from . import finding_kinds as kinds
from .case_facts import CaseFacts
from .crops import in_blocks
from .suspicion import Suspicion

_PIECE_SHARE, _PIECE_VOXELS = 0.05, 12

Piece = tuple[int, tuple[int, int, int]]


def pieces(facts: CaseFacts) -> Iterator[Suspicion]:
    """Segments in more pieces than those of all others, of which most are whole; small crumbs left out."""
    for index in facts.structures:
        finders = np.flatnonzero(facts.found[index]).tolist()
        if facts.box(index) is None or not finders or facts.knows[index].sum() == 1:  # see :mod:`.one_model`
            continue
        suspects = [bit for bit in finders if len(finders) < 3 or _may_be_broken(facts, index, bit)]
        if not suspects:
            continue
        blocks = facts.blocks(index)
        doubtful = [bit for bit in finders if not _is_whole(blocks & (1 << bit))]
        if not set(doubtful) & set(suspects):
            continue
        patterns, lower = facts.patterns(index), facts.known_box(index).lower
        own_pieces = {bit: pieces_of(patterns & (1 << bit) != 0) for bit in suspects if bit in doubtful}
        broken = {bit: own for bit, own in own_pieces.items() if len(own) > 1}
        if not broken:
            continue
        own_pieces |= {bit: pieces_of(patterns & (1 << bit) != 0) for bit in doubtful if bit not in own_pieces}
        counts = {bit: len(own_pieces[bit]) if bit in doubtful else 1 for bit in finders}
        for bit, own in broken.items():
            rest = [count for other, count in counts.items() if other != bit] or [1]
            if len(own) > max(rest) and np.median(rest) <= 1:  # thin vessels are in pieces in most models
                yield in_pieces(index, 1 << bit, own, float(facts.volumes[index, bit]), facts.voxel_ml, lower)


def in_pieces(
    index: int, models: int, own: list[Piece], volume: float, voxel_ml: float, lower: tuple[int, int, int]
) -> Suspicion:
    """The suspicion of a segment in several pieces; the place is in the second one.

    :param own: two or more, see :func:`pieces_of`. :param lower: where in the scan their box begins.
    """
    size, place = own[1]
    k, j, i = np.add(place, lower).tolist()
    return Suspicion(
        kinds.FRAGMENTED, (index,), models, min(1.0, sum(size for size, _ in own[1:]) / own[0][0]), volume, 0.8,
        {"pieces": len(own), "volume_ml": size * voxel_ml}, (k, j, i), frozenset((index,)),
    )  # fmt: skip


def _may_be_broken(facts: CaseFacts, index: int, bit: int) -> bool:
    """Only what is held against a model can break or add a piece: spares a look at most segments."""
    plus, minus = facts.added_and_lost(index, bit)
    return plus + minus >= _PIECE_SHARE * float(facts.volumes[index, bit])


def pieces_of(mask: NDArray[np.bool_]) -> list[Piece]:
    """Size in voxels of each piece with a voxel inside it, the largest first; crumbs are left out.

    Pieces with less than two voxels between them count as one: noise of the outlines parts thin structures.

    :param mask: bool (k, j, i).
    :returns: empty for an empty mask.
    """
    spans = [np.flatnonzero(mask.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3)]
    if not spans[0].size:
        return []
    lower = (int(spans[0][0]), int(spans[1][0]), int(spans[2][0]))
    own = mask[tuple(slice(int(span[0]), int(span[-1]) + 1) for span in spans)]
    sizes = _sizes_in_blocks(own)
    if len(_kept(sizes)) < 2:  # what touches in blocks of two voxels is less than two voxels apart
        first = np.unravel_index(int(np.argmax(own)), own.shape)
        return [(int(own.sum()), (lower[0] + int(first[0]), lower[1] + int(first[1]), lower[2] + int(first[2])))]
    labels, count = ndimage.label(_with_neighbours(own), np.ones((3, 3, 3), dtype=bool))
    labels[~own] = 0
    sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    return [(int(sizes[n]), _inside(labels == n + 1, lower)) for n in _kept(sizes)]


def _sizes_in_blocks(mask: np.ndarray) -> np.ndarray:
    """Voxels of each piece of the mask, looked at in blocks of two by two by two voxels."""
    filled = in_blocks(mask.view(np.uint8), np.add)
    labels, count = ndimage.label(filled, np.ones((3, 3, 3), dtype=bool))
    return np.bincount(labels.ravel(), filled.ravel(), minlength=count + 1)[1:]


def _is_whole(blocks: np.ndarray) -> bool:
    """Whether what is filled of these blocks touches, so that it is one piece wherever the blocks begin."""
    return ndimage.label(blocks, np.ones((3, 3, 3), dtype=bool))[1] == 1


def _with_neighbours(mask: np.ndarray) -> np.ndarray:
    """The mask and all that touches it, at corners as well."""
    for axis in range(3):
        wider = mask.copy()
        to, of = np.moveaxis(wider, axis, 0), np.moveaxis(mask, axis, 0)
        to[1:] |= of[:-1]
        to[:-1] |= of[1:]
        mask = wider
    return mask


def _kept(sizes: np.ndarray) -> list[int]:
    """Which pieces are no crumbs, the largest first."""
    least = max(_PIECE_VOXELS, _PIECE_SHARE * float(sizes.max()))
    order = np.argsort(-sizes, kind="stable").tolist()
    return [n for n in order if sizes[n] >= least or sizes[n] == sizes.max()]


def _inside(mask: np.ndarray, lower: tuple[int, int, int]) -> tuple[int, int, int]:
    """The voxel of a mask next to its mean, where the mask begins at ``lower``."""
    places = np.argwhere(mask)
    k, j, i = (places[np.argmin(((places - places.mean(axis=0)) ** 2).sum(axis=1))] + lower).tolist()
    return k, j, i
