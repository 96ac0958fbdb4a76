"""Two small cases as hospitals and models leave them: what the tests with real cases need, for a clone alone.

``thorax_dicom``: an oblique CT, JPEG lossless, in files without suffix whose names are not in the order of the slices,
with what scanners and archives leave in headers; and two outputs of TotalSegmentator on it, on a left-handed grid as
dcm2niix makes it. ``ct_blank_uids`` is the same series after an anonymizer. ``abdomen_nifti``: a CT as NIfTI with both
outputs. Everything is drawn; no patient was scanned.
"""

from __future__ import annotations

import tempfile
from html import escape
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import SimpleITK
from pydicom.uid import JPEGLosslessSV1

from SegmentationConcordanceLib.anatomy.vocabulary import Vocabulary, load_vocabulary
from SegmentationConcordanceLib.imaging.ct_writer import seeded_uid, write_ct_series
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.sample.ct_appearance import hounsfield_units
from SegmentationConcordanceLib.sample.phantom import Patient, Phantom, draw_phantom, labels_of

FULL, FAST = "totalsegmentator_v2_total.nii.gz", "totalsegmentator_v2_total_fast.nii.gz"
BLANK = ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
_LPS_TO_RAS = np.diag([-1, -1, 1, 1])
_LEFT_UNSEEN = ("pulmonary_vein", "costal_cartilages")
"""What this run did not find: so that a structure is missing, as on real scans."""


def make_cases(folder: Path) -> Path:
    """Make both cases in a folder; always the same ones."""
    total = load_vocabulary("totalsegmentator_v2").for_task("total")
    thorax = draw_phantom(Patient("P1", "One^Patient"), _oblique_grid((22, 72, 80), (5.2, 5.6, 6.0), 20.0))
    abdomen = draw_phantom(Patient("P2", "Two^Patient"), _straight_grid((40, 80, 80), (4.8, 4.8, 5.0), -110.0))
    _write_dicom(folder / "thorax_dicom", thorax)
    (folder / "abdomen_nifti").mkdir()
    _save(folder / "abdomen_nifti" / "ct.nii.gz", _hounsfield(abdomen), abdomen.geometry, "RAS")
    for name, phantom, axes in (("thorax_dicom", thorax, "LAS"), ("abdomen_nifti", abdomen, "RAS")):
        labels = _labels(phantom, total)
        _save(folder / name / FULL, labels, phantom.geometry, axes, total)
        _save(folder / name / FAST, _coarse(labels), phantom.geometry, axes, total)
    return folder


def _straight_grid(shape: tuple[int, int, int], spacing_mm: tuple[float, float, float], z_mm: float) -> Geometry:
    middle = np.array([0.0, 0.0, z_mm])
    origin = middle - (np.array(shape[::-1]) - 1) * np.array(spacing_mm) / 2
    return Geometry.from_parts(shape, spacing_mm, origin, np.eye(3))


def _oblique_grid(shape: tuple[int, int, int], spacing_mm: tuple[float, float, float], z_mm: float) -> Geometry:
    """Turned by 4 degrees about x and 7 about z, as a patient who does not lie straight, or a head in its holder."""
    (a, b), (c, d) = (np.cos(np.radians([4, 7])), np.sin(np.radians([4, 7])))
    direction = np.array([[1, 0, 0], [0, a, -c], [0, c, a]]) @ np.array([[b, -d, 0], [d, b, 0], [0, 0, 1]])
    middle = (np.array(shape[::-1]) - 1) * np.array(spacing_mm) / 2
    return Geometry.from_parts(shape, spacing_mm, np.array([0.0, 0.0, z_mm]) - direction @ middle, direction)


def _hounsfield(phantom: Phantom) -> np.ndarray:
    return hounsfield_units(phantom, np.random.default_rng(7))


def _labels(phantom: Phantom, total: Vocabulary) -> np.ndarray:
    table = np.zeros(256, np.uint8)
    for label in total.labels:
        if label.structure_name not in _LEFT_UNSEEN and label.label is not None:
            table[list(labels_of(label.structure_name))] = label.label
    return table[phantom.labels]


