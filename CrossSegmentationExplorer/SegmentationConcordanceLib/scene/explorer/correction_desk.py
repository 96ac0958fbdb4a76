"""A reader corrects what a model gave: a working copy for the Segment Editor, then a DICOM SEG and its numbers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import slicer

from ...agreement.correction import corrected_structures
from ...agreement.finding_sentences import readable
from ...anatomy.identity import structure_identity
from ...anatomy.terminology import terminology_text
from ...errors import ConcordanceError
from ...exploring.explored_scan import ExploredScan
from ...imaging.corrected_seg import write_corrected_seg
from ...imaging.image_series import ImageSeries
from ...imaging.label_map import LabelMap
from ...imaging.resampling import bring_to_grid
from ...imaging.seg_correction import correction_by
from ...imaging.seg_identity import SegIdentity
from ...imaging.whole_files import plain_stem
from ...review.correction import CORRECTIONS_FILE, Correction, CorrectionOrigin, append_correction, corrections_of
from ...review.review_session import utc_now
from ...review.verdict import Subject
from ..harmonizer.referenced_images import ReferencedImages
from ..harmonizer.seg_export import coded_segments
from ..node_attributes import RESULT, identity_of_node, seg_reference_of_node
from ..own_nodes import remove_own
from ..segmentation_node import label_map_from_node
from .explorer_logic import ExplorerLogic

_ROLE = "correction"


@dataclass(frozen=True, eq=False)
class _Begun:
    """A correction at work."""

    subject: Subject
    origin: CorrectionOrigin
    folder: Path
    series: ImageSeries
    original_id: str
    copy_id: str
    segment_id: str
    identity: SegIdentity
    since: float

    @property
    def what(self) -> str:
        """The structure and the model in words."""
        return f"{readable(self.subject.structure)} of {self.subject.model}"


class CorrectionDesk:
    """One correction at a time: :meth:`begin`, then :meth:`save` or :meth:`abandon`.

    What is corrected is what the review judges next. The model's own segmentation is never changed. In a blinded
    review neither the copy's name nor the file's tells the model.

    :param logic: of the explorer, whose review names reader, case and folder.
    :param scene: that of the logic.
    :param file_of_instance: the file of a SOPInstanceUID, or ""; ``slicer.dicomDatabase.fileForInstance``.
    :param clock: seconds of any beginning, for the time spent.
    :ivar told: what the last correction changed, in lines; "" before the first.
    """

    def __init__(
        self,
        logic: ExplorerLogic,
        scene: slicer.vtkMRMLScene,
        file_of_instance: Callable[[str], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._logic = logic
        self._scene = scene
        self._images = ReferencedImages(file_of_instance)
        self._clock = clock
        self._begun: _Begun | None = None
        self.told = ""

    @property
    def is_on(self) -> bool:
        """Whether something is being corrected; no longer where the working copy has left the scene."""
        return self._begun is not None and self.copy is not None

    @property
    def may_begin(self) -> bool:
        """Whether the review judges a model's structure now, and nothing else is being corrected."""
        return not self.is_on and self._logic.explorer is not None and self._logic.review.active is not None

    @property
    def copy(self) -> slicer.vtkMRMLSegmentationNode | None:
        """The working copy, for the Segment Editor; None for none."""
        return self._scene.GetNodeByID(self._begun.copy_id) if self._begun else None

    @property
    def segment_id(self) -> str:
        """The segment of the copy that is to be corrected; "" for none."""
        return self._begun.segment_id if self._begun and self.copy else ""

    @property
    def text(self) -> str:
        """What is being corrected, else what was changed last."""
        if self._begun is None or self.copy is None:
            return self.told
        minutes, seconds = divmod(int(self._clock() - self._begun.since), 60)
        return f"Correcting {self._begun.what} since {minutes}:{seconds:02}"

    def begin(self) -> slicer.vtkMRMLSegmentationNode:
        """Copy the segmentation of the model and structure that are judged next; the time counts from now on.

        :returns: the copy; a structure that the model missed is an empty segment of it.
        :raises ConcordanceError: something is being corrected, nothing is judged, or no DICOM SEG could be written of
            this image; nothing is copied then.
        """
        self.require_none("Save or abandon it first.")
        explorer, subject = self._logic.explorer, self._logic.review.active
        if explorer is None or subject is None:
            raise ConcordanceError("correction", "no model's structure is marked", "Mark the line of a model.")
        series = self._series(explorer.volume)
        drawn = explorer.scan.drawn[subject.model]
        own = drawn.segments.get(subject.structure_key, ())
        place = drawn.places[own[0]] if own else None
        original = self._scene.GetNodeByID(place.node_id if place else drawn.node_ids[0])
        origin = self._logic.review.correction_origin(subject)
        identity = identity_of_node(original)
        if self._logic.review.is_blinded:
            identity = replace(identity, model=origin.model, version="")
        copy = self._copied(original, explorer.volume, f"{subject.structure} of {subject.model}, being corrected")
        segment_id = place.segment_id if place else _added_segment(copy, subject, explorer.scan)
        self._begun = _Begun(
            subject,
            origin,
            self._logic.review.folder,
            series,
            original.GetID(),
            copy.GetID(),
            segment_id,
            identity,
            self._clock(),
        )
        return copy

    def save(self) -> tuple[Correction, ...]:
        """Write the SEG beside the review file, and append to corrections.csv how far it is from the model's.

        :returns: what was changed.
        :raises ConcordanceError: nothing was changed, or a file cannot be written; then the copy stays as it is.
        """
        begun, copy = self._begun, self.copy
        if begun is None or copy is None:
            raise ConcordanceError("correction", "nothing is being corrected", "Begin one first.")
        original = self._scene.GetNodeByID(begun.original_id)
        if original is None:
            fact = "the segmentation that is being corrected has left the scene"
            raise ConcordanceError("correction", fact, "Load it again, and correct it anew.")
        seconds = self._clock() - begun.since
        before, after = _label_map(original, begun.series), _label_map(copy, begun.series)
        measured = corrected_structures(before, after)
        path = _free_path(begun)
        spent = replace(begun.origin, seconds=seconds, file=path.name, time=utc_now())
        found = corrections_of(measured, spent)
        if not found:
            fact = f"{begun.what} is as it was"
            raise ConcordanceError("correction", fact, "Edit it first, or abandon the correction.")
        changed = {one.structure_key for one in found}
        segments = tuple(
            replace(one, is_edited=one.is_edited or structure_identity(one.structure).key in changed, algorithm="")
            for one in after.segments
            if one.structure is not None
        )
        write_corrected_seg(
            path,
            LabelMap(after.layers, after.geometry, segments),
            begun.series,
            correction_by(begun.origin.reader, seg_reference_of_node(original)),
            model=begun.origin.model,
            identity=begun.identity,
        )
        for one in found:
            append_correction(begun.folder / CORRECTIONS_FILE, one)
        self.told = "\n".join([*(f"{readable(one.structure)}: {one.text}" for one in found), f"Saved as {path.name}."])
        self._end()
        return found

    def abandon(self) -> None:
        """Throw the copy away; nothing is written."""
        self.told = ""
        self._end()

    def require_none(self, remedy: str) -> None:
        """Refuse what would end the correction unsaid.

        :param remedy: what to do first.
        :raises ConcordanceError: something is being corrected.
        """
        if self._begun is not None and self.is_on:
            raise ConcordanceError(self._begun.what, "is being corrected", remedy)

    def _end(self) -> None:
        remove_own(self.copy)
        self._begun = None

    def _series(self, volume: slicer.vtkMRMLScalarVolumeNode) -> ImageSeries:
        return self._logic.review.series or self._images.series(volume, "")

    def _copied(
        self, original: slicer.vtkMRMLSegmentationNode, volume: slicer.vtkMRMLScalarVolumeNode, name: str
    ) -> slicer.vtkMRMLSegmentationNode:
        copy = self._scene.AddNewNodeByClass("vtkMRMLSegmentationNode", name)
        copy.SetAttribute(RESULT, _ROLE)  # so that it is no model's segmentation
        copy.GetSegmentation().DeepCopy(original.GetSegmentation())
        copy.SetNodeReferenceID(copy.GetReferenceImageGeometryReferenceRole(), volume.GetID())
        copy.SetAndObserveTransformNodeID(original.GetTransformNodeID())
        copy.CreateDefaultDisplayNodes()
        return copy


