"""The labels of the outputs, one row each: what each is, or what it could be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..anatomy.concepts import CodedStructure
from ..anatomy.identity import structure_identity
from ..anatomy.suggestions import Suggestion, UnknownLabel, suggest
from ..errors import GeometryMismatchError
from ..imaging.label_map import LabelMap
from ..imaging.model_output import FoundLabel
from ..imaging.voxel_evidence import voxel_evidence
from .known_models import KnownModels
from .output_choice import LabelKey, OutputChoice
from .output_content import OutputContent

UNKNOWN, SUGGESTED, OPEN, ALIAS = "unknown", "suggested", "open", "alias"
ACCEPTED, EXACT, EMPTY = "accepted", "exact", "empty"
STATUSES = {
    UNKNOWN: "nothing known fits: say what it is",
    SUGGESTED: "it could be this: say yes, or what else it is",
    OPEN: "this, if the version is the right one: choose it",
    ALIAS: "not in the model's label map, but another label map calls it so to the letter",
    ACCEPTED: "you said what it is",
    EXACT: "the model's label map says what it is",
    EMPTY: "the model looks for it and marked no voxel",
}
"""What each status means, in the order in which rows are shown."""

SURE = 0.9
"""From this confidence on a suggestion is taken when all sure ones are accepted."""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One label of one output.

    :param output: the number of the output.
    :param model: what the run is called.
    :param key: which label; None for one without voxels.
    :param value: its voxel value; None for a structure file that has none.
    :param label_name: the model's own text.
    :param structure_name: what it is, for a suggestion the best candidate; "" where nobody knows.
    :param structure: its codes; None until somebody said yes.
    :param volume_ml: on the grid of the file.
    :param candidates: best first, where it is not known.
    """

    output: int
    model: str
    key: LabelKey | None
    value: int | None
    label_name: str
    structure_name: str
    structure: CodedStructure | None
    color: tuple[int, int, int] | None
    volume_ml: float
    status: str
    task: str = ""
    candidates: tuple[Suggestion, ...] = ()

    @property
    def is_coded(self) -> bool:
        """Whether it is settled what the label is."""
        return self.structure is not None


def label_rows(
    number: int,
    choice: OutputChoice,
    content: OutputContent,
    others: Sequence[LabelMap],
    known: KnownModels,
    *,
    is_open: bool = False,
) -> list[LabelRow]:
    """The rows of one output: first the labels of its files, in their order, then what the model looked for in vain.

    :param number: of the output.
    :param others: known models' outputs; where one lies on the same grid, its voxels count as evidence.
    :param is_open: whether the model or its version has still to be chosen.
    :returns: empty where the output cannot be read.
    """
    if content.output is None:
        return []
    label_map = content.output.label_map
    counts, ml = label_map.voxel_counts(), label_map.geometry.voxel_volume_ml
    rows = []
    for segment, found in zip(label_map.segments, content.output.found):
        row = _row_of(number, choice, found, OPEN if is_open else EXACT)
        rows.append(replace(row, volume_ml=counts[segment] * ml))
    waiting = [n for n, row in enumerate(rows) if row.status == UNKNOWN]
    for n, candidates in zip(waiting, _candidates([rows[n] for n in waiting], waiting, label_map, others, known)):
        rows[n] = _with_candidates(rows[n], candidates)
    return rows + _empty_rows(number, choice, content, rows)


def _row_of(number: int, choice: OutputChoice, found: FoundLabel, status_if_known: str) -> LabelRow:
    """What is known without asking: by the person's answer, else by the label map."""
    key = (str(found.file), found.value)
    label = found.known
    value = found.value if label is None or label.label is None else label.label
    row = LabelRow(number, choice.name, key, value, found.name, "", None, None, 0.0, UNKNOWN, found.task)
    answer = choice.answer(key)
    if answer is not None:
        said = (answer.structure_name, answer.structure, answer.color)
        return replace(row, structure_name=said[0], structure=said[1], color=said[2], status=ACCEPTED)
    if label is None:
        return row
    return replace(
        row,
        structure_name=label.structure_name,
        structure=label.structure,
        color=label.color,
        status=status_if_known,
    )


def _candidates(
    rows: Sequence[LabelRow],
    positions: Sequence[int],
    label_map: LabelMap,
    others: Sequence[LabelMap],
    known: KnownModels,
) -> Sequence[tuple[Suggestion, ...]]:
    if not rows:
        return ()
    segments = [label_map.segments[position] for position in positions]
    evidence = {layer: _evidence(label_map, layer, others) for layer in {segment.layer for segment in segments}}
    overlaps = [evidence[segment.layer].get(segment.label, ()) for segment in segments]
    labels = [UnknownLabel(row.value, _text_of(row), row.task, overlaps=shared) for row, shared in zip(rows, overlaps)]
    return suggest(labels, known.structures, terms=known.terms)


def _text_of(row: LabelRow) -> str:
    """The label's own text; a number is none."""
    return "" if row.label_name == f"label {row.value}" else row.label_name


def _evidence(label_map: LabelMap, layer: int, others: Sequence[LabelMap]) -> dict[int, tuple]:
    """By label, the known structures on the same voxels; an output on another grid tells nothing."""
    found: dict[int, tuple] = {}
    for other in others:
        try:
            shared = voxel_evidence(label_map.layers[layer], label_map.geometry, other)
        except GeometryMismatchError:
            continue
        for label, structures in shared.items():
            found[label] = found.get(label, ()) + structures
    return found


def _with_candidates(row: LabelRow, candidates: tuple[Suggestion, ...]) -> LabelRow:
    if not candidates:
        return row
    best = candidates[0]
    if best.exact:
        return replace(
            row,
            structure_name=best.structure_name,
            structure=best.structure,
            color=best.color,
            status=ALIAS,
            candidates=candidates,
        )
    return replace(row, structure_name=best.structure_name, status=SUGGESTED, candidates=candidates)


def _empty_rows(number: int, choice: OutputChoice, content: OutputContent, rows: Sequence[LabelRow]) -> list[LabelRow]:
    """What the tasks that were run could have found, and no file has voxels of."""
    if content.vocabulary is None:
        return []
    there = {structure_identity(row.structure) for row in rows if row.structure is not None}
    empty = []
    for label in content.vocabulary.labels:
        if label.task in content.tasks and label.identity not in there:
            there.add(label.identity)
            said = (label.label, label.name, label.structure_name, label.structure, label.color)
            empty.append(LabelRow(number, choice.name, None, *said, 0.0, EMPTY, label.task))
    return empty


def sure_rows(rows: Sequence[LabelRow]) -> list[LabelRow]:
    """The rows whose best suggestion is sure, each structure once per output and none that is there already."""
    taken = {(row.output, row.structure_name) for row in rows if row.key is not None and row.is_coded}
    sure = []
    for row in rows:
        place = (row.output, row.structure_name)
        if row.status == SUGGESTED and row.candidates[0].confidence >= SURE and place not in taken:
            taken.add(place)
            sure.append(row)
    return sure
