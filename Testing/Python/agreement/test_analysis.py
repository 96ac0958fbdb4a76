"""One scan asked again and again with other options."""

from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.boxes import Box
from SegmentationConcordanceLib.agreement.consensus_map import consensus_label_map
from SegmentationConcordanceLib.agreement.crops import agreement_crop
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.errors import ConcordanceError


def block(shape, lower, upper, label=1):
    volume = np.zeros(shape, dtype=np.uint8)
    volume[tuple(slice(low, high) for low, high in zip(lower, upper))] = label
    return volume


@pytest.fixture
def analysis(make_model, structures):
    """Boxes of the spleen that end at x = 6, 7 and 8 of voxels of 10 x 10 x 20 mm, and a liver of model A alone."""
    shape = (9, 9, 12)
    spleens = [block(shape, (3, 3, 3), (6, 6, end)) for end in (6, 7, 8)]
    spleens[0] |= block(shape, (0, 0, 0), (2, 2, 2), 2)
    meaning = {1: structures["spleen"], 2: structures["liver"]}
    models = [make_model(name, [spleen], meaning) for name, spleen in zip("ABC", spleens)]
    return Analysis(
        models[:1] + [make_model(n, [s], {1: structures["spleen"]}) for n, s in zip("BC", spleens[1:])],
        case="x",
        series_uid="1.2",
    )


def spleen_rows(result):
    return {row.model: row for row in result.agreement if row.structure == "spleen"}


def test_methods_give_their_consensus_volume(analysis):
    def volume(**options):
        return spleen_rows(analysis.result(AnalysisOptions(**options)))["A"].consensus_volume_ml

    assert volume(method="intersection") == pytest.approx(3 * 3 * 3 * 2.0)
    assert volume() == volume(method="majority") == pytest.approx(3 * 3 * 4 * 2.0)
    assert volume(method="at least", at_least=1) == pytest.approx(3 * 3 * 5 * 2.0)
    assert volume(method="reference", reference="C") == pytest.approx(3 * 3 * 5 * 2.0)
    assert volume(models=("A", "C"), method="at least", at_least=1) == pytest.approx(3 * 3 * 5 * 2.0)


def test_staple_names_itself_and_lies_between_intersection_and_union(analysis):
    row = spleen_rows(analysis.result(AnalysisOptions(method="STAPLE")))["A"]
    assert row.consensus == "STAPLE"
    assert 54.0 <= row.consensus_volume_ml <= 90.0


def test_reference_has_no_row_of_its_own(analysis):
    result = analysis.result(AnalysisOptions(method="reference", reference="B"))
    rows = spleen_rows(result)
    assert sorted(rows) == ["A", "C"]
    assert rows["A"].dice == pytest.approx(2 * 27 / (27 + 36))
    assert rows["A"].consensus == "reference: B"


def test_leave_one_out_holds_each_against_the_others(analysis):
    rows = spleen_rows(analysis.result(AnalysisOptions(method="intersection", leave_one_out=True)))
    assert {name: row.consensus_volume_ml for name, row in rows.items()} == pytest.approx({"A": 72, "B": 54, "C": 54})


def test_leave_one_out_keeps_the_consensus_of_all(analysis):
    result = analysis.result(AnalysisOptions(method="intersection", leave_one_out=True))
    (spleen,) = consensus_label_map(result.comparison, result.consensus_of_all).segments
    assert spleen.description == "intersection of A, B, C"
    assert result.consensus_of_all.counts(result.comparison).tolist() == [27, 0]


def test_surfaces_by_hand(analysis):
    # The consensus is A's box. C's reaches 20 mm further in x, on one of the six sides.
    options = AnalysisOptions(
        method="intersection", surfaces=True, nsd_tolerance_mm=5.0, nsd_tolerances_mm={"liver": 1.0}
    )
    rows = spleen_rows(analysis.result(options))
    assert (rows["A"].hd95_mm, rows["A"].assd_mm, rows["A"].nsd) == (0.0, 0.0, 1.0)
    assert rows["C"].hd95_mm == pytest.approx(20.0)
    assert 0 < rows["C"].assd_mm < 20.0
    assert 0 < rows["C"].nsd < 1
    assert rows["C"].nsd_tolerance_mm == 5.0


def test_surfaces_of_a_structure_that_one_model_knows_stay_empty(analysis):
    (row,) = [row for row in analysis.result(AnalysisOptions(surfaces=True)).agreement if row.structure == "liver"]
    assert (row.n_models, row.hd95_mm, row.nsd, row.nsd_tolerance_mm) == (1, None, None, None)


def test_surfaces_of_leave_one_out_are_against_the_others(analysis):
    rows = spleen_rows(analysis.result(AnalysisOptions(method="intersection", surfaces=True, leave_one_out=True)))
    assert rows["A"].hd95_mm == pytest.approx(10.0)  # the others agree on B's box
    assert rows["B"].hd95_mm == pytest.approx(10.0)  # the others agree on A's box
    assert rows["C"].hd95_mm == pytest.approx(20.0)


