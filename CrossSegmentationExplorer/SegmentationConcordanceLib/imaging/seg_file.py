"""The file of a DICOM SEG: what both writers say in its head, and how it is stored."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileDataset
from pydicom.filereader import read_partial
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, JPEGLSLossless, RLELossless
from pydicom.valuerep import DSfloat

from .ct_writer import seeded_uid
from .image_series import ImageSeries
from .seg_correction import SegCorrection, say_correction, uncorrected_name
from .seg_identity import FAMILY, SegIdentity

COMPRESSIONS = ("none", "deflate", "rle", "jpegls")
"""How pixel data can be stored without loss. Deflate is of the whole file."""

_PER_FRAME = 0x52009230
_COPIED_AT_ONCE = 2**20
_DECIMALS = 6


@dataclass(frozen=True, eq=False)
class SegDescription:
    """What a SEG says besides its segments and frames.

    :param source: patient and study, as the images have them; see :func:`read_source_header`.
    :param series_description: plain text of at most 64 letters.
    :param content_description: the same, for people.
    :param compression: one of :data:`COMPRESSIONS`.
    :param correction: by whom it was corrected; None for what a model made.
    :param seed: a text that is the same for the same content; the UIDs follow from it.
    """

    source: Dataset
    identity: SegIdentity
    series_description: str
    content_description: str
    series_number: int
    compression: str
    seed: str
    correction: SegCorrection | None = None

    def uid(self, what: str) -> str:
        """The UID of one of the SEG's parts."""
        return seeded_uid("SEG", what, self.seed)


def image_headers(series: ImageSeries, source: Dataset) -> Iterator[Dataset]:
    """What a SEG needs to know of each image of a series, in the order of k.

    :param source: patient and study, put into each.
    """
    images = series.geometry
    shared = _shared_header(series, source)
    normal = images.direction_lps[:, 2]
    for depth, uid in zip(images.slice_depths_mm, series.sop_instance_uids):
        header = Dataset()
        header.update(shared)
        header.SOPInstanceUID = uid
        header.ImagePositionPatient = [_decimal(value) for value in images.origin_lps + depth * normal]
        yield header


def _shared_header(series: ImageSeries, source: Dataset) -> Dataset:
    """What all images of a series have alike: pydicom checks each value that is set, which takes its time."""
    images = series.geometry
    between_columns, between_rows, step = images.spacing_mm
    header = Dataset()
    header.update(source)
    header.SOPClassUID = series.sop_class_uid
    header.StudyInstanceUID, header.SeriesInstanceUID = series.study_uid, series.series_uid
    # Old images name none, and a SEG must: all SEGs of such a series then have one that follows from the series.
    frame_of_reference = series.frame_of_reference_uid or seeded_uid("frame of reference", series.series_uid)
    header.FrameOfReferenceUID, header.PositionReferenceIndicator = frame_of_reference, ""
    header.Modality = series.modality
    header.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    header.Rows, header.Columns = images.shape[1:]
    header.SamplesPerPixel, header.PhotometricInterpretation = 1, "MONOCHROME2"
    header.BitsAllocated, header.BitsStored, header.HighBit, header.PixelRepresentation = 16, 16, 15, 1
    header.ImageOrientationPatient = [_decimal(value, 12) for value in images.direction_lps[:, :2].T.ravel()]
    header.PixelSpacing = [_decimal(between_rows, 12), _decimal(between_columns, 12)]
    header.SliceThickness = header.SpacingBetweenSlices = _decimal(step, 12)
    return header


def rewrite_head(written: Path, target: Path, description: SegDescription) -> None:
    """Copy a SEG with the head that it is to have; its frames pass as they are, and are not looked at.

    :param written: explicit VR little endian.
    """
    with written.open("rb") as source:
        dataset = read_partial(source, stop_when=lambda tag, vr, length: tag >= _PER_FRAME)
        describe(dataset, description)
        head = io.BytesIO()
        dcmwrite(head, dataset, enforce_file_format=True)
        parts = _parts(head, source)
        with target.open("wb") as file:
            if description.compression == "deflate":
                _deflate(dataset, parts, file)
            else:
                for part in parts:
                    file.write(part)


