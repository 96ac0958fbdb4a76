"""What is fuzzed: every way by which bytes that nobody here made come in. Each takes the bytes and either returns or
raises an error that a user is shown; anything else is a fault."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from SegmentationConcordanceLib.anatomy.foreign_tables import read_foreign_table
from SegmentationConcordanceLib.anatomy.label_map_table import read_table
from SegmentationConcordanceLib.anatomy.slicer_terms import read_terminology
from SegmentationConcordanceLib.anatomy.vocabulary_check import check_table
from SegmentationConcordanceLib.cohort.case_patterns import path_pattern
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging.image_series import read_image_series, read_voxels
from SegmentationConcordanceLib.imaging.label_names import read_nifti_label_names
from SegmentationConcordanceLib.imaging.seg_header import read_seg_header
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.imaging.volume_files import read_label_volume
from SegmentationConcordanceLib.reporting.published_tables import is_published_layout, read_published
from SegmentationConcordanceLib.reporting.tables import read_agreement, read_pairwise
from SegmentationConcordanceLib.viewer.dicom_index import DicomIndex, index_folder
from SegmentationConcordanceLib.viewer.dicomweb import LocalDicomWeb
from SegmentationConcordanceLib.viewer.links import link_template, viewer_link
from SegmentationConcordanceLib.viewer.web_answer import RefusedError

TOLD = (ConcordanceError, RefusedError)
"""What a user is shown."""


@dataclass(frozen=True)
class Target:
    """One reader.

    :param suffix: of the file that it reads; "" where it takes the bytes themselves.
    :param read: called with the path of a file in a folder of its own, or with the bytes.
    """

    suffix: str
    read: Callable[[Path], object] | Callable[[bytes], object]

    def run(self, data: bytes, folder: Path) -> bool:
        """Read the bytes; whether they were taken.

        :raises Exception: a fault of ours.
        """
        given: Path | bytes = data
        if self.suffix:
            given = folder / f"input{self.suffix}"
            given.write_bytes(data)
        try:
            self.read(given)
        except TOLD:
            return False
        return True


def _series(path: Path) -> None:
    series = read_image_series(path.parent)
    read_voxels(series)


def _own_table(path: Path) -> None:
    check_table(read_table(path))


def _report_tables(path: Path) -> None:
    if is_published_layout(path):
        read_published([path])
    for read in (read_agreement, read_pairwise):
        try:
            read(path)
        except TOLD:
            continue


def _served(path: Path) -> None:
    index = index_folder(path.parent)
    web = LocalDicomWeb(index)
    try:
        for one in index.instances():
            where = ["studies", one.study_uid, "series", one.series_uid]
            for rest in (["metadata"], ["instances", one.sop_instance_uid, "frames", "1"]):
                try:
                    body = web.answer([*where, *rest], [], "*/*", "http://127.0.0.1:1/dicom-web").body
                    b"".join(body if not isinstance(body, bytes) else [body])
                except TOLD:
                    continue
    finally:
        web.close()


def _request(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    path, _, query = text.partition("?")
    pairs = [tuple((one + "=").split("=")[:2]) for one in query.split("&")]
    web = LocalDicomWeb(_index())
    try:
        web.answer(path.split("/"), pairs, "*/*", "http://127.0.0.1:1/dicom-web")
    finally:
        web.close()


_served_index: list[DicomIndex] = []


def _index() -> DicomIndex:
    if not _served_index:
        seed = Path(__file__).with_name("seeds") / "served"
        _served_index.append(index_folder(seed))
    return _served_index[0]


def _link(data: bytes) -> None:
    template = link_template(data.decode("utf-8", "replace"))
    viewer_link(template, "1.2", "1.3", ["1.4"], "1.4", "spleen")


def _pattern(data: bytes) -> None:
    pattern = path_pattern("--ct", data.decode("utf-8", "replace")[:60])
    with tempfile.TemporaryDirectory() as folder:
        pattern.matches(Path(folder))


TARGETS = {
    "seg": Target(".dcm", read_dicom_seg),
    "seg_header": Target(".dcm", read_seg_header),
    "series": Target(".dcm", _series),
    "served": Target(".dcm", _served),
    "nifti": Target(".nii", read_label_volume),
    "nifti_gz": Target(".nii.gz", read_label_volume),
    "nifti_names": Target(".nii", read_nifti_label_names),
    "nrrd": Target(".nrrd", read_label_volume),
    "metaimage": Target(".mha", read_label_volume),
    "label_map": Target(".csv", _own_table),
    "dataset_json": Target(".json", read_foreign_table),
    "color_table": Target(".txt", read_foreign_table),
    "color_csv": Target(".csv", read_foreign_table),
    "terminology": Target(".json", read_terminology),
    "report_tables": Target(".csv", _report_tables),
    "request": Target("", _request),
    "link": Target("", _link),
    "pattern": Target("", _pattern),
}
