"""The module files load in a Slicer with widgets and stand its events."""

from __future__ import annotations

import sys

import pytest

MODULES = ("SegmentHarmonizer", "ConsensusMetrics", "CrossSegmentationExplorer")


@pytest.mark.parametrize("name", MODULES)
def test_module_stands_enter_scene_close_and_exit(name, desktop):
    hosted = desktop.load_module(name)
    hosted.enter()
    desktop.host.scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    desktop.process_events()
    hosted.close_scene()
    hosted.exit()
    hosted.enter()
    hosted.cleanup()
    desktop.check()
    assert desktop.messages == []
    assert not {one for one in sys.modules if one.partition(".")[0] in (name, f"{name}Lib")}


@pytest.mark.parametrize("name", MODULES)
def test_reload_forgets_the_library_and_the_files_of_the_module(name, desktop, monkeypatch):
    hosted = desktop.load_module(name)
    packages = ("SegmentationConcordanceLib", f"{name}Lib")
    others = {one for one in sys.modules if one.partition(".")[0] not in packages}
    monkeypatch.setattr(sys, "modules", dict(sys.modules))  # what imports go by stays as it is
    hosted.widget.onReload()
    left = set(sys.modules)
    monkeypatch.undo()
    assert left == others


@pytest.mark.parametrize("name", MODULES)
def test_slicer_finds_the_self_test_in_the_file_of_the_module(name, desktop):
    from slicer.ScriptedLoadableModule import ScriptedLoadableModuleTest

    assert issubclass(getattr(desktop.load_module(name).python, f"{name}Test"), ScriptedLoadableModuleTest)


@pytest.mark.parametrize("name", MODULES)
def test_module_says_what_it_is(name, desktop):
    parent = desktop.load_module(name).module.parent
    assert parent.title
    assert parent.categories
    assert parent.contributors
    assert parent.helpText


@pytest.mark.parametrize("name", MODULES)
def test_every_control_has_a_tool_tip(name, desktop):
    assert desktop.load_module(name).without_tool_tip() == []


@pytest.mark.parametrize("name", MODULES)
def test_screenshot_is_not_blank(name, desktop, tmp_path):
    import qt

    hosted = desktop.load_module(name)
    hosted.enter()
    hosted.screenshot(tmp_path / "panel.png", width=400)
    image = qt.QImage(str(tmp_path / "panel.png"))
    assert image.width() >= 400
    colors = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(image.height())}
    assert len(colors) > 2


def test_nothing_is_left_after_the_desktop(require_qt):
    import slicer

    import qt_host
    from host import SceneHost

    scene_host = SceneHost()
    with qt_host.install(scene_host):
        qt_host.load_module("SegmentHarmonizer")
    scene_host.close()
    assert not {"qt", "ctk", "SegmentHarmonizer", "slicer.i18n"} & set(sys.modules)
    assert not hasattr(slicer, "app")
    assert not hasattr(slicer, "qMRMLWidget")
