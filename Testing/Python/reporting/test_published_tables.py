"""Tables in the published layout: joined, and equal to the published means."""

from __future__ import annotations

import csv
from statistics import fmean

import pytest

from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.reporting.published_tables import is_published_layout, read_published
from SegmentationConcordanceLib.reporting.tables import write_agreement

HEAD = "page,structure,series_uid,model,model_name,"
TITLES = {
    "auto3dseg": "Auto3DSeg",
    "moose": "MOOSE",
    "multitalent": "MultiTalent",
    "cads": "CADS",
    "totalsegmentator_v1": "TotalSegmentator 1.5",
    "totalsegmentator_v2": "TotalSegmentator 2.6",
}


def written(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_dice_and_volumes_are_joined(tmp_path):
    dice = written(
        tmp_path,
        "dice.csv",
        f"{HEAD}dice,study_uid,seg_series_uid\nsternum,sternum,1.2,cads,CADS,0.8,5,6\nsternum,sternum,1.2,own,Own,0,5,7\n"
        "sternum,sternum,1.2,moose,Moose,,5,8\nsternum_no_CADS,sternum,1.2,own,Own,0.5,5,7\n",
    )
    volume = written(
        tmp_path,
        "volume.csv",
        f"{HEAD}volume_ml,consensus_volume_ml\nsternum,sternum,1.2,cads,CADS,90,60\nheart,heart,1.2,cads,CADS,90,60\n",
    )
    rows, cases = read_published([dice, volume])
    cads, own, subset, heart = rows
    assert (cads.case, cads.series_uid, cads.structure, cads.structure_key) == ("1.2", "1.2", "sternum", "SCT:56873002")
    assert (cads.model, cads.status, cads.consensus, cads.n_models) == ("CADS", "ok", "intersection", 2)
    assert (cads.volume_ml, cads.consensus_volume_ml, cads.dice) == (90, 60, 0.8)
    assert cads.volume_ratio == pytest.approx(2 / 3)
    assert cads.jaccard == pytest.approx(2 / 3)
    assert (own.model, own.status, own.volume_ml) == ("Own", "empty_consensus", None)
    assert (subset.consensus, subset.n_models) == ("intersection without CADS", 1)
    assert subset.volume_ratio == pytest.approx(1 / 3)
    assert heart.dice == pytest.approx(0.8)
    assert cases.study_uids == {"1.2": "5"}
    assert cases.seg_uids == {("1.2", "CADS"): ("6",), ("1.2", "Own"): ("7",)}


@pytest.mark.parametrize("bad", ["1.5", "-1", "high", "nan"])
def test_a_bad_number_is_named_with_file_and_line(tmp_path, bad):
    path = written(tmp_path, "dice.csv", f"{HEAD}dice\nsternum,sternum,1.2,cads,CADS,{bad}\n")
    with pytest.raises(ConcordanceError, match=r"dice\.csv, line 2, column dice: "):
        read_published([path])


def test_a_value_given_twice_is_refused(tmp_path):
    path = written(tmp_path, "dice.csv", f"{HEAD}dice\n" + 2 * "sternum,sternum,1.2,cads,CADS,0.5\n")
    with pytest.raises(ConcordanceError, match="has its dice a second time"):
        read_published([path])


def test_the_layout_is_known_by_its_columns(tmp_path, agreement_row):
    write_agreement(tmp_path / "agreement.csv", [agreement_row()])
    assert not is_published_layout(tmp_path / "agreement.csv")
    assert is_published_layout(written(tmp_path, "dice.csv", f"{HEAD}dice\n"))
    assert not is_published_layout(written(tmp_path, "empty.csv", ""))


@pytest.mark.parametrize("name", ["lung", "sternum", "sternum_no_CADS"])
def test_published_means(shared_reference, name):
    folder = shared_reference / "published_values"
    with (folder / f"dice_{name}.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    rows, _ = read_published([folder / f"dice_{name}.csv"])
    assert len(rows) == len(lines)
    for model in {line["model"] for line in lines}:
        for structure in {line["structure"] for line in lines}:
            own = [float(line["dice"]) for line in lines if (line["model"], line["structure"]) == (model, structure)]
            read = [row.dice for row in rows if (row.model, row.structure) == (TITLES[model], structure)]
            assert len(read) == 18
            assert fmean(read) == pytest.approx(fmean(own), rel=1e-12)


@pytest.mark.parametrize("name", ["sternum", "sternum_no_CADS"])
def test_published_shares_follow_from_dice(shared_reference, name):
    folder = shared_reference / "published_values"
    rows, _ = read_published([folder / f"volume_{name}.csv", folder / f"dice_{name}.csv"])
    with (folder / f"volume_{name}.csv").open(encoding="utf-8", newline="") as file:
        shares = [float(line["consensus_percent_of_model"]) for line in csv.DictReader(file)]
    assert [100 * row.volume_ratio for row in rows] == pytest.approx(shares, abs=1e-6)
    assert [100 * row.dice / (2 - row.dice) for row in rows] == pytest.approx(shares, abs=1e-6)
