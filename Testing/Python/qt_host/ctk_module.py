"""The module ``ctk`` of Slicer's Python: the widgets that the modules use, with the least behaviour that they need."""

from __future__ import annotations

import enum
import functools
import types

import pydicom
from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import Property, Qt, Signal

from host.dicom_database import ctkDICOMDatabase

from .kept_property import kept_property
from .pythonqt import apply_rules
from .ui_loader import UiLoader

apply_rules()


def _of_spin_box(kind: type, name: str) -> Property:
    """A property of the spin box inside."""
    return Property(
        kind, lambda self: getattr(self._spin_box, name), lambda self, value: setattr(self._spin_box, name, value)
    )


class ctkCollapsibleButton(QtWidgets.QAbstractButton):  # noqa: N801
    """A heading with a triangle, and the content below it."""

    contentsCollapsed = Signal(bool)  # noqa: N815

    def __init__(self, *parent: QtWidgets.QWidget) -> None:
        super().__init__(*parent)
        self._height = self.fontMetrics().height() + 8
        self.setContentsMargins(4, self._height, 4, 4)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Minimum, QtWidgets.QSizePolicy.Policy.Preferred)
        self.connect("clicked()", self._toggle)

    def _write_collapsed(self, collapsed: bool) -> None:
        if collapsed == self.collapsed:
            return
        self._is_collapsed = collapsed
        for child in self.children():
            if child.isWidgetType():
                child.setVisible(not collapsed)
        self.setMaximumHeight(self._height if collapsed else 16777215)
        self.contentsCollapsed.emit(collapsed)

    collapsed = Property(bool, lambda self: self.__dict__.get("_is_collapsed", False), _write_collapsed)

    def _toggle(self) -> None:
        self.collapsed = not self.collapsed

    def childEvent(self, event: QtCore.QChildEvent) -> None:  # noqa: N802
        """A .ui file says collapsed before it names the content."""
        if event.added() and self.collapsed and event.child().isWidgetType():
            event.child().setVisible(False)

    def hitButton(self, place: QtCore.QPoint) -> bool:  # noqa: N802
        return place.y() <= self._height

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802
        content = self.layout().totalSizeHint() if self.layout() and not self.collapsed else QtCore.QSize()
        return QtCore.QSize(max(content.width(), 120), max(content.height(), self._height))

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        content = self.layout().totalMinimumSize() if self.layout() and not self.collapsed else QtCore.QSize()
        return QtCore.QSize(max(content.width(), 120), max(content.height(), self._height))

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802
        painter = QtWidgets.QStylePainter(self)
        heading = QtWidgets.QStyleOptionButton()
        heading.initFrom(self)
        heading.rect = QtCore.QRect(0, 0, self.width, self._height)
        triangle = "\N{BLACK RIGHT-POINTING TRIANGLE}" if self.collapsed else "\N{BLACK DOWN-POINTING TRIANGLE}"
        heading.text = f"{triangle}  {self.text}"
        painter.drawControl(QtWidgets.QStyle.ControlElement.CE_PushButton, heading)


class ctkCheckableComboBox(QtWidgets.QComboBox):  # noqa: N801
    """A combo box with a check box in each row."""

    checkedIndexesChanged = Signal()  # noqa: N815

    def __init__(self, *parent: QtWidgets.QWidget) -> None:
        super().__init__(*parent)
        self.model().connect("dataChanged(QModelIndex,QModelIndex,QList<int>)", self._emit)

    def _emit(self, first: QtCore.QModelIndex, last: QtCore.QModelIndex, roles: list[int]) -> None:
        if not roles or Qt.ItemDataRole.CheckStateRole in roles:
            self.checkedIndexesChanged.emit()

    def checkableModel(self) -> QtCore.QAbstractItemModel:  # noqa: N802
        return self.model()

    def checkedIndexes(self) -> tuple[QtCore.QModelIndex, ...]:  # noqa: N802
        indexes = [self.model().index(row, 0) for row in range(self.count)]
        return tuple(index for index in indexes if self.checkState(index) == Qt.CheckState.Checked)

    def checkState(self, index: QtCore.QModelIndex) -> Qt.CheckState:  # noqa: N802
        return Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole) or 0)

    def setCheckState(self, index: QtCore.QModelIndex, state: Qt.CheckState) -> None:  # noqa: N802
        self.model().setData(index, state, Qt.ItemDataRole.CheckStateRole)


