"""PythonQt's rules on PySide6's classes: properties, strings that name signals, no keyword arguments.

PySide6 and PythonQt wrap the same Qt and differ in how Python reaches it. The classes of PySide6 are changed in place,
once per process, so that objects that Qt itself made (a table's header) follow the rules as well.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import inspect
import types
from collections.abc import Callable, Iterator

from PySide6 import QtCore, QtGui, QtWidgets

from .mismatch import PythonQtError
from .name_contract import real_signals

QT_LIBRARIES = (QtCore, QtGui, QtWidgets)
_WRITE_ATTRIBUTE = QtCore.QObject.__mro__[-2].__setattr__  # Shiboken.Object: the last one that is not object
_READ_ATTRIBUTE = QtCore.QObject.__getattribute__
_read_property = QtCore.QObject.property
_meta_object = QtCore.QObject.metaObject
_loading_ui = contextvars.ContextVar("_loading_ui", default=False)


class _Property:
    """A Qt property as attribute. It hides the getter of the same name, as in PythonQt; setters stay methods."""

    def __init__(self, name: str, hidden: object) -> None:
        self._name = name
        self._hidden = hidden
        self._reading: set[int] = set()

    def __get__(self, widget: QtCore.QObject | None, owner: type | None = None) -> object:
        if widget is None:
            return self._hidden
        if id(widget) in self._reading:  # Qt reads it, PySide6 asks whether a class in Python overrides the getter
            return None
        self._reading.add(id(widget))
        try:
            return _read_property(widget, self._name)
        finally:
            self._reading.discard(id(widget))

    def __set__(self, widget: QtCore.QObject, value: object) -> None:
        meta_object = _meta_object(widget)
        meta_property = meta_object.property(meta_object.indexOfProperty(self._name))
        if not meta_property.isWritable():
            raise PythonQtError(f"{meta_object.className()}.{self._name} is read-only")
        if not meta_property.write(widget, value):
            raise PythonQtError(f"{meta_object.className()}.{self._name} cannot be {value!r}")


@functools.cache
def apply_rules() -> None:
    """Change PySide6's classes for the rest of the process."""
    classes = [kind for library in QT_LIBRARIES for kind in vars_of(library).values() if isinstance(kind, type)]
    for kind in classes:
        if kind.__module__.startswith("PySide6") and "__init__" in vars(kind):
            kind.__init__ = _without_keywords(kind.__init__)
    for kind in classes:
        if issubclass(kind, QtCore.QObject):
            _add_properties(kind)
            kind.__setattr__ = _set_attribute
    QtCore.QObject.__getattribute__ = _get_attribute
    QtCore.QObject.name = property(
        lambda self: self.property("objectName"), lambda self, value: self.setProperty("objectName", value)
    )
    QtCore.QObject.className = lambda self: self.metaObject().className()


def qt_properties(kind: type) -> frozenset[str]:
    """The names of all properties that a class has from Qt."""
    return frozenset(name for name in dir(kind) if isinstance(inspect.getattr_static(kind, name), _Property))


def vars_of(library: types.ModuleType) -> dict[str, object]:
    """The names of a Qt library that begin with Q. PySide6 makes its classes when they are asked for."""
    return {name: getattr(library, name) for name in dir(library) if name.startswith("Q")}


def _add_properties(kind: type) -> None:
    meta_object = kind.staticMetaObject
    for index in range(meta_object.propertyOffset(), meta_object.propertyCount()):
        name = meta_object.property(index).name()
        setattr(kind, name, _Property(name, getattr(kind, name, None)))


