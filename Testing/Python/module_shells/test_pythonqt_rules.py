"""What PySide6 lets pass and PythonQt does not fails, and what PythonQt does otherwise is done its way."""

from __future__ import annotations

import functools

import pytest

from qt_host import PythonQtError

TABLE_UI = """<ui version="4.0"><class>F</class><widget class="QWidget" name="F"><layout class="QVBoxLayout" name="l">
<item><widget class="{kind}" name="child"><property name="{name}"><bool>true</bool></property></widget></item>
</layout></widget>{custom}</ui>"""


@pytest.fixture
def load_ui(desktop, tmp_path):
    import slicer

    def load(kind: str, name: str, declared: bool = True):
        custom = (
            f"<customwidgets><customwidget><class>{kind}</class></customwidget></customwidgets>" if declared else ""
        )
        path = tmp_path / "form.ui"
        path.write_text(TABLE_UI.format(kind=kind, name=name, custom=custom), encoding="utf-8")
        return slicer.util.loadUI(str(path))

    return load


def test_properties_are_values(desktop):
    import qt

    label = qt.QLabel("a")
    label.text += "b"
    assert label.text == "ab"
    with pytest.raises(TypeError, match="not callable"):
        label.text()


def test_properties_of_widgets_that_qt_made_are_values_too(desktop):
    import qt

    table = qt.QTableWidget()
    table.horizontalHeader().stretchLastSection = True
    assert table.horizontalHeader().stretchLastSection is True
    clicks = []
    table.setColumnCount(2)
    table.horizontalHeader().connect("sectionClicked(int)", clicks.append)
    table.horizontalHeader().sectionClicked.emit(1)
    assert clicks == [1]


def test_setters_and_questions_stay_methods(desktop):
    import qt

    box = qt.QCheckBox("x")
    box.setChecked(True)
    assert box.isChecked() and box.checked
    box.setText("y")
    assert box.text == "y"


def test_enum_properties_take_short_names(desktop):
    import qt

    table = qt.QTableWidget()
    table.selectionMode = qt.QAbstractItemView.MultiSelection
    assert table.selectionMode == qt.QAbstractItemView.MultiSelection
    slider = qt.QSlider()
    slider.orientation = qt.Qt.Horizontal
    assert slider.orientation == qt.Qt.Horizontal


def test_misspelt_property_fails(desktop):
    import ctk
    import qt
    import slicer

    for widget in (qt.QLabel(), ctk.ctkCollapsibleButton(), slicer.qMRMLNodeComboBox(), qt.QTimer()):
        with pytest.raises(PythonQtError, match="no property 'toolTipp'"):
            widget.toolTipp = "x"


def test_method_cannot_be_overwritten(desktop):
    import qt

    with pytest.raises(PythonQtError, match="no property 'setText'"):
        qt.QLabel().setText = "x"


def test_read_only_property_and_wrong_type_fail(desktop):
    import qt

    with pytest.raises(PythonQtError, match="read-only"):
        qt.QComboBox().count = 3
    with pytest.raises(PythonQtError, match="cannot be"):
        qt.QLabel().font = object()


def test_classes_of_a_module_may_have_attributes_of_their_own(desktop):
    import qt

    class Frame(qt.QFrame):
        def __init__(self, title: str, *, rows: int = 2):
            qt.QFrame.__init__(self)
            self.title = title
            self.rows = rows

    assert (Frame("x", rows=3).title, Frame("x", rows=3).rows) == ("x", 3)


def test_keyword_arguments_of_constructors_fail(desktop):
    import ctk
    import qt
    import slicer

    for make in (
        lambda: qt.QPushButton("x", toolTip="y"),
        lambda: qt.QTableWidgetItem(text="x"),
        lambda: ctk.ctkCollapsibleButton(text="x"),
        lambda: slicer.qMRMLNodeComboBox(parent=None),
    ):
        with pytest.raises((PythonQtError, TypeError), match="keyword"):
            make()


@pytest.mark.parametrize("signal", ["clickd()", "clicked(int)", "clicked", "currentIndexChanged(QString)"])
def test_unknown_signal_fails(signal, desktop):
    import qt

    with pytest.raises(PythonQtError, match="no signal"):
        qt.QPushButton().connect(signal, print)


def test_signal_of_a_stand_in_needs_the_type_of_the_real_one(desktop):
    import slicer

    combo_box = slicer.qMRMLNodeComboBox()
    combo_box.connect("currentNodeChanged(vtkMRMLNode*)", print)
    for signal in ("currentNodeChanged(vtkMRMLScene*)", "currentNodeChanged(PyObject)", "currentNodeChanged()"):
        with pytest.raises(PythonQtError, match="no signal"):
            combo_box.connect(signal, print)


