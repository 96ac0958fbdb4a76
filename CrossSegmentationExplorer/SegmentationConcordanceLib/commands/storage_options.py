"""How DICOM SEGs are stored, as options of a command."""

from __future__ import annotations

import argparse

from ..imaging.seg_file import COMPRESSIONS
from ..imaging.seg_writer import KINDS, SegStorage


def add_storage_arguments(parser: argparse.ArgumentParser | argparse._ArgumentGroup, default: str) -> None:
    """The kind of SEG and its compression.

    :param default: the kind that is written where none is asked for.
    """
    parser.add_argument(
        "--kind",
        choices=KINDS,
        default=default,
        help="how DICOM SEGs are stored. binary: one bit per voxel and segment, which every program reads; labelmap: "
        "one number per voxel (DICOM 2024c), many times smaller and quicker, a file for each layer where segments "
        "overlap; auto: labelmap, and binary where only one file can be (default: %(default)s)",
    )
    parser.add_argument(
        "--compression",
        choices=COMPRESSIONS,
        default="",
        help="without loss: none, deflate, and for a labelmap rle or jpegls (default: jpegls for a labelmap, none for "
        "a binary SEG); docs/storage.md says who reads what",
    )


def storage_of(args: argparse.Namespace) -> SegStorage:
    """What the arguments of :func:`add_storage_arguments` say."""
    return SegStorage(args.kind, args.compression)
