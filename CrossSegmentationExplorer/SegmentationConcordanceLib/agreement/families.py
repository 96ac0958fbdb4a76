"""Models of one family share training data, and so their errors: a majority of them may be one opinion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..plurals import first_few
from .finding_sentences import listed
from .table import MISSED, NOT_LOOKED_FOR, AgreementRow

CLEARLY_APART = 0.75
"""Below this Dice a model differs from what it is held against by more than the outlines of good models do."""

_LISTED = 4
_OF_ONE_OPINION = 0.7
"""What is left of the confidence where all that speaks against a model is of one family."""


def families_of(rows: Iterable[AgreementRow]) -> dict[str, str]:
    """By model its family; models that are of none are left out.

    :param rows: of any number of cases and consensuses.
    """
    return {row.model: row.family for row in rows if row.family}


def is_outvoted(models: Sequence[str], others: Sequence[str], families: Mapping[str, str]) -> bool:
    """Whether more opinions are held against these models than they have, so that the failure may be theirs.

    A family is one opinion: it may share an error. Where it stands on both sides it does not share this one, and its
    models count each.

    :param others: the other models that know the structure.
    :param families: by model; "" or none where nobody knows.
    """
    return _opinions(others, models, families) > _opinions(models, others, families)


def _opinions(models: Sequence[str], against: Sequence[str], families: Mapping[str, str]) -> int:
    divided = {families.get(model, "") for model in against} | {""}
    own = {model: families.get(model, "") for model in models}
    return len({("", model) if family in divided else (family, "") for model, family in own.items()})


def said_of_families(models: Sequence[str], others: Sequence[str], families: Mapping[str, str]) -> tuple[float, str]:
    """By what a family lowers the confidence of a finding, and the sentences that say so.

    :param models: that do what the finding says.
    :param others: that do not.
    :returns: 1 and "", where no family counts for less than its models; each sentence begins with a space.
    """
    divided = {families.get(model, "") for model in models} & {families.get(model, "") for model in others} | {""}
    by_family: dict[str, list[str]] = {}
    for model in others:
        by_family.setdefault(families.get(model, ""), []).append(model)
    alike = {family: of_it for family, of_it in by_family.items() if len(of_it) > 1 and family not in divided}
    if len(by_family) == 1 and alike:
        said = f" The {len(others)} others are of one family ({next(iter(alike))}), which may share an error."
        return _OF_ONE_OPINION, said
    own = {families.get(model, "") for model in models}
    said = f" {listed(models)} are of one family ({next(iter(own))})." if len(models) > 1 == len(own - {""}) else ""
    if len(others) > len(models) and not is_outvoted(models, others, families):
        said += "".join(
            f" {listed(of_it)} are of one family ({family}), which may share an error."
            for family, of_it in alike.items()
        )
    return 1.0, said


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
    listed = first_few(names, _LISTED)
    return (
        f"{', '.join(members)} are of one family ({family}) and by themselves the majority on {listed}: that"
        f" {', '.join(models)} {'differs' if len(models) == 1 else 'differ'} there does not show who is wrong."
    )
