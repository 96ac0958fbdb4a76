"""What a person answered, saved as a label map of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..anatomy.label_map_writer import WrittenLabel, label_map_text
from ..anatomy.vocabulary import Vocabulary, VocabularyLabel, load_vocabulary
from ..errors import LabelMapTableError
from ..imaging.volume_files import volume_name
from ..imaging.whole_files import whole_file
from .label_rows import EMPTY, EXACT, OPEN, LabelRow

_HEAD_KEYS = ("title", "model", "version", "output", "ids", "codes", "licence", "note")


def write_own_label_map(
    path: Path, title: str, vocabulary: Vocabulary | None, rows: Sequence[LabelRow]
) -> tuple[Vocabulary, tuple[str, ...]]:
    """Write the label map of an output's model with all that is settled about its labels; whole or not at all.

    Where a label map was there before, its labels stay, but for those that a person gave another structure. A file of
    the name of a shipped map replaces that, for whoever looks into the folder.

    :param rows: of one output.
    :returns: the label map as it reads, and the names of the labels that are not in it, as nobody has explained them.
    :raises LabelMapTableError: nothing is settled, or the map would contradict itself; nothing is written.
    :raises OutputError: it cannot be written.
    """
    found = [row for row in rows if row.status not in (EXACT, OPEN, EMPTY)]
    answers = [row for row in found if row.is_coded]
    former = vocabulary.labels if vocabulary else ()
    labels = [_kept(label, _answer_to(label, answers)) for label in former]
    taken = [_answer_to(label, answers) for label in former]
    labels += [_written(row, None if _has_own_file(row) else row.value) for row in answers if row not in taken]
    if not labels:
        raise LabelMapTableError(path, "none of the labels is explained", "Say what they are first.")
    labels = _tasks_together(labels)
    head = _head(title, vocabulary)
    with whole_file(path) as temporary:
        temporary.write_text(label_map_text(head, labels), encoding="utf-8")
        try:
            load_vocabulary(temporary)
        except LabelMapTableError as error:
            raise LabelMapTableError(path, f"would not be sound: {error.fact}", "Correct the structures.") from error
    return load_vocabulary(path), tuple(row.label_name for row in found if not row.is_coded)


def _answer_to(label: VocabularyLabel, answers: Sequence[LabelRow]) -> LabelRow | None:
    """What a person said about a label that the former map has."""
    same = (row for row in answers if (row.task, row.label_name) == (label.task, label.name))
    return next((row for row in same if label.label in (None, row.value)), None)


def _kept(label: VocabularyLabel, answer: LabelRow | None) -> WrittenLabel:
    """A label of the former map, or the answer in its place."""
    if answer is not None:
        return _written(answer, label.label)
    return WrittenLabel(label.label, label.name, label.structure_name, label.structure, label.color, label.task)


def _written(row: LabelRow, number: int | None) -> WrittenLabel:
    return WrittenLabel(number, row.label_name, row.structure_name, row.structure, row.color, row.task)


def _has_own_file(row: LabelRow) -> bool:
    """Whether the label is called as its file: then its voxel value says nothing."""
    return row.key is not None and row.label_name == volume_name(Path(row.key[0]))


def _tasks_together(labels: list[WrittenLabel]) -> list[WrittenLabel]:
    order = list(dict.fromkeys(label.task for label in labels))
    return sorted(labels, key=lambda label: order.index(label.task))


def _head(title: str, vocabulary: Vocabulary | None) -> dict[str, str]:
    if vocabulary is None:
        return {"title": title, "model": title, "output": "<name>.nii.gz", "codes": "confirmed in SegmentHarmonizer"}
    head = {key: text for key, text in vocabulary.head if key.split()[0] in _HEAD_KEYS}
    return head | {"codes": "; ".join(filter(None, [head.get("codes"), "some confirmed in SegmentHarmonizer"]))}