class ctkSliderWidget(QtWidgets.QWidget):  # noqa: N801
    """A slider and a spin box with one value."""

    valueChanged = Signal(float)  # noqa: N815
    _STEPS = 10000

    def __init__(self, *parent: QtWidgets.QWidget) -> None:
        super().__init__(*parent)
        self._slider = QtWidgets.QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, self._STEPS)
        self._spin_box = QtWidgets.QDoubleSpinBox()
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._slider)
        row.addWidget(self._spin_box)
        self._slider.connect("sliderMoved(int)", self._take_from_slider)
        self._spin_box.connect("valueChanged(double)", self._tell)

    minimum = _of_spin_box(float, "minimum")
    maximum = _of_spin_box(float, "maximum")
    singleStep = _of_spin_box(float, "singleStep")  # noqa: N815
    decimals = _of_spin_box(int, "decimals")
    suffix = _of_spin_box(str, "suffix")
    prefix = _of_spin_box(str, "prefix")
    value = _of_spin_box(float, "value")

    def setValue(self, value: float) -> None:  # noqa: N802
        self.value = value

    def _take_from_slider(self, position: int) -> None:
        self.value = self.minimum + position / self._STEPS * (self.maximum - self.minimum)

    def _tell(self, value: float) -> None:
        span = self.maximum - self.minimum
        self._slider.setValue(round((value - self.minimum) / span * self._STEPS) if span else 0)
        self.valueChanged.emit(value)


class ctkPathLineEdit(QtWidgets.QWidget):  # noqa: N801
    """A line with the path of a file or folder. Its browse button asks for nothing: tests set the path."""

    class _Filters(enum.IntFlag):
        Dirs = 0x001
        Files = 0x002
        Drives = 0x004
        NoSymLinks = 0x008
        Readable = 0x010
        Writable = 0x020
        Executable = 0x040
        Hidden = 0x100

    Dirs, Files, Drives, NoSymLinks, Readable, Writable, Executable, Hidden = _Filters
    currentPathChanged = Signal(str)  # noqa: N815
    filters = kept_property(int, "filters", 0x007)
    label = kept_property(str, "label", "")
    nameFilters = kept_property("QStringList", "nameFilters", ())  # noqa: N815
    settingKey = kept_property(str, "settingKey", "")  # noqa: N815

    def __init__(self, *parent: QtWidgets.QWidget) -> None:
        super().__init__(*parent)
        self._line = QtWidgets.QLineEdit()
        self._button = QtWidgets.QToolButton()
        self._button.text = "..."
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._line)
        row.addWidget(self._button)
        self._line.connect("textChanged(QString)", self.currentPathChanged.emit)

    def setCurrentPath(self, path: str) -> None:  # noqa: N802
        self._line.text = path

    currentPath = Property(str, lambda self: self._line.text, setCurrentPath)  # noqa: N815

    def addCurrentPathToHistory(self) -> None:  # noqa: N802
        """The stand-in keeps no history."""


class ctkDICOMIndexer(QtCore.QObject):  # noqa: N801
    """Puts files into a database."""

    def addListOfFiles(self, database: ctkDICOMDatabase, files: list[str], copy: bool = False) -> None:  # noqa: N802
        for file in files:
            database._files[str(pydicom.dcmread(file, stop_before_pixels=True).SOPInstanceUID)] = file

    def waitForImportFinished(self, timeout: int = -1) -> None:  # noqa: N802
        """It is finished."""


@functools.cache
def ctk_module() -> types.ModuleType:
    """The module, whose classes .ui files find as well."""
    module = types.ModuleType("ctk")
    module.ctkDICOMIndexer = ctkDICOMIndexer
    for widget in (ctkCollapsibleButton, ctkCheckableComboBox, ctkSliderWidget, ctkPathLineEdit):
        setattr(module, widget.__name__, widget)
        UiLoader.stand_ins[widget.__name__] = widget
    return module
