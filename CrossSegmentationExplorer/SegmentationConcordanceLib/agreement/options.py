"""What a comparison computes: which consensus, of which models and structures, with which surface measures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from ..anatomy.groups import group_of, require_groups, shipped_groups
from ..errors import ConcordanceError

INTERSECTION = "intersection"
MAJORITY = "majority"
AT_LEAST = "at least"
STAPLE = "STAPLE"
REFERENCE = "reference"
METHODS = (INTERSECTION, MAJORITY, AT_LEAST, STAPLE, REFERENCE)

COUNTS_ZERO = "zero"
VOTES = "votes"
BY_METHOD = "by method"
MISSING_RULES = (BY_METHOD, COUNTS_ZERO, VOTES)

DEFAULT_NSD_TOLERANCE_MM = 1.0
DEFAULT_STAPLE_MARGIN_MM = 10.0


@dataclass(frozen=True)
class AnalysisOptions:
    """The choices of a user. None of them changes the inputs; none but ``surfaces`` needs another look at voxels.

    :param method: one of ``METHODS``. "reference" holds every model against one of them, e.g. a corrected one.
    :param missing: what a structure does that a model knows and did not find. "zero": the model has no say in the
        consensus, and its Dice, Jaccard and NSD are 0. "votes": it votes for an empty structure, and has no Dice where
        the consensus is empty. "by method": "votes" for the intersection, as published, and for a reference, which may
        lack the structure rightly; else "zero".
    :param at_least: for "at least": how many models must carry a voxel.
    :param reference: for "reference": the name of that model.
    :param leave_one_out: hold each model against the consensus of the others.
    :param staple_margin_mm: for "STAPLE": margin of the region around all that was marked, in mm.
    :param staple_threshold: for "STAPLE": probability from which on a voxel belongs to the consensus.
    :param models: names of the models that take part; empty for all.
    :param structures: names of the structures to report, e.g. "liver" or, as a pattern, "rib_*"; empty for all.
    :param groups: titles of the groups to report, see :mod:`..anatomy.groups`, besides ``structures``; empty for all.
    :param min_models: structures that fewer models know are left out.
    :param leave_out_truncated: leave out structures that are truncated by the field of view in any model.
    :param surfaces: also compute HD95, ASSD and NSD.
    :param nsd_tolerance_mm: tolerance of NSD in mm.
    :param nsd_tolerances_mm: tolerances of single structures, by name.
    :param penalize_missing: count what a model missed as in :mod:`missing_penalty`; for "reference" only.
    :param typical_volumes_ml: for ``penalize_missing``, by the structure's name.
    """

    method: str = MAJORITY
    missing: str = BY_METHOD
    at_least: int = 2
    reference: str = ""
    leave_one_out: bool = False
    staple_margin_mm: float = DEFAULT_STAPLE_MARGIN_MM
    staple_threshold: float = 0.5
    models: tuple[str, ...] = ()
    structures: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    min_models: int = 1
    leave_out_truncated: bool = False
    surfaces: bool = False
    nsd_tolerance_mm: float = DEFAULT_NSD_TOLERANCE_MM
    nsd_tolerances_mm: Mapping[str, float] = field(default_factory=dict)
    penalize_missing: bool = False
    typical_volumes_ml: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ConcordanceError(self.method, "is no way to make a consensus", f"Choose one of {', '.join(METHODS)}.")
        if self.missing not in MISSING_RULES:
            raise ConcordanceError(
                self.missing, "is no rule for missing structures", f"Choose one of {', '.join(MISSING_RULES)}."
            )
        if self.method == REFERENCE and not self.reference:
            raise ConcordanceError("reference", "no model is named", "Name the model that the others are held against.")
        if self.penalize_missing and self.method != REFERENCE:
            raise ConcordanceError(
                "penalty for missing structures",
                "needs a reference: a consensus may be wrong itself",
                "Name a reference.",
            )
        if self.method == REFERENCE and self.leave_one_out:
            raise ConcordanceError(
                "leave one out", "a reference is no consensus of models", "Choose one of the two, not both."
            )
        require_groups(self.groups)
        for name, value, low, high in (
            ("at least", self.at_least, 1, 16),
            ("STAPLE margin in mm", self.staple_margin_mm, 0, 10_000),
            ("STAPLE threshold", self.staple_threshold, 0, 1),
            ("NSD tolerance in mm", self.nsd_tolerance_mm, 0, 10_000),
            *((f"NSD tolerance of {name} in mm", mm, 0, 10_000) for name, mm in self.nsd_tolerances_mm.items()),
            *((f"typical volume of {name} in ml", ml, 0, 1_000_000) for name, ml in self.typical_volumes_ml.items()),
        ):
            if not low <= value <= high:
                raise ConcordanceError(name, f"{value:g} is not between {low:g} and {high:g}", "Correct the number.")

    @property
    def missing_counts_zero(self) -> bool:
        """Whether a structure that a model missed counts as 0 for it, and has no vote."""
        if self.missing == BY_METHOD:
            return self.method not in (INTERSECTION, REFERENCE)
        return self.missing == COUNTS_ZERO

    def tolerance_mm(self, structure: str) -> float:
        """The NSD tolerance of a structure in mm."""
        return self.nsd_tolerances_mm.get(structure, self.nsd_tolerance_mm)

    def reports(self, structure: str) -> bool:
        """Whether a structure of this harmonized name is asked for: by name or by group; upper and lower case alike."""
        if not self.structures and not self.groups:
            return True
        by_name = any(fnmatchcase(_plain(structure), _plain(pattern)) for pattern in self.structures)
        return by_name or group_of(structure, shipped_groups()) in self.groups


def unmatched_note(options: AnalysisOptions, structures: Collection[str]) -> str:
    """Which names in the options no structure has, as a sentence; "" where there are none.

    :param structures: harmonized names of all that can be reported.
    """
    unmatched = [
        pattern
        for pattern in options.structures
        if not any(fnmatchcase(_plain(structure), _plain(pattern)) for structure in structures)
    ]
    unmatched += [name for name in options.nsd_tolerances_mm if options.surfaces and name not in structures]
    unmatched += [name for name in options.typical_volumes_ml if options.penalize_missing and name not in structures]
    listed = ", ".join(dict.fromkeys(unmatched))
    return f"No structure of the models is called {listed}: what was asked of it has no effect." if listed else ""


def _plain(name: str) -> str:
    return "_".join(name.casefold().split())
