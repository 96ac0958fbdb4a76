"""``slicer.app.layoutManager()``: Slicer's own layout logic, and views that draw off-screen when a test asks for it."""

from __future__ import annotations

import slicer
import vtk
from PySide6 import QtCore, QtWidgets
from PySide6.QtCore import Property, Signal

from host import OffscreenViews, SceneHost, SliceView, ThreeDView

from .pythonqt import apply_rules

apply_rules()

_VIEWPORT = 1000, 900  # width and height of the place for the views, in pixels


class qMRMLSliceControllerWidget(QtWidgets.QWidget):  # noqa: N801
    """The bar of a slice view."""

    def __init__(self, view: SliceView) -> None:
        super().__init__()
        self._view = view

    def fitSliceToBackground(self) -> None:  # noqa: N802
        self._view.logic.FitSliceToBackground()


class qMRMLSliceWidget(QtWidgets.QWidget):  # noqa: N801
    """A slice view with its bar."""

    def __init__(self, view: SliceView) -> None:
        super().__init__()
        self._view = view
        self._controller = qMRMLSliceControllerWidget(view)

    def sliceController(self) -> qMRMLSliceControllerWidget:  # noqa: N802
        return self._controller

    def sliceLogic(self) -> slicer.vtkMRMLSliceLogic:  # noqa: N802
        return self._view.logic

    def mrmlSliceNode(self) -> slicer.vtkMRMLSliceNode:  # noqa: N802
        return self._view.node

    def mrmlSliceCompositeNode(self) -> slicer.vtkMRMLSliceCompositeNode:  # noqa: N802
        return self._view.composite_node

    def fitSliceToBackground(self) -> None:  # noqa: N802
        self._view.logic.FitSliceToBackground()


class qMRMLThreeDView(QtWidgets.QWidget):  # noqa: N801
    """A 3D view without its bar."""

    def __init__(self, view: ThreeDView) -> None:
        super().__init__()
        self._view = view

    def mrmlViewNode(self) -> slicer.vtkMRMLViewNode:  # noqa: N802
        return self._view.node

    def cameraNode(self) -> slicer.vtkMRMLCameraNode:  # noqa: N802
        return self._view.camera_node

    def resetFocalPoint(self) -> None:  # noqa: N802
        self._view.reset_camera()

    def resetCamera(self) -> None:  # noqa: N802
        self._view.reset_camera()


class qMRMLThreeDWidget(QtWidgets.QWidget):  # noqa: N801
    """A 3D view with its bar."""

    def __init__(self, view: ThreeDView) -> None:
        super().__init__()
        self._three_d_view = qMRMLThreeDView(view)

    def threeDView(self) -> qMRMLThreeDView:  # noqa: N802
        return self._three_d_view

    def mrmlViewNode(self) -> slicer.vtkMRMLViewNode:  # noqa: N802
        return self._three_d_view.mrmlViewNode()


class qMRMLPlotView(QtWidgets.QWidget):  # noqa: N801
    """A plot view; nothing is drawn. A test selects points by emitting its signal."""

    dataSelected = Signal(object, object)  # noqa: N815

    def __init__(self) -> None:
        super().__init__()
        self._chart = vtk.vtkChartXY()

    def chart(self) -> vtk.vtkChartXY:
        return self._chart

    def fitToContent(self) -> None:  # noqa: N802
        """Nothing is drawn."""


class qMRMLPlotWidget(QtWidgets.QWidget):  # noqa: N801
    """A plot view with its bar."""

    def __init__(self, node: slicer.vtkMRMLPlotViewNode) -> None:
        super().__init__()
        self._node = node
        self._plot_view = qMRMLPlotView()

    def plotView(self) -> qMRMLPlotView:  # noqa: N802
        return self._plot_view

    def mrmlPlotViewNode(self) -> slicer.vtkMRMLPlotViewNode:  # noqa: N802
        return self._node


