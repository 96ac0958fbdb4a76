"""Where the models of a case disagree on a structure, in which way, and whose failure it may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .families import families_of
from .options import REFERENCE
from .table import EMPTY_CONSENSUS, MISSING, NOT_LOOKED_FOR, AgreementRow, PairwiseRow

MISSED = "missed"
ALONE = "alone"
NO_OVERLAP = "no overlap"
APART = "apart"
LOW = "low"
STANDS_APART = 0.05
"""So much lower than the others' mean pairwise Dice is that of a model that stands apart."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """How the models differ on one structure of one case.

    :param structure: its key, or its name without one.
    :param name: its name.
    :param kind: ``MISSED``: the suspects know the structure and found nothing, most others found it; ``ALONE``: the
        suspects found it, most others that know it did not; ``NO_OVERLAP``: no voxel is common to all; ``APART``:
        one model agrees clearly less with the others than they do among themselves; ``LOW``: none of these.
    :param suspects: whose failure it may be; empty where the numbers do not tell.
    :param others: the other models that know the structure.
    :param own_dice: mean pairwise Dice of the suspect with the others; None where there are no suspects or pairs.
    :param others_dice: that of the others among themselves.
    :param worst: the row with the lowest Dice; None where no row has one.
    :param rows: those of all models that know the structure.
    :param least: of the pairs of these models the one that agrees least; None where no pair is known.
    """

    case: str
    structure: str
    name: str
    kind: str
    suspects: tuple[str, ...]
    others: tuple[str, ...]
    own_dice: float | None
    others_dice: float | None
    worst: AgreementRow | None
    rows: tuple[AgreementRow, ...]
    least: PairwiseRow | None

    @property
    def is_of_two(self) -> bool:
        """Whether two models know the structure, and both found it."""
        return len(self.rows) == self.rows[0].n_models == 2 and all(row.status != MISSING for row in self.rows)

    @property
    def pair_dice(self) -> float | None:
        """Of two models their Dice with each other; None of more, and where the pair is not known."""
        return self.least.dice if self.is_of_two and self.least is not None else None

    @property
    def has_reference(self) -> bool:
        """Whether the models are held against one that is taken to be right."""
        return self.rows[0].consensus.partition(":")[0] == REFERENCE

    @property
    def dice(self) -> float:
        """Of two models that of the pair, else the lowest Dice.

        :raises ValueError: there is none, see :attr:`lowest`.
        """
        return self.lowest[1] if self.pair_dice is None else self.pair_dice

    @property
    def lowest(self) -> tuple[AgreementRow, float]:
        """The row with the lowest Dice, and its Dice.

        :raises ValueError: no row has one, as where a structure is missing.
        """
        if self.worst is None or self.worst.dice is None:
            raise ValueError(f"no row of {self.name} has a Dice")
        return self.worst, self.worst.dice

    @property
    def gravity(self) -> float:
        """From 0 to 1: a structure lost weighs 1, a model that stands apart what it lacks to the others."""
        if self.kind in (MISSED, ALONE):
            return 1.0
        if self.own_dice is not None and self.others_dice is not None:
            return self.others_dice - self.own_dice
        return 1.0 if self.worst is None else 1.0 - self.dice


def disagreements(agreement: Sequence[AgreementRow], pairwise: Iterable[PairwiseRow]) -> list[Disagreement]:
    """One per case and structure that two models know: of several consensuses the gravest.

    Pairs tell whose failure it may be: under the intersection one failing model lowers the Dice of all. A structure
    that no model found is no disagreement: they agree that it is absent.

    :param agreement: rows of any number of cases and consensuses.
    :param pairwise: of the same cases; without them nobody is blamed for a low Dice.
    :returns: empty for no rows.
    """
    rows: dict[tuple[str, str], dict[str, list[AgreementRow]]] = {}
    for row in agreement:
        if row.status == NOT_LOOKED_FOR:
            continue
        of_place = rows.setdefault((row.case, row.structure_id), {})
        of_place.setdefault(row.consensus, []).append(row)
    pairs: dict[tuple[str, str], list[PairwiseRow]] = {}
    for pair in pairwise:
        if pair.dice is not None:
            pairs.setdefault((pair.case, pair.structure_id), []).append(pair)
    families = families_of(agreement)
    found = []
    for place, by_consensus in rows.items():
        made = (_disagreement(place, there, pairs.get(place, ()), families) for there in by_consensus.values())
        gravest = max((one for one in made if one is not None), key=lambda one: one.gravity, default=None)
        found += [] if gravest is None else [gravest]
    return found


def _disagreement(
    place: tuple[str, str], rows: Sequence[AgreementRow], pairs: Sequence[PairwiseRow], families: Mapping[str, str]
) -> Disagreement | None:
    missed = [row.model for row in rows if row.status == MISSING]
    found = [row.model for row in rows if row.status != MISSING]
    with_dice = [(row.dice, row) for row in rows if row.dice is not None]
    worst = min(with_dice, key=lambda pair: pair[0])[1] if with_dice else None
    if not found or (not missed and worst is None):
        return None
    kind = LOW
    suspects: tuple[str, ...] = ()
    own, others = None, None
    models = {row.model for row in rows}
    among = (pair for pair in pairs if {pair.model_a, pair.model_b} <= models)
    least = min(among, key=lambda pair: pair.dice or 0.0, default=None)
    if missed:
        is_few = len(missed) <= len(found)
        kind, suspects = (MISSED, tuple(missed)) if is_few else (ALONE, tuple(found))
    else:
        outlier = _outlier(pairs, families)
        if outlier is not None:
            kind, suspects = APART, (outlier[0],)
            _, own, others = outlier
    rest = tuple(row.model for row in rows if row.model not in suspects)
    made = Disagreement(*place, rows[0].structure, kind, suspects, rest, own, others, worst, tuple(rows), least)
    is_empty = made.pair_dice == 0 or all(row.status == EMPTY_CONSENSUS for row in rows)
    return replace(made, kind=NO_OVERLAP) if is_empty and not missed else made


def _outlier(pairs: Sequence[PairwiseRow], families: Mapping[str, str]) -> tuple[str, float, float] | None:
    """The model that agrees least with the others, when those agree clearly better among themselves; both means.

    That models of one family agree with each other says nothing against a model of none or of another, where there are
    other pairs to hold it against.
    """
    found = None
    for model in dict.fromkeys(model for pair in pairs for model in (pair.model_a, pair.model_b)):
        own = [pair.dice or 0.0 for pair in pairs if model in (pair.model_a, pair.model_b)]
        rest = [pair for pair in pairs if model not in (pair.model_a, pair.model_b)]
        apart = [pair for pair in rest if not _is_of_another_family(pair, families.get(model, ""), families)]
        if not rest:
            continue
        others = [pair.dice or 0.0 for pair in apart or rest]
        means = sum(own) / len(own), sum(others) / len(others)
        if means[1] - means[0] > STANDS_APART and (found is None or means[0] - means[1] < found[1] - found[2]):
            found = (model, *means)
    return found


def _is_of_another_family(pair: PairwiseRow, family: str, families: Mapping[str, str]) -> bool:
    both = {families.get(pair.model_a, ""), families.get(pair.model_b, "")}
    return len(both) == 1 and both.isdisjoint({"", family})
