"""The consensus of several segmentations of one image, and how well each model agrees with it."""

import qt
import slicer
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)

# Widgets of the options: field of AnalysisOptions, property, signal.
OPTION_WIDGETS = {
    "atLeastSpinBox": ("at_least", "value", "valueChanged(int)"),
    "stapleMarginSpinBox": ("staple_margin_mm", "value", "valueChanged(double)"),
    "leaveOneOutCheckBox": ("leave_one_out", "checked", "toggled(bool)"),
    "minModelsSpinBox": ("min_models", "value", "valueChanged(int)"),
    "truncatedCheckBox": ("leave_out_truncated", "checked", "toggled(bool)"),
    "surfacesCheckBox": ("surfaces", "checked", "toggled(bool)"),
    "nsdToleranceSpinBox": ("nsd_tolerance_mm", "value", "valueChanged(double)"),
}
SELECTED_POINTS = "dataSelected(vtkStringArray*,vtkCollection*)"


class ConsensusMetrics(ScriptedLoadableModule):
    """What Slicer shows of the module: title, category, help."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("Consensus Metrics")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Quantification")]
        self.parent.dependencies = ["CrossSegmentationExplorer"]
        self.parent.contributors = ["SegmentationConcordance contributors"]
        self.parent.helpText = _(
            "Computes the consensus of several models' segmentations of a volume and each model's agreement with it, "
            "per structure, worst first. Segments are matched by their codes, never by name."
        )
        self.parent.acknowledgementText = _(
            "The method extends that of the study with DOI 10.1117/1.JMI.13.6.062204. Please cite it."
        )


class CancelledError(Exception):
    """The user pressed Cancel."""


class ConsensusMetricsWidget(ScriptedLoadableModuleWidget):
    """The panel. What it knows is in the library's ConsensusMetricsLogic and in the scene."""

    def setup(self):
        from SegmentationConcordanceLib.scene.consensus_metrics import ConsensusMetricsLogic

        ScriptedLoadableModuleWidget.setup(self)
        uiWidget = slicer.util.loadUI(self.resourcePath("UI/ConsensusMetrics.ui"))
        self.layout.addWidget(uiWidget)
        self.ui = slicer.util.childWidgetVariables(uiWidget)
        uiWidget.setMRMLScene(slicer.mrmlScene)
        self._updating = False
        self._candidates, self._result, self._rows = (), None, []
        self._order = ("", False)
        self._plotViews = []
        for table in (self.ui.segmentationsTable, self.ui.resultsTable):
            table.horizontalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        self._connectWidgets()
        self._refreshTimer = qt.QTimer()
        self._refreshTimer.setSingleShot(True)
        self._refreshTimer.connect("timeout()", self.refresh)
        self.logic = ConsensusMetricsLogic(slicer.mrmlScene, lambda: self._refreshTimer.start(0))
        self.refresh()

    def _connectWidgets(self):
        ui = self.ui
        ui.volumeSelector.connect("currentNodeChanged(vtkMRMLNode*)", self.onVolumeChanged)
        ui.segmentationsTable.connect("itemChanged(QTableWidgetItem*)", self.onSegmentationChanged)
        ui.methodComboBox.connect("currentIndexChanged(int)", self.onOptionsChanged)
        ui.referenceComboBox.connect("currentIndexChanged(int)", self.onOptionsChanged)
        for name, (_field, _property, signal) in OPTION_WIDGETS.items():
            getattr(ui, name).connect(signal, self.onOptionsChanged)
        ui.applyButton.connect("clicked()", self.onApply)
        ui.filterLineEdit.connect("textChanged(QString)", self.showRows)
        ui.resultsTable.connect("itemSelectionChanged()", self.onRowSelected)
        ui.resultsTable.horizontalHeader().connect("sectionClicked(int)", self.onHeaderClicked)
        ui.dicePlotButton.connect("clicked()", lambda: self.showPlots(False))
        ui.sharePlotButton.connect("clicked()", lambda: self.showPlots(True))
        for button in (ui.consensusButton, ui.mapButton, ui.mapOfSelectedCheckBox):
            button.connect("toggled(bool)", self.updateViews)
        ui.exportTablesButton.connect("clicked()", self.onExportTables)
        ui.exportSegButton.connect("clicked()", self.onExportSeg)
        ui.exportReportButton.connect("clicked()", self.onExportReport)

    def cleanup(self):
        self._refreshTimer.stop()
        for view in self._plotViews:
            view.disconnect(SELECTED_POINTS, self.onPointsSelected)
        self._plotViews = []
        self.logic.close()

    def enter(self):
        self.logic.preselect_volume()
        self.refresh()

    def onReload(self):
        import sys

        for name in [name for name in sys.modules if name.partition(".")[0] == "SegmentationConcordanceLib"]:
            del sys.modules[name]
        ScriptedLoadableModuleWidget.onReload(self)

    def refresh(self):
        """Show what logic and scene say now."""
        self._updating = True
        try:
            self.ui.volumeSelector.setCurrentNode(self.logic.volume)
            self._showSegmentations()
            self._showOptions()
        finally:
            self._updating = False
        self.updateApply()
        if self._result is not self.logic.result:  # else the selected row would be lost
            self._result = self.logic.result
            self.showRows()

    def _showSegmentations(self):
        candidates, table = self.logic.candidates, self.ui.segmentationsTable
        if candidates == self._candidates:  # else a name that is being edited would be lost
            return
        self._candidates = candidates
        table.setRowCount(len(candidates))
        for row, candidate in enumerate(candidates):
            name, model, reason = (qt.QTableWidgetItem(t) for t in (candidate.name, candidate.model, candidate.reason))
            name.setFlags(qt.Qt.ItemIsEnabled | qt.Qt.ItemIsSelectable | qt.Qt.ItemIsUserCheckable)
            name.setCheckState(qt.Qt.Checked if candidate.use else qt.Qt.Unchecked)
            reason.setFlags(qt.Qt.ItemIsEnabled | qt.Qt.ItemIsSelectable)
            for column, item in enumerate((name, model, reason)):
                table.setItem(row, column, item)

    def _showOptions(self):
        from SegmentationConcordanceLib.agreement.options import AT_LEAST, METHODS, REFERENCE, STAPLE

        ui, options, models = self.ui, self.logic.options, self.logic.models
        ui.methodComboBox.currentIndex = METHODS.index(options.method)
        ui.referenceComboBox.clear()
        ui.referenceComboBox.addItems(models)
        ui.referenceComboBox.currentIndex = models.index(options.reference) if options.reference in models else -1
        for name, (field, prop, _signal) in OPTION_WIDGETS.items():
            setattr(getattr(ui, name), prop, getattr(options, field))
        ui.atLeastSpinBox.enabled = options.method == AT_LEAST
        ui.stapleMarginSpinBox.enabled = options.method == STAPLE
        ui.referenceComboBox.enabled = options.method == REFERENCE
        ui.leaveOneOutCheckBox.enabled = options.method != REFERENCE
        ui.nsdToleranceSpinBox.enabled = options.surfaces

    def updateApply(self):
        """Say whether and why not the models can be compared, and what there is to see."""
        obstacle, result = self.logic.obstacle(), self.logic.result
        self.ui.applyButton.enabled = not obstacle
        self.ui.applyButton.toolTip = obstacle or _("Compare the models that are checked")
        note = self.logic.exclusion_note()
        self.ui.exclusionLabel.text = note
        self.ui.exclusionLabel.visible = bool(note)
        self.ui.statusLabel.text = "\n".join(self.logic.summary()) if result else _("Nothing compared yet.")
        for name in ("dicePlot", "sharePlot", "consensus", "map", "exportTables", "exportSeg", "exportReport"):
            getattr(self.ui, f"{name}Button").enabled = result is not None

    def showRows(self, *_unused):
        """Fill the result table with the rows that the filter finds, in the order chosen."""
        from SegmentationConcordanceLib.scene.row_order import cells, shown_rows

        rows = self._result.agreement if self._result else ()
        self._rows = shown_rows(rows, self.ui.filterLineEdit.text, self._order)
        table = self.ui.resultsTable
        table.setRowCount(0)  # and with the rows the selection
        table.setRowCount(len(self._rows))
        for line, row in enumerate(self._rows):
            for column, (text, isNumber) in enumerate(cells(row)):
                item = qt.QTableWidgetItem(text)
                item.setTextAlignment((qt.Qt.AlignRight if isNumber else qt.Qt.AlignLeft) | qt.Qt.AlignVCenter)
                table.setItem(line, column, item)

    def onVolumeChanged(self, node):
        if not self._updating:
            self.logic.set_volume(node)
            self.refresh()

    def onSegmentationChanged(self, item):
        if not self._updating:
            nodeId = self._candidates[item.row()].node_id
            if item.column() == 0:
                self.logic.choose(nodeId, use=item.checkState() == qt.Qt.Checked)
            else:
                self.logic.choose(nodeId, model=item.text())
            self._refreshTimer.start(0)  # not now: the table still works on the item

    def onOptionsChanged(self, *_unused):
        if not self._updating:
            from SegmentationConcordanceLib.agreement.options import METHODS

            ui = self.ui
            chosen = {
                field: getattr(getattr(ui, name), prop) for name, (field, prop, _signal) in OPTION_WIDGETS.items()
            }
            method = METHODS[ui.methodComboBox.currentIndex]
            self.logic.change_options(method=method, reference=ui.referenceComboBox.currentText, **chosen)
            self.refresh()

    def onApply(self):
        with slicer.util.tryWithErrorDisplay(_("The segmentations could not be compared."), waitCursor=True):
            dialog = slicer.util.createProgressDialog(windowTitle=_("Comparing"), maximum=100)

            def progress(fraction, words):
                dialog.labelText = words
                dialog.value = int(100 * fraction)
                slicer.app.processEvents()
                if dialog.wasCanceled:
                    raise CancelledError

            try:
                self.logic.apply(progress)
            except CancelledError:
                return
            finally:
                dialog.close()
        self.refresh()
        self.updateViews()

    def onHeaderClicked(self, section):
        """Sort by a column, the other way round when clicked again, and a third time worst first."""
        from SegmentationConcordanceLib.scene.row_order import next_order

        self._order = next_order(self._order, section)
        header = self.ui.resultsTable.horizontalHeader()
        header.setSortIndicatorShown(bool(self._order[0]))
        header.setSortIndicator(section, qt.Qt.DescendingOrder if self._order[1] else qt.Qt.AscendingOrder)
        self.showRows()

    def onRowSelected(self):
        row = self.selectedRow()
        if row is not None:
            self.logic.jump_to(row)
            if self.ui.mapButton.checked and self.ui.mapOfSelectedCheckBox.checked:
                self.updateViews()

    def selectedRow(self):
        indexes = self.ui.resultsTable.selectionModel().selectedRows()
        return self._rows[indexes[0].row()] if indexes else None

    def updateViews(self, *_unused):
        """Show or hide consensus and agreement map as the buttons say."""
        self.logic.show_consensus(self.ui.consensusButton.checked)
        row = self.selectedRow() if self.ui.mapOfSelectedCheckBox.checked else None
        if self.ui.mapButton.checked:
            self.logic.show_agreement_map(row.structure_key if row else "")
        else:
            self.logic.hide_agreement_map()

    def showPlots(self, share):
        if not self.logic.show_plots(share=share):
            self.ui.statusLabel.text = _("The results have been removed from the scene: apply again.")
        layoutManager = slicer.app.layoutManager()
        for view in [layoutManager.plotWidget(n).plotView() for n in range(layoutManager.plotViewCount)]:
            if view not in self._plotViews:
                view.connect(SELECTED_POINTS, self.onPointsSelected)
                self._plotViews.append(view)

    def onPointsSelected(self, seriesIds, selections):
        """Go to the first of the points that were clicked in a plot."""
        if not seriesIds.GetNumberOfValues():
            return
        row = self.logic.row_of_point(seriesIds.GetValue(0), selections.GetItemAsObject(0).GetValue(0))
        if row in self._rows:
            self.ui.resultsTable.selectRow(self._rows.index(row))
        elif row is not None:
            self.logic.jump_to(row)

    def onExportTables(self):
        from SegmentationConcordanceLib.reporting.tables import write_agreement, write_pairwise

        def write(path):
            write_agreement(path, self._result.agreement)
            write_pairwise(f"{path.removesuffix('.csv')}_pairwise.csv", self._result.pairwise)

        self._export(_("Export tables"), "agreement.csv", "CSV (*.csv)", write)

    def onExportSeg(self):
        def write(path):
            self.logic.write_consensus(path, slicer.dicomDatabase.fileForInstance)

        self._export(_("Export consensus"), "consensus.dcm", "DICOM SEG (*.dcm)", write)

    def onExportReport(self):
        from SegmentationConcordanceLib.reporting.report import write_report

        def write(path):
            notes = [note for note in (*self.logic.notes, self.logic.exclusion_note()) if note]
            title = f"Concordance of {self._result.case}"
            write_report(path, self._result.agreement, self._result.pairwise, title=title, notes=notes)

        self._export(_("Export report"), "report.html", "HTML (*.html)", write)

    def _export(self, title, name, kind, write):
        path = qt.QFileDialog.getSaveFileName(slicer.util.mainWindow(), title, name, kind)
        if path:
            with slicer.util.tryWithErrorDisplay(_("Nothing was written."), waitCursor=True):
                write(path)


