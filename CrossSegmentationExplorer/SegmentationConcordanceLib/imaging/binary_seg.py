"""Binary DICOM SEG by dcmqi: it gets places and labels, and nothing of the patient."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRLittleEndian

from ..errors import DicomSegError, OutputError
from .dcmqi import last_message, run_dcmqi
from .geometry import Geometry
from .image_series import ImageSeries
from .itk_image import itk_image
from .label_map import LabelMap
from .seg_file import SegDescription, image_headers, rewrite_head
from .seg_metadata import seg_metadata
from .uid_stand_ins import with_valid_uids

_MAPPED = re.compile(r"(\d+) of (\d+) slices mapped to source DICOM images")


def write_binary(
    target: Path,
    label_map: LabelMap,
    series: ImageSeries,
    description: SegDescription,
    folder: Path,
    path: Path,
    waiting: Callable[[], None] | None = None,
) -> None:
    """Let dcmqi write the SEG in ``folder``, and copy it to ``target`` with the head that it is to have.

    Every name that dcmqi sees is relative to ``folder``, short and plain. Of the images it sees their places and UIDs:
    patient and study, on whose oddities it would stop, are set afterwards.

    :param label_map: segments numbered from 1 over all layers.
    :param path: the file that is being written, for errors.
    """
    images = [f"layer{index}.nrrd" for index in range(len(label_map.layers))]
    for name, layer in zip(images, label_map.layers):
        _write_image(layer, label_map.geometry, folder / name)
    metadata = seg_metadata(
        [[s for s in label_map.segments if s.layer == layer] for layer in range(len(label_map.layers))],
        series_description=description.series_description,
        content_description=description.content_description,
        series_number=description.series_number,
    )
    (folder / "metadata.json").write_text(json.dumps(metadata), encoding="ascii")
    stand_ins = with_valid_uids(series, path)
    _write_headers(stand_ins.series, folder / "series")
    done = run_dcmqi(
        "itkimage2segimage",
        [
            *("--inputImageList", ",".join(images)),
            *("--inputDICOMDirectory", "series"),
            *("--inputMetadata", "metadata.json"),
            *("--outputDICOM", "segmentation.dcm"),
            *("--skip", "1"),
        ],
        folder,
        waiting,
    )
    if done.returncode != 0:
        raise DicomSegError(path, f"dcmqi failed (code {done.returncode}): {last_message(done)}")
    mapped = [(int(n), int(m)) for n, m in _MAPPED.findall(done.stdout)]
    slices = len(series.files)
    if mapped != [(slices, slices)] * len(images):
        raise DicomSegError(path, f"dcmqi found images for {mapped} slices, not for {slices} of {slices}")
    stand_ins.put_back(folder / "segmentation.dcm")
    rewrite_head(folder / "segmentation.dcm", target, description)


def _write_image(layer: np.ndarray, geometry: Geometry, path: Path) -> None:
    import SimpleITK

    try:
        SimpleITK.WriteImage(itk_image(layer, geometry), str(path), useCompression=False)
    except RuntimeError as error:
        raise OutputError(
            path.parent, "temporary files cannot be written here", "Free some space, or set TMPDIR to another folder."
        ) from error


def _write_headers(series: ImageSeries, folder: Path) -> None:
    """What dcmqi wants to see of the images, under plain names; a few bytes stand for the pixel data."""
    folder.mkdir()
    nobody = Dataset()
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime"):
        setattr(nobody, keyword, "")
    nobody.AccessionNumber = nobody.ReferringPhysicianName = nobody.StudyID = ""
    nobody.add_new("PixelData", "OW", b"\0\0")
    for number, header in enumerate(image_headers(series, nobody)):
        header.file_meta = FileMetaDataset()
        header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dcmwrite(folder / f"{number:05}.dcm", header, enforce_file_format=True)
