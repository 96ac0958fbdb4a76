"""`concordance explore` where trame-slicer is not installed; the rest of it is tested in browser/."""

from __future__ import annotations

import importlib.util
import sys
import types

import pytest

from SegmentationConcordanceLib.cohort.case_image import case_name
from SegmentationConcordanceLib.cohort.runs import read_runs
from SegmentationConcordanceLib.commands.run_arguments import parse_runs
from SegmentationConcordanceLib.commands.terminal import Terminal
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging.image_series import read_image_series


def test_without_trame_slicer_it_says_the_one_command_that_installs_it(case, segs, refused, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    line = refused("explore", "--ct", case.ct_folder, "--seg", *segs.values())
    assert "make explore-env" in line
    assert "then the same command again" in line


def test_every_path_says_by_which_label_map_its_model_is_known(case, segs, outputs):
    moose = outputs["moose"][0]
    files = parse_runs([str(segs["totalsegmentator_v2"]), f"M={moose}"], ["M=moose"])
    reads = list(read_runs(files, read_image_series(case.ct_folder), Terminal(quiet=True)))
    assert [(read.name, read.label_map_name) for read in reads] == [
        ("TotalSegmentator 2.6", "totalsegmentator_v2"),
        ("M", "moose"),
    ]
    assert reads[0].tasks == ("total",)
    assert len(reads[1].tasks) == 1
    assert all(read.knowledge.structures for read in reads)


def test_a_dicom_seg_is_refused_where_the_image_is_no_dicom_series(case, segs):
    geometry = read_image_series(case.ct_folder).geometry
    files = parse_runs([str(segs["moose"])], [])
    with pytest.raises(ConcordanceError, match="belongs to a DICOM series"):
        list(read_runs(files, geometry, Terminal(quiet=True)))


def test_a_case_is_called_as_compare_calls_it(case, segs, refused, monkeypatch):
    def read_scan(name, *_, **__):
        raise ConcordanceError(f"case {name}", "was asked for")

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr("SegmentationConcordanceLib.commands.explore.read_scan", read_scan)
    monkeypatch.setitem(sys.modules, "SegmentationConcordanceLib.browser.serving", types.SimpleNamespace(serve=None))
    line = refused("explore", "--ct", case.ct_folder, "--seg", *segs.values())
    assert f"case {case_name(case.ct_folder)}: was asked for" in line
