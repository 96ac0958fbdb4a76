"""Many cases of a folder tree -> DICOM SEGs, and a table that says what became of every file."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..anatomy.vocabulary import Vocabulary
from ..errors import ConcordanceError, OutputError
from ..imaging.harmonization import name_note, output_on_grid, write_output_seg
from ..imaging.image_series import ImageSeries, read_image_series
from ..imaging.leftovers import sweep
from ..imaging.seg_parts import part_paths
from ..imaging.seg_writer import BINARY
from .case_patterns import PathPattern
from .harmonize_plan import Job, PlannedModel, find_jobs, output_file, output_folder
from .harmonized_table import (
    FAILED,
    UNCHANGED,
    WRITTEN,
    HarmonizedRow,
    files_below,
    fingerprint,
    read_table,
    record,
    stamp,
)
from .known_label_maps import known_vocabularies, known_vocabulary
from .listener import Listener
from .recognition import ChosenModel, recognized_model, told_task

TABLE = "harmonized.csv"
_FORM = "3"
"""Raise it when the same files would give another SEG: then all is made again."""


@dataclass(slots=True)
class _Images:
    """The image series of the case at hand; read when first needed, and once."""

    folder: Path | None = None
    series: ImageSeries | None = None
    error: ConcordanceError | None = None

    def of(self, folder: Path) -> ImageSeries:
        if folder != self.folder:
            self.folder, self.series, self.error = folder, None, None
            try:
                self.series = read_image_series(folder)
            except ConcordanceError as error:
                self.error = error
        if self.series is None:
            raise self.error or ConcordanceError(folder, "holds no image series", "Name the folder of a series.")
        return self.series


@dataclass(slots=True)
class _Run:
    cases: Path
    output: str
    redo: bool
    listener: Listener
    kind: str
    compression: str
    named: Mapping[str, Vocabulary]
    known: Sequence[Vocabulary]
    before: dict[str, HarmonizedRow] = field(default_factory=dict)
    images: _Images = field(default_factory=_Images)
    inputs: frozenset[Path] = frozenset()
    outputs: dict[str, Job | None] = field(default_factory=dict)
    faults: list[Exception] = field(default_factory=list)

    swept: set[Path] = field(default_factory=set)

    @property
    def table(self) -> Path:
        return output_folder(self.output) / TABLE

    def sweep(self, folder: Path) -> None:
        """Remove what killed runs left in a folder, once."""
        if folder not in self.swept:
            self.swept.add(folder)
            sweep(folder)


@dataclass(frozen=True, slots=True)
class HarmonizedCases:
    """What a run over many cases did.

    :param table: the file that says it output by output.
    :param rows: the same, in the order of the jobs.
    :param fault: the first fault of the program itself, after which all others were done nevertheless.
    """

    table: Path
    rows: list[HarmonizedRow]
    fault: Exception | None


def harmonize_cases(
    cases: Path,
    ct: PathPattern,
    models: Sequence[PlannedModel],
    output: str,
    *,
    redo: bool,
    folders: Sequence[Path],
    listener: Listener,
    kind: str = BINARY,
    compression: str = "",
) -> HarmonizedCases:
    """Write every model's output on every case of a folder tree as DICOM SEG; one that fails stops no other.

    :param output: a folder, or a pattern with {case} and {model}.
    :param redo: make again what is there already.
    :param folders: of the user's label maps, see :func:`label_map_folders`.
    :param kind: and ``compression``: how the SEGs are stored, see :func:`write_dicom_seg`.
    :raises ConcordanceError: nothing could be begun.
    """
    named = {one.model: known_vocabulary(one.model, folders, listener) for one in models if one.model}
    for note in filter(None, (name_note(one.name) for one in models)):
        listener.warn(note)
    jobs = find_jobs(cases, ct, models, output_folder(output))
    known = known_vocabularies(folders, listener) if any(not planned.model for planned in models) else ()
    work = _Run(cases, output, redo, listener, kind, compression, named, known)
    before = read_table(work.table)
    work.before = {row.made_from: row for row in before if row.made_from and row.output}
    work.inputs = frozenset(file.resolve() for job in jobs for file in files_below(job.paths))
    work.outputs = dict.fromkeys(_seen_from(file, work.table.parent) for row in before for file in _files_of(row, work))
    work.sweep(work.table.parent)
    rows = _rows(jobs, work)
    return HarmonizedCases(work.table, rows, work.faults[0] if work.faults else None)


def _rows(jobs: Sequence[Job], work: _Run) -> list[HarmonizedRow]:
    """Job after job; the table is written after each that did something, as the next one may be interrupted."""
    rows: list[HarmonizedRow] = []
    recorded = 0
    try:
        for number, job in enumerate(jobs):
            what = f"{job.case} {job.run or job.planned.name or job.planned.model}".strip()
            work.listener.progress(number / len(jobs), f"{number + 1} of {len(jobs)}: {what}")
            row = _row(job, work)
            rows.append(row)
            if row.status != UNCHANGED:
                record(work.table, rows[recorded:])
                recorded = len(rows)
            if row.status == FAILED:
                work.listener.say(f"{what}: failed. {row.reason}")
            elif row.status == WRITTEN:
                work.listener.say(f"{what}: {row.segments} segments in {row.output}")
    except KeyboardInterrupt:
        work.listener.say(f"{len(rows)} of {len(jobs)} outputs are done; the same command goes on from here")
        raise
    finally:
        if rows[recorded:]:
            record(work.table, rows[recorded:])
    return rows


def _row(job: Job, work: _Run) -> HarmonizedRow:
    pattern = "; ".join(one.text for one in job.planned.patterns)
    row = HarmonizedRow(job.case, "; ".join(_seen_from(path, work.cases) for path in job.paths), pattern=pattern)
    begin = time.monotonic()
    try:
        if job.problem or job.ct is None:
            raise ConcordanceError(job.case, job.problem)
        row = replace(row, made_from=_made_from(job, work))
        if not work.redo and (done := _done_before(row, work)) is not None:
            for file in _files_of(done, work):
                _require_own_output(_seen_from(file, work.table.parent), job, work)
            return done
        chosen = _chosen_model(job, work)
        path = output_file(work.output, job, chosen.vocabulary.name)
        output = _seen_from(path, work.table.parent)
        row = replace(row, model=chosen.vocabulary.name, reason=chosen.reason)
        _require_own_output(output, job, work)
        row = replace(row, output=output)  # not before: the row of what is there already would give way to this one
        work.sweep(path.parent)
        found = output_on_grid(job.paths, chosen.vocabulary, work.images.of(job.ct).geometry, chosen.task)
        row = replace(row, task=" ".join(found.tasks), segments=str(len(found.label_map.segments)))
        written = write_output_seg(
            path,
            found,
            work.images.of(job.ct),
            chosen.vocabulary,
            job.planned.name,
            kind=work.kind,
            compression=work.compression,
        )
        work.outputs |= {_seen_from(file, work.table.parent): job for file in written.paths}
        for note in (*found.notes, *written.notes):
            work.listener.warn(f"{output}: {note}")
        seconds = f"{time.monotonic() - begin:.1f}"
        return replace(row, status=WRITTEN, seconds=seconds, stamp=" ".join(map(stamp, written.paths)))
    except Exception as error:  # noqa: BLE001 - a fault of ours on one case must not cost the others; it is raised later
        reason = str(error)
        if not isinstance(error, ConcordanceError):
            work.faults.append(error)
            reason = f"a fault of the program ({type(error).__name__}: {error})."
        if row.output and (work.table.parent / row.output).exists():
            reason += " The file of an earlier run is still there, as it was."
        return replace(row, status=FAILED, reason=reason, segments="", made_from="")


def _chosen_model(job: Job, work: _Run) -> ChosenModel:
    planned = job.planned
    if planned.model:
        vocabulary = work.named[planned.model]
        return ChosenModel(vocabulary, planned.task or told_task(job.paths, vocabulary))
    return recognized_model(job.paths, work.known, planned.task or None)


def _made_from(job: Job, work: _Run) -> str:
    """Of the files, of the label map or, where it is to be recognized, of all of them, and of what was asked for."""
    planned = job.planned
    maps = [work.named[planned.model]] if planned.model else work.known
    contents = [one.path.read_text(encoding="utf-8-sig") for one in maps if one.path]
    names = os.path.relpath(work.output, work.table.parent)
    facts = [
        _FORM,
        work.kind,
        work.compression,
        job.case,
        job.run,
        planned.model,
        planned.task,
        planned.name,
        names,
        *contents,
    ]
    made = {work.table.parent / output for output in work.outputs}  # by us: they may lie among the images
    read = [*([job.ct] if job.ct else []), *job.paths]
    files = [path for path in files_below(read) if path not in made]
    return fingerprint([*facts, *(f"{_seen_from(path, work.cases)} {stamp(path)}" for path in files)])


def _done_before(row: HarmonizedRow, work: _Run) -> HarmonizedRow | None:
    """The row of an earlier run that made the same, and its file is still as it left it."""
    done = work.before.get(row.made_from)
    if done is None or not done.stamp:
        return None
    if " ".join(map(stamp, _files_of(done, work))) != done.stamp:
        return None
    return replace(done, status=UNCHANGED, seconds="")


def _files_of(row: HarmonizedRow, work: _Run) -> list[Path]:
    """The SEGs of a row that has an output: its stamp has a word for each."""
    return part_paths(work.table.parent / row.output, len(row.stamp.split(" "))) if row.output else []


def _require_own_output(output: str, job: Job, work: _Run) -> None:
    """Note whose output it is in this run; of an earlier run's it may take the place, but of no file that is read."""
    path = work.table.parent / output
    if path.resolve() in work.inputs:
        raise OutputError(path, "is one of the files that are read", "Give the outputs another pattern.")
    other = work.outputs.get(output) or job
    work.outputs[output] = other
    # By values, not by the names of case and run: a_b/c and a/b_c are both called a_b_c.
    if (other.values, other.planned) != (job.values, job.planned):
        planned = other.planned
        words = (other.case, other.run, planned.name, planned.model, _seen_from(other.paths[0], work.cases))
        remedy = "Give each model a name, or a placeholder in the pattern."
        raise ConcordanceError(output, f"is the output of {' '.join(word for word in words if word)} already", remedy)


def _seen_from(path: Path, folder: Path) -> str:
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    path, folder = path.resolve(), folder.resolve()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
