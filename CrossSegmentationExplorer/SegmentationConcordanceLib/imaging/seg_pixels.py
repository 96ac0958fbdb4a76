"""The frames of a DICOM SEG as label arrays."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from pydicom.dataset import Dataset
from pydicom.pixels import iter_pixels

from ..errors import DicomSegError
from .label_map import smallest_dtype
from .memory_budget import require_within_budget

_COPY_AGAIN = "Copy or export it again."


class Canvas:
    """Layers that grow as segments are painted: a segment that overlaps another goes to another layer as a whole.

    :param shape: (k, j, i) of every layer.
    :param highest: the highest segment number; it sets the dtype.
    :param path: the file that is read, for errors.
    :raises UnreadableFileError: the layers would take more than the memory budget.
    """

    def __init__(self, shape: tuple[int, int, int], highest: int, path: Path = Path()) -> None:
        self._path = path
        self._shape = shape
        self._dtype = smallest_dtype([highest])
        self.layers: list[np.ndarray] = []
        self.layers.append(self._blank())
        self.layer_of: dict[int, int] = {}
        self._slices_of: dict[int, list[int]] = {}

    def paint(self, number: int, k: int, blocks: np.ndarray, mask: np.ndarray) -> None:
        """Set voxels of slice ``k`` to ``number``.

        :param blocks: int64 (n,), which blocks of the slice; its voxels, row by row, are cut into blocks of m voxels.
        :param mask: bool (n, m), the voxels of these blocks that are set.
        """
        if not mask.any():
            return
        layer = self.layer_of.setdefault(number, 0)
        voxels = self._blocks(layer, k, mask)
        before = voxels[blocks]
        if before.any() and before[mask].any():
            voxels = self._blocks(self._move(number, k, blocks, mask), k, mask)
            before = voxels[blocks]
        voxels[blocks] = np.where(mask, self._dtype.type(number), before)
        self._slices_of.setdefault(number, []).append(k)

    def _move(self, number: int, k: int, blocks: np.ndarray, mask: np.ndarray) -> int:
        """Take what was painted of a segment to the first layer that is free there and under ``mask``."""
        old = self.layer_of[number]
        done = {k: self.layers[old][k] == number for k in self._slices_of.get(number, [])}
        for new in range(len(self.layers) + 1):
            if new == len(self.layers):
                self.layers.append(self._blank())
            taken = self._blocks(new, k, mask)[blocks][mask].any()
            if new != old and not taken and not any(self.layers[new][k][own].any() for k, own in done.items()):
                break
        for slice_, own in done.items():
            self.layers[old][slice_][own] = 0
            self.layers[new][slice_][own] = number
        self.layer_of[number] = new
        return new

    def _blocks(self, layer: int, k: int, mask: np.ndarray) -> np.ndarray:
        """A view of the slice as blocks, (blocks of the slice, voxels of a block)."""
        return self.layers[layer][k].reshape(-1, mask.shape[1])

    def _blank(self) -> np.ndarray:
        layers = len(self.layers) + 1
        require_within_budget(self._path, [layers, *self._shape], self._dtype.itemsize, "voxels of overlapping layers")
        return np.zeros(self._shape, dtype=self._dtype)


def frame_masks(dataset: Dataset, frames: int, path: Path) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each frame of a BINARY or FRACTIONAL SEG the blocks that hold all of the segment, as Canvas paints them.

    A fractional voxel belongs to the segment from half of MaximumFractionalValue on.

    :raises DicomSegError: pixel data are missing, too short, or compressed in a way that pydicom cannot decode.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    is_packed = int(dataset.BitsAllocated) == 1 and syntax.is_little_endian and not syntax.is_encapsulated
    if is_packed:
        packed = io.BytesIO(dataset.get("PixelData") or b"")
        yield from packed_masks(packed, 0, frames, (int(dataset.Rows), int(dataset.Columns)), path)
        return
    fractional = dataset.get("SegmentationType") == "FRACTIONAL"
    half = int(dataset.MaximumFractionalValue) / 2 if fractional else 1
    for frame in decoded_frames(dataset, frames, path):
        yield _filled_rows(frame >= half)


def packed_masks(
    packed: BinaryIO, start: int, frames: int, shape: tuple[int, int], path: Path
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The same of frames of one bit per voxel, the lowest bit first; one frame is in memory at a time.

    The bits of all frames are one string: where a frame is no whole number of bytes, the next starts within a byte.

    :param start: where in ``packed`` the first frame begins.
    :param shape: rows and columns of a frame.
    :raises DicomSegError: there are fewer frames than that.
    """
    size = shape[0] * shape[1]
    for frame in range(frames):
        first_byte, bits_before = divmod(frame * size, 8)
        packed.seek(start + first_byte)
        data = packed.read(-(-(bits_before + size) // 8))
        if 8 * len(data) < bits_before + size:
            raise DicomSegError(path, f"is truncated: pixel data of {frame} of {frames} frames", _COPY_AGAIN)
        if size % 8:
            bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8), bitorder="little")
            yield _filled_rows(bits[bits_before : bits_before + size].view(bool).reshape(shape))
        else:
            yield _filled_words(data, math.gcd(size, 64))


def _filled_words(data: bytes, n_bits: int) -> tuple[np.ndarray, np.ndarray]:
    """The words that are not 0, and their bits: most of a frame is background."""
    words = np.frombuffer(data, dtype=f"u{n_bits // 8}")
    filled = np.flatnonzero(words != 0)
    bits = np.unpackbits(words[filled].view(np.uint8), bitorder="little")
    return filled, bits.view(bool).reshape(-1, n_bits)


def _filled_rows(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    filled = np.flatnonzero(mask.any(axis=1))
    return filled, mask[filled]


def decoded_frames(dataset: Dataset, frames: int, path: Path) -> Iterator[np.ndarray]:
    """The stored values of each frame, (rows, columns), by pydicom's decoders; errors as :func:`frame_masks`."""
    count = 0
    try:
        for frame in iter_pixels(dataset, raw=True):
            count += 1
            yield frame
    except (AttributeError, NotImplementedError, RuntimeError, TypeError, ValueError) as error:
        raise DicomSegError(path, f"its pixel data cannot be decoded ({error})", _COPY_AGAIN) from error
    if count != frames:
        raise DicomSegError(path, f"has pixel data of {count} of {frames} frames", _COPY_AGAIN)
