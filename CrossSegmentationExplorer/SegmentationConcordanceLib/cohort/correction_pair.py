"""A model's segmentation and a corrected one, of whatever tool, read on one grid."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..agreement.models import join_label_maps
from ..imaging.geometry import Geometry
from ..imaging.image_series import ImageSeries
from ..imaging.label_map import LabelMap
from ..imaging.seg_header import read_seg_header
from .listener import Listener
from .runs import RunFile, is_dicom_seg, read_runs

_MODEL, _CORRECTED = "the model's", "the corrected one"


def read_pair(
    model: Path,
    corrected: Path,
    image: ImageSeries | Geometry | None,
    listener: Listener,
    *,
    label_map: str = "",
    task: str = "",
    resample: bool = False,
    folders: Sequence[Path] = (),
) -> tuple[LabelMap, LabelMap]:
    """Read both.

    :param model: a DICOM SEG or what the model wrote. :param corrected: the same, of any tool.
    :param image: what was segmented; None for the grid of the two.
    :param listener: is told what was done to them.
    :param label_map: of what is no DICOM SEG. :param task: of it.
    :param resample: resample what lies on other voxels, by nearest neighbour.
    :param folders: the user's label maps.
    :returns: the label maps, on one grid.
    :raises ConcordanceError: one cannot be read, or lies elsewhere.
    """
    files = [RunFile(_MODEL, model, label_map, task), RunFile(_CORRECTED, corrected, label_map, task)]
    files = [RunFile(one.name, one.path, "", "") if is_dicom_seg(one.path) else one for one in files]
    reads = list(read_runs(files, image, listener, resample=resample, folders=folders))
    both = [[read.label_map for read in reads if read.name == name] for name in (_MODEL, _CORRECTED)]
    return join_label_maps(both[0], _MODEL), join_label_maps(both[1], _CORRECTED)


def name_of_seg(path: Path) -> str:
    """What the model of a DICOM SEG is called; "" for any other file.

    :param path: of a file.
    """
    return " + ".join(read_seg_header(path).algorithm_names) if is_dicom_seg(path) else ""
