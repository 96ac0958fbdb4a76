"""Slice and 3D views drawn off-screen by Slicer's own displayable managers."""

from __future__ import annotations

from functools import cache

import numpy as np
import slicer
import vtk
from vtk.util.numpy_support import vtk_to_numpy

from .scene_host import SceneHost

_SLICE_MANAGERS = (
    "vtkMRMLCrosshairDisplayableManager",
    "vtkMRMLVolumeGlyphSliceDisplayableManager",
    "vtkMRMLModelSliceDisplayableManager",
    "vtkMRMLOrientationMarkerDisplayableManager",
    "vtkMRMLRulerDisplayableManager",
    "vtkMRMLScalarBarDisplayableManager",
    "vtkMRMLColorLegendDisplayableManager",
    "vtkMRMLMarkupsDisplayableManager",
    "vtkMRMLSegmentationsDisplayableManager2D",
    "vtkMRMLTransformsDisplayableManager2D",
)
_THREE_D_MANAGERS = (
    "vtkMRMLCameraDisplayableManager",
    "vtkMRMLViewDisplayableManager",
    "vtkMRMLModelDisplayableManager",
    "vtkMRMLThreeDReformatDisplayableManager",
    "vtkMRMLCrosshairDisplayableManager3D",
    "vtkMRMLOrientationMarkerDisplayableManager",
    "vtkMRMLRulerDisplayableManager",
    "vtkMRMLMarkupsDisplayableManager",
    "vtkMRMLSegmentationsDisplayableManager3D",
    "vtkMRMLTransformsDisplayableManager3D",
)


@cache
def _window_class() -> type[vtk.vtkRenderWindow]:
    """The kind of window that VTK chooses on this machine; it tries the candidates anew for every window."""
    return type(vtk.vtkRenderWindow())


class _View:
    """A render window whose displayable managers follow one view node."""

    def __init__(self, factory: vtk.vtkObject, managers: tuple[str, ...], host: SceneHost, size: tuple[int, int]):
        self.size = size
        self.renderer = vtk.vtkRenderer()
        self.window = _window_class()()
        self.window.SetOffScreenRendering(1)
        self.window.SetMultiSamples(0)
        self.window.SetSize(*size)
        self.window.AddRenderer(self.renderer)
        self.interactor = vtk.vtkRenderWindowInteractor()
        self.interactor.SetRenderWindow(self.window)
        factory.SetMRMLApplicationLogic(host.application_logic)
        for manager in managers:
            if not factory.IsDisplayableManagerRegistered(manager):
                factory.RegisterDisplayableManager(manager)
        self.managers = slicer.vtkMRMLDisplayableManagerGroup()
        self.managers.Initialize(factory, self.renderer)

    def image(self) -> np.ndarray:
        """The view as it is drawn now: uint8 (height, width, 3), RGB, first row at the top."""
        self.window.Render()
        grab = vtk.vtkWindowToImageFilter()
        grab.SetInput(self.window)
        grab.SetInputBufferTypeToRGB()
        grab.ReadFrontBufferOff()
        grab.ShouldRerenderOff()
        grab.Update()
        width, height = self.size
        pixels = vtk_to_numpy(grab.GetOutput().GetPointData().GetScalars())
        return pixels.reshape(height, width, 3)[::-1].copy()

    def close(self) -> None:
        self.managers.SetMRMLDisplayableNode(None)
        self.window.Finalize()


class SliceView(_View):
    """A slice view of a slice node.

    :param late: whether it gets its size as on the desktop: at first that of a guess; once the event loop turns, the
        controller's slider puts the slice to 0, and then the view is sized. Else it has its size at once.
    :ivar logic: its vtkMRMLSliceLogic, which also makes the slice composite node.
    """

    def __init__(
        self, host: SceneHost, node: slicer.vtkMRMLSliceNode, size: tuple[int, int], *, late: bool = False
    ) -> None:
        super().__init__(slicer.vtkMRMLSliceViewDisplayableManagerFactory.GetInstance(), _SLICE_MANAGERS, host, size)
        self.node = node
        self.renderer.GetActiveCamera().ParallelProjectionOn()
        self._add_background()
        self.logic = slicer.vtkMRMLSliceLogic()
        self.logic.SetMRMLApplicationLogic(host.application_logic)
        host.application_logic.GetSliceLogics().AddItem(self.logic)
        self._logics = host.application_logic.GetSliceLogics()
        self.logic.SetMRMLScene(host.scene)
        self.logic.SetSliceNode(node)
        self.logic.SetDisplayableManagerGroup(self.managers)
        self.managers.SetMRMLDisplayableNode(node)
        self._host = host
        self._is_open = True
        self.logic.ResizeSliceNode(*(self._guess() if late else size))
        if late:
            host.later(self._take_size)
        self._observer = self.logic.AddObserver(vtk.vtkCommand.ModifiedEvent, self._connect_background)
        self._connect_background()

    def lay_out_again(self) -> None:
        """Another layout is shown: once the event loop turns, the view is moved and sized anew, by another size."""
        self._host.later(lambda: self._take_size(self._guess()))

    def resize(self, size: tuple[int, int]) -> None:
        """Give the view another size, as when a user makes the window larger."""
        self.size = size
        self.window.SetSize(*size)
        self.logic.ResizeSliceNode(*size)

    def _guess(self) -> tuple[int, int]:
        return self.size[0] * 3 // 2, self.size[1] * 2

    def _take_size(self, *between: tuple[int, int]) -> None:
        if self._is_open:
            self.node.SetSliceOffset(0.0)
            for size in (*between, self.size):
                self.logic.ResizeSliceNode(*size)

    @property
    def composite_node(self) -> slicer.vtkMRMLSliceCompositeNode:
        """The node that says which volumes the view shows."""
        return self.logic.GetSliceCompositeNode()

    def pixel_of(self, ras: tuple[float, float, float]) -> tuple[int, int]:
        """(row, column) in :meth:`image` of the projection of a RAS position in mm onto the slice plane."""
        ras_to_xy = vtk.vtkMatrix4x4()
        vtk.vtkMatrix4x4.Invert(self.node.GetXYToRAS(), ras_to_xy)
        x, y, _, _ = ras_to_xy.MultiplyPoint((*ras, 1.0))
        return self.size[1] - 1 - round(y), round(x)

    def close(self) -> None:
        self._is_open = False
        self.logic.RemoveObserver(self._observer)
        self.logic.SetDisplayableManagerGroup(None)
        super().close()
        self.logic.DeleteSliceModel()
        self._logics.RemoveItem(self.logic)
        self.logic.SetMRMLScene(None)

    def _add_background(self) -> None:
        """The actor of the sliced volumes. It comes first: segments drawn before it would be blended with black."""
        mapper = vtk.vtkImageMapper()
        mapper.SetColorWindow(255)
        mapper.SetColorLevel(127.5)
        self._background = vtk.vtkActor2D()
        self._background.SetMapper(mapper)
        self._background.GetProperty().SetDisplayLocationToBackground()
        self._background.VisibilityOff()
        self.renderer.AddViewProp(self._background)

    def _connect_background(self, *_: object) -> None:
        connection = self.logic.GetImageDataConnection()
        if connection is not None:
            self._background.GetMapper().SetInputConnection(connection)
        self._background.SetVisibility(connection is not None)


