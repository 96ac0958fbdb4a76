"""``concordance labelmaps suggest``: what the labels could be that nobody has explained, and taking the answers in."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..anatomy.identity import structure_identity
from ..anatomy.known_structures import KnownStructures
from ..anatomy.label_map_table import LabelMapTable, TableRow, read_table
from ..anatomy.label_map_writer import WrittenLabel
from ..anatomy.slicer_terms import installed_terminologies, terms_of
from ..anatomy.suggestions import Suggestion, UnknownLabel, suggest
from ..anatomy.vocabulary import Vocabulary, load_vocabulary
from ..errors import ConcordanceError, LabelMapTableError
from ..imaging.label_map import LabelMap, label_counts
from ..imaging.label_names import read_nifti_label_names
from ..imaging.model_output import read_model_output
from ..imaging.volume_files import read_label_volume
from ..imaging.voxel_evidence import voxel_evidence
from ..imaging.whole_files import require_no_input
from ..plurals import counted
from . import arguments
from .labelmaps_import import write_label_map
from .output_paths import require_output_file
from .terminal import Terminal

SURE = 0.9
"""From this confidence on a bare --accept takes a candidate."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance labelmaps suggest``."""
    parser.add_argument(
        "--map", type=arguments.path, metavar="MAP.csv", help="the label map whose unexplained lines are meant"
    )
    parser.add_argument(
        "--file", type=arguments.path, metavar="VOLUME", help="the label volume; with --map it is looked at too"
    )
    parser.add_argument(
        "--known",
        action="append",
        default=[],
        metavar="MODEL[:TASK]=PATH",
        help="a known model's output on the same grid: segments on the same voxels tell what a label is",
    )
    parser.add_argument(
        "--accept",
        nargs="*",
        metavar="LABEL=STRUCTURE",
        help=f"alone: take the best candidates from a confidence of {SURE} on; or take these answers. "
        "Exact matches are taken anyway. Needs --output",
    )
    parser.add_argument(
        "--terminology",
        action="append",
        default=[],
        type=arguments.path,
        metavar="FILE.json",
        help="a terminology file of Slicer with further names and codes; within Slicer its own are taken anyway",
    )
    parser.add_argument("--output", type=arguments.path, metavar="MAP.csv", help="the label map to write")


def run(args: argparse.Namespace, vocabularies: Sequence[Vocabulary], terminal: Terminal) -> dict[str, Any]:
    """Do it; without ``--output`` nothing is written.

    :param vocabularies: the label maps that are known, with the user's own.
    :param terminal: where the suggestions go.
    :raises ConcordanceError: if the call is wrong or a file cannot be read.
    """
    if args.map is None and args.file is None:
        raise ConcordanceError("labelmaps suggest", "nothing to look at", "Give --map, --file or both.")
    if args.accept is not None and args.output is None:
        raise ConcordanceError("--accept", "there is no file to write the answers to", "Give --output MAP.csv.")
    if args.output is not None:
        require_no_input(args.output, [path for path in (args.map, args.file, *args.terminology) if path])
        require_output_file(args.output, ".csv")
    table = None if args.map is None else read_table(args.map)
    if table is not None and not table.rows:
        raise LabelMapTableError(args.map, "has no labels", "See concordance labelmaps check.")
    known = [one for one in vocabularies if args.map is None or one.path != args.map.resolve()]
    unknown = _unknown_labels(table, args.file, args.known, vocabularies)
    files = [*args.terminology, *installed_terminologies(os.environ)]
    found = suggest(unknown, KnownStructures.of(known), terms=terms_of(files))
    _say(unknown, found, terminal)
    summary: dict[str, Any] = {"labels": [_summary(label, some) for label, some in zip(unknown, found)]}
    if args.output is not None:
        answers = _answers(table, unknown, found, args.accept, known)
        written = _written(table, unknown, answers)
        write_label_map(args.output, _head(table, args), written)
        open_ = [label.name or str(label.label) for label in written if label.structure is None]
        terminal.say(f"{args.output}: {counted(len(written), 'label')}, {len(written) - len(open_)} of them explained")
        summary |= {"output": str(args.output), "unexplained": open_}
    return summary


def _unknown_labels(
    table: LabelMapTable | None, file: Path | None, known: Sequence[str], vocabularies: Sequence[Vocabulary]
) -> list[UnknownLabel]:
    rows = [] if table is None else [row for row in table.rows if row.structure is None]
    labels = [UnknownLabel(row.label, row.name, row.task) for row in rows]
    if file is None:
        if known:
            raise ConcordanceError("--known", "there is no label volume to hold it against", "Give --file VOLUME.")
        return labels
    voxels, geometry = read_label_volume(file)
    if table is None:
        nifti = file.name.lower().endswith((".nii", ".nii.gz"))
        names = {one.label: one.name for one in read_nifti_label_names(file)} if nifti else {}
        labels = [UnknownLabel(number, names.get(number, "")) for number in label_counts(voxels)]
    for text in known:
        evidence = voxel_evidence(voxels, geometry, _known_output(text, vocabularies))
        labels = [replace(one, overlaps=one.overlaps + evidence.get(one.label or 0, ())) for one in labels]
    return labels


