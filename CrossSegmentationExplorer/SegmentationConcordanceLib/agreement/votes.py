"""Consensus by counting votes: strict intersection, majority, at least k."""

from __future__ import annotations

import numpy as np

from ..errors import ConcordanceError
from .comparison import Comparison
from .consensus import Consensus, LeaveOneOut, leave_one_out
from .options import INTERSECTION, MAJORITY, REFERENCE

EVERY_MODEL = -1


def strict_intersection(comparison: Comparison, among: int = EVERY_MODEL) -> Consensus:
    """The voxels on which every model agrees that knows the structure.

    A model that knows the structure and found nothing makes the consensus empty; one that does not know it has no say.
    Leaving a model out can only enlarge it, and so can only raise everybody's agreement with it.

    :param among: the models that have a say, as bits; -1 for all.
    """
    agreeing, voters = _votes(comparison, among)
    return Consensus(INTERSECTION, (agreeing == voters) & _enough(voters, among))


def majority(comparison: Comparison, among: int = EVERY_MODEL) -> Consensus:
    """The voxels that more than half of the models carry that know the structure. A tie is no majority.

    :param among: the models that have a say, as bits; -1 for all.
    """
    agreeing, voters = _votes(comparison, among)
    return Consensus(MAJORITY, (2 * agreeing > voters) & _enough(voters, among))


def majority_or_others(comparison: Comparison) -> LeaveOneOut:
    """The majority; where no more than two models have a say, each is held against what the others carry.

    Two models have no majority: what both carry is all of the smaller segment, which would thereby always look right.
    Held against each other they get the same Dice, and nobody is blamed. A model that found a structure alone is held
    against nothing, and the models that missed it against that one.

    :param comparison: of the models that have a say, see :func:`.of_finders`.
    """
    everybody = majority(comparison).chosen
    few = np.array([[structure.n_voters <= 2] for structure in comparison.structures], dtype=bool).reshape(-1, 1)
    others = leave_one_out(comparison, majority).of_others
    return LeaveOneOut(MAJORITY, tuple(Consensus(MAJORITY, np.where(few, own.chosen, everybody)) for own in others))


def at_least(comparison: Comparison, k: int, among: int = EVERY_MODEL) -> Consensus:
    """The voxels that at least k models carry; empty for a structure that fewer than k models know.

    :param k: 1 for the union.
    :param among: the models that have a say, as bits; -1 for all.
    """
    if k < 1:
        raise ValueError(f"at least {k} models: k must be 1 or more")
    agreeing, voters = _votes(comparison, among)
    return Consensus(f"at least {k}", (agreeing >= k) & _enough(voters, among))


def held_against(comparison: Comparison, reference: str) -> Consensus:
    """The segments of one model, as what all others are held against: ground truth, or a reviewer's correction.

    :raises ConcordanceError: there is no such model.
    """
    if reference not in comparison.models:
        names = ", ".join(comparison.models)
        raise ConcordanceError(reference, "is not among the models compared", f"Choose one of {names}.")
    bit = comparison.models.index(reference)
    in_reference = comparison.pattern_members()[:, bit].astype(bool)
    known = np.array([bool(structure.voters >> bit & 1) for structure in comparison.structures], dtype=bool)
    return Consensus(f"{REFERENCE}: {reference}", in_reference & known.reshape(-1, 1))


def _votes(comparison: Comparison, among: int) -> tuple[np.ndarray, np.ndarray]:
    """How many of the models with a say carry the structure in a pattern, and how many know it.

    int64 (n_structures, 2 ** n_models) and (n_structures, 1).
    """
    members = comparison.pattern_members()
    has_say = np.array([among >> bit & 1 for bit in range(len(comparison.models))])
    knows = np.array([[s.voters >> bit & 1 for bit in range(len(comparison.models))] for s in comparison.structures])
    knows = knows.reshape(len(comparison.structures), len(comparison.models)) * has_say
    return knows @ members.T, knows.sum(axis=1, keepdims=True)


def _enough(voters: np.ndarray, among: int) -> np.ndarray:
    """Two models at least make a consensus; one does where it is what another model is held against."""
    return voters >= (2 if among == EVERY_MODEL else 1)
