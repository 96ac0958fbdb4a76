"""All the work on one case: its outputs become DICOM SEGs, are compared, and the results written. What is there
already, made of the same contents with the same settings, is left as it is."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from .. import __version__
from ..agreement.analysis import CaseResult
from ..anatomy.vocabulary import all_vocabularies, load_vocabulary
from ..errors import ConcordanceError
from ..imaging.dicom_files import is_dicom_file
from ..imaging.geometry import Geometry
from ..imaging.harmonization import output_on_grid, write_output_seg
from ..imaging.image_series import ImageSeries
from ..imaging.seg_header import read_seg_header
from ..plurals import counted
from ..reporting.case_files import CONSENSUS_FILE
from .case_comparison import Settings, compare_case
from .case_image import read_case_image
from .case_record import CaseRecord, read_record, write_record
from .cases import CaseOutput, CohortCase, Problem, plain_name
from .content import Contents
from .harmonized_table import fingerprint
from .known_label_maps import known_vocabularies, known_vocabulary
from .listener import Nobody
from .recognition import ChosenModel, recognized_model, told_task
from .runs import ReadRun, RunFile, read_runs
from .web_image import with_fetched_image

FORM = f"5 {__version__}"
"""Part of every fingerprint: another version of the program makes all again. Raise the number when the same inputs give
other results within a version."""
DONE, UNCHANGED, FAILED = "done", "unchanged", "failed"
SEGS = "segmentations"
FEWEST_PICTURES = 8
"""Of so many findings of a case pictures are kept at least."""
_FIND, _FETCH, _READ, _HARMONIZE, _COMPARE, _WRITE = "find", "fetch", "read", "harmonize", "compare", "write"


@dataclass(frozen=True, slots=True)
class CaseTask:
    """One case to be worked on, in this process or another.

    :param folder: for its results, and for nothing else.
    :param redo: do again what is done.
    :param pictures: of so many findings pictures are kept.
    """

    case: CohortCase
    settings: Settings
    folder: Path
    harmonize: bool = True
    redo: bool = False
    pictures: int = FEWEST_PICTURES


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What became of a case.

    :param status: done, unchanged, or failed where there is any problem; also then what could be compared is.
    :param has_tables: whether there are results in its folder.
    :param renewed: SEGs of an earlier run that have another content now, and so other UIDs.
    :param sentence: what was compared in this run; "" where nothing was.
    :param notes: on what the models wrote, such as two runs that were joined.
    """

    case: str
    status: str
    has_tables: bool
    problems: tuple[Problem, ...] = ()
    renewed: tuple[str, ...] = ()
    sentence: str = ""
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Notes(Nobody):
    """Keeps what is to stand in the report of the case."""

    notes: list[str] = field(default_factory=list)

    def warn(self, line: str, report: str = "") -> None:
        if report and report not in self.notes:
            self.notes.append(report)


class _StepError(Exception):
    def __init__(self, step: str, error: ConcordanceError) -> None:
        super().__init__(step)
        self.step = step
        self.error = error


def work_on_case(task: CaseTask) -> CaseOutcome:
    """Do all that is to be done on a case. What is wrong with its inputs is a problem in the outcome, no exception."""
    problems = list(task.case.problems)
    before = CaseRecord() if task.redo else read_record(task.folder)
    work = _Work(task, before, Contents(before.inputs))
    case = task.case
    try:
        if not case.outputs:
            error = ConcordanceError(case.name, "there is no output of any model")
            raise _StepError(_FIND, error) if not problems else _NothingLeftError
        with _step(_FETCH):
            case = with_fetched_image(case, task.folder, redo=task.redo)
        work.task = replace(task, case=case)
        with _step(_READ):
            made_from = work.made_from()
        if made_from == before.made_from and work.results_are_whole():
            return CaseOutcome(case.name, FAILED if problems else UNCHANGED, True, tuple(problems))
        work.clear_leftovers()
        with _step(_READ):
            image = read_case_image(case.image, case.series_uid or None)
        runs = work.runs(image, problems)
        if not runs:
            raise _NothingLeftError
        # What failed on the way may go well another time; what was missing before is part of the fingerprint.
        work.compare(image, runs, "" if len(problems) > len(case.problems) else made_from)
    except _StepError as stop:
        problems.append(Problem(case.name, stop.step, "", str(stop.error)))
    except _NothingLeftError:
        pass
    except OSError as error:
        problems.append(Problem(case.name, _WRITE, "", f"{error.filename or case.name}: {error.strerror or error}."))
    else:
        status = FAILED if problems else DONE
        notes = tuple(work.listener.notes)
        return CaseOutcome(case.name, status, True, tuple(problems), tuple(work.renewed), work.sentence, notes)
    work.remove_results()
    return CaseOutcome(case.name, FAILED, False, tuple(problems), tuple(work.renewed))


