"""The module ``qt`` of Slicer's Python, on PySide6."""

from __future__ import annotations

import functools
import types

from PySide6 import QtWidgets

from .answers import answer
from .mismatch import PythonQtError
from .pythonqt import QT_LIBRARIES, apply_rules, vars_of
from .ui_loader import UiLoader


@functools.cache
def qt_module() -> types.ModuleType:
    """All classes of QtCore, QtGui and QtWidgets, flat. Dialogs take their answers from the test."""
    apply_rules()
    module = types.ModuleType("qt")
    for library in QT_LIBRARIES:
        vars(module).update(vars_of(library))
    module.QUiLoader = UiLoader
    _answer_dialogs()
    return module


def _answer_dialogs() -> None:
    QtWidgets.QDialog.exec = QtWidgets.QMenu.exec = _no_exec
    QtWidgets.QDialog.exec_ = lambda dialog: answer(dialog.className(), dialog.property("windowTitle"))
    QtWidgets.QMenu.exec_ = lambda menu, *place: answer("QMenu", menu.property("title"))
    for name in ("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory"):
        setattr(QtWidgets.QFileDialog, name, _static_dialog(f"QFileDialog.{name}"))
    for name in ("information", "question", "warning", "critical"):
        setattr(QtWidgets.QMessageBox, name, _static_dialog(f"QMessageBox.{name}"))
    for name in ("getText", "getInt", "getDouble", "getItem"):
        setattr(QtWidgets.QInputDialog, name, _static_dialog(f"QInputDialog.{name}"))


def _no_exec(self: QtWidgets.QWidget, *_: object) -> None:
    raise PythonQtError(f"{self.className()}.exec() is exec_() in Slicer")


def _static_dialog(name: str) -> staticmethod:
    def ask(parent: QtWidgets.QWidget | None = None, title: str = "", *_: object) -> object:
        return answer(name, title)

    return staticmethod(ask)
