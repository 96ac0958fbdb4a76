"""Which outputs of which models on which cases a run is to harmonize: from patterns, and from a plan of several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..csv_tables import table_lines
from ..errors import ConcordanceError, Setting
from ..imaging.volume_files import is_volume_file
from .case_patterns import Fields, PathPattern, joined, path_pattern, require_match, values_of

_PLAN_COLUMNS = ("segmentation", "model", "task", "name")
_MODEL = "model"
_LISTED = 3


@dataclass(frozen=True, slots=True)
class PlannedModel:
    """One model of a run.

    :param patterns: where its files lie, all with the same placeholders.
    :param model: its label map; "" to be recognized.
    :param task: its task; "" where the files tell.
    :param name: what the run is called; "" for the model's title.
    """

    patterns: tuple[PathPattern, ...]
    model: str = ""
    task: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One output of one model on one case.

    :param ct: the folder of the images; None where there is a problem.
    :param paths: the files and folders of the output.
    :param run: what tells it from other outputs of the same case, where placeholders do: "fast" of "{case}/{run}.nii".
    :param values: of all placeholders.
    :param problem: why it cannot be done.
    """

    case: str
    ct: Path | None
    paths: tuple[Path, ...]
    planned: PlannedModel
    run: str
    values: Fields
    problem: str = ""


def find_jobs(
    folder: Path, ct: PathPattern | None, models: Sequence[PlannedModel], outputs: Path, *, image_files: bool = False
) -> list[Job]:
    """Every output to be harmonized, case by case; what is missing or double is a job with a problem.

    :param outputs: the folder that the SEGs go to; where it lies below ``folder``, it is no case.
    :param ct: of the images; None where there are none: then what all models' patterns have tells the cases apart.
    :param image_files: an image may also be a file, such as NIfTI, and no folder of a DICOM series.
    :raises ConcordanceError: there is no such folder, the images' pattern or the only model's matches nothing, or a
        pattern lacks a placeholder of the images'.
    """
    if not folder.is_dir():
        raise ConcordanceError(folder, "is no folder", "Name the folder that holds the cases.", Setting("cases"))
    if ct is not None and not ct.fields:
        raise ConcordanceError(f"images '{ct.text}'", "does not tell the cases apart", "Write e.g. '{case}/ct'.")
    inside = folder.resolve() in outputs.resolve().parents
    leave_out = outputs.resolve() if inside else None
    if ct is None:
        return _jobs_without_images(folder, models, leave_out)
    found = {
        fields: [path for path in paths if path.is_dir() or (image_files and is_volume_file(path))]
        for fields, paths in ct.matches(folder, leave_out).items()
    }
    series = {fields: paths for fields, paths in found.items() if paths}
    require_match("images", ct, folder, series)
    return _by_case(_jobs(folder, ct, series, planned, leave_out, len(models) == 1) for planned in models)


def _by_case(of_models: Iterable[Iterable[Job]]) -> list[Job]:
    # Stable: the models of a case stay in the plan's order.
    return sorted((job for jobs in of_models for job in jobs), key=lambda job: job.case)


def case_fields(ct: PathPattern | None, models: Sequence[PlannedModel]) -> tuple[str, ...]:
    """The placeholders that tell the cases apart: those of the images, or without images those of all models.

    :raises ConcordanceError: there is none.
    """
    if ct is not None:
        return ct.fields
    first = models[0].patterns[0]
    common = tuple(name for name in first.fields if all(name in one.fields for m in models for one in m.patterns))
    if not common:
        fact = "has no placeholder that all have, so that nothing tells the cases apart"
        raise ConcordanceError(f"segmentation '{first.text}'", fact, "Write e.g. '{case}/models/a'.")
    return common


def _jobs_without_images(folder: Path, models: Sequence[PlannedModel], leave_out: Path | None) -> list[Job]:
    names = case_fields(None, models)
    cases: dict[Fields, list[Path]] = {}
    for planned in models:
        for pattern in planned.patterns:
            cases.update({values_of(fields, names): [] for fields in pattern.matches(folder, leave_out)})
    require_match("segmentation", models[0].patterns[0], folder, cases)
    return _by_case(_jobs(folder, None, cases, planned, leave_out, len(models) == 1) for planned in models)


def output_file(pattern: str, job: Job, label_map: str) -> Path:
    """Where an output goes: DIR/<case>/<run or model>.dcm, or as a pattern with placeholders says.

    :param label_map: the model's; the run is called by its own name where it has one.
    """
    model = _plain(job.planned.name or job.run or label_map)
    if "{" not in pattern:
        return Path(pattern, _plain(job.case), f"{model}.dcm")
    values = {name: _plain(text) for name, text in job.values} | {"case": _plain(job.case), _MODEL: model}
    unknown = [name for name in PathPattern(pattern).fields if name not in values]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in values)
        raise ConcordanceError(f"output '{pattern}'", f"has the unknown {{{unknown[0]}}}", f"There are {known}.")
    return Path(PathPattern(pattern).filled(values))