class _NothingLeftError(Exception):
    pass


class _step:  # noqa: N801 - reads as a word of the language
    """``with _step("read"):`` tells in which step an error was."""

    def __init__(self, step: str) -> None:
        self.step = step

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ConcordanceError):
            raise _StepError(self.step, error) from error


@dataclass(slots=True)
class _Work:
    task: CaseTask
    before: CaseRecord
    contents: Contents
    listener: _Notes = field(default_factory=_Notes)
    segs: dict[str, tuple[str, str]] = field(default_factory=dict)
    renewed: list[str] = field(default_factory=list)
    sentence: str = ""

    def made_from(self) -> str:
        """Of the image, every output, the label maps and the settings."""
        case, settings = self.task.case, self.task.settings
        image = self.contents.of_all([case.image], named=False) if case.image else ""
        problems = [f"{one.step} {one.output} {one.error}" for one in case.problems]
        facts = [
            FORM,
            case.name,
            *problems,
            image,
            case.series_uid,
            str(self.task.harmonize),
            text_of_settings(settings),
        ]
        return fingerprint([*facts, *map(self._output_made_from, case.outputs)])

    def _output_made_from(self, output: CaseOutput) -> str:
        facts = [self.contents.of_all(output.paths, named=True), output.model, output.task, output.name]
        places = [path.parent.name for path in output.paths] if not output.model else []
        return fingerprint([*facts, *places, *self._label_maps_of(output)])

    def _label_maps_of(self, output: CaseOutput) -> list[str]:
        """The text of the label map, also of one that a SEG names; of all where it is to be recognized."""
        folders = self.task.settings.label_map_folders
        segs = segs_of(output)
        if not output.model and not segs:
            return [one.path.read_text(encoding="utf-8-sig") for one in all_vocabularies(folders)[0] if one.path]
        texts = []
        for name in [output.model] if output.model else segs:
            try:
                named = name if isinstance(name, str) else read_seg_header(name).label_map_name
                known = load_vocabulary(named, folders)
                texts.append(known.path.read_text(encoding="utf-8-sig") if known.path else known.name)
            except ConcordanceError as error:  # said where the file is read
                texts.append(str(error))
        return texts

    def results_are_whole(self) -> bool:
        """Whether every result of the earlier run is still there as it was."""
        held = {name: digest for name, (_, digest) in self.before.segs.items()} | dict(self.before.results)
        return all(self.contents.of(self.task.folder / name) == digest for name, digest in held.items())

    def clear_leftovers(self) -> None:
        """Remove what a run that was ended in the middle left: files and folders with a dot in front."""
        for folder in (self.task.folder, self.task.folder / SEGS):
            for path in folder.glob(".*") if folder.is_dir() else ():
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)

    def remove_results(self) -> None:
        """No table of an earlier run stays where this one has none: it would count in the cohort's."""
        for name in self.before.results:
            (self.task.folder / name).unlink(missing_ok=True)
        if self.task.folder.is_dir():
            self._record(CaseRecord(segs=self.segs, inputs=self.contents.seen))

    def runs(self, image: ImageSeries | Geometry | None, problems: list[Problem]) -> list[ReadRun]:
        """What each output holds that can be read; of the others the problem."""
        case = self.task.case
        if image is None:  # the outputs make the grid together
            with _step(_READ):
                return self._read_together(case, problems)
        found: list[ReadRun] = []
        for output in case.outputs:
            step = _HARMONIZE
            try:
                files = self._files_of(output, image)
                step = _READ
                found += self._read(files, image)
            except ConcordanceError as error:
                problems.append(Problem(case.name, step, output.words, error.in_words_of(self.task.settings.words)))
        return found

    def _read_together(self, case: CohortCase, problems: list[Problem]) -> list[ReadRun]:
        """All outputs on the grid that they make; where that fails, without those that cannot be read by themselves."""
        files = {output: self._files_of(output, None) for output in case.outputs}
        try:
            return self._read([file for of_output in files.values() for file in of_output], None)
        except ConcordanceError as error:
            whole, readable = error, []
        for output, of_output in files.items():
            try:
                self._read(of_output, None)
                readable += of_output
            except ConcordanceError as error:
                problems.append(Problem(case.name, _READ, output.words, error.in_words_of(self.task.settings.words)))
        if not readable or not problems:
            raise whole
        return self._read(readable, None)

    def _files_of(self, output: CaseOutput, image: ImageSeries | Geometry | None) -> list[RunFile]:
        if self.task.harmonize and isinstance(image, ImageSeries) and not segs_of(output):
            return self._harmonized(output, image)
        return [RunFile(output.name, path, output.model, output.task) for path in output.paths]

    def _read(self, files: list[RunFile], image: ImageSeries | Geometry | None) -> list[ReadRun]:
        settings = self.task.settings
        folders = settings.label_map_folders
        return list(read_runs(files, image, self.listener, resample=settings.resample, folders=folders))

    def _harmonized(self, output: CaseOutput, series: ImageSeries) -> list[RunFile]:
        """The SEGs of an output; made anew only where those that are there were made of something else."""
        storage = self.task.settings.storage
        facts = [FORM, series.series_uid, *series.sop_instance_uids, storage.kind, storage.compression]
        uid = fingerprint([*facts, self._output_made_from(output)])
        held = {name: digest for name, (made_from, digest) in self.before.segs.items() if made_from == uid}
        if held and all(self.contents.of(self.task.folder / name) == digest for name, digest in held.items()):
            self.segs.update({name: (uid, digest) for name, digest in held.items()})
            return [RunFile(output.name, self.task.folder / name, "", "") for name in held]
        chosen = self._chosen(output)
        name = f"{SEGS}/{plain_name(output.name or chosen.vocabulary.name)}.dcm"
        if name in self.segs:
            fact = f"{name} is another output of the case already"
            raise ConcordanceError(output.words, fact, "Give each run of a model its own name in the cohort file.")
        self._make_place_for_parts(self.task.folder / name)
        found = output_on_grid(output.paths, chosen.vocabulary, series.geometry, chosen.task)
        written = write_output_seg(
            self.task.folder / name,
            found,
            series,
            chosen.vocabulary,
            output.name,
            kind=storage.kind,
            compression=storage.compression,
        )
        for path in written.paths:
            name = f"{SEGS}/{path.name}"
            self.segs[name] = (uid, self.contents.of(path))
            if name in self.before.segs and self.before.segs[name][1] != self.segs[name][1]:
                self.renewed.append(name)
        # Noted at once: the next output may take long, and the process may be ended meanwhile.
        self._record(CaseRecord(segs={**self.before.segs, **self.segs}, inputs=self.contents.seen))
        return [RunFile(output.name, path, "", "") for path in written.paths]

    def _make_place_for_parts(self, path: Path) -> None:
        """Remove what an earlier run left where further files of an output may go; the folder is the case's own."""
        for former in path.parent.glob("*.dcm"):
            is_further = re.fullmatch(rf"{re.escape(path.stem)}_\d+", former.stem)
            if is_further and f"{SEGS}/{former.name}" not in self.segs:
                former.unlink(missing_ok=True)

    def _chosen(self, output: CaseOutput) -> ChosenModel:
        folders = self.task.settings.label_map_folders
        if not output.model:
            known = known_vocabularies(folders, self.listener)
            return recognized_model(output.paths, known, output.task or None)
        vocabulary = known_vocabulary(output.model, folders, self.listener)
        return ChosenModel(vocabulary, output.task or told_task(output.paths, vocabulary))

    def compare(self, image: ImageSeries | Geometry | None, runs: list[ReadRun], made_from: str) -> None:
        task = self.task
        with _step(_COMPARE):
            file = task.case.image if isinstance(image, Geometry) else None
            compared = compare_case(task.case.name, image, runs, task.settings, self.listener, file)
        with _step(_WRITE):
            pictures = compared.pictures(task.pictures)
            written = compared.write(task.folder, task.settings, self.listener.notes, pictures)
            self.sentence = _sentence(compared.result)
            self._drop_former_segs()
            found = compared.identifiers(task.folder / CONSENSUS_FILE)
            self._record(
                CaseRecord(
                    made_from=made_from,
                    segs=self.segs,
                    results={path.name: self.contents.of(path) for path in written},
                    inputs=self.contents.seen,
                    study_uid=found.study_uids.get(task.case.name, ""),
                    seg_uids={model: uids for (_, model), uids in found.seg_uids.items()},
                    notes=(*compared.result.notes, *self.listener.notes),
                )
            )

    def _drop_former_segs(self) -> None:
        for path in (self.task.folder / SEGS).glob("*.dcm"):
            if f"{SEGS}/{path.name}" not in self.segs:
                path.unlink(missing_ok=True)

    def _record(self, record: CaseRecord) -> None:
        write_record(self.task.folder, replace(record, inputs=dict(sorted(record.inputs.items()))))


def segs_of(output: CaseOutput) -> list[Path]:
    """The DICOM files of an output."""
    return [path for path in output.paths if path.is_file() and is_dicom_file(path)]


def _sentence(result: CaseResult) -> str:
    """What was compared, and the gravest finding."""
    models = counted(len(result.comparison.models), "model")
    structures = counted(len(result.comparison.structures), "structure")
    found = f" {result.findings[0].sentence}" if result.findings else ""
    return f"{models}, {structures}.{found}"


def text_of_settings(settings: Settings) -> str:
    """The settings as JSON: another text for settings that give other results."""
    held = asdict(settings)
    held.pop("label_map_folders")  # what is in them counts, where it is used
    held.pop("words")
    return json.dumps(held, sort_keys=True, default=str)