def _known_output(text: str, vocabularies: Sequence[Vocabulary]) -> LabelMap:
    model, equals, path = text.partition("=")
    name, _, task = model.partition(":")
    if not equals or not path:
        raise ConcordanceError(f"--known {text}", "names no model and file", "Write MODEL[:TASK]=PATH.")
    by_name = {one.name: one for one in vocabularies}
    return read_model_output([path], by_name.get(name) or load_vocabulary(name), task or None).label_map


def _answers(
    table: LabelMapTable | None,
    unknown: Sequence[UnknownLabel],
    found: Sequence[Sequence[Suggestion]],
    accepted: Sequence[str] | None,
    known: Sequence[Vocabulary],
) -> dict[UnknownLabel, Suggestion]:
    """Exact matches; with a bare --accept also the sure candidates, each for one label; and what --accept names."""
    best = {label: some[0] for label, some in zip(unknown, found) if some}
    answers = {label: one for label, one in best.items() if one.exact}
    if accepted == []:
        coded = [(row.task, row.structure) for row in (table.rows if table else ()) if row.structure is not None]
        taken = {(task, structure_identity(structure)) for task, structure in coded}
        taken |= {(label.task, one.identity) for label, one in answers.items()}
        for label, one in best.items():
            if one.confidence >= SURE and (label.task, one.identity) not in taken:
                taken.add((label.task, one.identity))
                answers.setdefault(label, one)
    known_labels = {label.structure_name: label for one in known for label in one.labels}
    for text in accepted or ():
        wanted, _, name = text.rpartition("=")
        meant = [label for label in unknown if wanted in (label.name, str(label.label))]
        if len(meant) != 1:
            fact = f"{len(meant)} unexplained labels are called so"
            raise ConcordanceError(
                f"--accept {text}", fact, "Write LABEL=STRUCTURE with a label id or name of the list."
            )
        offered = {one.structure_name: one for some in found for one in some}
        if name in offered:
            answers[meant[0]] = offered[name]
        elif name in known_labels:
            said = known_labels[name]
            answers[meant[0]] = Suggestion(name, said.structure, 1.0, ("your answer",), color=said.color)
        else:
            raise ConcordanceError(f"--accept {text}", "no such structure", "See concordance labelmaps structures.")
    return answers


def _written(
    table: LabelMapTable | None, unknown: Sequence[UnknownLabel], answers: Mapping[UnknownLabel, Suggestion]
) -> list[WrittenLabel]:
    by_place = {(label.task, label.label, label.name): label for label in unknown}
    rows = [] if table is None else table.rows
    if table is None:
        rows = [TableRow(0, one.task, one.label, one.name or f"label {one.label}", "", *[None] * 6) for one in unknown]
        by_place = {(row.task, row.label, row.name): one for row, one in zip(rows, unknown)}
    written = []
    for row in rows:
        label = by_place.get((row.task, row.label, row.name))
        answer = answers.get(label) if label is not None else None
        structure = row.structure if answer is None else answer.structure
        name = row.structure_name if answer is None else answer.structure_name
        color = row.color or (answer.color if answer is not None else None)
        written.append(WrittenLabel(row.label, row.name, name, structure, color, row.task))
    return written


def _head(table: LabelMapTable | None, args: argparse.Namespace) -> dict[str, str]:
    if table is not None:
        return table.head
    return {"title": args.output.stem, "ids": f"found in {args.file.name}"}


def _say(unknown: Sequence[UnknownLabel], found: Sequence[Sequence[Suggestion]], terminal: Terminal) -> None:
    if not unknown:
        terminal.say("every label is explained")
    for label, some in zip(unknown, found):
        terminal.say(" ".join(str(part) for part in (label.task, label.label, label.name) if part not in ("", None)))
        for one in some:
            status = "exact" if one.exact else f"{one.confidence:.2f}"
            terminal.say(f"    {status:5}  {one.structure_name}: {'; '.join(one.reasons)}")
        if not some:
            terminal.say("    nothing known fits")


def _summary(label: UnknownLabel, some: Sequence[Suggestion]) -> dict[str, Any]:
    candidates = [
        {
            "structure": one.structure_name,
            "structure_key": one.identity.key,
            "confidence": one.confidence,
            "exact": one.exact,
            "reasons": list(one.reasons),
        }
        for one in some
    ]
    return {"task": label.task, "label": label.label, "name": label.name, "candidates": candidates}