class qSlicerLayoutManager(QtCore.QObject):  # noqa: N801
    """The views of the present layout, which is one of Slicer's own or one that a module gave the layout node."""

    layoutChanged = Signal(int)  # noqa: N815

    def __init__(self, host: SceneHost, view_size: tuple[int, int]) -> None:
        super().__init__()
        self._logic = slicer.vtkMRMLLayoutLogic()
        self._logic.SetMRMLApplicationLogic(host.application_logic)
        self._logic.SetMRMLScene(host.scene)
        self._host = host
        self._views = OffscreenViews(host, view_size, late=True)
        self._changes = 0
        self._viewport = QtWidgets.QWidget()
        self._viewport.resize(*_VIEWPORT)
        self._widgets: dict[str, QtWidgets.QWidget] = {}
        self._shown = -1
        self._observation = self._logic.GetLayoutNode().AddObserver("ModifiedEvent", self._follow)
        self._scene = host.scene
        self._removals = self._scene.AddObserver(slicer.vtkMRMLScene.NodeRemovedEvent, self._forget)
        self.setLayout(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView)

    def layoutLogic(self) -> slicer.vtkMRMLLayoutLogic:  # noqa: N802
        return self._logic

    def viewport(self) -> QtWidgets.QWidget:
        return self._viewport

    def setLayout(self, layout: int) -> None:  # noqa: N802
        self._logic.GetLayoutNode().SetViewArrangement(layout)
        self._follow()

    layout = Property(int, lambda self: self._logic.GetLayoutNode().GetViewArrangement(), setLayout)
    threeDViewCount = Property(int, lambda self: len(self._nodes("vtkMRMLViewNode")))  # noqa: N815
    plotViewCount = Property(int, lambda self: len(self._nodes("vtkMRMLPlotViewNode")))  # noqa: N815
    tableViewCount = Property(int, lambda self: len(self._nodes("vtkMRMLTableViewNode")))  # noqa: N815

    def sliceViewNames(self) -> tuple[str, ...]:  # noqa: N802
        return tuple(node.GetLayoutName() for node in self._nodes("vtkMRMLSliceNode"))

    def sliceWidget(self, name: str) -> qMRMLSliceWidget | None:  # noqa: N802
        named = [node for node in self._nodes("vtkMRMLSliceNode") if node.GetLayoutName() == name]
        return self._widget(named[0]) if named else None

    def threeDWidget(self, index: int) -> qMRMLThreeDWidget | None:  # noqa: N802
        return self._nth_widget("vtkMRMLViewNode", index)

    def plotWidget(self, index: int) -> qMRMLPlotWidget | None:  # noqa: N802
        return self._nth_widget("vtkMRMLPlotViewNode", index)

    def resetSliceViews(self) -> None:  # noqa: N802
        for name in self.sliceViewNames():
            self.sliceWidget(name).fitSliceToBackground()

    def resetThreeDViews(self) -> None:  # noqa: N802
        for index in range(self.threeDViewCount):
            self.threeDWidget(index).threeDView().resetFocalPoint()

    def _nodes(self, kind: str) -> list[slicer.vtkMRMLAbstractViewNode]:
        shown = self._logic.GetViewNodes()
        nodes = [shown.GetItemAsObject(index) for index in range(shown.GetNumberOfItems())]
        return [node for node in nodes if node.IsA(kind)]

    def _nth_widget(self, kind: str, index: int) -> QtWidgets.QWidget | None:
        nodes = self._nodes(kind)
        return self._widget(nodes[index]) if index < len(nodes) else None

    def _widget(self, node: slicer.vtkMRMLAbstractViewNode) -> QtWidgets.QWidget:
        if node.GetID() not in self._widgets:
            if node.IsA("vtkMRMLPlotViewNode"):
                self._widgets[node.GetID()] = qMRMLPlotWidget(node)
            else:
                kind = qMRMLSliceWidget if node.IsA("vtkMRMLSliceNode") else qMRMLThreeDWidget
                self._widgets[node.GetID()] = kind(self._views.add(node))
        return self._widgets[node.GetID()]

    def _follow(self, *_: object) -> None:
        """Make the slice logics of new views, as the desktop does, and tell of another layout."""
        self._changes += 1
        for node in self._nodes("vtkMRMLSliceNode"):
            if node.GetID() in self._widgets:
                self._widgets[node.GetID()]._view.lay_out_again()
            self._widget(node)
        QtCore.QTimer.singleShot(0, self._host.turn)
        shown, kind = self._nodes("vtkMRMLAbstractViewNode"), "vtkMRMLAbstractViewNode"
        for node in [self._scene.GetNthNodeByClass(n, kind) for n in range(self._scene.GetNumberOfNodesByClass(kind))]:
            node.SetMappedInLayout(node in shown)
        if self._shown != self.layout:
            self._shown = self.layout
            self.layoutChanged.emit(self._shown)

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _forget(self, _scene: slicer.vtkMRMLScene, _event: str, node: slicer.vtkMRMLNode) -> None:
        """Delete the widget of a view that has left the scene."""
        if node.IsA("vtkMRMLAbstractViewNode"):
            self._widgets.pop(node.GetID(), None)
            self._views.remove(node)

    def _close(self) -> None:
        self._scene.RemoveObserver(self._removals)
        self._logic.GetLayoutNode().RemoveObserver(self._observation)
        self._views.close()
        self._logic.SetMRMLScene(None)


LAYOUT_CLASSES = (
    qMRMLSliceControllerWidget,
    qMRMLSliceWidget,
    qMRMLThreeDView,
    qMRMLThreeDWidget,
    qMRMLPlotView,
    qMRMLPlotWidget,
    qSlicerLayoutManager,
)
