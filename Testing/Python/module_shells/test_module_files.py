"""The module files load in a Slicer with widgets and stand its events."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

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


@contextmanager
def packages_come_back(name: str) -> Iterator[dict[str, ModuleType]]:
    """What a reload forgets of the packages; it is there again afterwards, for other tests know its classes."""
    packages = ("SegmentationConcordanceLib", "SegmentationConcordanceQt", f"{name}Lib")

    def loaded() -> dict[str, ModuleType]:
        return {one: module for one, module in sys.modules.items() if one.partition(".")[0] in packages}

    before = loaded()
    try:
        yield before
    finally:
        for one in loaded():
            del sys.modules[one]
        sys.modules.update(before)


@pytest.mark.parametrize("name", MODULES)
def test_reload_reads_the_library_and_the_files_of_the_module_anew(name, desktop):
    hosted = desktop.load_module(name)
    hosted.enter()
    old_widget, old_panel = hosted.widget, hosted.ui
    with packages_come_back(name) as before:
        others = {one: module for one, module in sys.modules.items() if one not in before and one != name}
        hosted.reload()
        assert hosted.widget is not old_widget and hosted.ui is not old_panel
        assert [one for one, module in before.items() if sys.modules.get(one) is module] == []
        assert [one for one, module in others.items() if sys.modules.get(one) is not module] == []
        desktop.host.scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
        desktop.process_events()
        hosted.enter()
        assert hosted.ui.volumeSelector.currentNode().GetName() == "CT"
        hosted.cleanup()
    assert desktop.messages == []


@pytest.mark.parametrize("entered", [False, True], ids=["hidden", "shown"])
@pytest.mark.parametrize("name", MODULES)
def test_a_module_that_is_shown_is_entered_again_after_its_reload(name, entered, desktop):
    hosted = desktop.load_module(name)
    if entered:
        hosted.enter()
    desktop.host.scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    with packages_come_back(name):
        hosted.reload()
        desktop.process_events()
        chosen = hosted.ui.volumeSelector.currentNode()
        assert (chosen is not None) == entered  # the only volume is chosen on entering
        hosted.cleanup()


@pytest.mark.parametrize("name", MODULES)
def test_a_module_that_is_shown_at_the_start_needs_no_dicom_database_yet(name, desktop):
    import slicer

    assert not hasattr(slicer, "dicomDatabase")
    hosted = desktop.load_module(name)
    hosted.enter()
    desktop.process_events()
    slicer.app._database = None
    hosted.exit()
    hosted.enter()
    desktop.process_events()
    assert desktop.messages == []


@pytest.mark.parametrize("name", MODULES)
def test_an_older_slicer_is_named_and_nothing_breaks(name, desktop):
    import qt
    import slicer

    slicer.app._version = (5, 10)
    hosted = desktop.load_module(name)
    hosted.enter()
    (label,) = hosted.panel.findChildren(qt.QLabel)
    assert "needs 3D Slicer 5.12 or later, this is 5.10" in label.text
    hosted.close_scene()
    hosted.exit()
    hosted.cleanup()
    assert desktop.messages == []


@pytest.mark.parametrize("name", MODULES)
def test_a_library_of_another_version_is_refused_and_of_the_same_is_not(name, desktop, monkeypatch, tmp_path):
    import qt

    import SegmentationConcordanceLib

    monkeypatch.setattr(
        SegmentationConcordanceLib, "__file__", str(tmp_path / "SegmentationConcordanceLib/__init__.py")
    )
    hosted = desktop.load_module(name)
    assert hosted.widget.logic is not None
    hosted.cleanup()
    monkeypatch.setattr(SegmentationConcordanceLib, "__version__", "0.0.7")
    hosted = desktop.load_module(name)
    (label,) = hosted.panel.findChildren(qt.QLabel)
    assert "0.0.7" in label.text and str(tmp_path) in label.text and "pip uninstall" in label.text
    hosted.enter()
    hosted.cleanup()


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
