"""Reading rules for module files: what works under PySide6 and not, or otherwise, under Slicer's PythonQt."""

from __future__ import annotations

import ast
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

from .module_files import module_files
from .name_contract import qt_base, real_classes, real_properties
from .pythonqt import qt_properties
from .qt_module import qt_module

_WIDGET_MODULES = ("qt", "ctk", "slicer")


def violations(source: str, ui: str = "") -> list[str]:
    """One line per violation, "line: what", of a module file.

    :param ui: the text of its .ui file; tells of what class ``ui.<name>`` is.
    """
    tree = ast.parse(source)
    kinds = {"slicer.app": "qSlicerApplication"} | _kinds_of_ui(ui) | _kinds_of_variables(tree)
    found = {(node.lineno, text) for node in ast.walk(tree) for text in _faults(node, kinds)}
    return [f"{line}: {text}" for line, text in sorted(found)]


def violations_of_module(folder: Path) -> list[str]:
    """The same for all files of the module of a folder, e.g. ConsensusMetrics; "file:line: what"."""
    ui = folder / "Resources" / "UI" / f"{folder.name}.ui"
    form = ui.read_text(encoding="utf-8") if ui.exists() else ""
    return [
        f"{path.relative_to(folder)}:{fault}"
        for path in module_files(folder)
        for fault in violations(path.read_text(encoding="utf-8"), form)
    ]


def _kinds_of_ui(ui: str) -> dict[str, str]:
    """Class by the expression that names a widget: ``ui.x`` and ``self.ui.x``."""
    if not ui:
        return {}
    widgets = [(widget.get("name"), widget.get("class")) for widget in ElementTree.fromstring(ui).iter("widget")]
    return {f"{start}ui.{name}": kind for name, kind in widgets for start in ("", "self.")}


def _kinds_of_variables(tree: ast.AST) -> dict[str, str]:
    """Class by the name that a new widget is assigned to; not for names that hold widgets of several classes."""
    kinds: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            kinds.setdefault(_dotted(node.targets[0]), set()).add(_made_kind(node.value))
    return {name: kind for name, (kind, *others) in kinds.items() if name and kind and not others}


def _made_kind(value: ast.expr) -> str:
    """ "QLabel" for ``qt.QLabel(...)``; "" for all that is not the making of a widget."""
    if not isinstance(value, ast.Call):
        return ""
    if _dotted(value.func) == "slicer.app.layoutManager":
        return "qSlicerLayoutManager"
    module, _, kind = _dotted(value.func).partition(".")
    is_widget = module in _WIDGET_MODULES and kind.startswith(("Q", "ctk", "qMRML", "qSlicer")) and "." not in kind
    return kind if is_widget else ""


def _dotted(node: ast.expr) -> str:
    """ "self.ui.x" for an attribute chain; "" for all else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        start = _dotted(node.value)
        return f"{start}.{node.attr}" if start else ""
    return ""


def _faults(node: ast.AST, kinds: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        yield from _attribute_faults(_dotted(node))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        receiver = node.func.value
        yield from _call_faults(node, node.func, kinds.get(_dotted(receiver), "") or _made_kind(receiver))
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        yield from (f"{name} is not in Slicer: import qt" for name in names if name.startswith(("PySide", "PyQt")))


def _attribute_faults(dotted: str) -> Iterator[str]:
    parts = dotted.split(".")
    if dotted in ("qt.Signal", "qt.Slot", "qt.Property"):
        yield f"{dotted} does not exist"
    if parts[0] == "qt" and len(parts) > 3 and parts[2][:1].isupper():
        yield f"{dotted}: enum values are named without the enum, qt.{parts[1]}.{parts[3]}"


def _call_faults(call: ast.Call, method: ast.Attribute, kind: str) -> Iterator[str]:
    name, dotted = method.attr, ast.unparse(method)
    if name == "exec":
        yield f"{dotted}(): exec_() in Slicer"
    if name == "connect" and len(call.args) == 1:
        yield f'{dotted}(f): write connect("signal(type)", f)'
    if call.keywords and (kind or dotted.startswith(("qt.", "ctk.")) or _made_kind(call)):
        yield f"{dotted}: PythonQt takes no keyword arguments"
    if not kind:
        return
    if not call.args and name in _properties(kind):
        yield f"{dotted}(): {name} of {kind} is a property"
    if kind in real_classes() and name.startswith("set") and name[3:4].lower() + name[4:] in real_properties(kind):
        yield f"{dotted}(): assign the property {name[3:4].lower() + name[4:]} of {kind}"


def _properties(kind: str) -> frozenset[str]:
    of_qt = getattr(qt_module(), qt_base(kind) if kind in real_classes() else kind, None)
    return real_properties(kind) | (qt_properties(of_qt) if isinstance(of_qt, type) else frozenset())
