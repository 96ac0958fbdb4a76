"""Where frames lie: one-bit frames that share bytes, fragments with and without a table, and damage."""

from __future__ import annotations

import io
import struct

import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEG2000Lossless, RLELossless

from imaging.seg_cases import AXIAL, ct_series, highdicom_seg, overlapping
from SegmentationConcordanceLib.viewer.frames import FrameError, frame_table


def image(syntax=ExplicitVRLittleEndian, n_frames=3, **values):
    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7.3"
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = "1.2"
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel, dataset.BitsAllocated = 4, 6, 1, 16
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.NumberOfFrames = n_frames
    pixels = np.arange(n_frames * 24, dtype="<u2").reshape(n_frames, 4, 6)
    dataset.add_new("PixelData", "OW", pixels.tobytes())
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset, pixels


def as_file(dataset):
    stream = io.BytesIO()
    pydicom.dcmwrite(stream, dataset, enforce_file_format=True)
    stream.seek(0)
    return stream


def compressed(frames, has_bot=True, fragments=1, syntax=JPEG2000Lossless):
    dataset, _ = image(syntax, len(frames))
    dataset.PixelData = encapsulate(frames, fragments_per_frame=fragments, has_bot=has_bot)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return dataset


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_native_frames(syntax):
    dataset, pixels = image(syntax)
    stream = as_file(dataset)
    table = frame_table(stream)
    assert [table.read(stream, n) for n in (3, 1)] == [pixels[2].tobytes(), pixels[0].tobytes()]
    for absent in (0, 4, -1):
        with pytest.raises(IndexError):
            table.read(stream, absent)


def test_one_bit_frames_of_99_bits_begin_within_a_byte(tmp_path):
    seg = highdicom_seg(overlapping(), ct_series(tmp_path / "ct", AXIAL))
    stream = as_file(seg)
    table = frame_table(stream)
    assert (table.bits_per_frame, table.n_frames) == (99, int(seg.NumberOfFrames))
    for number, frame in enumerate(seg.pixel_array, start=1):
        bits = np.unpackbits(np.frombuffer(table.read(stream, number), np.uint8), bitorder="little")
        assert bits[:99].tolist() == frame.ravel().tolist()
        assert not bits[99:].any()


@pytest.mark.parametrize("has_bot", [True, False])
def test_a_fragment_per_frame(has_bot):
    frames = [b"first!", b"second frame", b"3rd!"]
    dataset = compressed(frames, has_bot)
    stream = as_file(dataset)
    table = frame_table(stream)
    expected = list(generate_frames(dataset.PixelData, number_of_frames=3))
    assert [table.read(stream, n) for n in (1, 2, 3)] == expected == frames


def test_several_fragments_per_frame_are_told_apart_by_the_table():
    frames = [bytes([n]) * (20 + 4 * n) for n in range(3)]
    stream = as_file(compressed(frames, fragments=2))
    table = frame_table(stream)
    assert [table.read(stream, n) for n in (1, 2, 3)] == frames


def test_several_fragments_of_the_only_frame():
    stream = as_file(compressed([b"abcdefgh"], has_bot=False, fragments=2))
    assert frame_table(stream).read(stream, 1) == b"abcdefgh"


def test_a_real_compressed_frame_decodes_again():
    dataset, _ = image(n_frames=2, BitsStored=16, HighBit=15, PixelRepresentation=0)
    dataset.compress(RLELossless)
    stream = as_file(dataset)
    table = frame_table(stream)
    assert [table.read(stream, n) for n in (1, 2)] == list(generate_frames(dataset.PixelData, number_of_frames=2))


def broken_item(dataset):
    stored = as_file(dataset).getvalue()
    return stored.replace(b"\xfe\xff\x00\xe0" + struct.pack("<I", 12), b"\xfe\xff\x00\xe0" + struct.pack("<I", 2**31))


@pytest.mark.parametrize(
    ("stored", "fact"),
    [
        (lambda: as_file(image(Rows=400)[0]).getvalue(), "do not fit into 144 bytes"),
        (lambda: as_file(image(NumberOfFrames=4)[0]).getvalue(), "4 frames of 384 bits do not fit"),
        (lambda: as_file(image(NumberOfFrames=-1)[0]).getvalue(), "it says to have -1 frames"),
        (lambda: as_file(image(Rows=None)[0]).getvalue(), "does not say the size of a frame"),
        (lambda: as_file(compressed([b"abcd", b"efgh"], has_bot=False, fragments=2)).getvalue(), "nothing tells how 4"),
        (lambda: as_file(compressed([b"abcd", b"efgh"])).getvalue()[:-8], "damaged or cut short"),
        (lambda: broken_item(compressed([b"abcdefghijkl", b"efgh"])), "damaged or cut short"),
    ],
)
def test_pixel_data_that_are_not_what_the_header_says(stored, fact):
    with pytest.raises(FrameError, match=fact):
        frame_table(io.BytesIO(stored()))


def test_a_file_without_pixels():
    dataset, _ = image()
    del dataset.PixelData
    with pytest.raises(FrameError, match="it has no pixel data"):
        frame_table(as_file(dataset))


def test_a_file_cut_within_a_frame():
    stored = as_file(image()[0]).getvalue()
    stream = io.BytesIO(stored[:-10])
    table = frame_table(stream)
    assert len(table.read(stream, 2)) == 48
    with pytest.raises(FrameError, match="the file ends within its pixel data"):
        table.read(stream, 3)
