"""Making the sample cohort: CT series, the outputs of six models, the truth, and the list of planted errors."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import numpy as np

from ..errors import OutputError
from ..imaging.ct_writer import seeded_uid, write_ct_series
from .ct_appearance import hounsfield_units
from .model_files import ModelOutput, write_labels, write_prediction
from .phantom import Patient, Phantom, labels_of
from .plans import SIZES, SamplePlan, plan_of
from .planted_errors import PlantedError
from .predictions import drawn_patient, predictions, rng_for, truth_of

_NOTICE = "Synthetic data: no patient was scanned, no model was run. Not for diagnosis."


@dataclass(frozen=True)
class SampleCase:
    """One synthetic patient.

    :param ct_folder: a DICOM CT series.
    :param truth: the drawn structures as one multi-label file; truth.csv beside it names the labels.
    """

    name: str
    ct_folder: Path
    truth: Path
    outputs: tuple[ModelOutput, ...]


@dataclass(frozen=True)
class Sample:
    """A sample cohort on disk."""

    folder: Path
    cases: tuple[SampleCase, ...]
    planted_errors: tuple[PlantedError, ...]


def make_sample(
    folder: Path, *, size: str = "small", seed: int = 2026, progress: Callable[[str], None] | None = None
) -> Sample:
    """Make the sample cohort in a folder; the same seed gives the same files.

    Below the folder: per case ``ct`` (DICOM), ``truth.nii.gz`` with ``truth.csv``, and ``models/<label map>`` in the
    labels, layout and axis order of each model; beside the cases ``planted_errors.csv`` and ``sample.json``.

    :param folder: missing or empty; filled whole or not at all.
    :param size: "small": four cases of 96 x 96 x 60 voxels with 32 structures, made in seconds; "full": one case of
        512 x 512 x 300 with about 100 structures.
    :param seed: 0 or higher.
    :param progress: called with a few words at the begin of every step.
    :raises OutputError: the folder holds something, or cannot be written.
    :raises ValueError: there is no such size.
    """
    if size not in SIZES:
        raise ValueError(f'no sample of size "{size}"; there are {", ".join(SIZES)}')
    folder = Path(folder).absolute()
    report = progress or (lambda text: None)
    plan = plan_of(size)
    _require_empty(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".sample-", dir=folder.parent))
    except OSError as error:
        raise OutputError(folder, f"cannot be written ({error.strerror})", "Choose another place.") from error
    try:
        cases = [_make_case(draft, plan, number, seed, report) for number in range(len(plan.patients))]
        _write_lists(draft, plan, size, seed)
        # mkdtemp makes a folder for its owner alone; the sample gets what any new folder would have.
        draft.chmod(folder.parent.stat().st_mode & 0o777)
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    except OSError as error:
        fact = f"cannot be written ({error.strerror})"
        raise OutputError(folder, fact, "Free some space or choose another place.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Sample(folder, tuple(_moved(case, draft, folder) for case in cases), plan.errors)


def make_sample_case(
    folder: Path, number: int, *, seed: int = 2026, progress: Callable[[str], None] | None = None
) -> SampleCase:
    """Make one case of the small sample, the same as :func:`make_sample` makes, without the others.

    :param folder: exists; the case gets a folder of its own in it, and what a failure leaves there is the caller's.
    :param number: from 0, in the order of the sample.
    :param seed: 0 or higher.
    :param progress: called with a few words at the begin of every step.
    :raises IndexError: there is no such case.
    :raises OSError: it cannot be written.
    """
    return _make_case(Path(folder).absolute(), plan_of("small"), number, seed, progress or (lambda text: None))


def _require_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(folder, "is there already and is no empty folder", "Name a new folder for the sample.")


def _make_case(draft: Path, plan: SamplePlan, number: int, seed: int, report: Callable[[str], None]) -> SampleCase:
    patient = plan.patients[number]
    folder = draft / patient.name
    folder.mkdir()
    report(f"{patient.name}: drawing the chest")
    phantom = drawn_patient(plan, patient, seed)
    report(f"{patient.name}: CT")
    _write_ct(folder / "ct", patient, phantom, seed)
    truth = truth_of(plan, phantom)
    _write_truth(folder, plan, truth, phantom)
    outputs = []
    for model, prediction in predictions(plan, patient, phantom, truth, seed):
        report(f"{patient.name}: {model.label_map_name}")
        outputs.append(write_prediction(folder / "models" / model.label_map_name, patient.name, model, prediction))
    return SampleCase(patient.name, folder / "ct", folder / "truth.nii.gz", tuple(outputs))


def _write_ct(folder: Path, patient: Patient, phantom: Phantom, seed: int) -> None:
    voxels = hounsfield_units(phantom, rng_for(seed, patient.name, "ct"))
    # The voxels are part of each UID, so that series of other seeds or sizes never claim to be this one.
    content = zlib.crc32(np.ascontiguousarray(voxels).data), phantom.geometry.shape
    study, series, frame = (
        seeded_uid(purpose, patient.name, seed, *content) for purpose in ("study", "series", "frame")
    )
    write_ct_series(
        folder,
        voxels,
        phantom.geometry,
        patient_id=patient.name,
        patient_name=patient.person_name,
        study_uid=study,
        series_uid=series,
        frame_of_reference_uid=frame,
    )


def _write_truth(folder: Path, plan: SamplePlan, truth: np.ndarray, phantom: Phantom) -> None:
    """Write truth.nii.gz, and truth.csv with label or labels and volume in ml of every structure in the volume."""
    write_labels(folder / "truth.nii.gz", truth, phantom.geometry)
    with (folder / "truth.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["structure", "labels", "volume_ml"])
        for structure in plan.structures:
            labels = [label for label in labels_of(structure) if phantom.counts[label]]
            if not labels:
                continue
            volume = phantom.counts[labels].sum() * phantom.geometry.voxel_volume_ml
            writer.writerow([structure, " ".join(map(str, labels)), f"{volume:.3f}"])


def _write_lists(draft: Path, plan: SamplePlan, size: str, seed: int) -> None:
    with (draft / "planted_errors.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, [field.name for field in fields(PlantedError)], lineterminator="\n")
        writer.writeheader()
        for error in plan.errors:
            writer.writerow(asdict(error) | {"structures": ";".join(error.structures)})
    about = {"notice": _NOTICE, "size": size, "seed": seed, "cases": [patient.name for patient in plan.patients]}
    (draft / "sample.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def _moved(case: SampleCase, draft: Path, folder: Path) -> SampleCase:
    def moved(path: Path) -> Path:
        return folder / path.relative_to(draft)

    outputs = tuple(replace(output, paths=tuple(map(moved, output.paths))) for output in case.outputs)
    return SampleCase(case.name, moved(case.ct_folder), moved(case.truth), outputs)
