"""What the name of a model's output file tells: which structure it holds, or which of the model's tasks."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ..anatomy.vocabulary import Vocabulary, VocabularyLabel
from .volume_files import volume_name

_PLACEHOLDER = re.compile(r"<[^>]*>")
_SEPARATORS = re.compile(r"(?:\\[ -]|_)+")


@dataclass(frozen=True, eq=False)
class OutputNames:
    """The file names of one model.

    :param exact: the labels by the name of their own file, without the suffix of its format.
    :param patterns: names of structure files that have other text in them, such as the case's, with their label.
    :param tasks: what the name of a task's file contains, by task; whether it is the model's own name for the file.
    """

    exact: dict[str, tuple[VocabularyLabel, ...]]
    patterns: tuple[tuple[re.Pattern[str], VocabularyLabel], ...]
    tasks: tuple[tuple[str, re.Pattern[str], bool], ...]

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> OutputNames:
        """The file names that a model's label map tells."""
        shared = Counter((label.task, label.output_file) for label in vocabulary.labels if label.output_file)
        exact: dict[str, list[VocabularyLabel]] = {}
        patterns, own_names = [], {}
        for label in vocabulary.labels:
            name = volume_name(Path(label.output_file)) if label.output_file else ""
            names = {label.name}
            if name and _holds_task(label, shared[label.task, label.output_file]):
                own_names[label.task] = re.compile(rf"(^|[^a-z0-9]){_with_any_text(name)}$", re.IGNORECASE)
            elif "<" in name:
                patterns.append((re.compile(_with_any_separator(name), re.IGNORECASE), label))
            elif name:
                names.add(name)
            for one in names:
                exact.setdefault(one, []).append(label)
        tasks = tuple((task, own_names.get(task) or _as_word(task), task in own_names) for task in vocabulary.tasks)
        return cls({name: tuple(labels) for name, labels in exact.items()}, tuple(patterns), tasks)

    def labels(self, path: Path) -> tuple[VocabularyLabel, ...]:
        """The labels, of one or several tasks, that have a file of this name to themselves; () for none."""
        name = volume_name(path)
        found = self.exact.get(name) or [label for pattern, label in self.patterns if pattern.fullmatch(name)]
        return tuple(found)

    def task(self, path: Path) -> str | None:
        """The one task that the file's name tells; None where it tells none or several."""
        name = volume_name(path)
        told = [task for task, pattern, _ in self.tasks if pattern.search(name)]
        # "lung_vessels" also tells a task "lung" if there is one.
        told = [task for task in told if not any(task != other and task in other for other in told)]
        return told[0] if len(told) == 1 else None

    def is_own_name(self, path: Path) -> bool:
        """Whether the model itself gives its files such a name, more than a structure's or a task's."""
        name = volume_name(path)
        own = [pattern for _, pattern, is_own in self.tasks if is_own]
        return any(pattern.search(name) for pattern in (*own, *(pattern for pattern, _ in self.patterns)))


def _holds_task(label: VocabularyLabel, sharing: int) -> bool:
    """Whether the label's file holds a whole task: other labels are in it, or its name does not tell the label."""
    return sharing > 1 or ("<" in label.output_file and label.name not in label.output_file)


def _with_any_text(name: str) -> str:
    return ".+".join(re.escape(part) for part in _PLACEHOLDER.split(name))


def _with_any_separator(name: str) -> str:
    """Words of a name may be apart by spaces, underscores or hyphens."""
    return ".+".join(_SEPARATORS.sub("[ _-]+", re.escape(part)) for part in _PLACEHOLDER.split(name))


def _as_word(task: str) -> re.Pattern[str]:
    return re.compile(rf"(^|[^a-z0-9]){re.escape(task)}($|[^a-z0-9])", re.IGNORECASE)
