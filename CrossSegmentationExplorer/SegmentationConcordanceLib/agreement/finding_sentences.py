"""Findings in words: the same facts, the same sentence, everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import finding_kinds as kinds

NAMES_SHOWN = 4
NOBODY_BLAMED = "Nothing tells which of them is right."
"""Ends the sentence of a finding that names all models concerned."""


def readable(structure: str) -> str:
    """A harmonized name as people write it."""
    return structure.replace("_", " ")


def listed(names: Sequence[str], shown: int = NAMES_SHOWN) -> str:
    """Names in a sentence: "A", "A and B", "A, B and C", "A, B, C, D and 3 more".

    :param shown: how many are named at most.
    :returns: "" for no names.
    """
    if len(names) > shown:
        return f"{', '.join(names[:shown])} and {len(names) - shown:,} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def the_others(others: Sequence[str]) -> str:
    """ "the others", or the name of the one that there is."""
    return others[0] if len(others) == 1 else f"the {len(others)} others" if others else "nobody"


_SAID: Mapping[str, str] = {
    kinds.LABEL_SHIFT: "{who} name{s} them {how_far} too {direction}, held against {rest}",
    kinds.SIDE_SWAPPED: "{who} {has} left and right the other way round than {rest}",
    kinds.MERGED: "{who} {has} both in one segment, {first}; {second} is missing",
    kinds.SPLIT: "{who} {has} a part of {first} ({ml:.1f} ml) as {second}",
    kinds.INCLUDES_NEIGHBOUR: "in {who} {first} includes {ml:.1f} ml of what is {second} for {rest}",
    kinds.MISSING: "{who} found nothing, {rest} did ({others_ml:.1f} ml)",
    kinds.FOUND_ALONE: "{who} alone found it ({model_ml:.1f} ml), {rest} did not",
    kinds.ENDS_EARLY: "{who} end{s} early: {ml:.1f} ml of what {rest} {rest_has} is missing",
    kinds.FALSE_BLOB: "{who} add{s} a region of {ml:.1f} ml, {mm:.1f} mm deep, that {rest} leave{rest_s} out",
    kinds.HOLE: "{who} leave{s} out a region of {ml:.1f} ml, {mm:.1f} mm deep, that {rest} include{rest_s}",
    kinds.FRAGMENTED: "in {who} it is in {pieces:.0f} pieces; the second has {ml:.1f} ml",
    kinds.WRONG_SIDE: "{who} {has} it on the other side of the body",
    kinds.IMPLAUSIBLE_PLACE: "{who} {has} it in another place than {rest}",
    kinds.BOUNDARY_OFFSET: "the boundary of {who} is {offset:.1f} mm {side} that of {rest} in the mean ({ml:.1f} ml)",
    kinds.OUTLIER_VOLUME: "{who} {has} {model_ml:.1f} ml, {rest} {others_ml:.1f} ml",
    kinds.OTHER_DEFINITION: "{who} differ{s} from {rest} in the same way in every case",
}


_SAID_ALONE: Mapping[str, str] = {
    kinds.SIDE_SWAPPED: "what {who} call{s} left lies to the right of what it calls right",
    kinds.HOLE: "{who} leave{s} a hole of {ml:.1f} ml, {mm:.1f} mm deep, that no segment fills",
    kinds.ENDS_EARLY: "{who} end{s} flat at one slice, within the scan",
    kinds.IMPLAUSIBLE_PLACE: "{who} {has} {it} out of the order of {its} series",
    kinds.OUTLIER_VOLUME: "{who} {has} {model_ml:.1f} ml, {others_ml:.1f} ml on the other side or at its neighbours",
}
"""Where there is no other model."""


def said_of(
    kind: str,
    names: Sequence[str],
    models: Sequence[str],
    others: Sequence[str],
    numbers: Mapping[str, float],
    *,
    alone: bool = False,
) -> str:
    """What the models did, as the rest of a sentence that begins with case and structures.

    :param names: readable; the telling one first.
    :param others: the models that these are held against.
    :param numbers: by key of :data:`.finding_kinds.NUMBERS`.
    :param alone: there is one model, and none to hold it against.
    """
    levels, offset = numbers.get("levels", 0.0), numbers.get("offset_mm", 0.0)
    one, one_other = len(models) == 1, len(others) == 1
    return (_SAID_ALONE.get(kind, _SAID[kind]) if alone else _SAID[kind]).format(
        who=listed(models),
        rest=the_others(others),
        s="s" if one else "",
        has="has" if one else "have",
        rest_s="s" if one_other else "",
        rest_has="has" if one_other else "have",
        it="it" if len(names) == 1 else "them",
        its="its" if len(names) == 1 else "their",
        first=names[0] if names else "",
        second=names[1] if len(names) > 1 else "a neighbour",
        how_far="one level" if abs(levels) == 1 else f"{abs(levels):g} levels",
        direction="low" if levels > 0 else "high",
        side="outside" if offset > 0 else "inside",
        offset=abs(offset),
        ml=numbers.get("volume_ml", 0.0),
        mm=numbers.get("depth_mm", 0.0),
        model_ml=numbers.get("model_volume_ml", 0.0),
        others_ml=numbers.get("others_volume_ml", 0.0),
        pieces=numbers.get("pieces", 0.0),
    )
