"""Whether label maps are sound, each by itself and all of them together."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from pathlib import Path

from .color_check import color_findings
from .concepts import CodedStructure
from .identity import StructureIdentity, structure_identity
from .label_map_table import CONCEPT_COLUMNS, LabelMapTable, TableFinding, TableRow, read_table
from .snomed import is_concept_id

SHIPPED_FOLDER = Path(__file__).with_name("labelmaps")

_SIDE_CODES = {"SCT:7771000": "left", "SCT:24028007": "right"}
_SIDE_WORDS = {"left": "left", "l": "left", "right": "right", "r": "right"}


def shipped_files() -> tuple[Path, ...]:
    """The label map files that come with the library, by name."""
    return tuple(sorted(SHIPPED_FOLDER.glob("*.csv")))


def check_all() -> list[TableFinding]:
    """All findings in the label maps that come with the library; empty when they are sound."""
    return check_vocabulary(*shipped_files())


def check_vocabulary(*paths: str | Path) -> list[TableFinding]:
    """All findings in some label maps: in each file, and where they contradict each other or the shipped ones.

    :raises LabelMapTableError: a file is missing or is no UTF-8 text.
    """
    asked = {Path(path).resolve(): read_table(path) for path in paths}
    background = [read_table(path) for path in shipped_files() if path.resolve() not in asked]
    tables = list(asked.values())
    across = _check_across([*background, *tables])
    own = {str(table.path) for table in tables}
    findings = [finding for table in tables for finding in (*check_table(table), *_color_findings(table))]
    return sorted([*findings, *(finding for finding in across if finding.file in own)])


def check_table(table: LabelMapTable) -> list[TableFinding]:
    """All findings in one label map, those of its reading included."""
    findings = list(table.findings)
    for line, kind, text in (*_row_findings(table.rows), *_missing_ids(table)):
        findings.append(TableFinding(str(table.path), line, kind, text))
    return sorted(findings)


def _color_findings(table: LabelMapTable) -> Iterator[TableFinding]:
    # Not among the findings of check_table: odd colours are no reason to refuse a label map.
    for line, kind, text in color_findings(table.rows):
        yield TableFinding(str(table.path), line, kind, text)


def _row_findings(rows: Sequence[TableRow]) -> Iterator[tuple[int, str, str]]:
    for row in rows:
        yield from ((row.line, "code", text) for text in _code_mistakes(row))
        yield from ((row.line, "laterality", text) for text in _side_mistakes(row))
    for task in dict.fromkeys(row.task for row in rows):
        of_task = [row for row in rows if row.task == task]
        yield from _duplicates(of_task, "label", "label id {}", lambda row: row.label)
        yield from _duplicates(of_task, "name", 'label name "{}"', lambda row: row.name)
        yield from _duplicates(of_task, "structure", "structure {}", lambda row: row.structure_name)
        yield from _duplicates(of_task, "identity", "the identity {}", _identity_or_none)


def label_duplicates(table: LabelMapTable) -> list[TableFinding]:
    """Where one task has a label id twice."""
    found: list[tuple[int, str, str]] = []
    for task in dict.fromkeys(row.task for row in table.rows):
        of_task = [row for row in table.rows if row.task == task]
        found += _duplicates(of_task, "label", "label id {}", lambda row: row.label)
    return [TableFinding(str(table.path), line, kind, text) for line, kind, text in found]


def _duplicates(
    rows: Iterable[TableRow], kind: str, what: str, value_of: Callable[[TableRow], Hashable]
) -> Iterator[tuple[int, str, str]]:
    first: dict[Hashable, TableRow] = {}
    for row in rows:
        value = value_of(row)
        if value in (None, ""):
            continue
        earlier = first.setdefault(value, row)
        if earlier is not row:
            shown = value.key if isinstance(value, StructureIdentity) else value
            of_task = f' of task "{row.task}"' if row.task else ""
            text = f"{what.format(shown)} of {row.name} is that of {earlier.name} (line {earlier.line}){of_task}"
            yield row.line, kind, text


def _missing_ids(table: LabelMapTable) -> Iterator[tuple[int, str, str]]:
    # A task without any id is a model that writes one file per structure.
    numbered = {row.task for row in table.rows if row.label is not None}
    unreadable = {finding.line for finding in table.findings if finding.kind == "label"}
    for row in table.rows:
        if row.label is None and row.task in numbered and row.line not in unreadable:
            yield row.line, "label", f"{row.name} has no label id, other labels of its task have one"


def _code_mistakes(row: TableRow) -> Iterator[str]:
    for column in CONCEPT_COLUMNS:
        concept = getattr(row, column)
        if concept is not None and concept.scheme == "SCT" and not is_concept_id(concept.value):
            yield f"{column} {concept} of {row.name} is no SNOMED CT concept: form or check digit is wrong"
    if row.region_modifier is not None and row.region is None:
        yield f"{row.name} has a region modifier without a region"


def _side_mistakes(row: TableRow) -> Iterator[str]:
    if row.structure is None:
        return
    coded = _coded_side(row.structure)
    said = _side_in(row.structure_name)
    if said != coded:
        yield f"structure {row.structure_name} says {said or 'no side'}, its codes say {coded or 'no side'}"
    model_side = _side_in(row.name)
    if model_side not in (None, coded):
        yield f'label name "{row.name}" says {model_side}, its codes say {coded or "no side"}'


def _coded_side(structure: CodedStructure) -> str | None:
    # Some concepts have their side built in and no equivalent without it, e.g. "Middle lobe of right lung".
    identity = structure_identity(structure)
    sides = {_SIDE_CODES.get(code) for code in (identity.modifier, identity.region_modifier)} - {None}
    if not sides:
        concepts = (structure.type, structure.region)
        sides = {_side_in(concept.meaning) for concept in concepts if concept is not None} - {None}
    return sides.pop() if len(sides) == 1 else None


def _side_in(text: str) -> str | None:
    words = re.findall(r"[a-z0-9]+", text.lower())
    sides = {_SIDE_WORDS[word] for word in words if word in _SIDE_WORDS}
    return sides.pop() if len(sides) == 1 else None


def _identity_or_none(row: TableRow) -> StructureIdentity | None:
    return None if row.structure is None else structure_identity(row.structure)


def _check_across(tables: Iterable[LabelMapTable]) -> list[TableFinding]:
    """Where one structure name has two identities, or one identity two names, in different rows of any tables."""
    by_name: dict[str, tuple[StructureIdentity, str]] = {}
    by_identity: dict[StructureIdentity, tuple[str, str]] = {}
    findings = []
    for table in tables:
        for row in table.rows:
            identity = _identity_or_none(row)
            if identity is None or not row.structure_name:
                continue
            here = f"{table.path.name}, line {row.line}"
            known, place = by_name.setdefault(row.structure_name, (identity, here))
            if known != identity:
                categories = _category_note(known, identity)
                text = f"{row.structure_name} is {identity.key}, but {known.key} in {place}{categories}"
                findings.append(TableFinding(str(table.path), row.line, "codes across maps", text))
            name, place = by_identity.setdefault(identity, (row.structure_name, here))
            if name != row.structure_name:
                text = f"{identity.key} is called {row.structure_name}, but {name} in {place}"
                findings.append(TableFinding(str(table.path), row.line, "names across maps", text))
    return findings


def _category_note(one: StructureIdentity, other: StructureIdentity) -> str:
    return "" if one.category == other.category else f" (categories {other.category} and {one.category})"
