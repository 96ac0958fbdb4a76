"""Harmonized segmentations as DICOM SEG, one file each, in a folder."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import slicer

from ...anatomy.vocabulary import Vocabulary
from ...errors import ConcordanceError
from ...harmonizing.output_content import NO_MODEL
from ...imaging.geometry import Geometry
from ...imaging.harmonization import write_output_seg
from ...imaging.image_series import ImageSeries
from ...imaging.label_map import LabelMap
from ...imaging.model_output import ModelOutput
from ...imaging.resampling import bring_to_grid, covered_part
from ...imaging.seg_parts import part_paths
from ...imaging.seg_writer import BINARY, LABEL_MAP
from ...imaging.whole_files import plain_stem
from ...plurals import first_few
from ..node_attributes import looked_for_of_node
from ..segmentation_node import label_map_from_node

Progress = Callable[[float, str], None]
_LISTED = 5


@dataclass(frozen=True, eq=False)
class ExportedNode:
    """A segmentation that is to be written.

    :param name: what the run is called.
    :param vocabulary: the label map that explained it; None for an unknown model.
    :param covered: the grid of the part of the scan that the model was run on; None for all of it.
    """

    node: slicer.vtkMRMLSegmentationNode
    name: str
    vocabulary: Vocabulary | None
    tasks: tuple[str, ...] = ()
    covered: Geometry | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """What was written.

    :param files: in the order of the segmentations.
    :param notes: sentences on what was left out.
    """

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def export_segs(
    exported: Sequence[ExportedNode],
    series: ImageSeries,
    folder: Path,
    progress: Progress,
    *,
    as_label_map: bool = False,
    leave_out_uncoded: bool = False,
) -> Export:
    """Write every segmentation as it is in the scene now, edits included; each file whole or not at all.

    All are looked at before the first is written. A file of the same name is replaced.

    :param progress: called before each file and while dcmqi works; may raise to cancel, and then the files written so
        far stay.
    :raises ConcordanceError: a segmentation does not lie on the images, or has segments without codes; see
        :func:`write_dicom_seg`.
    """
    ready, notes = [], []
    for number, one in enumerate(exported):
        progress(0.3 * number / len(exported), f"checking {one.name}")
        label_map = bring_to_grid(label_map_from_node(one.node), series.geometry, one.name, allow_extent_change=True)
        label_map, left_out = coded_segments(label_map, one.name, leave_out_uncoded)
        ready.append(label_map)
        notes += left_out
    paths = _paths(folder, [one.name for one in exported], [len(one.layers) for one in ready])
    written: list[Path] = []
    for number, (one, label_map, path) in enumerate(zip(exported, ready, paths)):
        report = functools.partial(progress, 0.3 + 0.7 * number / len(exported), f"writing {path.name}")
        report()
        covered = None if one.covered is None else covered_part(one.covered, series.geometry)
        done = write_output_seg(
            path,
            ModelOutput(label_map, one.tasks, looked_for=looked_for_of_node(one.node), covered=covered),
            series,
            one.vocabulary or NO_MODEL,
            one.name,
            kind=LABEL_MAP if as_label_map else BINARY,
            compression="rle" if as_label_map else "",
            waiting=report,
        )
        written += done.paths
    return Export(tuple(written), tuple(notes))


def coded_segments(label_map: LabelMap, name: str, leave_out_uncoded: bool) -> tuple[LabelMap, list[str]]:
    """The label map without the segments that have no codes, and their voxels.

    :param label_map: as it is.
    :param name: of the run, for messages.
    :param leave_out_uncoded: else they are an error.
    :returns: the label map, and a sentence on what was left out.
    :raises ConcordanceError: there are such segments, and they are not to be left out.
    """
    uncoded = [segment for segment in label_map.segments if segment.structure is None]
    if not uncoded:
        return label_map, []
    listed = first_few([segment.name for segment in uncoded], _LISTED)
    if not leave_out_uncoded:
        remedy = "Say what they are and apply again, or choose to leave them out."
        raise ConcordanceError(name, f"{len(uncoded)} segments have no codes: {listed}", remedy)
    layers = [layer.copy() for layer in label_map.layers]
    for segment in uncoded:
        layers[segment.layer][label_map.mask(segment)] = 0
    coded = tuple(segment for segment in label_map.segments if segment.structure is not None)
    without = replace(label_map, layers=tuple(layers), segments=coded)
    return without, [f"{name}: left out, as they have no codes: {listed}."]


def _paths(folder: Path, names: Sequence[str], layers: Sequence[int]) -> list[Path]:
    """A file name for each, plain and unlike the others whatever the upper and lower case.

    :param layers: of each segmentation: so many files it may become, see :func:`part_paths`.
    """
    taken: set[str] = set()
    paths = []
    for name, count in zip(names, layers):
        stem = plain_stem(name)
        free, number = stem, 2
        while taken & (parts := {path.name.casefold() for path in part_paths(Path(f"{free}.dcm"), count)}):
            free, number = f"{stem}_{number}", number + 1
        taken |= parts
        paths.append(folder / f"{free}.dcm")
    return paths