def _parts(head: io.BytesIO, rest: io.BufferedReader) -> Iterator[bytes]:
    yield head.getvalue()
    while part := rest.read(_COPIED_AT_ONCE):
        yield part


def _deflate(dataset: FileDataset, parts: Iterator[bytes], file: io.BufferedWriter) -> None:
    """The file's meta information stays plain, all that follows is one deflated stream (PS3.5 A.5)."""
    plain = next(parts)
    length = int.from_bytes(plain[140:144], "little")
    at = 144 + length
    meta = io.BytesIO()
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    only_meta = FileDataset(meta, Dataset(), preamble=b"\0" * 128, file_meta=dataset.file_meta)
    only_meta.SOPClassUID, only_meta.SOPInstanceUID = dataset.SOPClassUID, dataset.SOPInstanceUID
    dcmwrite(meta, only_meta, enforce_file_format=True)
    head = meta.getvalue()
    file.write(head[: 144 + int.from_bytes(head[140:144], "little")])
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    size = len(packed := packer.compress(plain[at:]))
    file.write(packed)
    for part in parts:
        size += file.write(packer.compress(part))
    size += file.write(packer.flush())
    file.write(b"\0" * (size % 2))


def describe(dataset: Dataset, description: SegDescription) -> None:
    """Set patient, study, identity, texts and UIDs of a SEG.

    :param dataset: the SEG; is changed.
    :param description: what to say in it.
    """
    for keyword in ("IssuerOfPatientID", "PatientAge", "PatientSize", "PatientWeight", "StudyDescription"):
        if keyword in dataset:
            delattr(dataset, keyword)
    dataset.update(description.source)
    texts = [str(element.value) for element in description.source]
    dataset.SpecificCharacterSet = "ISO_IR 100" if all(map(str.isascii, texts)) else "ISO_IR 192"
    now = datetime.now()
    for keyword in ("Content", "Series", "InstanceCreation"):
        setattr(dataset, f"{keyword}Date", f"{now:%Y%m%d}")
        setattr(dataset, f"{keyword}Time", f"{now:%H%M%S}")
    dataset.SeriesDescription, dataset.ContentDescription = (
        description.series_description,
        description.content_description,
    )
    dataset.SOPInstanceUID = description.uid("instance")
    dataset.file_meta.MediaStorageSOPInstanceUID = UID(dataset.SOPInstanceUID)
    dataset.SeriesInstanceUID = description.uid("series")
    organization = description.uid("dimensions")
    for item in (*dataset.get("DimensionOrganizationSequence", ()), *dataset.get("DimensionIndexSequence", ())):
        item.DimensionOrganizationUID = organization
    for item in dataset.SegmentSequence:
        if item.get("SegmentAlgorithmName"):
            item.SegmentationAlgorithmIdentificationSequence = DicomSequence([algorithm(item, description.identity)])
        if "TrackingUID" in item:
            item.TrackingUID = description.uid(f"segment {item.SegmentNumber}")
    if description.correction is not None:
        say_correction(dataset, description.correction)


def algorithm(segment: Dataset, identity: SegIdentity) -> Dataset:
    """The item of the Segmentation Algorithm Identification Sequence.

    :param segment: an item of the SegmentSequence.
    :param identity: of the model.
    :returns: a new dataset.
    """
    item, family = Dataset(), Dataset()
    family.CodeValue, family.CodingSchemeDesignator, family.CodeMeaning = FAMILY
    item.AlgorithmFamilyCodeSequence = DicomSequence([family])
    item.AlgorithmName = uncorrected_name(str(segment.SegmentAlgorithmName))
    item.AlgorithmVersion = identity.version[:64] or "unknown"
    if identity.parameters:
        item.AlgorithmParameters = identity.parameters
    return item


def syntax_of(compression: str) -> str:
    """The transfer syntax in which the frames themselves are stored."""
    return {"rle": RLELossless, "jpegls": JPEGLSLossless}.get(compression, ExplicitVRLittleEndian)


def _decimal(value: float, decimals: int = _DECIMALS) -> DSfloat:
    return DSfloat(float(np.round(value, decimals)), auto_format=True)
