"""How often the right structure is suggested: hide each model's label map in turn, suggest from the other ones.

    python Testing/Benchmarks/label_suggestions.py

prints the table of docs/label_maps.md. Counted are the labels whose structure (by codes) another of the six maps has.
The words that stand for each other (label_words.csv) were collected with these maps in sight. So the last lines count
as well: published label lists of others, to which the words were not adjusted after they were measured.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from SegmentationConcordanceLib.anatomy.identity import StructureIdentity
from SegmentationConcordanceLib.anatomy.known_structures import KnownStructures
from SegmentationConcordanceLib.anatomy.suggestions import Suggestion, UnknownLabel, suggest
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary

HEADING = (
    "| hidden | labels | best candidate | among the best three | wrong side | exact | of these wrong |",
    "|---|---|---|---|---|---|---|",
)
SIX = ("totalsegmentator_v1", "totalsegmentator_v2", "auto3dseg", "multitalent", "moose", "cads")
OTHERS = ("aimi", "salimi2025")

_SIDES = ("left", "right")
_SPINE = (("C", 7), ("T", 12), ("L", 5))
_PAIRED = ("iliac artery", "iliac vena", "humerus", "scapula", "clavicula", "femur", "hip")
_PAIRED += ("gluteus maximus", "gluteus medius")

# Label lists as published, and the harmonized name of what they mean.
AMOS = {
    "spleen": "spleen",
    "right kidney": "kidney_right",
    "left kidney": "kidney_left",
    "gall bladder": "gallbladder",
    "esophagus": "esophagus",
    "liver": "liver",
    "stomach": "stomach",
    "arota": "aorta",
    "postcava": "inferior_vena_cava",
    "pancreas": "pancreas",
    "right adrenal gland": "adrenal_gland_right",
    "left adrenal gland": "adrenal_gland_left",
    "duodenum": "duodenum",
    "bladder": "urinary_bladder",
}
CADS_README = {
    "Kidney R": "kidney_right",
    "Adrenal gland L": "adrenal_gland_left",
    "Portal vein and splenic vein": "portal_vein_and_splenic_vein",
    "Upper lobe of lung L": "lung_upper_lobe_left",
    "Lower lobe of lung R": "lung_lower_lobe_right",
    "Middle lobe of lung R": "lung_middle_lobe_right",
    "Vertebra L5": "vertebrae_L5",
    "Vertebra T12": "vertebrae_T12",
    "Vertebra C1": "vertebrae_C1",
}
VISTA3D = {
    "brain": "brain",
    "hepatic vessel": "liver_vessels",
    "trachea": "trachea",
    "colon": "colon",
    "sacrum": "sacrum",
    "right lung middle lobe": "lung_middle_lobe_right",
    **{f"{side} lung {lobe} lobe": f"lung_{lobe}_lobe_{side}" for side in _SIDES for lobe in ("upper", "lower")},
    **{f"vertebrae {part}{n}": f"vertebrae_{part}{n}" for part, count in _SPINE for n in range(1, count + 1)},
    **{f"{side} rib {number}": f"rib_{side}_{number}" for side in _SIDES for number in range(1, 13)},
    **{f"{side} {name}": f"{name.replace(' ', '_')}_{side}" for side in _SIDES for name in _PAIRED},
}
LISTS = {"AMOS 2022": AMOS, "CADS, names of its documentation": CADS_README, "VISTA3D, labels 22 to 101": VISTA3D}
_OPPOSITE = {"SCT:7771000": "SCT:24028007", "SCT:24028007": "SCT:7771000"}


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How the suggestions for one list of labels came out.

    :param labels: those whose structure was to be found.
    :param wrong_side: labels with a suggestion, of the first three, of the other side.
    :param exact: labels that would be applied without a question; ``exact_wrong`` of them to another structure.
    """

    name: str
    labels: int
    first: int
    among_three: int
    wrong_side: int
    exact: int
    exact_wrong: int

    @property
    def row(self) -> str:
        """A line of the Markdown table."""
        first, three = (f"{100 * count / self.labels:.1f} %" for count in (self.first, self.among_three))
        cells = (self.name, self.labels, first, three, self.wrong_side, self.exact, self.exact_wrong)
        return "| " + " | ".join(map(str, cells)) + " |"


def of_hidden_map(name: str) -> Accuracy:
    """Hide one map, suggest from the rest of the six."""
    hidden = load_vocabulary(name)
    known = KnownStructures.of(load_vocabulary(other) for other in SIX if other != name)
    asked = []
    for task in hidden.tasks:
        labels = hidden.for_task(task).labels
        found = suggest([UnknownLabel(label.label, label.name, task) for label in labels], known)
        asked += [(label.identity, some) for label, some in zip(labels, found) if label.identity in known.structures]
    return _accuracy(name, asked)


def of_list(name: str) -> Accuracy:
    """Suggest for a published list of names from all six maps; its numbers are not used."""
    known = KnownStructures.of(map(load_vocabulary, SIX))
    identities = {structure: identity for identity, structure in known.names.items()}
    texts = LISTS[name]
    found = suggest([UnknownLabel(None, text) for text in texts], known)
    return _accuracy(name, [(identities[meant], some) for meant, some in zip(texts.values(), found)])


def _accuracy(name: str, asked: Iterable[tuple[StructureIdentity, Sequence[Suggestion]]]) -> Accuracy:
    asked = list(asked)
    exact = [(meant, some[0].identity) for meant, some in asked if some and some[0].exact]
    return Accuracy(
        name,
        len(asked),
        sum(bool(some) and some[0].identity == meant for meant, some in asked),
        sum(meant in [one.identity for one in some] for meant, some in asked),
        sum(any(_is_other_side(meant, one.identity) for one in some) for meant, some in asked),
        len(exact),
        sum(meant != taken for meant, taken in exact),
    )


def _is_other_side(meant: StructureIdentity, suggested: StructureIdentity) -> bool:
    sides = ((meant.modifier, suggested.modifier), (meant.region_modifier, suggested.region_modifier))
    return any(side in _OPPOSITE and other == _OPPOSITE[side] for side, other in sides)


def main() -> None:
    """Print the table."""
    rows = [of_hidden_map(name).row for name in (*SIX, *OTHERS)] + [of_list(name).row for name in LISTS]
    sys.stdout.write("\n".join((*HEADING, *rows, "")))


if __name__ == "__main__":
    main()
