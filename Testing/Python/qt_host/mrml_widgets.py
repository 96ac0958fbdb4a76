"""The widgets of ``slicer`` that follow the scene, with the least behaviour that the modules need."""

from __future__ import annotations

from collections.abc import Callable

import slicer
from PySide6 import QtCore, QtWidgets
from PySide6.QtCore import Property, Signal

from .kept_property import kept_property
from .pythonqt import apply_rules
from .ui_loader import UiLoader

apply_rules()


class qMRMLWidget(QtWidgets.QWidget):  # noqa: N801
    """The top of a module's panel."""

    mrmlSceneChanged = Signal(object)  # noqa: N815
    _scene = None

    def mrmlScene(self) -> slicer.vtkMRMLScene | None:  # noqa: N802
        return self._scene

    def setMRMLScene(self, scene: slicer.vtkMRMLScene | None) -> None:  # noqa: N802
        if scene is not self._scene:
            self._scene = scene
            self.mrmlSceneChanged.emit(scene)


class qSlicerScriptedLoadableModuleWidget(qMRMLWidget):  # noqa: N801
    """A module's panel, which makes its widget anew when it is reloaded: ``setup`` is called, ``enter`` is not."""

    def __init__(self, set_up: Callable[[], None], widget: Callable[[], object]) -> None:
        super().__init__()
        self._is_entered = False
        self._set_up, self._widget = set_up, widget

    isEntered = Property(bool, lambda self: self._is_entered)  # noqa: N815

    def self(self) -> object:
        return self._widget()

    def reload(self) -> None:
        self._set_up()