def _without_keywords(initialize: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(initialize, assigned=("__name__",))  # PySide6 writes all of Qt's __doc__ when asked for one
    def checked(self: object, *arguments: object, **keywords: object) -> None:
        if keywords:
            raise PythonQtError(f"constructors take no keyword arguments: {type(self).__name__} got {[*keywords]}")
        initialize(self, *arguments)

    return checked


def _get_attribute(self: QtCore.QObject, name: str) -> object:
    if name == "connect":
        return types.MethodType(connect, self)
    if name == "disconnect":
        return types.MethodType(disconnect, self)
    return _READ_ATTRIBUTE(self, name)


@contextlib.contextmanager
def without_child_attributes() -> Iterator[None]:
    """While PySide6 loads a .ui file: it makes each child an attribute of the top widget, which PythonQt does not."""
    token = _loading_ui.set(True)
    try:
        yield
    finally:
        _loading_ui.reset(token)


def _set_attribute(self: QtCore.QObject, name: str, value: object) -> None:
    if _loading_ui.get() and isinstance(value, QtCore.QObject) and value.objectName == name:
        return
    member = inspect.getattr_static(type(self), name, None)
    if isinstance(member, QtCore.Property):
        if member.fset is None:
            raise PythonQtError(f"{type(self).__name__}.{name} is read-only")
        member.fset(self, value)
        return
    allowed = hasattr(type(member), "__set__") or name.startswith("_") or isinstance(value, QtCore.SignalInstance)
    if not allowed and (member is not None or _is_of_the_host(type(self))):
        raise PythonQtError(f"{type(self).__name__} has no property {name!r}")
    _WRITE_ATTRIBUTE(self, name, value)


def _is_of_the_host(kind: type) -> bool:
    """Whether a class stands for one of C++; the classes that modules derive may have attributes of their own."""
    return kind.__module__.startswith(("PySide6", __package__))


def connect(self: QtCore.QObject, signal: str, *receiver: object) -> bool:
    """``connect("signal(type)", f)`` or ``connect("signal(type)", object, "slot(type)")``.

    :raises PythonQtError: the real class has no such signal, or the stand-in does not have it.
    """
    slot = receiver[0] if len(receiver) == 1 else getattr(receiver[0], receiver[1].partition("(")[0])
    if not callable(slot):
        raise PythonQtError(f"{slot!r} is not callable")
    source, count = _signal_instance(self, signal)
    relay = _relay(slot, count)
    source.connect(relay)
    _links(self).append((signal, slot, source, relay))
    return True


def disconnect(self: QtCore.QObject, signal: str, *receiver: object) -> bool:
    """Undo :func:`connect` of the same arguments; of all slots of the signal where none is named.

    :raises PythonQtError: there was no such connection.
    """
    slot = getattr(receiver[0], receiver[1].partition("(")[0]) if len(receiver) == 2 else [*receiver, None][0]
    links = _links(self)
    ended = [link for link in links if link[0] == signal and slot in (None, link[1])]
    if not ended:
        raise PythonQtError(f"{self.className()}: {signal} was not connected to {slot}")
    for link in ended:
        link[2].disconnect(link[3])
        links.remove(link)
    return True


def _links(sender: QtCore.QObject) -> list[tuple]:
    return sender.__dict__.setdefault("_links", [])


def python_signature(signal: str) -> str:
    """The signal as a stand-in declares it: VTK's types are Python objects, e.g. "currentNodeChanged(PyObject)"."""
    name, argument_types = _split(signal)
    return f"{name}({','.join('PyObject' if text.startswith('vtk') else text for text in argument_types)})"


def _signal_instance(sender: QtCore.QObject, signal: str) -> tuple[QtCore.SignalInstance, int]:
    """The signal and the number of its arguments."""
    meta_object = sender.metaObject()
    found = normalized = bytes(QtCore.QMetaObject.normalizedSignature(signal)).decode()
    listed = [real for kind in type(sender).__mro__ if (real := real_signals(kind.__name__)) is not None]
    if any(normalized in real for real in listed):
        found = python_signature(normalized)
    if meta_object.indexOfSignal(found) < 0 or (listed and "PyObject" in normalized):
        raise PythonQtError(f"{meta_object.className()} has no signal {signal}; it has {_signals(meta_object)}")
    name, argument_types = _split(found)
    instance = getattr(sender, name)
    if f" {found} " not in str(instance):
        instance = instance[",".join(argument_types)]
    return instance, len(argument_types)


def _split(signal: str) -> tuple[str, list[str]]:
    name, _, argument_types = signal.rstrip(")").partition("(")
    return name, argument_types.split(",") if argument_types else []


def _signals(meta_object: QtCore.QMetaObject) -> list[str]:
    methods = [meta_object.method(index) for index in range(meta_object.methodCount())]
    signals = [method for method in methods if method.methodType() == QtCore.QMetaMethod.MethodType.Signal]
    return [bytes(method.methodSignature()).decode() for method in signals]


_RELAYS = (
    lambda call: lambda: call(),
    lambda call: lambda a: call(a),
    lambda call: lambda a, b: call(a, b),
    lambda call: lambda a, b, c: call(a, b, c),
    lambda call: lambda a, b, c, d: call(a, b, c, d),
)


def _relay(slot: Callable, count: int) -> Callable:
    """A function that takes all ``count`` arguments of a signal and gives the slot as many as PythonQt would.

    PythonQt counts the positional parameters of Python functions, those with a default as well. Everything else that
    can be called (partial, a method of a widget) gets all arguments.
    """
    function = getattr(slot, "__func__", slot)
    taken = count
    if isinstance(function, types.FunctionType) and not function.__code__.co_flags & inspect.CO_VARARGS:
        taken = function.__code__.co_argcount - (function is not slot)
    return _RELAYS[count](lambda *arguments: slot(*arguments[:taken]))
