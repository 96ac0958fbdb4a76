"""The cases of a cohort as a work list: read one after the other, the most serious findings first."""

from __future__ import annotations

import csv

import pytest

from SegmentationConcordanceLib.agreement.finding import Finding
from SegmentationConcordanceLib.cohort.case_list import open_case_list
from SegmentationConcordanceLib.cohort.cohort_file import TABLE_COLUMNS
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.reporting.finding_tables import write_findings
from SegmentationConcordanceLib.review.work_list import Order


@pytest.fixture
def cohort_file(sample_cohort, tmp_path):
    """Two cases with one model each."""
    path = tmp_path / "cohort.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(TABLE_COLUMNS)
        for case in sample_cohort.cases[:2]:
            output = next(one for one in case.outputs if one.label_map_name == "auto3dseg")
            table.writerow((case.name, case.ct_folder, "", output.paths[0], "auto3dseg", "", "Auto"))
    return path


def test_cases_come_as_listed_with_image_and_models(cohort_file, sample_cohort):
    walk = open_case_list(cohort_file)
    reading, scan = walk.go(1)
    assert (reading.case, scan.name) == ("SAMPLE-001", "SAMPLE-001")
    assert scan.models == ("Auto",)
    assert scan.voxels.shape == scan.geometry.shape == scan.files[0].label_map.geometry.shape
    assert scan.series_uid
    walk.close()


def test_the_most_serious_findings_first(cohort_file):
    findings = [Finding("missing", "SAMPLE-002", ("k",), ("liver",), ("Auto",), "...", severity=0.9)]
    write_findings(cohort_file.with_name("findings.csv"), findings)
    walk = open_case_list(cohort_file, Order.FINDINGS)
    assert [one.case for one in walk.readings] == ["SAMPLE-002", "SAMPLE-001"]
    walk.close()


def test_a_case_without_an_image_cannot_be_looked_at(cohort_file, tmp_path):
    path = tmp_path / "without.csv"
    lines = cohort_file.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(",")
    path.write_text("\n".join([lines[0], ",".join([cells[0], "", *cells[2:]])]), encoding="utf-8")
    walk = open_case_list(path)
    with pytest.raises(ConcordanceError, match="has no image that could be looked at"):
        walk.go(1)
    walk.close()
