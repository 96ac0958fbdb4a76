"""concordance findings: what is listed, chosen and written."""

from __future__ import annotations

import json

import highdicom.sr
import pytest

from SegmentationConcordanceLib.reporting.finding_tables import read_findings


@pytest.mark.slow
def test_the_gravest_come_first_and_the_rest_is_counted(concordance, demo):
    outcome = concordance("findings", demo, "--limit", "2")
    lines = outcome.out.splitlines()
    assert lines[0].endswith("findings, the gravest first:")
    assert lines[1].startswith("  Sides swapped: SAMPLE-004, lung lower lobe left and lung lower lobe right: ")
    assert lines[2].startswith("  Names shifted: SAMPLE-003, vertebrae T2 to T11: TotalSegmentator 1.5 names them")
    assert len(lines) == 4


@pytest.mark.slow
def test_findings_are_chosen_by_model_kind_structure_and_case(concordance, demo):
    def chosen(*words):
        return json.loads(concordance("findings", demo, "--json", "--limit", "99", *words).out)["findings"]

    of_moose = chosen("--model", "MOOSE")
    assert all("MOOSE" in one["models"] for one in of_moose)
    assert {model for one in of_moose if one["is_blamed"] for model in one["models"]} == {"MOOSE"}
    assert [one["names"] for one in chosen("--kind", "hole")] == [["lung_upper_lobe_right"]]
    assert {one["case"] for one in chosen("--case", "SAMPLE-003", "--kind", "label_shift")} == {"SAMPLE-003"}
    early = chosen("--kind", "ends_early")
    assert early and early == chosen("--kind", "truncated")  # as it was called in tables of before
    assert chosen("--structure", "aorta", "--kind", "false_blob")[0]["models"] == ["MultiTalent"]


def test_unknown_names_get_a_near_match(refused, coarse_demo):
    assert "Did you mean MOOSE?" in refused("findings", coarse_demo, "--model", "MOOS")
    assert "goes with --seg" in refused("findings", coarse_demo, "--sr", coarse_demo / "x.dcm")


def test_a_folder_without_findings_is_refused_and_one_with_tables_is_read(concordance, refused, coarse_demo, tmp_path):
    assert "holds no findings.csv" in refused("findings", tmp_path)
    case = coarse_demo / "cases" / "SAMPLE-002"
    for name in ("agreement.csv", "pairwise.csv"):
        (tmp_path / name).write_bytes((case / name).read_bytes())
    found = json.loads(concordance("findings", tmp_path, "--json").out)["findings"]
    assert any(one["names"] == ["sternum"] or "sternum" in one["names"] for one in found)
    assert all(one["place_ras"] is None for one in found)


@pytest.mark.slow
def test_a_structured_report_refers_to_the_segments_and_is_valid(concordance, demo, tmp_path, dciodvfy):
    case = demo / "cases" / "SAMPLE-004"
    segs = sorted((case / "segmentations").glob("*.dcm"))
    concordance("findings", case, "--sr", tmp_path / "findings.dcm", "--seg", *segs)
    assert dciodvfy(tmp_path / "findings.dcm") == []
    report = highdicom.sr.srread(tmp_path / "findings.dcm")
    groups = report.content.get_volumetric_roi_measurement_groups()
    assert len({group.tracking_uid for group in groups}) == len(read_findings(case / "findings.csv"))
    hole = next(group for group in groups if group.finding_type.value == "hole")
    segment = hole.referenced_segment
    moose = highdicom.seg.segread(next(path for path in segs if path.name == "moose.dcm"))
    assert segment.referenced_sop_instance_uid == moose.SOPInstanceUID
    (item,) = [item for item in moose.SegmentSequence if item.SegmentNumber in segment.referenced_segment_numbers]
    assert item.SegmentedPropertyTypeCodeSequence[0].CodeValue == "45653009"
    volume = next(m for m in hole.get_measurements() if m.name.value == "118565006")
    assert (volume.unit.value, volume.value) == ("mL", pytest.approx(17.2, abs=2))


def test_the_same_findings_give_the_same_report(concordance, coarse_demo, tmp_path):
    case = coarse_demo / "cases" / "SAMPLE-001"
    segs = sorted((case / "segmentations").glob("*.dcm"))
    uids = []
    for name in ("a.dcm", "b.dcm"):
        concordance("findings", case, "--sr", tmp_path / name, "--seg", *segs)
        uids.append(highdicom.sr.srread(tmp_path / name).SOPInstanceUID)
    assert uids[0] == uids[1]
