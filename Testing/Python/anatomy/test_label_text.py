"""Texts that mean the same are read the same; sides and levels are never mixed up."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.anatomy.label_text import LabelText, read_label_text

KIDNEY_RIGHT = LabelText(frozenset({"kidney"}), "right", "")
T8 = LabelText(frozenset({"vertebra"}), "", "t8")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        *((text, KIDNEY_RIGHT) for text in ("Kidney R", "renal_dx", "kidney_right", "Niere rechts", "RIGHT-KIDNEYS")),
        *((text, T8) for text in ("vertebrae_T8", "vertebra T8", "T8", "Wirbel T8", "BWK8", "Th8", "T8 vertebra")),
        ("Niere links", LabelText(frozenset({"kidney"}), "left", "")),
        ("rib_left_4", LabelText(frozenset({"rib"}), "left", "4")),
        ("Rib 4 L", LabelText(frozenset({"rib"}), "left", "4")),
        ("Rib L4", LabelText(frozenset({"rib"}), "left", "4")),
        ("Fourth rib, Left", LabelText(frozenset({"rib"}), "left", "4")),
        ("4th rib", LabelText(frozenset({"rib"}), "", "4")),
        ("vertebrae_L4", LabelText(frozenset({"vertebra"}), "", "l4")),
        ("vertebrae_C1", LabelText(frozenset({"vertebra"}), "", "c1")),
        ("OAR_OpticNrv_L", LabelText(frozenset({"optic", "nerve"}), "left", "")),
        ("left and right kidney", LabelText(frozenset({"kidney"}), "both", "")),
        ("Harnblase", LabelText(frozenset({"urinary", "bladder"}), "", "")),
        ("Schilddrüse", LabelText(frozenset({"thyroid", "gland"}), "", "")),
        ("vena cava inferior", LabelText(frozenset({"vein", "cava", "inferior"}), "", "")),
        ("", LabelText(frozenset(), "", "")),
        ("???", LabelText(frozenset(), "", "")),
    ],
)
def test_a_text_is_taken_apart(text, meant):
    assert read_label_text(text) == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ilium", "ileum"),
        ("eye", "eyeball"),
        ("carotid artery", "common carotid artery"),
        ("gluteus medius", "gluteus minimus"),
        ("kidney", "kidney cyst"),
        ("vertebrae_L1", "vertebrae_T1"),
        ("rib_left_1", "rib_left_11"),
    ],
)
def test_what_differs_stays_apart(one, other):
    assert read_label_text(one) != read_label_text(other)
