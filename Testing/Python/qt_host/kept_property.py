"""Properties of stand-ins that only keep what they are given."""

from __future__ import annotations

from collections.abc import Callable

from PySide6 import QtCore, QtWidgets


def kept_property(
    kind: type | str, name: str, default: object, changed: Callable[[QtWidgets.QWidget], None] | None = None
) -> QtCore.Property:
    """A Qt property that keeps its value and then calls ``changed`` with the widget."""
    place = f"_{name}"

    def read(self: QtWidgets.QWidget) -> object:
        return self.__dict__.get(place, default)

    def write(self: QtWidgets.QWidget, value: object) -> None:
        self.__dict__[place] = value
        if changed is not None:
            changed(self)

    return QtCore.Property(kind, read, write)
