"""The name and colour that go with the codes somebody chose."""

from __future__ import annotations

import re

from ..anatomy.concepts import CodedStructure
from ..anatomy.identity import structure_identity
from ..anatomy.suggestions import Suggestion
from .known_models import KnownModels
from .label_rows import LabelRow
from .label_table import codes_text
from .output_choice import LabelAnswer, LabelKey

Color = tuple[int, int, int]


def answer_of_codes(
    key: LabelKey, structure: CodedStructure, known: KnownModels, color: Color | None = None
) -> LabelAnswer:
    """The answer that a label has these codes: name and colour of the known structure, else made from the meanings.

    :param color: what was recommended with the codes; a known structure keeps its own colour.
    """
    identity = structure_identity(structure)
    name = known.structures.names.get(identity)
    if name is None:
        name = "_".join(re.findall(r"\w+", structure.describe().lower()))
    return LabelAnswer(key, name, structure, known.structures.colors.get(identity) or color)


def choices_for(row: LabelRow, known: KnownModels) -> tuple[Suggestion, ...]:
    """What a person may choose for a label: its candidates, best first, then every other known structure by name.

    :returns: each structure once.
    """
    if row.key is None:
        return ()
    suggested = {one.identity for one in row.candidates}
    structures = known.structures
    others = [
        Suggestion(name, structures.structures[identity], 0.0, ("your choice",), color=structures.colors[identity])
        for identity, name in structures.names.items()
        if identity not in suggested
    ]
    return (*row.candidates, *sorted(others, key=lambda one: one.structure_name.casefold()))


def choice_text(choice: Suggestion) -> str:
    """A choice in a list: the name, and the confidence where it was suggested."""
    return f"{choice.structure_name} ({choice.confidence:.2f})" if choice.confidence else choice.structure_name


def choice_reason(choice: Suggestion) -> str:
    """The codes of a choice, and why it is offered."""
    return f"{codes_text(choice.structure)}: {'; '.join(choice.reasons)}"


def answer_of_suggestion(key: LabelKey, suggestion: Suggestion) -> LabelAnswer:
    """The answer that a label is what was suggested.

    :param key: of the label: its file and value.
    """
    return LabelAnswer(key, suggestion.structure_name, suggestion.structure, suggestion.color)
