"""The module files keep to what PythonQt can do, and the rules that read them find what they are for."""

from __future__ import annotations

import pytest

MODULES = ("SegmentHarmonizer", "ConsensusMetrics", "CrossSegmentationExplorer")
UI = '<ui><widget class="qMRMLWidget" name="top"><widget class="ctkCollapsibleButton" name="part"/></widget></ui>'
BAD = {
    "exec() of a dialog": ("dialog.exec()", "exec_"),
    "signal of one's own": ("done = qt.Signal(int)", "qt.Signal"),
    "scoped enum": ("x = qt.Qt.CheckState.Checked", "qt.Qt.Checked"),
    "keyword in a constructor of Qt": ('qt.QPushButton("x", toolTip="y")', "keyword"),
    "keyword in a constructor of CTK": ("ctk.ctkCollapsibleButton(text=1)", "keyword"),
    "keyword in a constructor of Slicer": ("slicer.qMRMLNodeComboBox(parent=p)", "keyword"),
    "keyword in a static call": ('qt.QFileDialog.getOpenFileName(p, filter="*")', "keyword"),
    "connect of a signal attribute": ("button.clicked.connect(f)", "connect("),
    "getter of a property": ('label = qt.QLabel("x")\nprint(label.text())', "property"),
    "getter of a property kept on self": (
        "self.box = qt.QCheckBox()\nself.box.isChecked() or self.box.checked()",
        "checked",
    ),
    "getter of a property in the .ui file": ("print(self.ui.part.collapsed())", "property"),
    "getter of a property that Qt gives": ("print(self.ui.part.text())", "property"),
    "getter of a property of the layout manager": ("n = slicer.app.layoutManager().plotViewCount()", "property"),
    "getter of a property of the application": ("v = slicer.app.majorVersion()", "property"),
    "setter on a widget of CTK": ("self.ui.part.setCollapsed(True)", "assign"),
    "setter on a new widget of Slicer": ("c = slicer.qMRMLNodeComboBox()\nc.setNodeTypes([])", "assign"),
    "PySide itself": ("from PySide6 import QtCore", "PySide6"),
}
GOOD = """
import qt, ctk, slicer
label = qt.QLabel("x")
label.text = label.text + "y"
label.setText("z")
self.ui.part.collapsed = True
self.ui.top.setMRMLScene(slicer.mrmlScene)
button.connect("clicked()", f)
comboBox = slicer.qMRMLNodeComboBox()
comboBox.setCurrentNode(node)
dialog.exec_()
if item.checkState() == qt.Qt.Checked and item.text():
    slicer.util.createProgressDialog(windowTitle="x")
settings = qt.QSettings("a", qt.QSettings.IniFormat)
count = slicer.app.layoutManager().plotViewCount
name = qt.QApplication.instance().applicationName
"""


@pytest.mark.usefixtures("require_qt")
@pytest.mark.parametrize("module", MODULES)
def test_module_files_keep_the_rules(module, repository):
    from qt_host.shell_rules import violations_of_module

    assert violations_of_module(repository / module) == []


@pytest.mark.usefixtures("require_qt")
@pytest.mark.parametrize("source, said", BAD.values(), ids=BAD.keys())
def test_each_rule_finds_what_breaks_it(source, said):
    from qt_host.shell_rules import violations

    (fault,) = violations(source, UI)
    assert said in fault
    assert fault.startswith(f"{len(source.splitlines())}: ")


@pytest.mark.usefixtures("require_qt")
def test_rules_hold_in_the_package_of_a_module_too(tmp_path):
    from qt_host.shell_rules import violations_of_module

    files = {"Example.py": "dialog.exec_()", "ExampleLib/part.py": "dialog.exec()", "OtherLib/x.py": "dialog.exec()"}
    for name, source in files.items():
        path = tmp_path / "Example" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    (fault,) = violations_of_module(tmp_path / "Example")
    assert fault.startswith("ExampleLib/part.py:1: ")


@pytest.mark.usefixtures("require_qt")
def test_rules_let_plain_slicer_code_pass():
    from qt_host.shell_rules import violations

    assert violations(GOOD, UI) == []
