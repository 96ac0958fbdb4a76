"""What the files of a study hold: the verdicts and the corrections of all readers, with the models' own names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConcordanceError, UnreadableFileError
from .blinding_key import Key, read_key
from .blinding_key import unblinded as unblinded_verdicts
from .correction import CORRECTIONS_FILE, Correction, last_corrections, read_corrections, unblinded_corrections
from .review_file import read_review, standing
from .verdict import Verdict

_KEY_ENDING = ".blinding.csv"


@dataclass(frozen=True)
class Study:
    """A study as it stands.

    :param verdicts: those that no later one replaced. :param corrections: the last of each structure and model.
    :param notes: a sentence for each line that could not be understood.
    """

    verdicts: tuple[Verdict, ...]
    corrections: tuple[Correction, ...]
    notes: tuple[str, ...]


def read_study(paths: Sequence[Path]) -> Study:
    """Read review files, and the corrections beside them.

    :param paths: review files; a folder stands for those in it.
    :raises UnreadableFileError: there is no such file.
    :raises ConcordanceError: a file is no review file, or none holds a score.
    """
    files = list(dict.fromkeys(file for path in paths for file in _files(path)))
    said: list[Verdict] = []
    notes: list[str] = []
    keys: dict[Path, Key] = {}
    for file in files:
        read, key = read_review(file), read_key(file)
        notes += read.notes
        said += unblinded_verdicts(read.verdicts, key)
        keys[file.parent] = {**keys.get(file.parent, {}), **key}
    corrections: list[Correction] = []
    for folder, key in keys.items():
        found, damaged = read_corrections(folder / CORRECTIONS_FILE)
        notes += damaged
        corrections += unblinded_corrections(found, key)
    verdicts = standing(said)
    if not any(verdict.score is not None for verdict in verdicts):
        raise ConcordanceError(", ".join(map(str, paths)), "holds no score", "Read a case first.")
    readers = {verdict.reader for verdict in verdicts}
    return Study(verdicts, last_corrections(one for one in corrections if one.reader in readers), tuple(notes))


def _files(path: Path) -> Iterable[Path]:
    if not path.exists():
        raise UnreadableFileError(path, "does not exist", "Give the review.csv that a reader's verdicts are in.")
    if not path.is_dir():
        return [path]
    own = (CORRECTIONS_FILE,)
    found = [file for file in sorted(path.glob("*.csv")) if file.name not in own and not _is_key(file)]
    files = [file for file in found if _is_review(file)]
    if not files:
        raise ConcordanceError(path, "holds no review file", "Give the folder with the review.csv of the readers.")
    return files


def _is_key(file: Path) -> bool:
    return file.name.endswith(_KEY_ENDING)


def _is_review(file: Path) -> bool:
    try:
        read_review(file)
    except ConcordanceError:
        return False
    return True