def test_progress_may_cancel(analysis):
    class CancelledError(Exception):
        pass

    def cancel(fraction, what):
        raise CancelledError(what)

    with pytest.raises(CancelledError, match="surfaces of spleen"):
        analysis.result(AnalysisOptions(surfaces=True), cancel)


def test_selection_of_structures(analysis):
    def names(**options):
        return sorted({row.structure for row in analysis.result(AnalysisOptions(**options)).agreement})

    assert names() == ["liver", "spleen"]
    assert names(min_models=2) == ["spleen"]
    assert names(structures=("liver",)) == ["liver"]
    assert names(structures=("SP*", "aorta")) == ["spleen"]
    assert names(groups=("Digestive",)) == ["liver", "spleen"]
    assert names(groups=("Ribs",)) == []
    assert names(groups=("Ribs",), structures=("liver",)) == ["liver"]
    assert names(leave_out_truncated=True) == ["spleen"]  # the liver begins in the first slice


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "mean"}, "is no way to make a consensus"),
        ({"missing": "never"}, "is no rule for missing structures. Choose one of by method, zero, votes"),
        ({"method": "reference"}, "no model is named"),
        ({"method": "at least", "at_least": 0}, "0 is not between 1 and 16"),
        ({"nsd_tolerance_mm": -1.0}, "is not between"),
        ({"nsd_tolerances_mm": {"spleen": 1.0, "liver": float("nan")}}, "NSD tolerance of liver in mm: nan is not"),
        ({"nsd_tolerances_mm": {"spleen": float("inf")}}, "NSD tolerance of spleen in mm: inf is not between"),
        ({"typical_volumes_ml": {"spleen": -1.0}}, "typical volume of spleen in ml: -1 is not between"),
        ({"staple_threshold": 2.0}, "is not between"),
        ({"groups": ("ribs",)}, "ribs: is no group of structures. Choose: Lungs, Heart, Ribs,"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, message):
    with pytest.raises(ConcordanceError, match=message):
        AnalysisOptions(**options)


@pytest.mark.parametrize("method", ["intersection", "majority", "at least", "STAPLE", "reference"])
def test_a_selection_of_nothing_gives_empty_tables(analysis, method):
    options = AnalysisOptions(method=method, reference="A", structures=("aorta",), surfaces=True)
    result = analysis.result(options)
    assert (result.agreement, result.pairwise, result.staple, result.worst()) == ((), (), (), None)
    assert consensus_label_map(result.comparison, result.consensus_of_all).segments == ()


def test_names_are_matched_as_people_write_them():
    options = AnalysisOptions(structures=("rib left *", "Uncoded: My Lesion"))
    assert options.reports("rib_left_4") and options.reports("uncoded: my lesion")
    assert not options.reports("rib_right_4") and not options.reports("tribe_left_4")


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"structures": ("livr", "SPLEEN")}, "livr"),
        ({"surfaces": True, "nsd_tolerances_mm": {"Liver": 3.0, "liver": 2.0}}, "Liver"),
        (
            {"method": "reference", "reference": "A", "penalize_missing": True, "typical_volumes_ml": {"lver": 1.0}},
            "lver",
        ),
        ({"nsd_tolerances_mm": {"Liver": 3.0}}, ""),
        ({"structures": ("liver",), "surfaces": True, "nsd_tolerances_mm": {"spleen": 3.0}}, ""),
    ],
)
def test_names_that_no_structure_has_are_told(analysis, options, named):
    notes = analysis.result(AnalysisOptions(**options)).notes
    told = (f"No structure of the models is called {named}: what was asked of it has no effect.",)
    assert notes == (told if named else ())


def test_leaving_models_out_is_commented_where_it_raises_agreement(analysis):
    assert analysis.result(AnalysisOptions()).notes == ()
    (note,) = analysis.result(AnalysisOptions(method="intersection", models=("A", "C"))).notes
    assert note.startswith("Leaving a model out can only raise agreement with the intersection")
    assert analysis.result(AnalysisOptions(models=("A", "C"), method="majority")).notes == ()


def test_unknown_reference_is_refused(analysis):
    with pytest.raises(ConcordanceError, match="D: is not among the models compared"):
        analysis.result(AnalysisOptions(method="reference", reference="D"))


def test_agreement_map_counts_the_models(analysis):
    (index,) = [n for n, s in enumerate(analysis.comparison.structures) if s.name == "spleen"]
    box = analysis.boxes["SCT:78961009"]
    assert box == Box((3, 3, 3), (6, 6, 8))
    assert agreement_crop(analysis.comparison, index, box)[1, 1].tolist() == [3, 3, 3, 2, 1]
