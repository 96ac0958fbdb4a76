"""The stand-ins show nothing that the real classes do not show to PythonQt."""

from __future__ import annotations

import pytest


def _stand_ins() -> list[type]:
    from qt_host.application import ctkDICOMDatabase, qSlicerApplication, qSlicerModuleManager
    from qt_host.ctk_module import ctkDICOMIndexer
    from qt_host.layout_manager import LAYOUT_CLASSES
    from qt_host.mrml_widgets import MRML_WIDGETS
    from qt_host.ui_loader import UiLoader

    plain = (ctkDICOMDatabase, ctkDICOMIndexer, qSlicerApplication, qSlicerModuleManager)
    return [*{*plain, *LAYOUT_CLASSES, *MRML_WIDGETS, *UiLoader.stand_ins.values()}]


def _class_of_qt(name: str) -> type:
    import qt

    return getattr(qt, name, qt.QWidget)  # what VTK derives from QOpenGLWidget counts as a widget


def test_stand_ins_have_no_name_that_the_real_class_lacks(desktop):
    from qt_host.name_contract import qt_base, real_names

    extra = {}
    for stand_in in _stand_ins():
        name = stand_in.__name__
        own = {member for kind in stand_in.__mro__ if kind.__module__.startswith("qt_host") for member in vars(kind)}
        public = {member for member in own if not member.startswith("_")} - {"staticMetaObject"}
        extra[name] = public - real_names(name) - set(dir(_class_of_qt(qt_base(name))))
    assert len(extra) >= 15
    assert {name: members for name, members in extra.items() if members} == {}


def test_stand_ins_of_widgets_are_derived_from_the_same_class_of_qt(desktop):
    import qt

    from qt_host.name_contract import qt_base

    for stand_in in _stand_ins():
        # A process has one application, and the tests have theirs: that of the stand-in only has its signals.
        if issubclass(stand_in, qt.QObject) and stand_in.__name__ != "qSlicerApplication":
            assert issubclass(stand_in, _class_of_qt(qt_base(stand_in.__name__))), stand_in.__name__


def test_signals_of_stand_ins_have_the_arguments_of_the_real_ones(desktop):
    from PySide6.QtCore import Signal

    from qt_host.name_contract import real_signals
    from qt_host.pythonqt import python_signature

    checked = 0
    for stand_in in _stand_ins():
        real = {python_signature(signal) for signal in real_signals(stand_in.__name__)}
        for member in vars(stand_in).values():
            if isinstance(member, Signal):
                own = str(member).split("; ")
                assert set(own) <= real, (stand_in.__name__, own)
                checked += 1
    assert checked >= 8


@pytest.mark.parametrize(
    "name, kind, member",
    [
        ("qMRMLNodeComboBox", "properties", "noneEnabled"),
        ("qMRMLNodeComboBox", "slots", "setCurrentNode"),
        ("qMRMLNodeComboBox", "invokables", "currentNode"),
        ("qMRMLNodeComboBox", "signals", "currentNodeChanged(vtkMRMLNode*)"),
        ("qMRMLLayoutManager", "properties", "plotViewCount"),
        ("ctkPathLineEdit", "enums", "Dirs"),
        ("qSlicerCoreApplication", "invokables", "processEvents"),
        ("qSlicerAbstractModule", "invokables", "widgetRepresentation"),
    ],
)
def test_contract_has_each_kind_of_name(name, kind, member, require_qt):
    from qt_host.name_contract import real_classes

    assert member in real_classes()[name][kind]


def test_contract_does_not_list_plain_methods(require_qt):
    from qt_host.name_contract import real_names

    assert "setNodeTypes" not in real_names("qMRMLNodeComboBox")  # public in C++, neither slot nor invokable
