"""What the page of the report holds as data: the tables by column, in JSON that no text can break out of."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np

from ..agreement.measures import MEASURES
from ..agreement.model_looks import known_first, looks_of
from ..agreement.severity import worst_first
from ..agreement.table import AGREEMENT_COLUMNS, AgreementRow, PairwiseRow
from ..agreement.volume_spread import volume_spreads
from ..anatomy.groups import OTHER, group_of, shipped_groups
from ..anatomy.vocabulary import load_vocabulary, shipped_vocabularies
from .case_table import CaseTable


def embedded_json(value: Any) -> str:
    r"""JSON to stand inside a ``script`` element: ASCII, with ``<``, ``>`` and ``&`` as ``\uXXXX``.

    :raises ValueError: a number is infinite or not a number.
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def agreement_columns(rows: Sequence[AgreementRow]) -> dict[str, Any]:
    """The rows by column, in arrays that the page reads without a loop over text.

    :returns: ``count``; ``texts``: by column the different texts and the index of each row's; ``numbers``: by column
        32-bit floats, NaN for None. These hold seven digits, which is more than voxels can tell. Columns of numbers in
        which no row has a value are left out. ``worst_first`` is each row's place in that order, from 0.
    """
    texts: dict[str, Any] = {}
    numbers: dict[str, str] = {}
    for name in AGREEMENT_COLUMNS:
        values = [getattr(row, name) for row in rows]
        if any(isinstance(value, str) for value in values):
            texts[name] = _indexed(values)
        elif any(value is not None for value in values):
            numbers[name] = _floats(values)
    numbers["worst_first"] = _floats(_places(rows))
    kept = {row.model: row.model_look for row in reversed(rows) if row.model_look}
    looks = looks_of(known_first(row.model for row in rows), kept)
    drawn = {model: {"color": look.color, "symbol": look.symbol} for model, look in looks.items()}
    return {"count": len(rows), "texts": texts, "numbers": numbers, "looks": list(drawn.items())}


def measures_for_page() -> list[dict[str, Any]]:
    """What the page tells of each measure."""
    return [
        {"name": one.key, "heading": one.heading, "digits": one.digits, "better": one.better, "sentence": one.sentence}
        for one in MEASURES.values()
    ]


def _places(rows: Sequence[AgreementRow]) -> list[float]:
    """Of each row its place in the order "worst first"; the structures of all cases in one order."""
    place_of = {id(row): float(place) for place, row in enumerate(worst_first(rows))}
    return [place_of[id(row)] for row in rows]


def pairwise_columns(rows: Sequence[PairwiseRow]) -> dict[str, Any]:
    """Dice of each pair of models at each place, a case and a structure; the place's names stand once for all pairs.

    :returns: ``count`` of places; ``case`` and ``structure`` (its key, or its name without one) of each place, as the
        texts of ``agreement_columns``; and ``pairs``: the models ``a`` and ``b`` with ``dice`` per place as 32-bit
        floats, NaN where the pair has none there.
    """
    places: dict[tuple[str, str], int] = {}
    dice: dict[tuple[str, str], dict[int, float]] = {}
    for row in rows:
        if row.dice is None:
            continue
        place = places.setdefault((row.case, row.structure_id), len(places))
        dice.setdefault((row.model_a, row.model_b), {})[place] = row.dice
    pairs = [
        {"a": a, "b": b, "dice": _floats([at.get(place) for place in range(len(places))])}
        for (a, b), at in dice.items()
    ]
    return {
        "count": len(places),
        "case": _indexed([case for case, _ in places]),
        "structure": _indexed([structure for _, structure in places]),
        "pairs": pairs,
    }


def spreads_for_page(rows: Sequence[AgreementRow]) -> dict[str, Any]:
    """How far the volumes lie apart, see :func:`.volume_spreads`.

    :returns: ``count``; ``largest`` and ``smallest``: numbers of rows, from 0, as 32-bit integers; ``models``: how many
        there are, and ``spread``, as 32-bit floats. In base64, by column.
    """
    found = volume_spreads(rows)
    return {
        "count": len(found),
        "largest": _base64(np.array([one.largest for one in found], "<u4")),
        "smallest": _base64(np.array([one.smallest for one in found], "<u4")),
        "models": _floats([float(one.n_models) for one in found]),
        "spread": _floats([one.spread for one in found]),
    }


def groups_for_page(rows: Iterable[AgreementRow]) -> list[dict[str, Any]]:
    """The groups in which structures are chosen, by the codes of a structure, by its name where it has none.

    :returns: ``title`` and ``structures`` (keys, or names without one) of each group that has some, in the order of
        the groups' file; "Other" last.
    """
    groups: dict[str, list[str]] = {group.title: [] for group in shipped_groups()}
    groups[OTHER] = []
    names = {row.structure_id: row.structure for row in rows}
    for structure, name in names.items():
        groups[group_of(_names_by_key().get(structure, name), shipped_groups())].append(structure)
    return [{"title": title, "structures": found} for title, found in groups.items() if found]


def cases_for_page(cases: CaseTable, present: Iterable[str]) -> dict[str, Any]:
    """Columns, values and labels of the cases that the rows have; what is by name, as pairs of name and value.

    Pairs, since a name that comes from a file may be ``__proto__``, which is no key of a JavaScript object.

    :param present: names of the cases that have rows.
    :returns: fit for JSON.
    """
    present = set(present)
    return {
        "columns": list(cases.columns),
        "values": [[case, list(values)] for case, values in cases.values.items() if case in present],
        "labels": [[case, label] for case, label in cases.labels.items() if case in present],
    }


def identifiers_for_page(cases: CaseTable, present: Iterable[str]) -> dict[str, Any]:
    """StudyInstanceUID by case, and SeriesInstanceUIDs of the segmentation by case and model, as pairs.

    :param present: names of the cases that have rows.
    :returns: fit for JSON; empty lists where nothing is known.
    """
    present = set(present)
    segs: dict[str, dict[str, list[str]]] = {}
    for (case, model), uids in cases.seg_uids.items():
        if case in present:
            segs.setdefault(case, {})[model] = list(uids)
    return {
        "study": [[case, uid] for case, uid in cases.study_uids.items() if case in present],
        "segs": [[case, [[model, uids] for model, uids in own.items()]] for case, own in segs.items()],
    }


@cache
def _names_by_key() -> dict[str, str]:
    labels = (label for name in shipped_vocabularies() for label in load_vocabulary(name).labels)
    return {label.identity.key: label.structure_name for label in labels}


def _indexed(values: Sequence[str]) -> dict[str, Any]:
    """The different texts, and the index of each value in as few bits as hold it."""
    index_of = {text: index for index, text in enumerate(dict.fromkeys(values))}
    bits = next(bits for bits in (8, 16, 32) if len(index_of) <= 1 << bits)
    index = np.fromiter((index_of[text] for text in values), f"<u{bits // 8}", len(values))
    return {"texts": list(index_of), "bits": bits, "index": _base64(index)}


def _floats(values: Sequence[float | None]) -> str:
    return _base64(np.array(values, dtype=np.float64).astype("<f4"))


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")
