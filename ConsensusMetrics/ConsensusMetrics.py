"""The consensus of several segmentations of one image, and how well each model agrees with it."""

import qt
import slicer
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import ScriptedLoadableModule, ScriptedLoadableModuleWidget

from ConsensusMetricsLib.selfTest import ConsensusMetricsTest  # noqa: F401 - Slicer looks for it in this file

# Widgets of the options: field of AnalysisOptions, property, signal.
OPTION_WIDGETS = {
    "atLeastSpinBox": ("at_least", "value", "valueChanged(int)"),
    "stapleMarginSpinBox": ("staple_margin_mm", "value", "valueChanged(double)"),
    "leaveOneOutCheckBox": ("leave_one_out", "checked", "toggled(bool)"),
    "minModelsSpinBox": ("min_models", "value", "valueChanged(int)"),
    "truncatedCheckBox": ("leave_out_truncated", "checked", "toggled(bool)"),
    "surfacesCheckBox": ("surfaces", "checked", "toggled(bool)"),
    "nsdToleranceSpinBox": ("nsd_tolerance_mm", "value", "valueChanged(double)"),
    "tolerancesLineEdit": ("nsd_tolerances_mm", "text", "editingFinished()"),
    "penalizeCheckBox": ("penalize_missing", "checked", "toggled(bool)"),
    "typicalVolumesLineEdit": ("typical_volumes_ml", "text", "editingFinished()"),
    "structuresLineEdit": ("structures", "text", "editingFinished()"),
}
RETRY_MS = 100  # while long work runs
SELECTED_POINTS = "dataSelected(vtkStringArray*,vtkCollection*)"

DOCUMENTATION = (
    "https://github.com/SegmentationConcordance/SlicerSegmentationConcordance/blob/main/docs/consensus_metrics.md"
)


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
        link = _("Documentation and tutorial")
        self.parent.helpText += f'<p><a href="{DOCUMENTATION}">{link}</a></p>'
        self.parent.acknowledgementText = _(
            "The method extends that of the study with DOI 10.1117/1.JMI.13.6.062204. Please cite it."
        )


