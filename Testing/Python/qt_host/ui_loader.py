"""``qt.QUiLoader``, which knows the stand-ins."""

from __future__ import annotations

import functools
import xml.etree.ElementTree as ElementTree

from PySide6 import QtCore, QtUiTools, QtWidgets

from .mismatch import PythonQtError
from .pythonqt import without_child_attributes


class UiLoader(QtUiTools.QUiLoader):
    """Makes widgets of .ui files, with stand-ins for the classes of CTK and Slicer.

    :cvar stand_ins: by name, the classes that Qt does not have.
    """

    stand_ins: dict[str, type[QtWidgets.QWidget]] = {}  # noqa: RUF012

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self._made: list[QtWidgets.QWidget] = []

    def createWidget(self, kind: str, parent: QtWidgets.QWidget | None = None, name: str = "") -> QtWidgets.QWidget:  # noqa: N802
        if kind.startswith("Q"):
            widget = super().createWidget(kind, parent, name)
        elif kind in self.stand_ins:
            widget = self.stand_ins[kind](*filter(None, [parent]))
            widget.setObjectName(name)
        else:
            raise PythonQtError(f"there is no stand-in for {kind}")
        self._made.append(widget)
        return widget

    def load(self, file: QtCore.QIODevice, parent: QtWidgets.QWidget | None = None) -> QtWidgets.QWidget:
        """The top widget of an open .ui file. Its connections are made by their C++ signatures.

        :raises PythonQtError: the file names a class that it does not declare or that has no stand-in, a property
            that the class does not have, or a signal or slot that does not exist.
        """
        widgets, connections = _parts(bytes(file.readAll()))
        buffer = QtCore.QBuffer()
        buffer.setData(widgets)
        buffer.open(QtCore.QIODevice.OpenModeFlag.ReadOnly)
        with without_child_attributes():
            widget = super().load(buffer, parent)
        if widget is None:
            raise PythonQtError(f"the .ui file was not understood: {self.errorString()}")
        for made in self._made:
            unknown = [bytes(name).decode() for name in made.dynamicPropertyNames() if not name.startsWith(b"_")]
            if unknown:
                raise PythonQtError(f"{made.className()} {made.objectName} has no property {unknown}")
        by_name = {made.objectName: made for made in self._made}
        for connection in connections:
            sender, receiver = by_name[connection.findtext("sender")], by_name[connection.findtext("receiver")]
            sender.connect(connection.findtext("signal"), receiver, connection.findtext("slot"))
        return widget


@functools.cache
def _parts(text: bytes) -> tuple[bytes, tuple[ElementTree.Element, ...]]:
    """A .ui file without its connections, and these."""
    root = ElementTree.fromstring(text)
    _check_classes(root)
    connections = root.find("connections")
    if connections is not None:
        root.remove(connections)
    return ElementTree.tostring(root), () if connections is None else tuple(connections)


def _check_classes(root: ElementTree.Element) -> None:
    declared = {custom.findtext("class") for custom in root.iter("customwidget")}
    undeclared = {
        name for widget in root.iter("widget") if not (name := widget.get("class")).startswith("Q")
    } - declared
    if undeclared:
        raise PythonQtError(f"the .ui file does not declare {sorted(undeclared)} as custom widgets")
