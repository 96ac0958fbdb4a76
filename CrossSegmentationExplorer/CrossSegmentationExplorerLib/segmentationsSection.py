"""The part of the panel that says which segmentations are compared: loaded ones, and those of the DICOM database."""

import qt
import slicer
from slicer.i18n import tr as _

from CrossSegmentationExplorerLib.tableCells import fillTable, setChecked, tableTexts


class SegmentationsSection:
    """Tables of the panel's own form: segmentations, rules that name models, groups of structures."""

    def __init__(self, widget):
        """:param widget: of the module; it shows all anew once the scene is quiet."""
        self._widget, self.ui, self._panel = widget, widget.ui, widget.panel
        self._shown = {}
        self._searchTimer = qt.QTimer()
        self._searchTimer.connect("timeout()", self.searchOn)
        ui = self.ui
        ui.segmentationsTable.connect("itemChanged(QTableWidgetItem*)", self.onSegmentationChanged)
        ui.loadButton.connect("clicked()", self.onLoad)
        ui.rulesTable.connect("itemChanged(QTableWidgetItem*)", self.onRulesEdited)
        ui.groupsTable.connect("itemChanged(QTableWidgetItem*)", self.onGroupsEdited)
        ui.resetGroupsButton.connect("clicked()", lambda: widget.do(lambda: widget.logic.change(groups=None)))

    def show(self):
        """Show what is there; call it while widgets are filled."""
        ui, lines = self.ui, self._panel.segmentations
        missing = [line for line in lines if not line.loaded]
        ui.loadButton.enabled = any(line.checked for line in missing)
        ui.foundLabel.text = _("{count} not loaded").format(count=len(missing)) if missing else ""
        if self._changed("segmentations", lines):
            fillTable(ui.segmentationsTable, [line.texts for line in lines], editable=(1,))
            for number, line in enumerate(lines):
                setChecked(ui.segmentationsTable.item(number, 0), line.checked)
        for table, cells in ((ui.rulesTable, self._panel.rule_cells), (ui.groupsTable, self._panel.group_cells)):
            if self._changed(table.objectName, cells):
                fillTable(table, cells, editable=(0, 1))

    def startSearch(self):
        """Look for segmentations of the volume in the DICOM database, a little at a time."""
        from SegmentationConcordanceQt.dicomDatabase import openDatabase

        self._panel.start_search(openDatabase())
        self._searchTimer.start(0)

    def stopSearch(self):
        self._searchTimer.stop()

    def searchOn(self):
        if self._widget.isWorking:
            return
        self._panel.search.advance()
        if self._panel.search.is_done:
            self._searchTimer.stop()
            self._widget.showAll()

    def onSegmentationChanged(self, item):
        if not self._widget.isFilling:
            line = self._shown["segmentations"][item.row()]
            if item.column() == 0:
                self._panel.check(line, item.checkState() == qt.Qt.Checked)
            else:
                self._panel.rename_model(line, item.text())
                self._shown.pop("segmentations")  # what was typed need not be what the model is called now
            self._widget.refreshSoon()  # not now: the table still works on the item

    def onRulesEdited(self, *_unused):
        if not self._widget.isFilling:
            self._panel.set_rule_cells(tableTexts(self.ui.rulesTable))
            self.startSearch()
            self._widget.refreshSoon()

    def onGroupsEdited(self, *_unused):
        if not self._widget.isFilling:
            self._panel.set_group_cells(tableTexts(self.ui.groupsTable))
            self._widget.refreshSoon()

    def onLoad(self):
        """Load what is checked of what the database has; what cannot be read does not stop the rest."""
        errors = []
        try:
            self._widget.runLong(
                _("Loading"),
                _("The segmentations could not be loaded."),
                lambda progress: errors.extend(self._panel.load_checked(progress)),
            )
        finally:
            self._widget.refresh()
        if errors:
            slicer.util.errorDisplay("\n".join(str(error) for error in errors))

    def _changed(self, name, content):
        """Whether a table must be filled: that loses its selection and the cell that is being edited."""
        former, self._shown[name] = self._shown.get(name), content
        return former != content
