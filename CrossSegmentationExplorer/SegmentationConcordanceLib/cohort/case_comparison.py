"""Comparing the models of one case, on the command line and in a cohort alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ..agreement.analysis import Analysis, CaseResult
from ..agreement.combine import combined
from ..agreement.options import AnalysisOptions
from ..anatomy.combinations import combinations_named
from ..imaging.geometry import Geometry
from ..imaging.image_grid import read_image_voxels
from ..imaging.image_series import ImageSeries, read_voxels
from ..imaging.seg_writer import SegStorage
from ..reporting.case_files import write_case
from ..reporting.case_identifiers import case_identifiers, with_consensus
from ..reporting.case_table import CaseTable
from ..reporting.pictures import PICTURES, Picture, case_pictures
from .listener import Listener
from .runs import ReadRun, models_of_runs

_MAPS = "concordance labelmaps list names all label maps"
IN_A_COHORT_FILE = {
    "label_map": f"model in the cohort file; {_MAPS}",
    "run_label_map": f"model in the cohort file; {_MAPS}",
    "task": "task in the cohort file",
    "run_task": "task in the cohort file",
}
"""What a remedy asks for, where the cases are those of a cohort file, see :meth:`ConcordanceError.in_words_of`."""


@dataclass(frozen=True)
class Settings:
    """How the cases of one call are compared.

    :param combine: names of structures to put together first, see :func:`combinations_named`.
    :param resample: bring what lies on other voxels than the image to those, by nearest neighbour.
    :param label_map_folders: of the user's label maps.
    :param viewer: template of the reports' links; "" for none.
    :param case_reports: write a report of each case; in a cohort the report of all shows each as well.
    :param storage: of the SEGs that are written: of the models' outputs, and of the consensus.
    :param words: what a remedy asks for, in the words of the program; results do not depend on it.
    """

    options: AnalysisOptions = field(default_factory=AnalysisOptions)
    combine: tuple[str, ...] = ()
    resample: bool = False
    label_map_folders: tuple[Path, ...] = ()
    viewer: str = ""
    case_reports: bool = True
    storage: SegStorage = field(default_factory=SegStorage)
    words: Mapping[str, str] = field(default_factory=lambda: IN_A_COHORT_FILE)


@dataclass(frozen=True, eq=False)
class ComparedCase:
    """What comparing one case gave.

    :param series: the DICOM series; None where the image is none.
    :param cases: the identifiers of the case for links, without the consensus.
    :param structures: the names of all that could be reported, whatever the options leave out.
    :param image_file: the image where it is a file; None where it is a series, or there is none.
    """

    result: CaseResult
    series: ImageSeries | None
    cases: CaseTable
    structures: tuple[str, ...] = ()
    image_file: Path | None = None

    def write(
        self,
        folder: Path,
        settings: Settings,
        notes: Sequence[str] = (),
        pictures: Sequence[Picture] | None = None,
    ) -> list[Path]:
        """Write the files of the case, see :func:`write_case`.

        :param notes: sentences on the inputs that belong beside the numbers.
        """
        said = replace(self.result, notes=(*self.result.notes, *notes))
        return write_case(
            folder,
            said,
            self.series,
            cases=self.cases,
            viewer=settings.viewer,
            pictures=self.pictures(PICTURES) if pictures is None else pictures,
            report=settings.case_reports,
            storage=settings.storage,
        )

    def pictures(self, limit: int) -> list[Picture]:
        """Pictures of the gravest findings of the case."""
        return case_pictures(self.result, self._scan(), limit) if limit else []

    def _scan(self) -> np.ndarray | None:
        """Voxels (k, j, i) of the image on the grid of the comparison; None without an image."""
        if self.series is not None:
            return read_voxels(self.series)
        return None if self.image_file is None else read_image_voxels(self.image_file)

    def identifiers(self, consensus: Path) -> CaseTable:
        """The identifiers with those of the consensus that was written; unchanged where there is no such file."""
        return with_consensus(self.cases, self.result.case, consensus)


def compare_case(
    case: str,
    image: ImageSeries | Geometry | None,
    runs: Iterable[ReadRun],
    settings: Settings,
    listener: Listener,
    image_file: Path | None = None,
) -> ComparedCase:
    """Compare the models of a case.

    :param image: see :func:`read_case_image`.
    :param image_file: where the image is that of a file: for pictures.
    :param runs: what the models wrote, see :func:`read_runs`; read as they are needed.
    :raises ConcordanceError: a file cannot be read or does not belong to the image, or an option does not fit.
    """
    combinations = combinations_named(settings.combine)
    series = image if isinstance(image, ImageSeries) else None
    read, segs = models_of_runs(runs, listener)
    models = [combined(model, combinations) for model in read]
    listener.progress(0.7, "comparing")
    analysis = Analysis(models, case=case, series_uid=series.series_uid if series else "")
    result = analysis.result(
        settings.options, lambda fraction, what: listener.progress(0.7 + 0.2 * fraction, what)
    )  # fmt: skip
    names = tuple(structure.name for structure in analysis.comparison.structures)
    return ComparedCase(result, series, case_identifiers(case, series, segs), names, image_file)