class ConsensusMetricsTest(ScriptedLoadableModuleTest):
    """Two models of one volume, whose agreement is known beforehand."""

    def setUp(self):
        slicer.mrmlScene.Clear()

    def runTest(self):
        self.setUp()
        self.test_ConsensusMetrics1()

    def test_ConsensusMetrics1(self):
        import numpy as np

        from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
        from SegmentationConcordanceLib.imaging.geometry import Geometry
        from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
        from SegmentationConcordanceLib.scene.consensus_metrics import ConsensusMetricsLogic
        from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node
        from SegmentationConcordanceLib.scene.volume_node import add_volume_node

        self.delayDisplay("Comparing two models: 9 of the 12 columns of each are common")
        label = load_vocabulary("moose").labels[0]
        grid = Geometry.from_parts((10, 20, 20), (1.0, 1.0, 5.0), (0.0, 0.0, 0.0), np.eye(3))
        volume = add_volume_node(slicer.mrmlScene, np.zeros(grid.shape, np.int16), grid, "CT")
        for model, first in (("A", 2), ("B", 5)):
            voxels = np.zeros(grid.shape, np.uint8)
            voxels[2:8, 5:15, first : first + 12] = 1
            label_map = LabelMap((voxels,), grid, (Segment(1, label.structure_name, label.structure),))
            add_segmentation_node(slicer.mrmlScene, label_map, model, volume)
        logic = ConsensusMetricsLogic(slicer.mrmlScene)
        try:
            logic.preselect_volume()
            self.assertIs(logic.volume, volume)
            result = logic.apply()
            self.assertEqual([round(row.dice, 9) for row in result.agreement], [round(18 / 21, 9)] * 2)
            self.assertIsNotNone(slicer.mrmlScene.GetFirstNodeByName("CT: agreement, table"))
            self.assertIsNotNone(logic.jump_to(result.agreement[0]))
        finally:
            logic.close()
        self.delayDisplay("Test passed")
