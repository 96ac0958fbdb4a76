"""The kinds of findings, as data: tables, panels, the report, structured reports and docs/findings.md are made of it.

A new kind is a row here, its detection in a file of its own that :mod:`.findings` names, and a test.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..anatomy.concepts import CodedConcept

CODING_SCHEME = "99SEGCONC"
"""Private coding scheme of the kinds, and of numbers that no public scheme has; see docs/findings.md."""


_SHORT = {
    "includes_neighbour": "incl_neighbour",
    "wrong_side_of_body": "wrong_side",
    "implausible_place": "wrong_place",
}
"""Code values hold sixteen characters."""


@dataclass(frozen=True, slots=True)
class FindingKind:
    """What may be wrong with a structure.

    :param key: what stands in files, e.g. "label_shift".
    :param title: a heading, e.g. "Names shifted".
    :param meaning: one plain sentence: what is the case when this is found.
    :param numbers: the keys of :data:`NUMBERS` that such a finding may carry, the telling one first.
    """

    key: str
    title: str
    meaning: str
    numbers: tuple[str, ...]

    @property
    def code(self) -> CodedConcept:
        """The kind as a coded concept of the private scheme."""
        return CodedConcept(_SHORT.get(self.key, self.key), CODING_SCHEME, self.title)


@dataclass(frozen=True, slots=True)
class FindingNumber:
    """A number that a finding carries.

    :param key: what stands in files, its unit at the end, e.g. "depth_mm".
    :param title: e.g. "Depth".
    :param unit: "ml", "mm" or "1".
    :param code: as a coded concept, for structured reports.
    """

    key: str
    title: str
    unit: str
    code: CodedConcept


def _number(key: str, title: str, unit: str, code: tuple[str, str, str] | None = None) -> FindingNumber:
    return FindingNumber(key, title, unit, CodedConcept(*(code or (key, CODING_SCHEME, title))))


NUMBERS: dict[str, FindingNumber] = {
    number.key: number
    for number in (
        _number("volume_ml", "Volume concerned", "ml", ("118565006", "SCT", "Volume")),
        _number("depth_mm", "Depth of the disagreement", "mm"),
        _number("levels", "Levels of the shift", "1"),
        _number("share", "Share of the structure", "1"),
        _number("pieces", "Pieces", "1"),
        _number("offset_mm", "Mean offset of the boundary", "mm"),
        _number("distance_mm", "Distance to where the others have it", "mm", ("121206", "DCM", "Distance")),
        _number("model_volume_ml", "Volume in this model", "ml"),
        _number("others_volume_ml", "Median volume in the other models", "ml"),
        _number("volume_ratio", "Volume / median volume of the others", "1"),
        _number("model_dice", "Mean pairwise Dice with the others", "1"),
        _number("others_dice", "Mean pairwise Dice of the others", "1"),
        _number("dice", "Dice with the consensus", "1"),
        _number("pair_dice", "Dice of the two models with each other", "1"),
        _number("n_cases", "Cases", "1"),
    )
}

LABEL_SHIFT = "label_shift"
SIDE_SWAPPED = "side_swapped"
MERGED = "merged"
SPLIT = "split"
INCLUDES_NEIGHBOUR = "includes_neighbour"
MISSING = "missing"
FOUND_ALONE = "found_alone"
ENDS_EARLY = "ends_early"
FALSE_BLOB = "false_blob"
HOLE = "hole"
FRAGMENTED = "fragmented"
WRONG_SIDE = "wrong_side_of_body"
IMPLAUSIBLE_PLACE = "implausible_place"
OTHER_DEFINITION = "other_definition"
BOUNDARY_OFFSET = "boundary_offset"
OUTLIER_VOLUME = "outlier_volume"
STANDS_APART = "stands_apart"
NO_OVERLAP = "no_overlap"
LOW_AGREEMENT = "low_agreement"

FORMER_KEYS = {"truncated": ENDS_EARLY}
"""What kinds were called in files of before: "truncated" now means by the field of view alone, a status."""

KINDS: dict[str, FindingKind] = {
    kind.key: kind
    for kind in (
        FindingKind(
            LABEL_SHIFT,
            "Names shifted",
            "What the model calls one member of a series, such as vertebrae or ribs, is another one for the others.",
            ("levels", "share", "volume_ml"),
        ),
        FindingKind(
            SIDE_SWAPPED,
            "Sides swapped",
            "What the model calls left is right for the others, or the other way round.",
            ("share", "volume_ml"),
        ),
        FindingKind(
            MERGED,
            "Merged",
            "One segment of the model holds two structures of the others, and the second one is missing.",
            ("volume_ml", "share"),
        ),
        FindingKind(
            SPLIT,
            "Split",
            "One structure of the others is two segments of the model.",
            ("volume_ml", "share"),
        ),
        FindingKind(
            INCLUDES_NEIGHBOUR,
            "Includes a part of its neighbour",
            "The model gives a structure a part of another one, as the others see it.",
            ("volume_ml", "share", "depth_mm"),
        ),
        FindingKind(
            MISSING,
            "Missing",
            "The model knows the structure and found nothing, where most others found it.",
            ("others_volume_ml",),
        ),
        FindingKind(
            FOUND_ALONE,
            "Found alone",
            "The model found a structure that most others know and did not find.",
            ("model_volume_ml",),
        ),
        FindingKind(
            ENDS_EARLY,
            "Ends early",
            "The model's segment ends where that of the others goes on; or its whole output stops within the scan.",
            ("volume_ml", "depth_mm", "share"),
        ),
        FindingKind(
            FALSE_BLOB,
            "A blob too much",
            "The model adds a compact region that the others leave out.",
            ("volume_ml", "depth_mm"),
        ),
        FindingKind(
            HOLE,
            "A part left out",
            "The model leaves out a region, such as a hole or a gap, that the others include.",
            ("volume_ml", "depth_mm"),
        ),
        FindingKind(
            FRAGMENTED,
            "In pieces",
            "The model's segment is in more pieces than that of the others.",
            ("pieces", "volume_ml"),
        ),
        FindingKind(
            WRONG_SIDE,
            "On the wrong side of the body",
            "A structure of one side lies on the other side of the body.",
            ("model_volume_ml", "distance_mm"),
        ),
        FindingKind(
            IMPLAUSIBLE_PLACE,
            "In another place",
            "The model's segment lies apart from where all others have the structure.",
            ("model_volume_ml", "distance_mm"),
        ),
        FindingKind(
            OTHER_DEFINITION,
            "Another definition",
            "The model differs from the others in the same way in every case: it means something else by the name.",
            ("n_cases", "volume_ml", "offset_mm"),
        ),
        FindingKind(
            BOUNDARY_OFFSET,
            "Boundary too far out or in",
            "The model's boundary lies outside or inside that of the others all around.",
            ("offset_mm", "volume_ratio", "volume_ml"),
        ),
        FindingKind(
            OUTLIER_VOLUME,
            "Volume out of line",
            "The model's volume is far from that of the others, and no other finding says why.",
            ("volume_ratio", "model_volume_ml", "others_volume_ml"),
        ),
        FindingKind(
            STANDS_APART,
            "Stands apart",
            "The model agrees clearly less with the others than they do among themselves.",
            ("model_dice", "others_dice"),
        ),
        FindingKind(
            NO_OVERLAP,
            "No voxel in common",
            "No voxel is common to all models, and nothing tells which of them fails.",
            ("dice", "pair_dice"),
        ),
        FindingKind(
            LOW_AGREEMENT,
            "Low agreement",
            "The models agree little, and nothing tells which of them fails.",
            ("dice", "pair_dice"),
        ),
    )
}
