"""The demo's cases in Slicer's module Sample Data, and a word where another extension has taken the explorer's name."""

from __future__ import annotations

import sys
import types

import pytest

from coarse_sample import coarse_plan


@pytest.fixture
def sources(monkeypatch) -> list[dict]:
    """What is registered with a stand-in for the module SampleData."""
    found: list[dict] = []
    logic = types.SimpleNamespace(registerCustomSampleDataSource=lambda **source: found.append(source))
    monkeypatch.setitem(sys.modules, "SampleData", types.SimpleNamespace(SampleDataLogic=logic))
    return found


def test_the_cases_are_offered_once_slicer_has_started_and_two_clicks_show_one(desktop, sources):
    import slicer

    hosted = desktop.load_module("CrossSegmentationExplorer")
    assert sources == []
    desktop.complete_startup()
    assert [source["sampleName"] for source in sources] == [f"SegmentationConcordance{n}" for n in (1, 2, 3, 4)]
    with coarse_plan():
        nodes = sources[1]["customDownloader"](None)
    models = [node.GetName() for node in nodes[1:]]
    assert nodes[0].GetName() == "SAMPLE-002" and len(set(models)) == 6
    assert slicer.app.applicationLogic().GetSelectionNode().GetActiveVolumeID() == nodes[0].GetID()
    hosted.enter()
    hosted.ui.sagittalCheckBox.checked = hosted.ui.coronalCheckBox.checked = False
    hosted.ui.allModelsButton.click()
    assert [row.title for row in hosted.widget.logic.explorer.rows] == list(dict.fromkeys(models))
    assert desktop.messages == []


def test_without_the_module_sample_data_nothing_is_offered_and_nothing_fails(desktop, monkeypatch):
    monkeypatch.setitem(sys.modules, "SampleData", None)
    desktop.load_module("CrossSegmentationExplorer")
    desktop.complete_startup()
    assert desktop.messages == []


@pytest.mark.parametrize("name", ["ConsensusMetrics", "SegmentHarmonizer"])
def test_another_extensions_explorer_is_named_and_ours_goes_on(name, desktop, tmp_path, monkeypatch):
    import qt
    import slicer

    other = types.SimpleNamespace(path=str(tmp_path / "CrossSegmentationExplorer.py"))
    monkeypatch.setattr(slicer.modules, "crosssegmentationexplorer", other, raising=False)
    hosted = desktop.load_module(name)
    texts = [label.text for label in hosted.panel.findChildren(qt.QLabel)]
    assert any(str(tmp_path) in text and "Remove that extension" in text for text in texts)
    hosted.enter()
    assert hosted.widget.logic is not None
