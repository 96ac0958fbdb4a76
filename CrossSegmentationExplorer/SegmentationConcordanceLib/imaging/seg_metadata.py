"""What a DICOM SEG says about its segments and itself, in the JSON form that dcmqi takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ..anatomy.concepts import CodedConcept, CodedStructure
from ..errors import ConcordanceError
from ..plurals import first_few
from .label_map import Segment

LABEL_MAP_STORAGE = "1.2.840.10008.5.1.4.1.1.66.7"
"""The SOP class of label map SEGs (DICOM 2024c)."""

SEMIAUTOMATIC = "SEMIAUTOMATIC"
"""SegmentAlgorithmType of what a person edited."""

_LONG_STRING = 64
_SHORT_TEXT = 1024
_GREY = (128, 128, 128)
# Latin letters that Unicode does not decompose into a plain letter and an accent.
_PLAIN_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "ł": "l", "Ł": "L"})
_CONTENT_DESCRIPTION = re.compile(r"label map (\S.*?)(?: \[([^\]]*)\])?")


def storable_segments(segments: Iterable[Segment], model_name: str) -> tuple[Segment, ...]:
    """The segments as a DICOM SEG of dcmqi can hold them, and as reading it gives them back.

    Names, meanings and descriptions become plain ASCII (see :func:`storable_text`); empty ones are filled in from the
    codes; ``model_name`` becomes the algorithm, and where it is empty each keeps its own; a segment without a colour
    becomes grey. Labels and layers stay.

    :raises ConcordanceError: segments without codes, or ``model_name`` is empty and a segment has no algorithm.
    """
    segments = tuple(segments)
    uncoded = [segment.name for segment in segments if segment.structure is None]
    if uncoded:
        names = first_few(uncoded, 10)
        raise ConcordanceError(
            "DICOM SEG",
            f"{len(uncoded)} of {len(segments)} segments have no codes: {names}",
            "Give them codes in a label map.",
        )
    algorithm = storable_text(model_name)
    if not algorithm and not all(storable_text(segment.algorithm) for segment in segments):
        raise ConcordanceError("DICOM SEG", "the name of the model is empty", "Give the model a name.")
    return tuple(_storable_segment(segment, algorithm or storable_text(segment.algorithm)) for segment in segments)


def storable_text(text: str, longest: int = _LONG_STRING) -> str:
    """One line of at most ``longest`` ASCII characters.

    dcmqi refuses other characters in most places, and a backslash separates values in DICOM. Accents are dropped,
    "\\" becomes "/", white space and control characters become one space, whatever else is not ASCII becomes "?".

    :param longest: in characters; what is longer is cut.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN_LETTERS)).replace("\\", "/")
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = re.sub(r"[\x00-\x20\x7f\s]+", " ", plain).encode("ascii", "replace").decode("ascii")
    return plain.strip()[:longest].rstrip()


def seg_metadata(
    files: Sequence[Sequence[Segment]],
    *,
    series_description: str,
    content_description: str,
    series_number: int,
) -> dict[str, Any]:
    """The JSON document that describes a SEG to dcmqi.

    :param files: for each label image, in the order in which dcmqi gets them, its segments as
        :func:`storable_segments` gives them; each label as it is in the image.
    :param series_description: becomes plain ASCII of at most 64 characters.
    :param content_description: what :func:`content_description` makes.
    """
    return {
        "ContentCreatorName": "Concordance^Segmentation",
        # dcmqi always writes a Clinical Trial Series module, of which DICOM then asks these three.
        "ClinicalTrialCoordinatingCenterName": "local",
        "ClinicalTrialSeriesID": "segmentation",
        "ClinicalTrialTimePointID": "1",
        "SeriesDescription": storable_text(series_description),
        "SeriesNumber": str(series_number),
        "InstanceNumber": "1",
        "seriesAttributes": {"ContentLabel": "SEGMENTATION", "ContentDescription": content_description},
        "segmentAttributes": [[_segment_attributes(segment) for segment in segments] for segments in files],
    }


def algorithm_type(segment: Segment) -> str:
    """SegmentAlgorithmType of DICOM."""
    return SEMIAUTOMATIC if segment.is_edited else "AUTOMATIC"


def content_description(label_map_name: str, tasks: Sequence[str] = ()) -> str:
    """ContentDescription, for people: which label map, and which tasks of it, a SEG was made with.

    "label map totalsegmentator_v2 [total]", without the tasks where they do not fit into its 64 characters. Programs
    read :class:`SegIdentity`. "segmentation" where there is no label map.

    :param label_map_name: of the label map; may be empty.
    :param tasks: those that were run.
    """
    if not label_map_name:
        return "segmentation"
    text = f"label map {label_map_name}"
    with_tasks = f"{text} [{','.join(tasks)}]"
    return with_tasks if tasks and storable_text(with_tasks) == with_tasks else storable_text(text)


def parse_content_description(text: str) -> tuple[str, tuple[str, ...]]:
    """Name of the label map and tasks of a text that :func:`content_description` made; ("", ()) of any other.

    For files without a :class:`SegIdentity`: there the text was all that there was, and tasks may be in short.
    """
    found = _CONTENT_DESCRIPTION.fullmatch(text)
    if not found:
        return "", ()
    return found[1], tuple(found[2].split(",")) if found[2] else ()


def _storable_segment(segment: Segment, algorithm: str) -> Segment:
    meant = _structure_of(segment)
    structure = CodedStructure(
        category=_storable_concept(meant.category),
        type=_storable_concept(meant.type),
        modifier=meant.modifier and _storable_concept(meant.modifier),
        region=meant.region and _storable_concept(meant.region),
        region_modifier=meant.region_modifier and _storable_concept(meant.region_modifier),
    )
    return replace(
        segment,
        name=storable_text(segment.name) or storable_text(structure.describe()),
        structure=structure,
        color=segment.color or _GREY,
        algorithm=algorithm,
        description=storable_text(segment.description or structure.describe(), _SHORT_TEXT),
    )


def _structure_of(segment: Segment) -> CodedStructure:
    if segment.structure is None:
        raise ConcordanceError(segment.name, "has no codes", "Explain the label first.")
    return segment.structure


def _storable_concept(concept: CodedConcept) -> CodedConcept:
    return CodedConcept(concept.value, concept.scheme, storable_text(concept.meaning) or storable_text(str(concept)))


def _segment_attributes(segment: Segment) -> dict[str, Any]:
    structure = _structure_of(segment)
    attributes = {
        "labelID": segment.label,
        "SegmentLabel": segment.name,
        "SegmentDescription": segment.description,
        "SegmentAlgorithmType": algorithm_type(segment),
        "SegmentAlgorithmName": segment.algorithm,
        "recommendedDisplayRGBValue": list(segment.color or _GREY),
    }
    concepts = {
        "SegmentedPropertyCategoryCodeSequence": structure.category,
        "SegmentedPropertyTypeCodeSequence": structure.type,
        "SegmentedPropertyTypeModifierCodeSequence": structure.modifier,
        "AnatomicRegionSequence": structure.region,
        "AnatomicRegionModifierSequence": structure.region_modifier,
    }
    return attributes | {key: _code(concept) for key, concept in concepts.items() if concept is not None}


def _code(concept: CodedConcept) -> dict[str, str]:
    return {
        "CodeValue": concept.value,
        "CodingSchemeDesignator": concept.scheme,
        "CodeMeaning": concept.meaning,
    }
