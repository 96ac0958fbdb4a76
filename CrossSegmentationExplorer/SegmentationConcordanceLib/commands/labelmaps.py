"""The label maps of the models: which are known, what they say, whether they are sound; a user's own."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..anatomy.coded_cells import write_concept
from ..anatomy.label_map_folders import label_maps_in
from ..anatomy.label_map_table import CONCEPT_COLUMNS
from ..anatomy.structure_table import structure_table
from ..anatomy.vocabulary import Vocabulary, VocabularyLabel, load_vocabulary
from ..anatomy.vocabulary_check import check_all, check_vocabulary, shipped_files
from ..cohort.known_label_maps import known_vocabularies, known_vocabulary
from ..errors import LabelMapTableError
from ..imaging.whole_files import whole_file
from ..plurals import counted
from . import arguments, labelmaps_import, labelmaps_suggest
from .label_map_options import add_label_map_arguments, folders_of
from .parser import Parser, examples
from .terminal import Terminal

_CALL = "concordance labelmaps"
EXAMPLES = examples(
    "concordance labelmaps list",
    "concordance labelmaps show totalsegmentator_v2 --task total",
    "concordance labelmaps check mine.csv",
    "concordance labelmaps import dataset.json --output mine.csv",
    "concordance labelmaps suggest --map mine.csv",
)


def add_arguments(parser: Parser) -> None:
    """The arguments of ``concordance labelmaps``."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, summary: str, *calls: str) -> Parser:
        return actions.add_parser(name, help=summary, description=summary.capitalize(), epilog=examples(*calls))

    list_ = action("list", "the label maps that come with the program, and one's own", f"{_CALL} list")
    show = action("show", "every label of one label map", f"{_CALL} show totalsegmentator_v2 --task total")
    show.add_argument("name", metavar="NAME", help="a name from 'list', or a CSV file")
    show.add_argument("--task", type=arguments.text, help="only this one of the model's tasks")
    check = action(
        "check",
        "is a label map sound? Findings go to standard error, and the exit code is 2",
        f"{_CALL} check mine.csv",
        f"{_CALL} check moose",
    )
    check.add_argument(
        "files",
        nargs="*",
        type=arguments.text,
        metavar="NAME",
        help="names from 'list', or CSV files; none: the label maps of the program",
    )
    structures = action(
        "structures", "one table of all structures: which model has which", f"{_CALL} structures --csv structures.csv"
    )
    structures.add_argument("--csv", type=arguments.path, metavar="FILE.csv", help="write the table to this file")
    import_ = action(
        "import",
        "another program's label table -> a label map of one's own",
        f"{_CALL} import dataset.json --output mine.csv",
    )
    labelmaps_import.add_arguments(import_)
    suggest = action(
        "suggest",
        "what could the labels be that nobody has explained?",
        f"{_CALL} suggest --map mine.csv",
        f"{_CALL} suggest --map mine.csv --accept --output done.csv",
    )
    labelmaps_suggest.add_arguments(suggest)
    for one in (list_, show, check, structures, import_, suggest):
        add_label_map_arguments(one)
        one.add_common_arguments(of_action=True)


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary holds what the text says.

    :raises LabelMapTableError: no such label map or task, or ``check`` has findings.
    """
    if args.action == "check":
        return _check([_map_file(one, folders_of(args)) for one in args.files], terminal)
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
        terminal.say(f"{path}: {counted(len(rows), 'structure')} of {counted(len(names), 'label map')}")
    structures = [
        {"structure": row.name, "structure_key": row.identity.key, "meaning": row.meaning, "labels": row.labels}
        for row in rows
    ]
    return {"label_maps": names, "structures": structures}


def _list(vocabularies: Sequence[Vocabulary], terminal: Terminal) -> dict[str, Any]:
    summaries: list[dict[str, Any]] = [
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


def _map_file(name: str, folders: Sequence[Path]) -> Path:
    """The file of a label map: of its name, or the path itself; an unsound one is found too."""
    named = {path.stem: path for path in shipped_files()} | label_maps_in(folders)
    if name in named and not Path(name).is_file():
        return named[name]
    if Path(name).suffix.lower() != ".csv" and not Path(name).is_file():
        load_vocabulary(name, folders)  # says what is wrong with the name
    return Path(name)


def _check(files: Sequence[Path], terminal: Terminal) -> dict[str, Any]:
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
        raise LabelMapTableError(
            ", ".join(checked), f"{counted(len(findings), 'finding')}, listed above", "Correct the lines."
        )
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
