"""Cohort files: TOML with patterns or cases and settings; or a table, CSV or Parquet, with a line for each output."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from ..agreement.options import AnalysisOptions
from ..csv_tables import table_lines
from ..errors import ConcordanceError, UnreadableFileError
from ..imaging.seg_file import COMPRESSIONS
from ..imaging.seg_writer import KINDS, SegStorage
from .case_comparison import Settings
from .case_patterns import path_pattern, values_of
from .cases import CaseOutput, Cohort, CohortCase, Problem, require_distinct
from .harmonize_plan import Job, PlannedModel, case_fields, find_jobs
from .web_image import is_web_address

CASE, CT, SERIES, SEGMENTATION, MODEL, TASK, NAME = "case", "ct", "series", "segmentation", "model", "task", "name"
TABLE_COLUMNS = (CASE, CT, SERIES, SEGMENTATION, MODEL, TASK, NAME)
_TOP = ("folder", "ct", "facts", "model", "case", "settings", "harmonize", "title")
_MODEL_KEYS = ("segmentation", "model", "task", "name")
_CASE_KEYS = ("name", "ct", "series", "facts", "output")
_OWN_SETTINGS = ("combine", "resample", "labelmaps", "kind", "compression")


def read_cohort(path: Path, settings: Settings) -> Cohort:
    """Read a cohort file; paths in it are as seen from its folder.

    :param settings: those of the call; what the file says goes before them.
    :raises UnreadableFileError: there is no such file, or it is damaged.
    :raises ConcordanceError: something in it has no meaning; the message names it.
    """
    if not path.is_file():
        raise UnreadableFileError(path, "is no file", "Write one with 'concordance cohort init', or check the path.")
    if path.suffix.lower() == ".toml":
        return _from_toml(path, _toml(path), settings)
    is_parquet = path.suffix.lower() in (".parquet", ".pq")
    lines = _parquet(path) if is_parquet else [cells for _, cells in table_lines(path, known=TABLE_COLUMNS)]
    cases = _cases_of_table(path, lines)
    require_distinct(str(path), cases)
    return Cohort(tuple(cases), settings)


def cases_of_patterns(
    folder: Path, ct: str, models: Sequence[PlannedModel], output: Path, *, where: str = "images"
) -> list[CohortCase]:
    """The cases that patterns find below a folder, see :func:`find_jobs`.

    :param ct: pattern of the images; "" where there are none.
    :param output: where results go; what lies in it is no case.
    :raises ConcordanceError: the images' pattern matches nothing, or a pattern lacks a placeholder of it.
    """
    images = path_pattern(where, ct) if ct else None
    jobs = find_jobs(folder, images, models, output, image_files=True)
    telling = case_fields(images, models)
    by_case: dict[tuple, list[Job]] = {}
    for job in jobs:
        by_case.setdefault(values_of(job.values, telling), []).append(job)
    cases = [_case_of_jobs(jobs) for jobs in by_case.values()]
    require_distinct(where, cases)
    return cases


def _case_of_jobs(jobs: Sequence[Job]) -> CohortCase:
    name = jobs[0].case
    image = next((job.ct for job in jobs if job.ct is not None), None)
    usable = [job for job in jobs if not job.problem]
    outputs = tuple(
        CaseOutput(job.paths, job.planned.model, job.planned.task, job.planned.name or job.run) for job in usable
    )
    problems = tuple(
        Problem(name, "find", job.planned.name or job.planned.model, f"{job.problem}.") for job in jobs if job.problem
    )
    return CohortCase(name, image, outputs, problems=problems)


def _toml(path: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableFileError(path, f"is no TOML ({error})", "See docs/cohorts.md.") from error


def _from_toml(path: Path, held: Mapping[str, Any], settings: Settings) -> Cohort:
    _require_keys(path, "", held, _TOP)
    base = path.parent / str(held.get("folder", "."))
    cases: list[CohortCase] = []
    if "ct" in held or "model" in held:
        models = [_planned(path, number, one) for number, one in enumerate(held.get("model", ()), start=1)]
        if not models:
            raise ConcordanceError(path, "names no [[model]]", "Give each model its pattern: segmentation = '...'.")
        cases += cases_of_patterns(base, str(held.get("ct", "")), models, path.parent / ".none", where=f"{path}: ct")
    cases += [_case(path, base, number, one) for number, one in enumerate(held.get("case", ()), start=1)]
    if not cases:
        raise ConcordanceError(path, "names no cases", "Give [[model]] with patterns, or [[case]].")
    if "facts" in held:
        cases = _with_facts(path.parent / str(held["facts"]), cases)
    require_distinct(str(path), cases)
    return Cohort(
        tuple(cases),
        _settings(path, held.get("settings", {}), settings),
        bool(held.get("harmonize", True)),
        str(held.get("title", "")),
    )


def _planned(path: Path, number: int, held: Mapping[str, Any]) -> PlannedModel:
    where = f"[[model]] {number}"
    _require_keys(path, where, held, _MODEL_KEYS)
    texts = _texts(path, where, held.get(SEGMENTATION))
    patterns = tuple(path_pattern(f"{path}: {where} segmentation", text) for text in texts)
    return PlannedModel(patterns, str(held.get(MODEL, "")), str(held.get(TASK, "")), str(held.get(NAME, "")))


def _case(path: Path, base: Path, number: int, held: Mapping[str, Any]) -> CohortCase:
    where = f"[[case]] {held.get('name', number)}"
    _require_keys(path, where, held, _CASE_KEYS)
    if not held.get("name"):
        raise ConcordanceError(path, f"{where} has no name", "Give name = '...'.")
    outputs = []
    for one in held.get("output", ()):
        _require_keys(path, f"{where} output", one, _MODEL_KEYS)
        texts = _texts(path, where, one.get(SEGMENTATION))
        told = (str(one.get(key, "")) for key in _MODEL_KEYS[1:])
        outputs.append(CaseOutput(tuple(base / text for text in texts), *told))
    facts = tuple((name, str(value)) for name, value in held.get("facts", {}).items())
    image, address = _image(base, str(held.get(CT, "")))
    series = str(held.get(SERIES, ""))
    return _checked(CohortCase(str(held["name"]), image, tuple(outputs), series, facts, address=address))


def _image(base: Path, text: str) -> tuple[Path | None, str]:
    """The path of an image, or its address on a DICOMweb server."""
    if is_web_address(text):
        return None, text
    return base / text if text else None, ""


def _checked(case: CohortCase) -> CohortCase:
    """The case with what is missing on the disk as problems, and without the outputs that are."""
    problems = list(case.problems)
    if case.image is not None and not case.image.exists():
        problems.append(Problem(case.name, "find", "", f"{case.image}: does not exist."))
    outputs = []
    for output in case.outputs:
        missing = [path for path in output.paths if not path.exists()]
        if missing:
            problems.append(Problem(case.name, "find", output.words, f"{missing[0]}: does not exist."))
        else:
            outputs.append(output)
    usable = () if case.image is not None and not case.image.exists() else tuple(outputs)
    return replace(case, outputs=usable, problems=tuple(problems))


def _texts(path: Path, where: str, value: object) -> list[str]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(one, str) and one for one in texts):
        raise ConcordanceError(path, f"{where} has no segmentation", "Give segmentation = '...', or a list of them.")
    return texts


def _require_keys(path: Path, where: str, held: object, known: Sequence[str]) -> None:
    if not isinstance(held, Mapping):
        raise ConcordanceError(path, f"{where} is no table", "See docs/cohorts.md.")
    unknown = [name for name in held if name not in known]
    if unknown:
        fact = f"{where} has the unknown {unknown[0]!r}".strip()
        raise ConcordanceError(path, fact, f"There are {', '.join(known)}.")


def _settings(path: Path, held: Mapping[str, Any], given: Settings) -> Settings:
    options = {field.name: getattr(given.options, field.name) for field in fields(AnalysisOptions)}
    own: dict[str, Any] = {
        "combine": list(given.combine),
        "resample": given.resample,
        "labelmaps": [],
        "kind": given.storage.kind,
        "compression": given.storage.compression,
    }
    _require_keys(path, "[settings]", held, (*options, *_OWN_SETTINGS))
    for name, value in held.items():
        before = own[name] if name in own else options[name]
        if not _alike(value, before):
            kind = type(before).__name__
            raise ConcordanceError(path, f"[settings] {name} = {value!r} is no {kind}", "See docs/cohorts.md.")
        if name in own:
            own[name] = value
        else:
            options[name] = tuple(value) if isinstance(before, tuple) else value
    for name, known in (("kind", KINDS), ("compression", ("", *COMPRESSIONS))):
        if own[name] not in known:
            remedy = f"There are {', '.join(filter(None, known))}."
            raise ConcordanceError(path, f"[settings] {name} = {own[name]!r} is not known", remedy)
    folders = tuple(path.parent / text for text in own["labelmaps"])
    return Settings(
        AnalysisOptions(**options),
        tuple(own["combine"]),
        own["resample"],
        tuple(dict.fromkeys((*folders, *given.label_map_folders))),
        given.viewer,
        given.case_reports,
        SegStorage(own["kind"], own["compression"]),
        given.words,
    )


def _alike(value: object, before: object) -> bool:
    if isinstance(before, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(before, bool)
    if isinstance(before, (int, float)):
        return isinstance(value, (int, float)) and (isinstance(before, float) or isinstance(value, int))
    if isinstance(before, (tuple, list)):
        return isinstance(value, list)
    return isinstance(value, Mapping) if isinstance(before, Mapping) else isinstance(value, type(before))


def _parquet(path: Path) -> list[dict[str, str]]:
    try:
        import pyarrow.parquet
    except ImportError as error:
        remedy = "Install it: pip install 'segmentation-concordance[cohort]', or give a CSV file."
        raise ConcordanceError(path, "needs the Python package pyarrow", remedy) from error
    try:
        rows = pyarrow.parquet.read_table(path).to_pylist()
    except (OSError, pyarrow.ArrowException) as error:
        raise UnreadableFileError(path, f"is no Parquet table ({error})", "See docs/cohorts.md.") from error
    return [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]


def _cases_of_table(path: Path, lines: Sequence[Mapping[str, str]]) -> list[CohortCase]:
    if not lines or CASE not in lines[0] or SEGMENTATION not in lines[0]:
        remedy = f"Give a line for each output, with {', '.join(TABLE_COLUMNS)}; more columns are facts of the case."
        raise ConcordanceError(path, "has no line with the columns case and segmentation", remedy)
    by_case: dict[str, list[Mapping[str, str]]] = {}
    for line in lines:
        by_case.setdefault(line[CASE], []).append(line)
    return [_case_of_lines(path, name, some) for name, some in by_case.items()]


def _paths(base: Path, cell: str) -> tuple[Path, ...]:
    """The paths that ";" joins, or the one path that has it in its name."""
    joined = tuple(base / text.strip() for text in cell.split(";"))
    return (base / cell,) if len(joined) > 1 and (base / cell).exists() else joined


def _case_of_lines(path: Path, name: str, lines: Sequence[Mapping[str, str]]) -> CohortCase:
    def only(column: str) -> str:
        values = list(dict.fromkeys(line.get(column, "") for line in lines if line.get(column, "")))
        if len(values) > 1:
            fact = f"case {name} has two values of {column}: {values[0]}, {values[1]}"
            raise ConcordanceError(path, fact, "Give one.")
        return values[0] if values else ""

    base = path.parent
    outputs = [
        CaseOutput(
            _paths(base, line[SEGMENTATION]),
            *(line.get(column, "") for column in (MODEL, TASK, NAME)),
        )
        for line in lines
        if line[SEGMENTATION]
    ]
    facts = tuple((column, only(column)) for column in lines[0] if column not in TABLE_COLUMNS)
    image, address = _image(base, only(CT))
    return _checked(CohortCase(name, image, tuple(outputs), only(SERIES), facts, address=address))


def _with_facts(path: Path, cases: Sequence[CohortCase]) -> list[CohortCase]:
    known = {line.get(CASE, ""): line for line in [cells for _, cells in table_lines(path)]}
    if not any(case.name in known for case in cases):
        raise ConcordanceError(path, "has no line of any case", "Give a column case, with the names of the cases.")
    columns = [name for line in known.values() for name in line if name != CASE]
    names = dict.fromkeys(columns)
    return [
        replace(case, facts=(*case.facts, *((name, known.get(case.name, {}).get(name, "")) for name in names)))
        for case in cases
    ]