def test_slots_get_as_many_arguments_as_they_have_parameters(desktop):
    import qt

    got = []
    button = qt.QPushButton()
    button.checkable = True
    button.connect("toggled(bool)", lambda: got.append("none"))
    button.connect("toggled(bool)", lambda on: got.append(on))
    button.connect("toggled(bool)", lambda *all_of_them: got.append(all_of_them))
    button.connect("toggled(bool)", lambda on="default": got.append(on))
    button.connect("toggled(bool)", functools.partial(got.append))
    button.connect("clicked()", lambda *all_of_them: got.append(all_of_them))
    button.click()
    assert got == ["none", True, (True,), True, True, ()]


def test_disconnect_ends_what_connect_began(desktop):
    import qt

    got = []
    button = qt.QPushButton()
    button.connect("clicked()", got.append.__self__.clear)
    button.disconnect("clicked()", got.append.__self__.clear)
    got.append(1)
    button.click()
    assert got == [1]
    with pytest.raises(PythonQtError, match="was not connected"):
        button.disconnect("clicked()", print)


def test_exception_in_a_slot_is_collected(desktop):
    import qt

    button = qt.QPushButton()
    button.connect("clicked()", lambda: 1 / 0)
    button.click()
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        desktop.check()


def test_exception_in_an_observer_is_collected(desktop):
    desktop.host.scene.AddObserver(desktop.host.scene.NodeAddedEvent, lambda caller, event: 1 / 0)
    desktop.host.scene.AddNewNodeByClass("vtkMRMLTextNode")
    assert [type(error) for error in desktop.errors] == [ZeroDivisionError]
    desktop.errors.clear()


def test_warning_of_qt_is_collected(desktop):
    import qt

    widget = qt.QWidget()
    qt.QVBoxLayout(widget)
    qt.QHBoxLayout(widget)
    assert "already has a layout" in str(desktop.errors.pop())


def test_exec_fails_and_exec__takes_the_answer_of_the_test(desktop):
    import qt

    with pytest.raises(PythonQtError, match="exec_"):
        qt.QDialog().exec()
    with pytest.raises(PythonQtError, match="the test expected none"):
        qt.QDialog().exec_()
    desktop.give("QDialog", 1)
    assert qt.QDialog().exec_() == 1


def test_file_dialog_gives_a_plain_path(desktop):
    import qt

    desktop.give("QFileDialog.getSaveFileName", "/tmp/x.csv")
    assert qt.QFileDialog.getSaveFileName(None, "Save", "x.csv", "CSV (*.csv)") == "/tmp/x.csv"


def test_answer_without_its_dialog_fails(desktop):
    desktop.give("QMenu", None)
    with pytest.raises(AssertionError, match=r"never opened: \['QMenu'\]"):
        desktop.check()


def test_displays_are_collected_and_questions_answered(desktop):
    import slicer

    slicer.util.infoDisplay("done")
    with pytest.raises(ValueError), slicer.util.tryWithErrorDisplay("Failed.", waitCursor=True):
        raise ValueError("why")
    desktop.give("confirmYesNoDisplay", False)
    assert slicer.util.confirmYesNoDisplay("sure?") is False
    assert desktop.messages == [("info", "done"), ("error", "Failed.\n\nwhy")]


def test_settings_are_empty_and_do_not_outlive_the_desktop(desktop):
    import qt
    import slicer

    assert slicer.util.settingsValue("Concordance/x", 3, converter=int) == 3
    qt.QSettings().setValue("Concordance/x", 4)
    assert slicer.util.settingsValue("Concordance/x", 3, converter=int) == 4
    assert qt.QSettings().fileName().startswith(slicer.app.temporaryPath)


def test_names_that_only_slicer_core_has_are_gone(desktop):
    import slicer

    assert not hasattr(slicer, "getNode")
    assert not hasattr(slicer, "loadUI")


def test_ui_children_are_found_by_name_and_are_no_attributes(desktop, load_ui):
    import slicer

    form = load_ui("ctkCollapsibleButton", "collapsed")
    assert not hasattr(form, "child")
    child = slicer.util.childWidgetVariables(form).child
    assert type(child).__name__ == "ctkCollapsibleButton"
    assert child.collapsed is True


@pytest.mark.parametrize(
    "kind, name, declared, said",
    [
        ("ctkCollapsibleButton", "colapsed", True, "no property"),
        ("QCheckBox", "chekced", True, "no property"),
        ("ctkCollapsibleButton", "collapsed", False, "does not declare"),
        ("ctkFancyWidget", "enabled", True, "no stand-in"),
    ],
)
def test_faulty_ui_file_fails(kind, name, declared, said, desktop, load_ui):
    with pytest.raises(PythonQtError, match=said):
        load_ui(kind, name, declared)
    desktop.errors.clear()  # Qt warns of the widget that it did not get
