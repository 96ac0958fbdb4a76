"""Images given as a segmentation, and a segmentation given as the images: said before either is misread."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path

from ..errors import ConcordanceError
from ..imaging.dicom_files import first_values, is_dicom_file
from ..imaging.seg_damage import DAMAGE
from ..imaging.volume_files import is_volume_file

_IMAGES = ("CT", "MR", "PT")
_LOOKED_AT = 3


def require_not_swapped(ct: Path | None, segmentations: Iterable[Path], option: str) -> None:
    """Refuse images where a segmentation belongs.

    :param ct: what was given as the images; None for nothing.
    :param option: how the segmentations are given, e.g. "--segmentation".
    :raises ConcordanceError: one is a DICOM image or a folder of such; where the images are a segmentation as well, the
        two are swapped.
    """
    images = next((path for path in segmentations if _holds_images(path)), None)
    if images is None:
        return
    if ct is not None and _is_segmentation(ct):
        fact, remedy = f"holds images, and --ct {ct} is a segmentation", f"Swap them: --ct {images} {option} {ct}."
    else:
        fact, remedy = "holds images, no segmentation", f"Give it as --ct, and the model's output as {option}."
    raise ConcordanceError(f"{option} {images}", fact, remedy)


def _holds_images(path: Path) -> bool:
    if path.is_dir():
        files = (one for one in sorted(path.iterdir()) if one.is_file() and not one.name.startswith("."))
        return any(_modality(one) in _IMAGES for one in itertools.islice(files, _LOOKED_AT))
    return path.is_file() and not is_volume_file(path) and _modality(path) in _IMAGES


def _is_segmentation(path: Path) -> bool:
    if path.is_dir():
        files = sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
        return any(map(is_volume_file, files)) and not any(map(_holds_images, files[:_LOOKED_AT]))
    return path.is_file() and (is_volume_file(path) or _modality(path) == "SEG")


def _modality(path: Path) -> str:
    try:
        if not is_dicom_file(path):
            return ""
        return str(first_values(path, ["Modality"]).get("Modality", ""))
    except DAMAGE:  # whoever reads it will say so
        return ""
