"""How far volumes lie apart."""

from __future__ import annotations

import dataclasses

import pytest

from SegmentationConcordanceLib.agreement.table import AgreementRow
from SegmentationConcordanceLib.agreement.volume_spread import VolumeSpread, volume_spread, volume_spreads


def test_by_hand():
    assert volume_spread([50.0, 100.0, 100.0]) == pytest.approx(0.6)
    assert volume_spread([80.0, 80.0]) == 0


def test_a_model_that_missed_it_has_no_volume_to_compare():
    assert volume_spread([50.0, 0.0, 100.0, None, 100.0]) == pytest.approx(0.6)
    assert volume_spread([50.0, 0.0]) is None and volume_spread([]) is None


def test_of_a_table_by_consensus_case_and_structure():
    row = AgreementRow("a", "", "liver", "L", "A", "ok", "majority", 2, 50.0, 60.0, 0.8, 0.7, 1.2)
    rows = [
        row,
        dataclasses.replace(row, model="B", status="missing", volume_ml=0.0),
        dataclasses.replace(row, model="C", volume_ml=100.0),
        dataclasses.replace(row, model="C", structure="spleen", structure_key="S", volume_ml=9.0),
        dataclasses.replace(row, model="A", consensus="intersection", volume_ml=40.0),
        dataclasses.replace(row, model="C", consensus="intersection", volume_ml=40.0),
        dataclasses.replace(row, model="A", case="b", volume_ml=9.0),
    ]
    assert volume_spreads(rows) == [VolumeSpread(2, 0, 2, 50 / 75), VolumeSpread(4, 4, 2, 0.0)]
    assert volume_spreads([]) == []