def _label_map(node: slicer.vtkMRMLSegmentationNode, series: ImageSeries) -> LabelMap:
    name = node.GetName()
    label_map = bring_to_grid(label_map_from_node(node), series.geometry, name, allow_extent_change=True)
    return coded_segments(label_map, name, leave_out_uncoded=True)[0]


def _free_path(begun: _Begun) -> Path:
    """A new file beside the review file: an earlier correction is never replaced."""
    said = (begun.origin.case, begun.subject.structure, begun.origin.model, "corrected by", begun.origin.reader)
    stem = plain_stem(" ".join(said))
    path, number = begun.folder / f"{stem}.dcm", 2
    while path.exists():
        path, number = begun.folder / f"{stem}_{number}.dcm", number + 1
    return path


def _added_segment(copy: slicer.vtkMRMLSegmentationNode, subject: Subject, scan: ExploredScan) -> str:
    """An empty segment with the structure's codes, as another model has them."""
    parts = [part for drawn in scan.drawn.values() for part in drawn.segments.get(subject.structure_key, ())]
    segment_id: str = copy.GetSegmentation().AddEmptySegment("", subject.structure)
    if parts and parts[0].structure is not None:
        copy.GetSegmentation().GetSegment(segment_id).SetTerminology(terminology_text(parts[0].structure))
    return segment_id