class ThreeDView(_View):
    """A 3D view of a view node.

    :ivar logic: its vtkMRMLViewLogic.
    """

    def __init__(self, host: SceneHost, node: slicer.vtkMRMLViewNode, size: tuple[int, int]) -> None:
        super().__init__(slicer.vtkMRMLThreeDViewDisplayableManagerFactory.GetInstance(), _THREE_D_MANAGERS, host, size)
        self.node = node
        self.logic = slicer.vtkMRMLViewLogic()
        self.logic.SetMRMLApplicationLogic(host.application_logic)
        host.application_logic.GetViewLogics().AddItem(self.logic)
        self._logics = host.application_logic.GetViewLogics()
        self.logic.SetName(node.GetLayoutName())  # the logic finds its node by this name
        self.logic.SetMRMLScene(host.scene)
        self.logic.SetDisplayableManagerGroup(self.managers)
        self.managers.SetMRMLDisplayableNode(node)

    @property
    def camera_node(self) -> slicer.vtkMRMLCameraNode:
        return self.managers.GetDisplayableManagerByClassName("vtkMRMLCameraDisplayableManager").GetCameraNode()

    def reset_camera(self) -> None:
        """Look from the front at all that is shown."""
        self.camera_node.RotateTo(slicer.vtkMRMLCameraNode.Anterior)
        self.renderer.ResetCamera()
        self.renderer.ResetCameraClippingRange()

    def close(self) -> None:
        self.logic.SetDisplayableManagerGroup(None)
        super().close()
        self._logics.RemoveItem(self.logic)
        self.logic.SetMRMLScene(None)


class OffscreenViews:
    """The views of a host, by view node.

    :param size: width and height of each view in pixels.
    :param late: whether slice views get their size as :class:`SliceView` says.
    """

    def __init__(self, host: SceneHost, size: tuple[int, int] = (220, 220), *, late: bool = False) -> None:
        self._host = host
        self._size = size
        self._late = late
        self._views: dict[str, SliceView | ThreeDView] = {}

    def add(self, node: slicer.vtkMRMLAbstractViewNode) -> SliceView | ThreeDView:
        """The view of a slice or 3D view node of the scene, made at the first call."""
        if node.GetID() not in self._views:
            if node.IsA("vtkMRMLSliceNode"):
                self._views[node.GetID()] = SliceView(self._host, node, self._size, late=self._late)
            else:
                self._views[node.GetID()] = ThreeDView(self._host, node, self._size)
            node.SetMappedInLayout(1)
        return self._views[node.GetID()]

    def add_slice_view(self, name: str, orientation: str = "Axial") -> SliceView:
        """A new slice node ("Axial", "Sagittal", "Coronal" or a preset of the scene's) and its view."""
        node = self._add_node("vtkMRMLSliceNode", name)
        node.SetOrientation(orientation)
        return self.add(node)

    def add_3d_view(self, name: str) -> ThreeDView:
        """A new 3D view node and its view."""
        return self.add(self._add_node("vtkMRMLViewNode", name))

    def _add_node(self, class_name: str, name: str) -> slicer.vtkMRMLAbstractViewNode:
        node = self._host.scene.CreateNodeByClass(class_name)  # with the scene's defaults, e.g. orientation presets
        node.UnRegister(None)
        node.SetName(name)
        node.SetLayoutName(name)
        node.SetSingletonTag(name)
        return self._host.scene.AddNode(node)

    def remove(self, node: slicer.vtkMRMLAbstractViewNode) -> None:
        """Free the view of a node that has left the scene; nothing happens for one that has none."""
        for node_id, view in list(self._views.items()):
            if view.node is node:
                self._views.pop(node_id).close()

    def close(self) -> None:
        """Free the windows. Call before the host's close."""
        for view in self._views.values():
            view.close()
        self._views.clear()
