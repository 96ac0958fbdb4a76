"""corrections.csv: what is written comes back, a damaged line spoils no other, the last of several counts."""

from __future__ import annotations

from dataclasses import replace

from SegmentationConcordanceLib.agreement.correction import CorrectedStructure
from SegmentationConcordanceLib.agreement.lesions import LesionAgreement
from SegmentationConcordanceLib.review.blinding import Blinding
from SegmentationConcordanceLib.review.correction import (
    CorrectionOrigin,
    append_correction,
    corrections_of,
    last_corrections,
    read_corrections,
    unblinded_corrections,
)

LIVER = CorrectedStructure("liver", "L", 1500.0, 1510.5, 0.96, 0.9, 1.0, 4.25, 210.4, None, True)
CYST = CorrectedStructure("cyst", "C", 2.0, 0.0, 0.0, 0.0, 1.0, None, 0.0, LesionAgreement(0, 1, 0, 0, None), True)
SPLEEN = replace(LIVER, structure="spleen", structure_key="S", is_changed=False)
ANN = CorrectionOrigin("Ann", "case\n1", "Model A", "1.2", "L", 95.04, "liver.dcm", 0, "2026-01-31T09:30:00Z")


def test_only_what_changed_is_a_correction_and_the_time_is_that_of_the_structure_asked_for():
    liver, cyst = corrections_of((LIVER, SPLEEN, CYST), ANN)
    assert (liver.structure, liver.seconds, liver.lesions) == ("liver", 95.0, None)
    assert (cyst.structure, cyst.seconds, cyst.lesions, cyst.model_lesions) == ("cyst", None, 0, 1)
    (alone,) = corrections_of((CYST, SPLEEN), replace(ANN, structure_key=""))
    assert alone.seconds == 95.0
    assert liver.text == "Dice 0.960, NSD 0.900 at 1 mm, HD95 4.2 mm, added path 210 mm, in 95 s"
    assert cyst.text.startswith("Dice 0.000, NSD 0.000 at 1 mm, added path 0 mm, 0 components, the model's 1, F1 0.00")


def test_corrections_come_back(tmp_path):
    path = tmp_path / "sub" / "corrections.csv"
    both = corrections_of((LIVER, CYST), ANN)
    for one in both:
        append_correction(path, one)
    assert read_corrections(path) == (both, ())
    assert read_corrections(tmp_path / "none.csv") == ((), ())


def test_a_cut_off_line_is_left_out_and_closed(tmp_path):
    path = tmp_path / "corrections.csv"
    liver, cyst = corrections_of((LIVER, CYST), ANN)
    append_correction(path, liver)
    whole = path.read_bytes()
    for cut in range(len(whole.splitlines(keepends=True)[0]) + 1, len(whole) - 1):
        path.write_bytes(whole[:cut])
        append_correction(path, cyst)
        found, notes = read_corrections(path)
        assert found == (cyst,), cut
        assert len(notes) == 1


def test_a_correction_done_anew_counts_once():
    (liver,) = corrections_of((LIVER,), ANN)
    anew = replace(liver, dice=0.9, time="2026-02-01T00:00:00Z")
    other = replace(liver, reader="Bob")
    assert last_corrections((liver, other, anew)) == (anew, other)


def test_unblinded():
    (liver,) = corrections_of((LIVER,), ANN)
    key = {("Ann", "case\n1"): Blinding({"MOOSE": "Model A"})}
    assert [one.model for one in unblinded_corrections((liver, replace(liver, reader="Bob")), key)] == [
        "MOOSE",
        "Model A",
    ]
