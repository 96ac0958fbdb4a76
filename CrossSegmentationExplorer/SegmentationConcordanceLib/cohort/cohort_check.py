"""What is wrong with a cohort, found out before hours are spent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import ConcordanceError
from ..imaging.image_series import ImageSeries
from ..imaging.rtstruct import is_rtstruct
from ..imaging.seg_header import read_seg_header
from ..imaging.seg_writer import BINARY
from .case_image import read_case_image
from .case_work import segs_of
from .cases import CaseOutput, Cohort, CohortCase, Problem
from .known_label_maps import known_vocabularies, known_vocabulary
from .listener import Listener, Nobody
from .memory import estimated_bytes
from .recognition import recognized_model, told_task
from .web_image import require_series_there


@dataclass(frozen=True)
class CheckedCohort:
    """What was found.

    :param memory: bytes that the largest case needs.
    :param not_looked_at: outputs whose model or task is to be recognized, and was not.
    :param models: by model, as far as it is known before reading, the number of outputs.
    """

    problems: tuple[Problem, ...]
    memory: int
    models: dict[str, int]
    not_looked_at: int


def check_cohort(cohort: Cohort, listener: Listener, *, deep: bool = False) -> CheckedCohort:
    """Look at every case: are the images whole, are the outputs there, and is it clear which model wrote them?

    :param deep: recognize the model of every output, not only of the first case; reads all files.
    """
    problems: list[Problem] = []
    models: dict[str, int] = {}
    memory = not_looked_at = 0
    for number, case in enumerate(cohort.cases):
        listener.progress(number / len(cohort.cases), case.name)
        problems += _problems(case, cohort, deep or number == 0)
        memory = max(memory, estimated_bytes(case, binary=cohort.settings.storage.kind == BINARY))
        for output in case.outputs:
            words = _model_of(output)
            models[words] = models.get(words, 0) + 1
            not_looked_at += not (deep or number == 0 or output.model or segs_of(output))
    return CheckedCohort(tuple(problems), memory, models, not_looked_at)


def _model_of(output: CaseOutput) -> str:
    """What is known of the model before its voxels are read."""
    if output.name or output.model:
        return output.name or output.model
    found = segs_of(output)
    segs = [path for path in found if not is_rtstruct(path)]
    if not segs:
        return "RT Structure Set" if found else "to be recognized"
    try:
        return " + ".join(dict.fromkeys(name for path in segs for name in read_seg_header(path).algorithm_names))
    except ConcordanceError:  # told among the problems
        return output.words


def _problems(case: CohortCase, cohort: Cohort, read_outputs: bool) -> Iterator[Problem]:
    yield from case.problems
    if not case.outputs and not case.problems:
        yield Problem(case.name, "find", "", "there is no output of any model.")
    image = None
    try:
        if case.address:
            require_series_there(case)
        if case.image is None or case.image.exists():  # one that is not there is among the case's problems already
            image = read_case_image(case.image, case.series_uid or None)
    except ConcordanceError as error:
        yield Problem(case.name, "read", "", str(error))
    for output in case.outputs:
        try:
            _check_output(output, image, cohort, read_outputs)
        except ConcordanceError as error:
            yield Problem(case.name, "read", output.words, error.in_words_of(cohort.settings.words))


def _check_output(output: CaseOutput, image: object, cohort: Cohort, read: bool) -> None:
    folders = cohort.settings.label_map_folders
    segs = segs_of(output)
    for path in (one for one in segs if not is_rtstruct(one)):
        header = read_seg_header(path)
        referenced = header.referenced_series_uids
        if isinstance(image, ImageSeries) and referenced and image.series_uid not in referenced:
            fact = f"refers to series {', '.join(referenced)}, not to {image.series_uid}"
            raise ConcordanceError(path, fact, "Give the series that was segmented.")
    if segs:
        return
    if output.model:
        vocabulary = known_vocabulary(output.model, folders, Nobody())
        if not output.task and read:
            told_task(output.paths, vocabulary)
    elif read:
        recognized_model(output.paths, known_vocabularies(folders, Nobody()), output.task or None)