class ConsensusMetricsWidget(ScriptedLoadableModuleWidget):
    """The panel. What it knows is in the library's ConsensusMetricsLogic and in the scene."""

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        self.logic = None
        try:
            from SegmentationConcordanceQt.startup import setUpPanel
        except ImportError:  # another extension's module of the explorer's name was found first
            label = qt.QLabel(_("The library was not found beside the module Cross Segmentation Explorer."))
            label.wordWrap = True
            self.layout.addWidget(label)
            return
        setUpPanel(self, self._makePanel)

    def _makePanel(self):
        from SegmentationConcordanceLib.anatomy.combinations import combinations
        from SegmentationConcordanceLib.anatomy.groups import shipped_groups
        from SegmentationConcordanceLib.scene.consensus.axis_names import NamedAxes
        from SegmentationConcordanceLib.scene.consensus.consensus_metrics import ConsensusMetricsLogic
        from SegmentationConcordanceQt.longWork import LongWork

        self._uiWidget = slicer.util.loadUI(self.resourcePath("UI/ConsensusMetrics.ui"))
        self.layout.addWidget(self._uiWidget)
        self.ui = slicer.util.childWidgetVariables(self._uiWidget)
        self._uiWidget.setMRMLScene(slicer.mrmlScene)
        self._updating, self._order, self._plotViews = False, ("", False), []
        self._namedAxes = NamedAxes()
        self._candidates, self._result, self._rows = (), None, []
        self._work = LongWork()
        self.ui.groupsList.addItems([group.title for group in shipped_groups()])
        self.ui.combinationsList.addItems(list(combinations()))
        for table in (self.ui.segmentationsTable, self.ui.resultsTable):
            table.horizontalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        self.ui.rulesTable.horizontalHeader().setSectionResizeMode(qt.QHeaderView.Stretch)
        self._connectWidgets()
        self._refreshTimer = qt.QTimer()
        self._refreshTimer.setSingleShot(True)
        self._refreshTimer.connect("timeout()", self.refresh)
        self.logic = ConsensusMetricsLogic(slicer.mrmlScene, lambda: self._refreshTimer.start(0))

    def _connectWidgets(self):
        ui = self.ui
        ui.volumeSelector.connect("currentNodeChanged(vtkMRMLNode*)", self.onVolumeChanged)
        ui.segmentationsTable.connect("itemChanged(QTableWidgetItem*)", self.onSegmentationChanged)
        ui.rulesTable.connect("itemChanged(QTableWidgetItem*)", self.onRulesChanged)
        for listWidget in (ui.groupsList, ui.combinationsList):
            listWidget.connect("itemChanged(QListWidgetItem*)", self.onOptionsChanged)
        ui.methodComboBox.connect("currentIndexChanged(int)", self.onOptionsChanged)
        ui.referenceComboBox.connect("currentIndexChanged(int)", self.onOptionsChanged)
        for name, (_field, _property, signal) in OPTION_WIDGETS.items():
            getattr(ui, name).connect(signal, self.onOptionsChanged)
        ui.applyButton.connect("clicked()", self.onApply)
        ui.filterLineEdit.connect("textChanged(QString)", self.showRows)
        ui.resultsTable.connect("itemSelectionChanged()", self.onRowSelected)
        ui.resultsTable.horizontalHeader().connect("sectionClicked(int)", self.onHeaderClicked)
        for number, button in enumerate((ui.dicePlotButton, ui.sharePlotButton, ui.pairPlotButton)):
            button.connect("clicked()", lambda number=number: self.showPlot(number))
        ui.modelsButton.connect("toggled(bool)", lambda visible: self.logic.show_models(visible))
        for button in (ui.consensusButton, ui.mapButton, ui.mapOfSelectedCheckBox):
            button.connect("toggled(bool)", self.updateViews)
        ui.previousFindingButton.connect("clicked()", lambda: self.stepFinding(-1))
        ui.nextFindingButton.connect("clicked()", lambda: self.stepFinding(1))
        for name in ("Tables", "Seg", "Report"):
            getattr(ui, f"export{name}Button").connect("clicked()", getattr(self, f"onExport{name}"))

    def cleanup(self):
        if self.logic is None:  # there was an obstacle, or setup failed
            return
        self._work.end()
        self.exit()
        self._refreshTimer.stop()
        for view in self._plotViews:
            view.disconnect(SELECTED_POINTS, self.onPointsSelected)
        self._plotViews = []
        self._namedAxes.stop()
        self._updating = True  # the selector lets its volume go
        self._uiWidget.setMRMLScene(None)
        self.logic.close()
        self.logic = None

    def enter(self):
        if self.logic is not None:
            self.logic.preselect_volume()
            self.refresh()

    def exit(self):
        if self.logic is not None:
            self.logic.restore_layout()

    def onReload(self):
        from SegmentationConcordanceQt.reloading import forgetPackages

        forgetPackages("ConsensusMetrics")
        ScriptedLoadableModuleWidget.onReload(self)

    def refresh(self):
        """Show what logic and scene say now; not what is half made."""
        if self._work.isRunning:
            self._refreshTimer.start(RETRY_MS)
            return
        self._updating = True
        try:
            self.ui.volumeSelector.setCurrentNode(self.logic.volume)
            self._showSegmentations()
            self._showRules()
            self._showOptions()
        finally:
            self._updating = False
        self.updateApply()
        if self._result is not self.logic.result:  # else the selected row would be lost
            if (self._result is None) != (self.logic.result is None):
                self._fold(self.logic.result is not None)
            self._result = self.logic.result
            self.showRows()

    def _fold(self, hasResult):
        """Leave the room to the results once there are some, and give it back when they are gone."""
        for name in ("inputs", "options"):
            getattr(self.ui, f"{name}CollapsibleButton").collapsed = hasResult

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

    def _showRules(self):
        from SegmentationConcordanceLib.scene.model_grouping import rule_cells

        table, written = self.ui.rulesTable, self._ruleCells()
        rows = rule_cells(self.logic.rules, written)
        if rows == written:  # else a cell that is being edited would be lost
            return
        table.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                table.setItem(row, column, qt.QTableWidgetItem(text))

    def _ruleCells(self):
        table = self.ui.rulesTable
        return [tuple(table.item(row, column).text() for column in (0, 1)) for row in range(table.rowCount)]

    def _showOptions(self):
        from SegmentationConcordanceLib.agreement.option_fields import is_usable, shown_option
        from SegmentationConcordanceLib.agreement.options import METHODS

        ui, options, models = self.ui, self.logic.options, self.logic.models
        ui.methodComboBox.currentIndex = METHODS.index(options.method)
        ui.referenceComboBox.clear()
        ui.referenceComboBox.addItems(models)
        ui.referenceComboBox.currentIndex = models.index(options.reference) if options.reference in models else -1
        for name, (field, prop, _signal) in OPTION_WIDGETS.items():
            if getattr(getattr(ui, name), prop) != shown_option(getattr(options, field)):
                setattr(getattr(ui, name), prop, shown_option(getattr(options, field)))
        fields = {name: field for name, (field, _property, _signal) in OPTION_WIDGETS.items()}
        for name, field in (fields | {"referenceComboBox": "reference"}).items():
            for part in {name, f"{name}Label"}.intersection(vars(ui)):
                getattr(ui, part).visible = is_usable(options, field)
        for listWidget, names in ((ui.groupsList, options.groups), (ui.combinationsList, self.logic.combinations)):
            for row in range(listWidget.count):
                item = listWidget.item(row)
                item.setCheckState(qt.Qt.Checked if item.text() in names else qt.Qt.Unchecked)

    def updateApply(self):
        """Say whether and why not the models can be compared, and what there is to see."""
        obstacle, result = self.logic.obstacle(), self.logic.result
        self.ui.applyButton.enabled = not obstacle
        self.ui.applyButton.toolTip = obstacle or _("Compare the models that are checked")
        self.ui.exclusionLabel.text = self.logic.exclusion_note()
        self.ui.exclusionLabel.visible = bool(self.ui.exclusionLabel.text)
        self.ui.statusLabel.text = "\n".join(self.logic.summary()) if result else _("Nothing compared yet.")
        self.ui.findingLabel.text = self.logic.findings.text if result else ""
        names = ("dicePlot", "sharePlot", "pairPlot", "consensus", "map", "exportTables", "exportReport")
        for name in (*names, "previousFinding", "nextFinding"):
            getattr(self.ui, f"{name}Button").enabled = result is not None
        noSeg = self.logic.seg_obstacle()
        self.ui.exportSegButton.enabled = result is not None and not noSeg
        self.ui.exportSegButton.toolTip = noSeg or _("Write the consensus as a DICOM SEG that refers to the images")

    def stepFinding(self, steps):
        """Go to the next finding, and say what it is."""
        self._work.run(
            _("Findings"),
            _("The findings could not be made."),
            lambda progress: self.logic.step_finding(steps),
        )
        self.ui.findingLabel.text = self.logic.findings.text or _("No finding.")

    def showRows(self, *_unused):
        """Fill the result table with the rows that the filter finds, in the order chosen."""
        from SegmentationConcordanceLib.agreement.row_order import cells, shown_rows

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
        if not (self._updating or self._work.isRunning):
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
        if self._updating or self._work.isRunning:
            return
        from SegmentationConcordanceLib.agreement.options import METHODS
        from SegmentationConcordanceLib.errors import ConcordanceError

        ui, problem = self.ui, ""
        chosen = {field: getattr(getattr(ui, name), prop) for name, (field, prop, _signal) in OPTION_WIDGETS.items()}
        chosen |= {"method": METHODS[ui.methodComboBox.currentIndex], "groups": _checked(ui.groupsList)}
        try:
            self.logic.change_options(reference=ui.referenceComboBox.currentText, **chosen)
            self.logic.set_combinations(_checked(ui.combinationsList))
        except ConcordanceError as error:
            problem = str(error)
        self.refresh()  # before the message: a field that loses the focus to it would be read again
        if problem:
            slicer.util.errorDisplay(problem)

    def onRulesChanged(self, *_unused):
        if not self._updating:
            from SegmentationConcordanceLib.scene.model_grouping import rules_of_cells

            self.logic.set_rules(rules_of_cells(self._ruleCells()))
            self._refreshTimer.start(0)  # not now: the table still works on the item

    def onApply(self):
        try:
            done = self._work.run(_("Comparing"), _("The segmentations could not be compared."), self.logic.apply)
        finally:
            self.refresh()
        if done is not None:
            self.updateViews()

    def onHeaderClicked(self, section):
        """Sort by a column, the other way round when clicked again, and a third time worst first."""
        from SegmentationConcordanceLib.agreement.row_order import next_order

        self._order = next_order(self._order, section)
        header = self.ui.resultsTable.horizontalHeader()
        header.setSortIndicatorShown(bool(self._order[0]))
        header.setSortIndicator(section, qt.Qt.DescendingOrder if self._order[1] else qt.Qt.AscendingOrder)
        self.showRows()

    def onRowSelected(self):
        if (row := self.selectedRow()) is not None:
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

    def showPlot(self, number):
        """Show the n-th plot and its table."""
        from SegmentationConcordanceLib.scene.consensus.agreement_nodes import CHARTS

        if not self.logic.show_plot(list(CHARTS)[number]):
            self.ui.statusLabel.text = _("The results have been removed from the scene: apply again.")
        layoutManager = slicer.app.layoutManager()
        for widget in [layoutManager.plotWidget(n) for n in range(layoutManager.plotViewCount)]:
            view = widget.plotView()
            self._namedAxes.follow(widget.mrmlPlotViewNode(), view.chart())
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
        from SegmentationConcordanceLib.reporting.result_exports import export_tables

        self._export(_("Export tables"), "agreement.csv", "CSV (*.csv)", lambda path: export_tables(path, self._result))

    def onExportSeg(self):
        from SegmentationConcordanceQt.dicomDatabase import fileForInstance

        def write(path):
            self.logic.write_consensus(path, fileForInstance)

        self._export(_("Export consensus"), "consensus.dcm", "DICOM SEG (*.dcm)", write)

    def onExportReport(self):
        from SegmentationConcordanceLib.reporting.result_exports import export_report

        def write(path):
            export_report(path, self._result, self.logic.notes, self.logic.scan_voxels())

        self._export(_("Export report"), "report.html", "HTML (*.html)", write)

    def _export(self, title, name, kind, write):
        path = qt.QFileDialog.getSaveFileName(slicer.util.mainWindow(), title, name, kind)
        if path:
            with slicer.util.tryWithErrorDisplay(_("Nothing was written."), waitCursor=True):
                write(path)


def _checked(listWidget):
    """The texts of the items that are checked."""
    items = [listWidget.item(row) for row in range(listWidget.count)]
    return tuple(item.text() for item in items if item.checkState() == qt.Qt.Checked)