def _coarse(labels: np.ndarray) -> np.ndarray:
    """The labels as a run at half the resolution finds them."""
    doubled = labels[::2, ::2, ::2].repeat(2, 0).repeat(2, 1).repeat(2, 2)
    return doubled[tuple(slice(size) for size in labels.shape)]


def _save(path: Path, voxels: np.ndarray, geometry: Geometry, axes: str, names: Vocabulary | None = None) -> None:
    """As NIfTI whose axes run, nearly, to these sides, with the names of the labels in the header."""
    flipped = np.eye(4)
    for axis, (side, own) in enumerate(zip(axes, "LPS")):
        if side != own:
            voxels = np.flip(voxels, 2 - axis)
            flipped[axis, axis], flipped[axis, 3] = -1, geometry.shape[2 - axis] - 1
    image = nibabel.Nifti1Image(voxels.transpose(), _LPS_TO_RAS @ geometry.ijk_to_lps @ flipped)
    if names is not None:
        table = "".join(f'<Label Key="{one.label}">{escape(one.name)}</Label>' for one in names.labels)
        xml = (
            f"<CaretExtension><VolumeInformation><LabelTable>{table}</LabelTable></VolumeInformation></CaretExtension>"
        )
        image.header.extensions.append(nibabel.nifti1.Nifti1Extension(0, xml.encode()))
    nibabel.save(image, path)


def _write_dicom(folder: Path, phantom: Phantom) -> None:
    drawn = folder / "drawn"
    uids = {name: seeded_uid("made", name) for name in ("study_uid", "series_uid", "frame_of_reference_uid")}
    about = {"series_description": "CT Körper 5.2", "study_description": "", "body_part": "PARTIALBODY"}
    write_ct_series(
        drawn, _hounsfield(phantom), phantom.geometry, patient_id="P-1", patient_name="Müller^Jo", **about, **uids
    )
    for name in ("ct", "ct_blank_uids"):
        (folder / name).mkdir()
    for number, path in enumerate(sorted(drawn.iterdir())):
        dataset = _as_a_scanner_writes(pydicom.dcmread(path))
        name = f"CT.1.3.12.2.1107.5.1.4.{9000 + number * 7 % 22:05}"
        dataset.save_as(folder / "ct" / name)
        for keyword in BLANK:
            setattr(dataset, keyword, "")
        dataset.save_as(folder / "ct_blank_uids" / name, enforce_file_format=False)
        path.unlink()
    drawn.rmdir()


def _as_a_scanner_writes(dataset: pydicom.Dataset) -> pydicom.Dataset:
    """JPEG lossless, Latin letters, private groups, several windows; what an archive emptied is empty."""
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.Manufacturer, dataset.ManufacturerModelName = "SCANNER & CO", "Model 40"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL", "CT_SOM5 SPI"]
    dataset.SOPClassUID = dataset.StudyID = ""
    dataset.SeriesNumber = dataset.SpacingBetweenSlices = None
    dataset.WindowCenter, dataset.WindowWidth = [40, 300], [300, 1500]
    dataset.WindowCenterWidthExplanation = ["WINDOW1", "WINDOW2"]
    block = dataset.private_block(0x0029, "MADE CSA HEADER", create=True)
    block.add_new(0x10, "OB", bytes(range(256)) * 4)
    pixels = dataset.pixel_array
    dataset.SmallestImagePixelValue, dataset.LargestImagePixelValue = int(pixels.min()), int(pixels.max())
    dataset.PixelData = pydicom.encaps.encapsulate([_jpeg_lossless(pixels)])
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = JPEGLosslessSV1
    return dataset


def _jpeg_lossless(pixels: np.ndarray) -> bytes:
    """One frame as ITK's copy of GDCM compresses it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.dcm"
        writer = SimpleITK.ImageFileWriter()
        writer.SetImageIO("GDCMImageIO")
        writer.UseCompressionOn()
        writer.SetCompressor("JPEG")
        writer.SetFileName(str(path))
        writer.Execute(SimpleITK.GetImageFromArray(pixels.astype(np.uint16)))
        written = pydicom.dcmread(path)
    if written.file_meta.TransferSyntaxUID != JPEGLosslessSV1:
        raise ValueError(f"ITK compressed as {written.file_meta.TransferSyntaxUID.name}")
    return next(pydicom.encaps.generate_frames(written.PixelData, number_of_frames=1))
