"""``concordance labelmaps import``: the label table of another program becomes a label map of one's own."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..anatomy.foreign_tables import ForeignLabel, read_foreign_table
from ..anatomy.identity import structure_identity
from ..anatomy.known_structures import KnownStructures
from ..anatomy.label_map_table import read_table
from ..anatomy.label_map_writer import WrittenLabel, label_map_text
from ..anatomy.suggestions import Suggestion, UnknownLabel, suggest
from ..anatomy.vocabulary import Vocabulary
from ..anatomy.vocabulary_check import label_duplicates
from ..errors import LabelMapTableError
from ..imaging.label_names import label_name_oddities, read_nifti_label_names, read_seg_labels
from ..imaging.volume_files import require_file
from ..imaging.whole_files import require_no_input, whole_file
from ..plurals import counted
from . import arguments
from .output_paths import require_output_file
from .terminal import Terminal

_TABLES = (".json", ".csv", ".ctbl", ".txt", ".label", ".lut")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance labelmaps import``."""
    parser.add_argument(
        "file",
        type=arguments.path,
        metavar="FILE",
        help="a label map (CSV), a Slicer colour table (.ctbl, .txt, .csv), an ITK-SNAP label file, nnU-Net's or "
        "TotalSegmentator's dataset.json, a NIfTI file with names in its header, or a DICOM SEG",
    )
    parser.add_argument(
        "--output", required=True, type=arguments.path, metavar="MAP.csv", help="the label map to write"
    )
    parser.add_argument(
        "--model",
        type=arguments.text,
        metavar="TITLE",
        help="what people call the model (default: the name of MAP.csv)",
    )


def run(args: argparse.Namespace, vocabularies: Sequence[Vocabulary], terminal: Terminal) -> dict[str, Any]:
    """Do it; labels that bring codes, or that are spelled as a known structure, are explained, the others wait.

    :param vocabularies: the label maps that are known, with the user's own.
    :param terminal: where the sentences go.
    :raises LabelMapTableError: if the table cannot be read, or the output is no name for a label map.
    """
    if args.output.suffix.lower() != ".csv":
        raise LabelMapTableError(args.output, "is no name for a label map", "Let it end in .csv.")
    require_no_input(args.output, [args.file])
    require_output_file(args.output, ".csv")
    labels = read_any_labels(args.file)
    for oddity in _oddities(args.file):
        terminal.warn(f"{args.file}: {oddity}")
    found = suggest([_unknown(label) for label in labels], KnownStructures.of(vocabularies), limit=1)
    written = [_written(label, first) for label, first in zip(labels, found)]
    title = args.model or args.output.stem
    head = {
        "title": title,
        "model": title,
        "ids": f"imported from {args.file.name}",
        "codes": "of that file, or of the known structure that is spelled alike",
    }
    write_label_map(args.output, head, written)
    waiting = [label.name for label in written if label.structure is None]
    terminal.say(f"{args.output}: {counted(len(written), 'label')}, {len(written) - len(waiting)} of them explained")
    if waiting:
        terminal.say(f"not explained yet: {', '.join(waiting[:10])}{' ...' if len(waiting) > 10 else ''}")
        terminal.say(f"next: concordance labelmaps suggest --map {args.output}")
    return {"output": str(args.output), "labels": len(written), "unexplained": waiting}


def read_any_labels(path: Path) -> tuple[ForeignLabel, ...]:
    """The labels of any of the formats, told apart by the file's name, a CSV by its columns.

    :raises ConcordanceError: the file is missing, of none of the formats, or brings no names.
    """
    require_file(path)
    name = path.name.lower()
    if name.endswith((".nii", ".nii.gz")):
        labels = read_nifti_label_names(path)
    elif name.endswith(_TABLES):
        own = _own_labels(path) if name.endswith(".csv") else None
        labels = read_foreign_table(path) if own is None else own
    else:
        labels = read_seg_labels(path)
    if not labels:
        remedy = "Give a table with label ids and names, e.g. the dataset.json beside the weights."
        raise LabelMapTableError(path, "brings no label names", remedy)
    return labels


def _oddities(path: Path) -> tuple[str, ...]:
    return label_name_oddities(path) if path.name.lower().endswith((".nii", ".nii.gz")) else ()


def write_label_map(path: Path, head: dict[str, str], labels: Sequence[WrittenLabel]) -> None:
    """Write a label map, whole or not at all.

    :raises OutputError: it cannot be written.
    """
    with whole_file(path) as temporary:
        temporary.write_text(label_map_text(head, labels), encoding="utf-8")


def _own_labels(path: Path) -> tuple[ForeignLabel, ...] | None:
    """The labels of a file in our own format; None where it has other columns."""
    table = read_table(path)
    if any(finding.kind == "column" and finding.text.startswith("missing") for finding in table.findings):
        return None
    # Codes and names may be missing, which is what a draft is; what a line says must be kept, or it is said.
    lost = [
        one for one in (*table.findings, *label_duplicates(table)) if one.kind in ("label", "row", "column", "text")
    ]
    if lost:
        more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        raise LabelMapTableError(f"{path}, line {lost[0].line}", lost[0].text + more, "Correct the lines.")
    return tuple(ForeignLabel(row.label, row.name, row.color, row.structure, row.task) for row in table.rows)


def _unknown(label: ForeignLabel) -> UnknownLabel:
    return UnknownLabel(label.label, label.name, label.task, label.structure)


def _written(label: ForeignLabel, found: Sequence[Suggestion]) -> WrittenLabel:
    first = found[0] if found and found[0].exact else None
    structure = label.structure or (first.structure if first else None)
    if structure is None:
        return WrittenLabel(label.label, label.name, color=label.color, task=label.task)
    # The file's own codes hold; a known structure lends its name and colour where the codes are the same.
    if first is not None and first.identity == structure_identity(structure):
        color = label.color or first.color
        return WrittenLabel(label.label, label.name, first.structure_name, structure, color, label.task)
    name = "_".join(structure.describe().lower().replace(",", "").split())
    return WrittenLabel(label.label, label.name, name, structure, label.color, label.task)
