"""Findings as a DICOM structured report (TID 1500) that refers to the segments: an archive keeps the verdict with them.

Each finding is one group of measurements: the coded kind, the coded structure with its side, the segment of the model
concerned (where it found nothing, that of another model), its numbers, and as tracking identifier its sentence. A
finding that blames nobody has such a group for each of its models, as the segment of one alone would blame it. Groups
about a segment (TID 1411) hold no coordinates, so that the place is a group of its own (TID 1501) with the same
tracking identifier: the severity, inferred from a point in the frame of reference of the segment.
Kinds, and numbers without a public code, are of the private scheme 99SEGCONC, see docs/findings.md.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from highdicom import sr
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from .. import __version__
from ..agreement.finding import Finding
from ..agreement.finding_kinds import NUMBERS
from ..anatomy.concepts import CodedConcept, CodedStructure
from ..anatomy.identity import structure_identity
from ..errors import ConcordanceError, UnreadableFileError
from ..imaging.ct_writer import seeded_uid
from ..imaging.dicom_files import read_without_frames
from ..imaging.seg_described import segments_of
from ..imaging.seg_reader import require_segmentation
from ..imaging.whole_files import whole_file

NAME = "SegmentationConcordance"
_UNITS = {
    "ml": sr.CodedConcept("mL", "UCUM", "milliliter"),
    "mm": sr.CodedConcept("mm", "UCUM", "millimeter"),
    "1": sr.CodedConcept("1", "UCUM", "no units"),
}
_DEVICE = sr.CodedConcept("121007", "DCM", "Device")
_TITLE = sr.CodedConcept("126000", "DCM", "Imaging Measurement Report")
_LONGEST = 200
_PROCEDURE = sr.CodedConcept("363679005", "SCT", "Imaging procedure")
_Group = sr.VolumetricROIMeasurementsAndQualitativeEvaluations | sr.MeasurementsAndQualitativeEvaluations
_CONFIDENCE = sr.CodedConcept("confidence", "99SEGCONC", "Confidence")
_SEVERITY = sr.CodedConcept("severity", "99SEGCONC", "Severity")


@dataclass(frozen=True, slots=True)
class ReferencedSegmentation:
    """One model's DICOM SEG: what a report can refer to.

    :param dataset: without its frames. :param segments: by structure key its number and concepts.
    """

    model: str
    dataset: Dataset
    segments: Mapping[str, tuple[int, CodedStructure]]


def read_referenced(path: str | os.PathLike[str], model: str = "") -> ReferencedSegmentation:
    """Read what a report has to know of a SEG.

    :param model: what the findings call the model; by the SEG's algorithm name where empty.
    :raises UnreadableFileError: there is no such file, or it is no DICOM.
    :raises ConcordanceError: it is no segmentation.
    """
    path = Path(path)
    try:
        dataset = read_without_frames(path)
    except (OSError, InvalidDicomError) as error:
        raise UnreadableFileError(path, f"cannot be read as DICOM ({error})", "Give a DICOM SEG.") from error
    require_segmentation(dataset, path)
    segments = segments_of(dataset, path)
    found = {
        structure_identity(segment.structure).key: (number, segment.structure)
        for number, segment in segments.items()
        if segment.structure is not None
    }
    names = " + ".join(dict.fromkeys(segment.algorithm for segment in segments.values() if segment.algorithm))
    return ReferencedSegmentation(model or names or path.stem, dataset, found)


def write_finding_sr(
    path: str | os.PathLike[str], findings: Sequence[Finding], segmentations: Sequence[ReferencedSegmentation]
) -> int:
    """Write the findings of one case as a structured report, whole or not at all; the same input gives the same UIDs.

    :param findings: those about a structure that no SEG has are left out.
    :param segmentations: of one study.
    :returns: how many findings the report holds.
    :raises ConcordanceError: no finding is about a segment, or the SEGs are of several studies.
    :raises OutputError: the file cannot be written.
    """
    studies = {str(one.dataset.StudyInstanceUID) for one in segmentations}
    if len(studies) != 1:
        raise ConcordanceError(
            "structured report", f"the segmentations are of {len(studies)} studies", "Give those of one case."
        )
    told = [(finding, at) for finding in findings if (at := _segments_of(finding, segmentations))]
    if not told:
        raise ConcordanceError(
            "structured report", "no finding is about a segment of these files", "Give the SEGs that were compared."
        )
    seed = (*sorted(str(one.dataset.SOPInstanceUID) for one in segmentations), *(one.sentence for one, _ in told))
    device = sr.DeviceObserverIdentifyingAttributes(seeded_uid("observer", NAME), name=NAME, model_name=__version__)
    context = sr.ObservationContext(observer_device_context=sr.ObserverContext(_DEVICE, device))
    groups: list[_Group] = []
    for finding, at in told:
        groups += [*(_group(finding, *one, seed) for one in at), *_place_group(finding, *at[0], seed)]
    report = sr.Comprehensive3DSR(
        evidence=_once([one.dataset for _, at in told for one, _ in at]),
        content=sr.MeasurementReport(context, _PROCEDURE, groups, title=_TITLE)[0],
        series_instance_uid=seeded_uid("series of findings", *seed),
        series_number=9000,
        sop_instance_uid=seeded_uid("findings", *seed),
        instance_number=1,
        manufacturer=NAME,
        is_complete=True,
        series_description=f"Findings of {NAME}",
    )
    with whole_file(path) as temporary:
        report.save_as(temporary)
    return len(told)


def _segments_of(
    finding: Finding, segmentations: Sequence[ReferencedSegmentation]
) -> list[tuple[ReferencedSegmentation, str]]:
    """The segments to refer to: of a model concerned, else of another one; of all concerned where nobody is blamed.

    Suspects go first, and the finding's first structure.
    """
    sides = finding.suspects, finding.models
    ordered = sorted(segmentations, key=lambda one: [one.model not in side for side in sides])
    known = [
        (one, next(structure for structure in finding.structures if structure in one.segments))
        for one in ordered
        if not one.segments.keys().isdisjoint(finding.structures)
    ]
    concerned = [at for at in known if at[0].model in finding.models]
    return known[:1] if finding.is_blamed or not concerned else concerned


def _group(
    finding: Finding, segmentation: ReferencedSegmentation, structure: str, seed: Sequence[str]
) -> sr.VolumetricROIMeasurementsAndQualitativeEvaluations:
    number, coded = segmentation.segments[structure]
    numbers = [
        sr.Measurement(_concept(NUMBERS[key].code), float(value), _UNITS[NUMBERS[key].unit])
        for key, value in finding.numbers.items()
    ]
    numbers += [_degree(_CONFIDENCE, finding.confidence), _degree(_SEVERITY, finding.severity)]
    return sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracked(finding, seed),
        referenced_segment=sr.ReferencedSegment(
            str(segmentation.dataset.SOPClassUID),
            str(segmentation.dataset.SOPInstanceUID),
            number,
            source_series=sr.SourceSeriesForSegmentation(_images_of(segmentation.dataset)),
        ),
        finding_type=_concept(finding.of_kind.code),
        finding_sites=[_site(coded)],
        algorithm_id=sr.AlgorithmIdentification(NAME, __version__),
        measurements=numbers,
    )


def _place_group(
    finding: Finding, segmentation: ReferencedSegmentation, structure: str, seed: Sequence[str]
) -> list[sr.MeasurementsAndQualitativeEvaluations]:
    """Where to look, LPS as DICOM has it; none where only tables are known, or the SEG has no frame of reference."""
    frame = segmentation.dataset.get("FrameOfReferenceUID")
    if finding.place_ras is None or not frame:
        return []
    lps = np.array([finding.place_ras]) * (-1, -1, 1)
    point = sr.CoordinatesForMeasurement3D(sr.GraphicTypeValues3D.POINT, lps, str(frame))
    return [
        sr.MeasurementsAndQualitativeEvaluations(
            tracking_identifier=_tracked(finding, seed),
            finding_type=_concept(finding.of_kind.code),
            finding_sites=[_site(segmentation.segments[structure][1])],
            algorithm_id=sr.AlgorithmIdentification(NAME, __version__),
            measurements=[_degree(_SEVERITY, finding.severity, [point])],
        )
    ]


def _degree(
    name: sr.CodedConcept, value: float, points: Sequence[sr.CoordinatesForMeasurement3D] | None = None
) -> sr.Measurement:
    return sr.Measurement(name, round(float(value), 4), _UNITS["1"], referenced_coordinates=points)


def _tracked(finding: Finding, seed: Sequence[str]) -> sr.TrackingIdentifier:
    return sr.TrackingIdentifier(seeded_uid("finding", finding.sentence, *seed), finding.sentence[:_LONGEST])


def _site(coded: CodedStructure) -> sr.FindingSite:
    return sr.FindingSite(_concept(coded.type), laterality=None if coded.modifier is None else _concept(coded.modifier))


def _images_of(dataset: Dataset) -> str:
    """SeriesInstanceUID of the images that were segmented.

    :raises ConcordanceError: the SEG does not say.
    """
    series = dataset.get("ReferencedSeriesSequence") or []
    if not series:
        raise ConcordanceError(
            str(dataset.SOPInstanceUID), "does not say which images it was made on", "Write it again, by 'harmonize'."
        )
    return str(series[0].SeriesInstanceUID)


def _concept(concept: CodedConcept) -> sr.CodedConcept:
    return sr.CodedConcept(concept.value, concept.scheme, concept.meaning or concept.value)


def _once(datasets: Sequence[Dataset]) -> list[Dataset]:
    return list({str(dataset.SOPInstanceUID): dataset for dataset in datasets}.values())
