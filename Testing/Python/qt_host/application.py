"""``slicer.app``."""

from __future__ import annotations

from pathlib import Path

import slicer
from PySide6 import QtCore, QtWidgets

from host import SceneHost
from host.dicom_database import ctkDICOMDatabase

from .qt_module import qt_module


def qt_application(settings_folder: Path) -> QtWidgets.QApplication:
    """The one QApplication of the process, with its settings in files of ``settings_folder``."""
    application = QtWidgets.QApplication.instance() or QtWidgets.QApplication(["Slicer", "-platform", "offscreen"])
    application.setQuitOnLastWindowClosed(False)
    application.setOrganizationName("tests")
    application.setApplicationName("Slicer")
    ini = QtCore.QSettings.Format.IniFormat
    QtCore.QSettings.setDefaultFormat(ini)
    QtCore.QSettings.setPath(ini, QtCore.QSettings.Scope.UserScope, str(settings_folder))
    return application


class qSlicerModuleManager:  # noqa: N801
    """The modules that are loaded."""

    def module(self, name: str) -> object:
        return getattr(slicer.modules, name.lower(), None)


class qSlicerApplication(QtCore.QObject):  # noqa: N801
    """What the modules use of the application.

    :ivar _database: what there is of a DICOM database; None for none.
    :ivar _paused: how often drawing is paused now.
    """

    startupCompleted = QtCore.Signal()  # noqa: N815
    _version = (5, 12)
    applicationName = QtCore.Property(str, lambda self: "Slicer")  # noqa: N815
    majorVersion = QtCore.Property(int, lambda self: self._version[0])  # noqa: N815
    minorVersion = QtCore.Property(int, lambda self: self._version[1])  # noqa: N815

    def __init__(
        self, host: SceneHost, layout_manager: object, temporary_folder: Path, database: ctkDICOMDatabase
    ) -> None:
        super().__init__()
        self._host = host
        self._database: ctkDICOMDatabase | None = database
        self._paused = 0
        self._layout_manager = layout_manager
        self._temporary_path = str(temporary_folder)

    temporaryPath = QtCore.Property(str, lambda self: self._temporary_path)  # noqa: N815

    def applicationLogic(self) -> slicer.vtkSlicerApplicationLogic:  # noqa: N802
        return self._host.application_logic

    def layoutManager(self) -> object:  # noqa: N802
        return self._layout_manager

    def moduleManager(self) -> qSlicerModuleManager:  # noqa: N802
        return qSlicerModuleManager()

    def settings(self) -> QtCore.QSettings:
        return qt_module().QSettings()

    def userSettings(self) -> QtCore.QSettings:  # noqa: N802
        return qt_module().QSettings()

    def testingEnabled(self) -> bool:  # noqa: N802
        return False

    def processEvents(self) -> None:  # noqa: N802
        QtWidgets.QApplication.processEvents()

    def dicomDatabase(self) -> ctkDICOMDatabase | None:  # noqa: N802
        """The database, whether or not the DICOM module has made its alias ``slicer.dicomDatabase`` yet."""
        return self._database

    def topLevelWidgets(self) -> list[QtWidgets.QWidget]:  # noqa: N802
        return QtWidgets.QApplication.topLevelWidgets()

    def pauseRender(self) -> None:  # noqa: N802
        """Nothing is drawn unasked; counted."""
        self._paused += 1

    def resumeRender(self) -> None:  # noqa: N802
        """Nothing is drawn unasked; counted."""
        self._paused -= 1

    def setOverrideCursor(self, cursor: QtCore.Qt.CursorShape) -> None:  # noqa: N802
        QtWidgets.QApplication.setOverrideCursor(cursor)

    def restoreOverrideCursor(self) -> None:  # noqa: N802
        QtWidgets.QApplication.restoreOverrideCursor()
