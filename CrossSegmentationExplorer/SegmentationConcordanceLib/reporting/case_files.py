"""The files of a comparison: agreement.csv, pairwise.csv, findings.csv with pictures.json of its places, report.html,
of STAPLE also staple.csv; and the consensus: consensus.dcm where there is a DICOM series that it can refer to,
consensus.nii.gz elsewhere."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from ..agreement.analysis import CaseResult
from ..agreement.consensus_map import consensus_label_map
from ..errors import OutputError
from ..imaging.image_series import ImageSeries, read_voxels
from ..imaging.label_files import write_label_files
from ..imaging.label_map import LabelMap
from ..imaging.leftovers import sweep, temporary_name
from ..imaging.seg_parts import part_paths, parts_of, write_parts
from ..imaging.seg_writer import BINARY, LABEL_MAP, SegStorage
from .beside_tables import FINDINGS_FILE
from .case_identifiers import with_consensus
from .case_table import NO_CASES, CaseTable
from .finding_tables import write_findings
from .kept_pictures import PICTURES_FILE, keep_pictures
from .pictures import Picture, case_pictures
from .report import write_report
from .tables import write_agreement, write_pairwise, write_staple

AGREEMENT_FILE = "agreement.csv"
PAIRWISE_FILE = "pairwise.csv"
STAPLE_FILE = "staple.csv"
CONSENSUS_FILE = "consensus.dcm"
CONSENSUS_STEM = "consensus"
REPORT_FILE = "report.html"
BINARY_SEG = SegStorage()


def write_case(
    folder: Path,
    result: CaseResult,
    series: ImageSeries | None,
    *,
    cases: CaseTable = NO_CASES,
    viewer: str = "",
    pictures: Sequence[Picture] | None = None,
    report: bool = True,
    storage: SegStorage = BINARY_SEG,
) -> list[Path]:
    """Write the files of one case into ``folder``, all of them or none; files of an earlier run are replaced.

    There is no consensus.dcm where no structure has a consensus, as a DICOM SEG cannot be empty, and no staple.csv
    where the consensus is another one.

    :param series: what the models segmented; None where it is no DICOM series: then the consensus is a label file, see
        :func:`write_label_files`.
    :param cases: identifiers for links, to which that of the consensus is added.
    :param viewer: see :func:`write_report`.
    :param pictures: of the findings, for the report; made here from the images of ``series`` where it is None.
    :param report: write report.html; else one of an earlier run goes.
    :param storage: of the consensus; see :func:`write_consensus`.
    :returns: the files written.
    :raises OutputError: the folder cannot be written to.
    """
    existed = folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        unfinished = folder / temporary_name()
        unfinished.mkdir()
    except OSError as error:
        raise OutputError(folder, f"cannot be written to ({error.strerror})", "Choose another folder.") from error
    try:
        _write_tables(unfinished, result, series, storage)
        shown = series_pictures(result, series) if pictures is None else pictures
        keep_pictures(unfinished, shown)
        if report:
            _write_page(unfinished, result, cases, viewer, shown)
        names = sorted(path.name for path in unfinished.iterdir())
        earlier = {path.name for path in folder.glob(f"{CONSENSUS_STEM}*") if _is_consensus(path.name)}
        for name in (earlier | {STAPLE_FILE, REPORT_FILE}).difference(names):
            (folder / name).unlink(missing_ok=True)
        for name in names:
            (unfinished / name).replace(folder / name)
    except BaseException:
        if not existed:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return [folder / name for name in names]


def is_result(name: str) -> bool:
    """Whether a file of this name may be replaced by :func:`write_case`."""
    return _is_consensus(name) or name in (
        AGREEMENT_FILE, PAIRWISE_FILE, STAPLE_FILE, FINDINGS_FILE, PICTURES_FILE, REPORT_FILE,
    )  # fmt: skip


def _is_consensus(name: str) -> bool:
    return re.fullmatch(rf"{CONSENSUS_STEM}((_\d+)?\.(dcm|nii\.gz)|_labels\.csv)", name) is not None


def write_consensus(
    path: str | os.PathLike[str],
    consensus: LabelMap,
    result: CaseResult,
    series: ImageSeries,
    storage: SegStorage = BINARY_SEG,
) -> None:
    """Write a consensus as DICOM SEG that names the method and the number of models.

    :param consensus: :func:`consensus_label_map` of the result.
    :param storage: where segments overlap in label maps, there is a file for each layer, see :func:`part_paths`.
    :raises ConcordanceError: no structure has a consensus.
    :raises OutputError: the file cannot be written.
    """
    name = f"Consensus ({result.consensus_of_all.method})"
    description = f"{name} of {len(result.comparison.models)} models"
    is_binary = storage.kind == BINARY
    parts = [consensus] if is_binary else parts_of(consensus)
    write_parts(
        part_paths(Path(path), len(parts)),
        parts,
        series,
        model_name=name,
        series_description=description,
        identity=None,
        kind=BINARY if is_binary else LABEL_MAP,
        compression=storage.compression,
    )


def series_pictures(result: CaseResult, series: ImageSeries | None) -> list[Picture]:
    """Pictures of the findings of a case, from the images that were segmented.

    :param series: None for outlines without an image.
    :raises UnreadableFileError: an image's pixels are damaged.
    """
    return case_pictures(result, None if series is None else read_voxels(series))


def _write_tables(folder: Path, result: CaseResult, series: ImageSeries | None, storage: SegStorage) -> None:
    write_agreement(folder / AGREEMENT_FILE, result.agreement)
    write_pairwise(folder / PAIRWISE_FILE, result.pairwise)
    write_findings(folder / FINDINGS_FILE, result.findings)
    if result.staple:
        write_staple(folder / STAPLE_FILE, result.staple)
    consensus = consensus_label_map(result.comparison, result.consensus_of_all)
    if not consensus.segments:
        pass
    elif series is None:
        write_label_files(folder / CONSENSUS_STEM, consensus)
    else:
        write_consensus(folder / CONSENSUS_FILE, consensus, result, series, storage)


def _write_page(folder: Path, result: CaseResult, cases: CaseTable, viewer: str, pictures: Sequence[Picture]) -> None:
    write_report(
        folder / REPORT_FILE,
        result.agreement,
        result.pairwise,
        title=f"Concordance of {result.case}",
        notes=result.notes,
        cases=with_consensus(cases, result.case, folder / CONSENSUS_FILE),
        viewer=viewer,
        findings=result.findings,
        pictures=pictures,
    )
