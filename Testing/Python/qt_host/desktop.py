"""The desktop that module files are loaded into."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import traceback
import types
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import slicer
import slicer.util
from PySide6 import QtCore, QtWidgets

from host import SceneHost

from . import answers
from .application import ctkDICOMDatabase, qSlicerApplication, qt_application
from .ctk_module import ctk_module
from .hosted_module import HostedModule
from .layout_manager import qSlicerLayoutManager
from .mrml_widgets import MRML_WIDGETS
from .qt_module import qt_module
from .scripted_modules import scripted_modules

installed: list[Desktop] = []
REPOSITORY = Path(__file__).resolve().parents[3]
_HARMLESS = "This plugin does not support"  # the offscreen platform, of window managers


class Desktop:
    """What a module meets, and what it did.

    :ivar host: the scene and its logics.
    :ivar loaded: the modules that are loaded now.
    :ivar messages: (kind, text) of what was displayed through ``slicer.util``: "info", "warning", "error", "delay".
    :ivar errors: exceptions that left a slot or an observer, and warnings of Qt. The real application prints them and
        goes on; here they fail the test, unless it takes them off the list.
    :ivar selected: the modules that ``slicer.util.selectModule`` was asked to show.
    :ivar dicom_files: path of each SOP instance UID, for ``slicer.dicomDatabase``.
    """

    def __init__(self, host: SceneHost) -> None:
        self.host = host
        self.loaded: list[HostedModule] = []
        self.messages: list[tuple[str, str]] = []
        self.errors: list[BaseException] = []
        self.dicom_files: dict[str, str] = {}
        self.selected: list[str] = []

    def load_module(self, name: str, repository: Path = REPOSITORY) -> HostedModule:
        """Load ``<repository>/<name>/<name>.py`` as Slicer does, and set up its panel."""
        self.loaded.append(HostedModule(repository / name / f"{name}.py"))
        return self.loaded[-1]

    def add_module(self, name: str, module: object) -> None:
        """Load a module of Slicer's own, as ``slicer.modules.<name in lower case>``; it goes with the desktop."""
        setattr(slicer.modules, name.lower(), module)

    def give(self, dialog: str, value: object) -> None:
        """Answer the next dialog, e.g. ``give("QFileDialog.getSaveFileName", "/tmp/x.csv")``.

        Names: static dialogs of Qt as above; the class of a dialog, or "QMenu", for its ``exec_()``; and
        "confirmOkCancelDisplay", "confirmYesNoDisplay", "confirmRetryCloseDisplay", "messageBox" of ``slicer.util``.
        A dialog without an answer fails the test, and so does an answer without its dialog.
        """
        answers.give(dialog, value)

    def complete_startup(self) -> None:
        """End Slicer's start: the DICOM module makes the alias ``slicer.dicomDatabase`` now, not earlier."""
        slicer.dicomDatabase = slicer.app._database
        slicer.app.startupCompleted.emit()

    def process_events(self) -> None:
        """Let timers and queued events come through."""
        QtWidgets.QApplication.processEvents()

    def check(self) -> None:
        """Fail if an exception left a slot, Qt warned, or an answer was not asked for.

        :raises AssertionError: with the tracebacks.
        """
        unused, errors = answers.take_unused(), [*self.errors]
        self.errors.clear()
        if errors:
            texts = ["".join(traceback.format_exception(error)) for error in errors]
            raise AssertionError("an exception left a slot, or Qt warned:\n" + "\n".join(texts)) from errors[0]
        if unused:
            raise AssertionError(f"these dialogs were never opened: {unused}")

    def _take_qt_message(self, kind: QtCore.QtMsgType, context: object, text: str) -> None:
        if kind != QtCore.QtMsgType.QtDebugMsg and not text.startswith(_HARMLESS):
            self.errors.append(RuntimeWarning(f"Qt: {text}"))


@contextlib.contextmanager
def install(host: SceneHost, view_size: tuple[int, int] = (220, 220)) -> Iterator[Desktop]:
    """Put ``qt``, ``ctk`` and what modules use of ``slicer`` in place, and take them away at the end.

    :param view_size: width and height of each view in pixels.
    """
    desktop = Desktop(host)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        application = qt_application(folder)
        stack.callback(QtCore.qInstallMessageHandler, QtCore.qInstallMessageHandler(desktop._take_qt_message))
        stack.enter_context(mock.patch("sys.excepthook", lambda kind, error, trace: desktop.errors.append(error)))
        layout_manager = qSlicerLayoutManager(host, view_size)
        stack.callback(layout_manager._close)
        names = {widget.__name__: widget for widget in MRML_WIDGETS}
        database = ctkDICOMDatabase(desktop.dicom_files)
        names["app"] = qSlicerApplication(host, layout_manager, folder, database)
        modules = {"qt": qt_module(), "ctk": ctk_module()} | scripted_modules()
        for name, module in modules.items():
            _add_module(stack, name, module)
        names |= {name.partition(".")[2]: module for name, module in modules.items() if "." in name}
        stack.enter_context(mock.patch.multiple(slicer, create=True, **names))
        stack.enter_context(mock.patch.multiple(slicer.util, **_displays(desktop)))
        stack.callback(_close_windows, application)
        stack.callback(lambda: vars(slicer).pop("dicomDatabase", None))
        installed.append(desktop)
        stack.callback(installed.remove, desktop)
        yield desktop
        for module in [*desktop.loaded]:
            module.cleanup()
        desktop.process_events()
        desktop.check()


def _add_module(stack: contextlib.ExitStack, name: str, module: types.ModuleType) -> None:
    sys.modules[name] = module
    stack.callback(sys.modules.pop, name, None)


def _displays(desktop: Desktop) -> dict[str, object]:
    """Functions in place of those of ``slicer.util`` that would open a window and wait."""

    def shown(kind: str) -> object:
        return lambda text, *_, **__: desktop.messages.append((kind, text))

    def asked(name: str) -> object:
        return lambda text, *_, **__: answers.answer(name, text)

    questions = ("confirmOkCancelDisplay", "confirmYesNoDisplay", "confirmRetryCloseDisplay", "messageBox")
    displays = {f"{kind}Display": shown(kind) for kind in ("info", "warning", "error", "delay")}
    displays["selectModule"] = desktop.selected.append
    return displays | {name: asked(name) for name in questions}


def _close_windows(application: QtWidgets.QApplication) -> None:
    answers.take_unused()
    for window in application.topLevelWidgets():
        window.close()
        window.deleteLater()
    application.processEvents()
    # processEvents leaves these out, and the windows of all earlier tests would be closed again each time
    application.sendPostedEvents(None, QtCore.QEvent.DeferredDelete)
