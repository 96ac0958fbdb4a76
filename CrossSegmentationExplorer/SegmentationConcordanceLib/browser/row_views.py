"""The rows' views in the browser: made by trame-slicer, as the scene's layout node says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from trame.widgets import html
from trame_server import Server
from trame_slicer.core import SlicerApp
from trame_slicer.rca_view import RemoteViewFactory
from trame_slicer.views import (
    AbstractView,
    NoScheduleRendering,
    SliceView,
    ThreeDView,
    ViewLayoutDefinition,
    ViewType,
    slicer_layout_to_vue,
)

_BACKGROUND = "#000000"
# JPEG by Pillow, which comes as a wheel: trame's own choice needs a library of the system.
_ENCODER = "jpeg"
_FRAMES_PER_SECOND = 25.0


class RowViews:
    """Makes a view for every view of the scene's layout, as Slicer's layout manager does on the desktop.

    The explorer tells its rows to the layout node; this follows the node. Views that the layout no longer has, or
    that are not wanted on the page, stay and draw nothing.

    :param moved: called after anything in a view has changed, with the view's name.
    :param resized: called when the page has given a view another size.
    :ivar names: of the layout's views, whether they are on the page or not.
    """

    def __init__(
        self, app: SlicerApp, server: Server, moved: Callable[[str], None], resized: Callable[[], None]
    ) -> None:
        self._manager = app.view_manager
        self._moved = moved
        self._resized = resized
        self._wanted: set[str] | None = None
        self.names: tuple[str, ...] = ()
        for kind, view_type, add_ui in (
            (SliceView, ViewType.SLICE_VIEW, _add_position),
            (ThreeDView, ViewType.THREE_D_VIEW, None),
        ):
            self._manager.register_factory(
                RemoteViewFactory(
                    server,
                    partial(_cheap_view, kind),
                    view_type,
                    populate_view_ui_f=add_ui,
                    target_fps=_FRAMES_PER_SECOND,
                    rca_encoder=_ENCODER,
                )
            )
        self._scene = app.scene
        self._layout = app.scene.AddNewNodeByClass("vtkMRMLLayoutNode")
        self._layout.AddObserver("ModifiedEvent", self._follow)

    def show_only(self, names: Iterable[str] | None) -> None:
        """Draw these views of the layout and no others; None for all. Names of views to come are remembered."""
        self._wanted = None if names is None else set(names)
        self._show()

    def renderer_of(self, node: Any) -> Any:
        """The renderer of a view node; None where it has no view."""
        view = self._manager.get_view(node)
        return view.renderer() if view is not None else None

    def match_hidden(self) -> None:
        """Give hidden slice views the size of a shown one: all views share the zoom, which their shape decides."""
        nodes = {name: self._manager.get_view(name).get_view_node() for name in self.names}
        slices = {name: node for name, node in nodes.items() if node.IsA("vtkMRMLSliceNode")}
        shown = [name for name in self._shown() if name in slices]
        if shown:
            columns, rows, _ = slices[shown[0]].GetDimensions()
            for name in slices.keys() - set(shown):
                slices[name].SetDimensions(columns, rows, 1)

    def draw(self) -> None:
        """Draw the shown views again."""
        for name in self._shown():
            self._manager.get_view(name).schedule_render()

    def position(self, name: str) -> str:
        """Where a slice view's slice is, along its normal, in mm; "" for a 3D view."""
        view = self._manager.get_view(name)
        return f"{view.get_slice_value():.1f} mm" if hasattr(view, "get_slice_value") else ""

    def _follow(self, *_: object) -> None:
        xml = self._layout.GetCurrentLayoutDescription()
        definitions = slicer_layout_to_vue(xml).get_views(is_recursive=True) if xml else []
        self.names = tuple(definition.singleton_tag for definition in definitions)
        for definition in definitions:
            self._forget_stale(definition.singleton_tag)
            if not self._manager.is_view_created(definition.singleton_tag):
                self._make(definition)
        self._show()

    def _forget_stale(self, name: str) -> None:
        """Give a view up whose node has left the scene, with the rows of a former case."""
        view = self._manager.get_view(name)
        if view is not None and view.get_view_node() is not None and view.get_view_node().GetScene() is None:
            self._manager.remove_view(name)

    def _make(self, definition: ViewLayoutDefinition) -> None:
        definition.properties.background_color = _BACKGROUND
        if definition.view_type is ViewType.THREE_D_VIEW:
            definition.properties.box_visible = False
        self._scene.GlobalWarningDisplayOff()  # trame-slicer 2.0 observes an event that VTK wants to give up
        try:
            view = self._manager.create_view(definition)
        finally:
            self._scene.GlobalWarningDisplayOn()
        name = definition.singleton_tag
        view.modified.connect(lambda *_: self._moved(name))
        view.render_window().AddObserver("WindowResizeEvent", lambda *_: self._resized())

    def _shown(self) -> list[str]:
        return [name for name in self.names if self._wanted is None or name in self._wanted]

    def _show(self) -> None:
        self._manager.set_current_view_ids(self._shown())


def _cheap_view(kind: type[AbstractView], **arguments: Any) -> AbstractView:
    """A view that does not draw after every change while it is being made, and that takes one sample per pixel: depth
    peeling needs that, and more are dear without a GPU."""
    view = kind(scheduled_render_strategy=NoScheduleRendering(), **arguments)
    view.render_window().SetMultiSamples(0)
    return view


def position_variable(name: str) -> str:
    """The page's variable with the position of a slice view."""
    return f"position_{name}"


def _add_position(server: Server, view_id: str, _view: AbstractView) -> None:
    variable = position_variable(view_id)
    server.state.setdefault(variable, "")
    html.Div(f"{{{{ {variable} }}}}", classes="position")
