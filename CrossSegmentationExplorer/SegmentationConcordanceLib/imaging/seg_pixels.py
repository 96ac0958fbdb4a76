"""The frames of a DICOM SEG as label arrays."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels import iter_pixels

from ..errors import DicomSegError
from ..memory_budget import require_within_budget
from .label_map import smallest_dtype

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

    def paint(self, number: int, k: int, blocks: NDArray[np.int64], mask: NDArray[np.bool_]) -> None:
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


def frame_masks(
    dataset: Dataset, frames: int, path: Path, least: list[float] | None = None
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
    """For each frame of a BINARY or FRACTIONAL SEG the blocks that hold all of the segment, as Canvas paints them.

    :param least: for each frame the value from which on a voxel belongs to it, see :func:`least_values`; 1 without.
    :raises DicomSegError: pixel data are missing, too short, or compressed in a way that pydicom cannot decode.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    if int(dataset.BitsAllocated) == 1 and not syntax.is_encapsulated:
        data = dataset.get("PixelData") or b""
        if not syntax.is_little_endian and dataset["PixelData"].VR == "OW":
            # PS3.5, 8.1.1: the bits are packed into words, whose bytes a big endian file has the other way round.
            data = np.frombuffer(data + b"\0" * (len(data) % 2), dtype=">u2").astype("<u2").tobytes()
        shape = (int(dataset.Rows), int(dataset.Columns))
        packed = io.BytesIO(data)
        yield from packed_masks(
            packed, 0, frames, shape, path, is_padded=are_frames_padded(len(data), frames, shape, path)
        )
        return
    for number, frame in enumerate(decoded_frames(dataset, frames, path)):
        yield _filled_rows(frame >= (1 if least is None else least[number]))


def are_frames_padded(length: int, frames: int, shape: tuple[int, int], path: Path) -> bool:
    """Whether each frame of one bit per voxel fills whole bytes, which the standard does not provide for.

    :param length: of the pixel data, in bytes.
    :raises DicomSegError: it is longer than frames of either kind take, so nobody knows where one begins; where both
        kinds are one, less than a frame behind the last one is let be.
    """
    size = shape[0] * shape[1]
    standard, padded = -(-frames * size // 8), frames * -(-size // 8)
    is_one_kind = size % 8 == 0
    if length <= standard + standard % 2 or (is_one_kind and length < standard + size // 8):
        return False
    if padded <= length <= padded + padded % 2:
        return True
    raise DicomSegError(
        path,
        f"holds {length} bytes of pixel data, where {frames} frames take {standard}, or {padded} in whole bytes",
        "Export it again from the program that made it.",
    )


def least_values(
    dataset: Dataset, numbers: NDArray[np.int64], path: Path
) -> tuple[list[float], tuple[tuple[int, ...], tuple[int, ...]]]:
    """From which value on a voxel of each frame of a FRACTIONAL SEG belongs to its segment.

    That is half of MaximumFractionalValue; but a segment of one single value, however low, is a mask.

    :param numbers: the segment of each frame.
    :returns: one value per frame; and the segments that are masks of a value below half, and those whose values lie
        below half everywhere, so that nothing of them is left.
    """
    half = int(dataset.MaximumFractionalValue) / 2
    found: dict[int, set[int]] = {}
    for number, frame in zip(numbers.tolist(), decoded_frames(dataset, len(numbers), path)):
        seen = found.setdefault(number, set())
        if len(seen) < 2 or max(seen) < half:
            values = np.flatnonzero(np.bincount(frame.ravel(), minlength=1)).tolist()
            seen |= {value for value in values if value}
    low = {number: values for number, values in found.items() if values and max(values) < half}
    masks = tuple(sorted(number for number, values in low.items() if len(values) == 1))
    least = [1.0 if number in masks else half for number in numbers.tolist()]
    return least, (masks, tuple(sorted(set(low) - set(masks))))


def packed_masks(
    packed: BinaryIO, start: int, frames: int, shape: tuple[int, int], path: Path, *, is_padded: bool = False
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
    """The same of frames of one bit per voxel, the lowest bit first; one frame is in memory at a time.

    The bits of all frames are one string: where a frame is no whole number of bytes, the next starts within a byte.

    :param start: where in ``packed`` the first frame begins.
    :param shape: rows and columns of a frame.
    :param is_padded: each frame fills whole bytes instead.
    :raises DicomSegError: there are fewer frames than that.
    """
    size = shape[0] * shape[1]
    stride = size + -size % 8 if is_padded else size
    for frame in range(frames):
        first_byte, bits_before = divmod(frame * stride, 8)
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


def decoded_frames(dataset: Dataset, frames: int, path: Path) -> Iterator[NDArray[np.number]]:
    """The stored values of each frame, (rows, columns), by pydicom's decoders; errors as :func:`frame_masks`.

    :param dataset: with its pixel data.
    :param frames: how many there are.
    :param path: for the message of an error.
    """
    count = 0
    try:
        for frame in iter_pixels(dataset, raw=True):
            count += 1
            yield frame
    except (AttributeError, NotImplementedError, RuntimeError, TypeError, ValueError) as error:
        raise DicomSegError(path, f"its pixel data cannot be decoded ({error})", _COPY_AGAIN) from error
    if count != frames:
        raise DicomSegError(path, f"has pixel data of {count} of {frames} frames", _COPY_AGAIN)
