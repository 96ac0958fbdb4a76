"""The label maps of the models: which are known, what they say, whether they are sound."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from ..anatomy.coded_cells import write_concept
from ..anatomy.label_map_table import CONCEPT_COLUMNS
from ..anatomy.vocabulary import Vocabulary, VocabularyLabel, load_vocabulary, shipped_vocabularies
from ..anatomy.vocabulary_check import check_all, check_vocabulary, shipped_files
from ..errors import LabelMapTableError
from .terminal import Terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance labelmaps``."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    list_ = actions.add_parser("list", help="the label maps that come with the program")
    show = actions.add_parser("show", help="every label of one label map")
    show.add_argument("name", metavar="NAME", help="a name from 'list', or a CSV file")
    show.add_argument("--task", help="only this one of the model's tasks")
    check = actions.add_parser("check", help="is a label map sound? Findings go to standard error, and exit code is 2")
    check.add_argument("files", nargs="*", metavar="FILE", help="CSV files; none: the label maps of the program")
    for action in (list_, show, check):
        # Without a default of its own it leaves alone what was given before the action's name.
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="machine-readable output")


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary holds what the text says.

    :raises LabelMapTableError: no such label map or task, or ``check`` has findings.
    """
    if args.action == "list":
        return _list(terminal)
    if args.action == "show":
        return _show(args.name, args.task, terminal)
    return _check(args.files, terminal)


def _list(terminal: Terminal) -> dict[str, Any]:
    vocabularies = [load_vocabulary(name) for name in shipped_vocabularies()]
    summaries = [
        {
            "name": vocabulary.name,
            "title": vocabulary.title,
            "tasks": list(vocabulary.tasks),
            "labels": len(vocabulary.labels),
            "structures": len(vocabulary.identities),
        }
        for vocabulary in vocabularies
    ]
    rows = [[str(len(value)) if key == "tasks" else str(value) for key, value in one.items()] for one in summaries]
    _say_table(terminal, ["name", "title", "tasks", "labels", "structures"], rows)
    return {"label_maps": summaries}


def _show(name: str, task: str | None, terminal: Terminal) -> dict[str, Any]:
    vocabulary = load_vocabulary(name)
    if task is not None:
        vocabulary = vocabulary.for_task(task)
    labels = [_label_summary(label) for label in vocabulary.labels]
    for key, text in vocabulary.head:
        terminal.say(f"{key}: {text}")
    terminal.say()
    columns = ["task", "label", "name", "structure", "codes", "meaning", "color"]
    _say_table(terminal, columns, [_label_cells(label) for label in vocabulary.labels])
    return {"name": vocabulary.name, "title": vocabulary.title, "head": _head(vocabulary), "labels": labels}


def _check(files: Sequence[str], terminal: Terminal) -> dict[str, Any]:
    findings = check_vocabulary(*files) if files else check_all()
    checked = [str(file) for file in files] or [path.stem for path in shipped_files()]
    summary = {
        "checked": checked,
        "findings": [{"file": f.file, "line": f.line, "kind": f.kind, "text": f.text} for f in findings],
    }
    if findings:
        if terminal.quiet:
            terminal.out.write(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
        for finding in findings:
            terminal.err.write(" ".join(str(finding).split()) + "\n")
        raise LabelMapTableError(", ".join(checked), f"{len(findings)} findings, listed above", "Correct the lines.")
    terminal.say(f"sound: {', '.join(checked)}")
    return summary


def _head(vocabulary: Vocabulary) -> dict[str, str]:
    return dict(vocabulary.head)


def _label_summary(label: VocabularyLabel) -> dict[str, Any]:
    concepts = {column: write_concept(getattr(label.structure, column)) for column in CONCEPT_COLUMNS}
    return {
        "task": label.task,
        "label": label.label,
        "name": label.name,
        "structure": label.structure_name,
        "structure_key": label.identity.key,
        **{column: text for column, text in concepts.items() if text},
        "color": list(label.color) if label.color else None,
        "output_file": label.output_file,
    }


def _label_cells(label: VocabularyLabel) -> list[str]:
    number = "" if label.label is None else str(label.label)
    color = "#{:02x}{:02x}{:02x}".format(*label.color) if label.color else ""
    codes = [getattr(label.structure, column) for column in CONCEPT_COLUMNS[1:]]
    written = "|".join(str(code or "") for code in codes).rstrip("|")
    return [label.task, number, label.name, label.structure_name, written, label.structure.describe(), color]


def _say_table(terminal: Terminal, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(cell) for cell in cells) for cells in zip(columns, *rows)]
    for row in (columns, *rows):
        terminal.say("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