class qMRMLNodeComboBox(QtWidgets.QWidget):  # noqa: N801
    """The nodes of some classes, by name, in the scene's order."""

    currentNodeChanged = Signal((object,), (bool,))  # noqa: N815
    currentNodeIDChanged = Signal(str)  # noqa: N815
    _scene = None
    _current = ""

    def __init__(self, *parent: QtWidgets.QWidget) -> None:
        super().__init__(*parent)
        self._observations: list[int] = []
        self._attributes: list[tuple[str, str, str | None]] = []
        self._combo_box = QtWidgets.QComboBox()
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._combo_box)
        self._combo_box.connect("activated(int)", self._take_choice)
        self.connect("destroyed()", self._stop_observing)

    def mrmlScene(self) -> slicer.vtkMRMLScene | None:  # noqa: N802
        return self._scene

    def setMRMLScene(self, scene: slicer.vtkMRMLScene | None) -> None:  # noqa: N802
        self._stop_observing()
        self._scene = scene
        events = ("NodeAddedEvent", "NodeRemovedEvent", "EndCloseEvent", "EndImportEvent")
        self._observations = [
            scene.AddObserver(getattr(slicer.vtkMRMLScene, event), self._refresh) for event in events if scene
        ]
        self._refresh()

    def _stop_observing(self) -> None:
        for tag in self._observations:
            self._scene.RemoveObserver(tag)
        self._observations = []

    def _refresh(self, *_: object) -> None:
        nodes = self._nodes()
        self._combo_box.clear()
        if self.noneEnabled:
            self._combo_box.addItem(self.noneDisplay, "")
        for node in nodes:
            self._combo_box.addItem(node.GetName(), node.GetID())
        ids = [node.GetID() for node in nodes]
        if self._current not in ids:
            self._change("" if self.noneEnabled or not ids else ids[0])
        else:
            self._combo_box.setCurrentIndex(self._combo_box.findData(self._current))

    def _nodes(self) -> list[slicer.vtkMRMLNode]:
        if self._scene is None:
            return []
        types, children, hidden = self.nodeTypes, self.showChildNodeTypes, self.showHidden
        found = []
        for index in range(self._scene.GetNumberOfNodes()):
            node = self._scene.GetNthNode(index)
            fits = any(node.IsA(kind) for kind in types) if children else node.GetClassName() in types
            if fits and self._has_attributes(node) and (hidden or not node.GetHideFromEditors()):
                found.append(node)
        return found

    def _has_attributes(self, node: slicer.vtkMRMLNode) -> bool:
        return all(
            node.GetAttribute(name) is not None and value in (None, node.GetAttribute(name))
            for kind, name, value in self._attributes
            if node.IsA(kind)
        )

    nodeTypes = kept_property("QStringList", "nodeTypes", (), _refresh)  # noqa: N815
    showChildNodeTypes = kept_property(bool, "showChildNodeTypes", True, _refresh)  # noqa: N815
    showHidden = kept_property(bool, "showHidden", False, _refresh)  # noqa: N815
    noneEnabled = kept_property(bool, "noneEnabled", False, _refresh)  # noqa: N815
    noneDisplay = kept_property(str, "noneDisplay", "None", _refresh)  # noqa: N815
    addEnabled = kept_property(bool, "addEnabled", True)  # noqa: N815
    removeEnabled = kept_property(bool, "removeEnabled", True)  # noqa: N815
    renameEnabled = kept_property(bool, "renameEnabled", False)  # noqa: N815
    editEnabled = kept_property(bool, "editEnabled", False)  # noqa: N815
    selectNodeUponCreation = kept_property(bool, "selectNodeUponCreation", True)  # noqa: N815
    baseName = kept_property(str, "baseName", "")  # noqa: N815

    def addAttribute(self, kind: str, name: str, value: str | None = None) -> None:  # noqa: N802
        self._attributes.append((kind, name, value))
        self._refresh()

    def nodeCount(self) -> int:  # noqa: N802
        return len(self._nodes())

    def currentNode(self) -> slicer.vtkMRMLNode | None:  # noqa: N802
        return self._scene.GetNodeByID(self._current) if self._scene and self._current else None

    def setCurrentNode(self, node: slicer.vtkMRMLNode | str | None) -> None:  # noqa: N802
        self.setCurrentNodeID(node if isinstance(node, str) else node.GetID() if node else "")

    def setCurrentNodeID(self, node_id: str) -> None:  # noqa: N802
        """Choose a node. One that the combo box does not offer is no choice, as in the real one."""
        offered = node_id if node_id in [node.GetID() for node in self._nodes()] else ""
        if offered != self._current:
            self._change(offered)

    currentNodeID = Property(str, lambda self: self._current, setCurrentNodeID)  # noqa: N815

    def _take_choice(self, index: int) -> None:
        self.setCurrentNodeID(self._combo_box.itemData(index) or "")

    def _change(self, node_id: str) -> None:
        former, self._current = self._current, node_id
        self._combo_box.setCurrentIndex(self._combo_box.findData(node_id))
        if former != node_id:
            node = self.currentNode()
            self.currentNodeChanged[object].emit(node)
            self.currentNodeChanged[bool].emit(node is not None)
            self.currentNodeIDChanged.emit(node_id)


class qSlicerTerminologyNavigatorWidget(qMRMLWidget):  # noqa: N801
    """Keeps the entry that it is given, without a list to choose from."""

    selectionValidityChanged = Signal(bool)  # noqa: N815
    overrideSectionVisible = kept_property(bool, "overrideSectionVisible", True)  # noqa: N815
    regionSectionVisible = kept_property(bool, "regionSectionVisible", True)  # noqa: N815

    def __init__(self, *parent: QtWidgets.QWidget) -> None:
        super().__init__(*parent)
        self._entry = slicer.vtkSlicerTerminologyEntry()

    def setTerminologyEntry(self, entry: slicer.vtkSlicerTerminologyEntry) -> bool:  # noqa: N802
        self._entry.Copy(entry)
        return True

    def terminologyEntry(self, entry: slicer.vtkSlicerTerminologyEntry) -> bool:  # noqa: N802
        entry.Copy(self._entry)
        return True


MRML_WIDGETS: tuple[type[QtCore.QObject], ...] = (qMRMLWidget, qMRMLNodeComboBox, qSlicerTerminologyNavigatorWidget)
UiLoader.stand_ins.update({widget.__name__: widget for widget in MRML_WIDGETS})
