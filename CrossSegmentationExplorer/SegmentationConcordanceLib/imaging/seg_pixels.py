"""The frames of a DICOM SEG as label arrays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.pixels import iter_pixels

from ..errors import DicomSegError
from .label_map import smallest_dtype

_COPY_AGAIN = "Copy or export it again."


class Canvas:
    """Layers that grow as segments are painted: a segment that overlaps another goes to another layer as a whole.

    :param shape: (k, j, i) of every layer.
    :param highest: the highest segment number; it sets the dtype.
    """

    def __init__(self, shape: tuple[int, int, int], highest: int) -> None:
        self._shape = shape
        self._dtype = smallest_dtype([highest])
        self.layers = [self._blank()]
        self.layer_of: dict[int, int] = {}
        self._slices_of: dict[int, list[int]] = {}

    def paint(self, number: int, k: int, start: int, mask: np.ndarray) -> None:
        """Set the voxels of slice ``k``, counted row by row from ``start`` on, to ``number`` where ``mask`` is True."""
        if not mask.any():
            return
        layer = self.layer_of.setdefault(number, 0)
        if self._run(layer, k, start, mask.size)[mask].any():
            layer = self._move(number, k, start, mask)
        self._run(layer, k, start, mask.size)[mask] = number
        self._slices_of.setdefault(number, []).append(k)

    def _move(self, number: int, k: int, start: int, mask: np.ndarray) -> int:
        """Take what was painted of a segment to the first layer that is free there and under ``mask``."""
        old = self.layer_of[number]
        done = {k: self.layers[old][k] == number for k in self._slices_of.get(number, [])}
        for new in range(len(self.layers) + 1):
            if new == len(self.layers):
                self.layers.append(self._blank())
            taken = self._run(new, k, start, mask.size)[mask].any()
            if new != old and not taken and not any(self.layers[new][k][own].any() for k, own in done.items()):
                break
        for slice_, own in done.items():
            self.layers[old][slice_][own] = 0
            self.layers[new][slice_][own] = number
        self.layer_of[number] = new
        return new

    def _run(self, layer: int, k: int, start: int, size: int) -> np.ndarray:
        return self.layers[layer][k].reshape(-1)[start : start + size]

    def _blank(self) -> np.ndarray:
        return np.zeros(self._shape, dtype=self._dtype)


def frame_masks(dataset: Dataset, frames: int, path: Path) -> Iterator[tuple[int, np.ndarray]]:
    """For each frame of a BINARY or FRACTIONAL SEG the run of voxels that holds all of the segment.

    A run is the number of the voxel that it starts with, counted row by row, and a bool array (n,); n is 0 where the
    frame is empty. A fractional voxel belongs to the segment from half of MaximumFractionalValue on.

    :raises DicomSegError: pixel data are missing, too short, or compressed in a way that pydicom cannot decode.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    is_packed = int(dataset.BitsAllocated) == 1 and syntax.is_little_endian and not syntax.is_encapsulated
    if is_packed:
        yield from _unpacked_runs(dataset, frames, path)
        return
    fractional = dataset.get("SegmentationType") == "FRACTIONAL"
    half = int(dataset.MaximumFractionalValue) / 2 if fractional else 1
    for frame in decoded_frames(dataset, frames, path):
        yield 0, frame.reshape(-1) >= half


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


def _unpacked_runs(dataset: Dataset, frames: int, path: Path) -> Iterator[tuple[int, np.ndarray]]:
    """Frames of one bit per voxel. The bits of all frames are one string: a frame may start within a byte."""
    packed = np.frombuffer(dataset.get("PixelData") or b"", dtype=np.uint8)
    size = int(dataset.Rows) * int(dataset.Columns)
    if packed.size * 8 < frames * size:
        whole = packed.size * 8 // size
        raise DicomSegError(path, f"is truncated: pixel data of {whole} of {frames} frames", _COPY_AGAIN)
    for frame in range(frames):
        first_bit = frame * size
        first_byte = first_bit // 8
        window = packed[first_byte : -(-(first_bit + size) // 8)]
        filled = np.flatnonzero(window)
        if filled.size == 0:
            yield 0, np.zeros(0, dtype=bool)
            continue
        low, high = int(filled[0]), int(filled[-1]) + 1
        bits = np.unpackbits(window[low:high], bitorder="little").view(bool)
        start = (first_byte + low) * 8 - first_bit
        yield max(start, 0), bits[max(-start, 0) : size - start]
