"""Models of one family share training data, and so their errors: a majority of them may be one opinion."""

from __future__ import annotations

from collections.abc import Iterable

from .table import MISSED, NOT_LOOKED_FOR, AgreementRow

CLEARLY_APART = 0.75
"""Below this Dice a model differs from what it is held against by more than the outlines of good models do."""

_LISTED = 4


def family_notes(rows: Iterable[AgreementRow]) -> list[str]:
    """A sentence for each family that alone outvotes a model of another one, with the structures concerned.

    That is where more than half of the models that found a structure are of that family, and one of the others differs
    clearly. Models without a family are each of their own.

    :param rows: of one case and one consensus.
    """
    of_structure: dict[str, list[AgreementRow]] = {}
    for row in rows:
        if row.presence not in (MISSED, NOT_LOOKED_FOR):
            of_structure.setdefault(row.structure_key, []).append(row)
    outvoted: dict[str, dict[str, set[str]]] = {}
    members: dict[str, dict[str, None]] = {}
    for found in of_structure.values():
        for family in {row.family for row in found if row.family}:
            own = [row for row in found if row.family == family]
            apart = [row for row in found if row.family != family and row.dice is not None and row.dice < CLEARLY_APART]
            if 2 * len(own) > len(found) > 2 and apart:
                members.setdefault(family, {}).update(dict.fromkeys(row.model for row in own))
                for row in apart:
                    outvoted.setdefault(family, {}).setdefault(row.structure, set()).add(row.model)
    return [_sentence(family, list(members[family]), of_family) for family, of_family in outvoted.items()]


def _sentence(family: str, members: list[str], outvoted: dict[str, set[str]]) -> str:
    models = sorted(set().union(*outvoted.values()))
    names = [structure.replace("_", " ") for structure in outvoted]
    listed = ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")
    return (
        f"{', '.join(members)} are of one family ({family}) and by themselves the majority on {listed}: that"
        f" {', '.join(models)} {'differs' if len(models) == 1 else 'differ'} there does not show who is wrong."
    )