def output_folder(pattern: str) -> Path:
    """The folder that all outputs lie in: what stands before the first placeholder."""
    if "{" not in pattern:
        return Path(pattern)
    return Path(pattern[: pattern.index("{")] + "x").parent


def read_plan(path: Path) -> list[PlannedModel]:
    """The models that the lines of a plan name: a CSV file with the columns segmentation, model, task, name.

    :raises UnreadableFileError: the file cannot be read.
    :raises ConcordanceError: a column or line has no meaning.
    """
    lines = table_lines(path, _PLAN_COLUMNS[:1], known=_PLAN_COLUMNS)
    unknown = [column for _, line in lines[:1] for column in line if column not in _PLAN_COLUMNS]
    if unknown or not lines:
        fact = f"has the column {unknown[0]!r}" if unknown else "has no line for a model"
        raise ConcordanceError(path, fact, f"Give the columns {', '.join(_PLAN_COLUMNS)}, and a line for each model.")
    return [
        planned_model(
            f"{path}, line {number}: segmentation",
            [part.strip() for part in line["segmentation"].split(";")],
            *(line.get(column, "") for column in _PLAN_COLUMNS[1:]),
        )
        for number, line in lines
    ]


def planned_model(where: str, texts: Sequence[str], model: str, task: str, name: str) -> PlannedModel:
    """A model whose files the patterns find, see :class:`PlannedModel`.

    :param where: the patterns come from; for messages.
    :raises ConcordanceError: a pattern is wrong, or has other placeholders than the first one.
    """
    patterns = tuple(path_pattern(where, text) for text in texts)
    for pattern in patterns[1:]:
        if set(pattern.fields) != set(patterns[0].fields):
            raise ConcordanceError(
                f"{where} '{pattern.text}'", f"has other placeholders than '{patterns[0].text}'", "Give all the same."
            )
    return PlannedModel(patterns, model, task, name)


def _jobs(
    folder: Path,
    ct: PathPattern | None,
    series: Mapping[Fields, list[Path]],
    planned: PlannedModel,
    leave_out: Path | None,
    alone: bool,
) -> Iterator[Job]:
    names = planned.patterns[0].fields
    telling = [name for name, _ in next(iter(series), ())]
    _require_fields(ct, planned)
    found: dict[Fields, list[Path]] = {}
    for pattern in planned.patterns:
        here = pattern.matches(folder, leave_out)
        try:
            require_match("segmentation", pattern, folder, here)
        except ConcordanceError as error:
            if alone:
                raise
            problem = f"{error.subject} {error.fact}"
            yield from (Job(joined(case), None, (), planned, "", case, problem) for case in series)
            return
        for fields, paths in here.items():
            found.setdefault(values_of(fields, names), []).extend(paths)
    further = [name for name in names if name not in telling]
    cases = {values_of(fields, telling) for fields in found}
    for fields, paths in found.items():
        case = values_of(fields, telling)
        place = series.get(case, [])
        problem = "" if ct is None or len(place) == 1 else _not_one(ct, place)
        run = joined(values_of(fields, further))
        image = place[0] if place and not problem else None
        yield Job(joined(case), image, tuple(paths), planned, run, fields, problem)
    wanted = " or ".join(f"'{pattern.text}'" for pattern in planned.patterns)
    for case in series:
        if case not in cases:
            yield Job(joined(case), None, (), planned, "", case, f"there is nothing that matches {wanted}")


def _require_fields(ct: PathPattern | None, planned: PlannedModel) -> None:
    if ct is None:
        return
    for name in ct.fields:
        if name not in planned.patterns[0].fields:
            fact = f"has no {{{name}}}, by which the images' '{ct.text}' tells the cases apart"
            raise ConcordanceError(f"segmentation '{planned.patterns[0].text}'", fact, "Write it into the pattern.")


def _not_one(ct: PathPattern, places: Sequence[Path]) -> str:
    if not places:
        return f"there are no images: nothing matches '{ct.text}'"
    listed = ", ".join(str(place) for place in places[:_LISTED])
    return f"{len(places)} places match '{ct.text}': {listed}. Write the pattern so that one is left"


def _plain(text: str) -> str:
    """Text as a part of a file name on any system."""
    return re.sub(r"[^\w.+-]+", "_", text).strip("._") or "_"
