"""The label maps of the models: which are known, what they say, whether they are sound; a user's own."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..anatomy.coded_cells import write_concept
from ..anatomy.label_map_table import CONCEPT_COLUMNS
from ..anatomy.structure_table import structure_table
from ..anatomy.vocabulary import Vocabulary, VocabularyLabel
from ..anatomy.vocabulary_check import check_all, check_vocabulary, shipped_files
from ..cohort.known_label_maps import known_vocabularies, known_vocabulary
from ..errors import LabelMapTableError
from ..imaging.whole_files import whole_file
from . import labelmaps_import, labelmaps_suggest
from .label_map_options import add_label_map_arguments, folders_of
from .terminal import Terminal


def add_arguments(parser: Parser) -> None:
    """The arguments of ``concordance labelmaps``."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    list_ = actions.add_parser("list", help="the label maps that come with the program, and one's own")
    show = actions.add_parser("show", help="every label of one label map")
    show.add_argument("name", metavar="NAME", help="a name from 'list', or a CSV file")
    show.add_argument("--task", help="only this one of the model's tasks")
    check = actions.add_parser("check", help="is a label map sound? Findings go to standard error, and exit code is 2")
    check.add_argument("files", nargs="*", metavar="FILE", help="CSV files; none: the label maps of the program")
    structures = actions.add_parser("structures", help="one table of all structures: which model has which")
    structures.add_argument("--csv", type=Path, metavar="FILE", help="write the table to this file")
    import_ = actions.add_parser("import", help="another program's label table -> a label map of one's own")
    labelmaps_import.add_arguments(import_)
    suggest = actions.add_parser("suggest", help="what could the labels be that nobody has explained?")
    labelmaps_suggest.add_arguments(suggest)
    for action in (list_, show, check, structures, import_, suggest):
        add_label_map_arguments(action)
        action.add_common_arguments(of_action=True)


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary holds what the text says.

    :raises LabelMapTableError: no such label map or task, or ``check`` has findings.
    """
    if args.action == "check":
        return _check(args.files, terminal)
    folders = folders_of(args)
    if args.action == "show":
        return _show(known_vocabulary(args.name, folders, terminal), args.task, terminal)
    vocabularies = known_vocabularies(folders, terminal)
    if args.action == "list":
        return _list(vocabularies, terminal)
    if args.action == "structures":
        return _structures(vocabularies, args.csv, terminal)
    action = labelmaps_import if args.action == "import" else labelmaps_suggest
    return action.run(args, vocabularies, terminal)


def _structures(vocabularies: Sequence[Vocabulary], path: Path | None, terminal: Terminal) -> dict[str, Any]:
    rows = structure_table(vocabularies)
    names = [vocabulary.name for vocabulary in vocabularies]
    columns = ["structure", "structure_key", "meaning", "n_maps", *names]
    cells = [
        [row.name, row.identity.key, row.meaning, str(len(row.labels))]
        + ["; ".join(row.labels.get(name, ())) for name in names]
        for row in rows
    ]
    if path is None:
        marks = [[*row[:1], *row[3:4], *("x" if cell else "" for cell in row[4:])] for row in cells]
        _say_table(terminal, ["structure", "n_maps", *names], marks)
    else:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([columns, *cells])
        with whole_file(path) as temporary:
            temporary.write_text(text.getvalue(), encoding="utf-8")
        terminal.say(f"{path}: {len(rows)} structures of {len(names)} label maps")
    structures = [
        {"structure": row.name, "structure_key": row.identity.key, "meaning": row.meaning, "labels": row.labels}
        for row in rows
    ]
    return {"label_maps": names, "structures": structures}


def _list(vocabularies: Sequence[Vocabulary], terminal: Terminal) -> dict[str, Any]:
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


def _show(vocabulary: Vocabulary, task: str | None, terminal: Terminal) -> dict[str, Any]:
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
            terminal.print_json(summary)
        for finding in findings:
            terminal.complain(str(finding))
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
