"""One module, loaded as Slicer loads it."""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path

import slicer
from PySide6 import QtGui, QtWidgets

from .ctk_module import ctkCollapsibleButton, ctkPathLineEdit, ctkSliderWidget
from .mrml_widgets import qMRMLNodeComboBox, qSlicerScriptedLoadableModuleWidget

_INTERACTIVE = (
    QtWidgets.QAbstractButton,
    QtWidgets.QAbstractItemView,
    QtWidgets.QAbstractSlider,
    QtWidgets.QAbstractSpinBox,
    QtWidgets.QComboBox,
    QtWidgets.QLineEdit,
    QtWidgets.QPlainTextEdit,
    QtWidgets.QTextEdit,
    ctkPathLineEdit,
    ctkSliderWidget,
    qMRMLNodeComboBox,
)


class HostedModule:
    """A module with its panel.

    :ivar python: what the module's file defines.
    :ivar module: the instance of the class with the module's name.
    :ivar widget: the instance of the class with "Widget" after it; ``setup()`` has run, ``enter()`` has not.
    :ivar panel: the qMRMLWidget that the panel is built in.
    """

    def __init__(self, path: Path) -> None:
        self._name, self._folder = path.stem, str(path.parent)
        self._adds_folder = self._folder not in sys.path
        if self._adds_folder:
            sys.path.append(self._folder)  # as qSlicerScriptedLoadableModuleFactory does
        specification = importlib.util.spec_from_file_location(self._name, path)
        self.python = importlib.util.module_from_spec(specification)
        sys.modules[self._name] = self.python
        specification.loader.exec_module(self.python)
        self.panel = qSlicerScriptedLoadableModuleWidget(self._set_up, lambda: self.widget)
        parent = types.SimpleNamespace(path=str(path), name=self._name, widgetRepresentation=lambda: self.panel)
        self.module = getattr(self.python, self._name)(parent)
        setattr(slicer.modules, self._name.lower(), parent)
        QtWidgets.QVBoxLayout(self.panel)
        self.panel.setMRMLScene(slicer.mrmlScene)
        self._is_clean = False
        self._set_up()

    def _set_up(self) -> None:
        self.python = sys.modules[self._name]
        self.widget = getattr(self.python, f"{self._name}Widget")(self.panel)
        setattr(slicer.modules, f"{self._name}Widget", self.widget)
        self.widget.setup()

    @property
    def ui(self) -> object:
        """The widgets of the .ui file by name, where the module keeps them as ``self.ui``."""
        return self.widget.ui

    def enter(self) -> None:
        """Show the module, as the module selector does."""
        self.panel.show()
        self.panel._is_entered = True
        self._call("enter")

    def exit(self) -> None:
        """Go to another module."""
        self.panel._is_entered = False
        self._call("exit")
        self.panel.hide()

    def reload(self) -> None:
        """Press Reload of the developer mode: the file is read again, the old panel goes, a new one comes."""
        self.widget.onReload()

    def close_scene(self) -> None:
        """Close the scene, as the File menu does; the module learns it from the scene's events."""
        slicer.mrmlScene.Clear(False)
        QtWidgets.QApplication.processEvents()

    def without_tool_tip(self) -> list[str]:
        """The interactive widgets that do not say what they do: class and object name."""
        return [
            f"{widget.className()} {widget.objectName}"
            for widget in self.panel.findChildren(QtWidgets.QWidget)
            if isinstance(widget, _INTERACTIVE) and not widget.toolTip and not self._is_part(widget)
        ]

    def screenshot(self, path: Path, width: int = 480, height: int = 0) -> None:
        """Write the panel as PNG; height 0: as high as its content.

        :raises AssertionError: Qt finds no font and would draw boxes.
        """
        if not QtGui.QFontDatabase.families():
            raise AssertionError("Qt finds no font: apt-get install fonts-dejavu-core")
        content = max(self.panel.sizeHint.height(), self.panel.heightForWidth(width))
        self.panel.resize(width, height or content)
        self.panel.show()
        QtWidgets.QApplication.processEvents()
        if not self.panel.grab().save(str(path), "PNG"):
            raise OSError(f"{path} was not written")

    def cleanup(self) -> None:
        """Take the module away, as Slicer does at its end. Further calls do nothing."""
        if self._is_clean:
            return
        self._is_clean = True
        self.widget.cleanup()
        delattr(slicer.modules, self._name.lower())
        delattr(slicer.modules, f"{self._name}Widget")
        own = (self._name, f"{self._name}Lib", "SegmentationConcordanceQt")
        for name in [name for name in sys.modules if name.partition(".")[0] in own]:
            del sys.modules[name]
        if self._adds_folder:
            sys.path.remove(self._folder)
        self.panel.close()
        self.panel.deleteLater()
        QtWidgets.QApplication.processEvents()

    def _call(self, name: str) -> None:
        if hasattr(self.widget, name):
            getattr(self.widget, name)()

    def _is_part(self, widget: QtWidgets.QWidget) -> bool:
        """Whether a widget is a part of another one, e.g. the line in a spin box."""
        while (widget := widget.parentWidget()) is not None and widget is not self.panel:
            if isinstance(widget, _INTERACTIVE) and not isinstance(widget, ctkCollapsibleButton):
                return True
        return False
