"""The worst of what a comparison found, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from ..agreement.table import EMPTY_CONSENSUS, MISSING, TRUNCATED, AgreementRow, PairwiseRow

NAMES_SHOWN = 3

_PairsByPlace = dict[tuple[str, str], list[PairwiseRow]]


@dataclass(frozen=True)
class Finding:
    """A sentence, and where to look: case, structure (its key, or its name without one) and model, "" for several."""

    text: str
    case: str = ""
    structure: str = ""
    model: str = ""


def worst_findings(
    agreement: Sequence[AgreementRow],
    pairwise: Sequence[PairwiseRow],
    limit: int = 10,
    case_labels: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Findings, gravest first: structures that a model misses, structures without consensus, lowest Dice.

    Each case and structure gives one sentence at most, as under the intersection one failing model lowers all. Where
    the pairs tell whose failure it may be, the sentence says so. Names are as in the rows: untrusted text.

    :param agreement: of these the ones of the first row's consensus count.
    :param limit: missing and empty ones take at most a third of it each; what is left out is counted in a sentence.
    :param case_labels: what cases are called in the sentences, where not by their names.
    :returns: empty when there is nothing to compare.
    """
    rows = [row for row in agreement if row.consensus == agreement[0].consensus]
    pairs = _pairs_by_place(pairwise)
    label = _Labels(case_labels or {})
    third = limit // 3
    missing = _shortened(_missing(rows, label), third, "more structures are missing in a model that knows them")
    empty = _shortened(_without_consensus(rows, pairs, label), third, "more structures have no voxel in common")
    lowest = _lowest_rows(rows)[: limit - len(missing) - len(empty)]
    return missing + empty + [_low_dice(row, pairs, label) for row in lowest]


class _Labels(dict[str, str]):
    def __missing__(self, case: str) -> str:
        return case


def _missing(rows: Iterable[AgreementRow], label: _Labels) -> list[Finding]:
    groups: dict[tuple[str, str], list[AgreementRow]] = {}
    for row in rows:
        if row.status == MISSING:
            groups.setdefault((_structure_id(row), row.model), []).append(row)
    return [
        Finding(
            f"{_readable(there[0].structure)}: {there[0].model} knows it and found nothing in"
            f" {_listed([label[row.case] for row in there])}.",
            there[0].case if len(there) == 1 else "",
            _structure_id(there[0]),
            there[0].model,
        )
        for there in sorted(groups.values(), key=len, reverse=True)
    ]


def _without_consensus(rows: Iterable[AgreementRow], pairs: _PairsByPlace, label: _Labels) -> list[Finding]:
    """Where every model found the structure: the others are told by their missing rows."""
    found: dict[tuple[str, str], list[AgreementRow]] = {}
    for row in rows:
        found.setdefault(_place(row), []).append(row)
    return [
        Finding(
            f"{label[place[0]]}, {_readable(there[0].structure)}: no voxel is common to all {len(there)} models."
            f"{_outlier(pairs, place)}",
            *place,
            there[0].model,
        )
        for place, there in found.items()
        if all(row.status == EMPTY_CONSENSUS for row in there)
    ]


def _lowest_rows(rows: Iterable[AgreementRow]) -> list[AgreementRow]:
    lowest: dict[tuple[str, str], AgreementRow] = {}
    for row in rows:
        if row.dice is None or row.status in (MISSING, EMPTY_CONSENSUS):
            continue
        place = _place(row)
        if place not in lowest or row.dice < lowest[place].dice:
            lowest[place] = row
    return sorted(lowest.values(), key=lambda row: row.dice)


def _low_dice(row: AgreementRow, pairs: _PairsByPlace, label: _Labels) -> Finding:
    volumes = ""
    if row.volume_ml is not None and row.consensus_volume_ml is not None:
        volumes = f" ({row.volume_ml:.1f} ml against {row.consensus_volume_ml:.1f} ml)"
    cut = " The end of the scan cuts it." if row.status == TRUNCATED else ""
    text = (
        f"{label[row.case]}, {_readable(row.structure)}: {row.model} has Dice {row.dice:.3f} with the {row.consensus}"
        f"{volumes}.{cut}{_outlier(pairs, _place(row))}"
    )
    return Finding(text, row.case, _structure_id(row), row.model)


def _place(row: AgreementRow | PairwiseRow) -> tuple[str, str]:
    """Case and structure; the structure by its codes, by its name where the table has none."""
    return row.case, _structure_id(row)


def _structure_id(row: AgreementRow | PairwiseRow) -> str:
    return row.structure_key or row.structure


def _pairs_by_place(pairwise: Iterable[PairwiseRow]) -> _PairsByPlace:
    pairs: _PairsByPlace = {}
    for row in pairwise:
        if row.dice is not None:
            pairs.setdefault(_place(row), []).append(row)
    return pairs


def _outlier(pairs: _PairsByPlace, place: tuple[str, str]) -> str:
    """Which model agrees least with the others, when those agree clearly better among themselves."""
    rows = pairs.get(place, [])
    stands_out = []
    for model in dict.fromkeys(name for row in rows for name in (row.model_a, row.model_b)):
        own = [row.dice for row in rows if model in (row.model_a, row.model_b)]
        others = [row.dice for row in rows if model not in (row.model_a, row.model_b)]
        if others and mean(others) - mean(own) > 0.05:
            stands_out.append((mean(own) - mean(others), mean(own), mean(others), model))
    if not stands_out:
        return ""
    _, own_mean, others_mean, model = min(stands_out)
    return (
        f" {model} agrees least with the others: mean pairwise Dice {own_mean:.2f},"
        f" the others among themselves {others_mean:.2f}."
    )


def _shortened(findings: list[Finding], limit: int, rest: str) -> list[Finding]:
    if len(findings) <= limit:
        return findings
    return [*findings[: limit - 1], Finding(f"{len(findings) - limit + 1} {rest}.")]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown} and {len(names) - NAMES_SHOWN} more cases" if len(names) > NAMES_SHOWN else shown


def _readable(structure: str) -> str:
    return structure.replace("_", " ")
