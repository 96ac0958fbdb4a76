"""The part of the panel that says which views each row has."""

VIEW_CHECK_BOXES = ("axialCheckBox", "sagittalCheckBox", "coronalCheckBox", "threeDCheckBox")
COMPACT_KEY, PLANE_KEY = "Alt+G", "Alt+P"


class ViewsSection:
    """Check boxes of the panel's own form; what they do goes to the library's ViewsPanel."""

    def __init__(self, ui, logic, do):
        """:param do: does what a user asked for, shows errors, and shows the panel anew."""
        from SegmentationConcordanceLib.exploring.view_kinds import VIEW_KINDS
        from SegmentationConcordanceLib.scene.explorer.views_panel import ViewsPanel

        self.ui, self._do = ui, do
        self._panel = ViewsPanel(logic)
        ui.planeComboBox.addItems([kind.title for kind in VIEW_KINDS])
        for name in VIEW_CHECK_BOXES:
            getattr(ui, name).connect("toggled(bool)", self.onShown)
        ui.compactCheckBox.connect("toggled(bool)", lambda on: do(lambda: self._panel.set_compact(on)))
        ui.planeComboBox.connect(
            "currentIndexChanged(int)", lambda number: do(lambda: self._panel.set_plane(max(0, number)))
        )

    def shortcuts(self):
        """What keys do: by their names."""
        return {COMPACT_KEY: self.ui.compactCheckBox.click, PLANE_KEY: lambda: self._do(self._panel.step_plane)}

    def show(self):
        """Show what is chosen; call it while widgets are filled."""
        for name, shown in zip(VIEW_CHECK_BOXES, self._panel.shown):
            getattr(self.ui, name).checked = shown
        self.ui.compactCheckBox.checked = self._panel.is_compact
        self.ui.planeComboBox.currentIndex = self._panel.plane
        self.ui.planeComboBox.enabled = self._panel.is_compact

    def onShown(self, *_unused):
        shown = [getattr(self.ui, name).checked for name in VIEW_CHECK_BOXES]
        self._do(lambda: self._panel.show(shown))
