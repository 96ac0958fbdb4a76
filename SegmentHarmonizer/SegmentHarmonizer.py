"""Any model's output and the image it was made on become coded, coloured segments and a valid DICOM SEG."""

import ctk
import qt
import slicer
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import ScriptedLoadableModule, ScriptedLoadableModuleWidget

from SegmentHarmonizerLib.dropFilter import DropFilter
from SegmentHarmonizerLib.fillComboBox import fillComboBox
from SegmentHarmonizerLib.labelsSection import LabelsSection
from SegmentHarmonizerLib.selfTest import SegmentHarmonizerTest  # noqa: F401 - Slicer looks for it in this file

RETRY_MS = 100  # while long work runs
# Widgets of the options: field of HarmonizerOptions, property, signal.
OPTION_WIDGETS = {
    "emptyCheckBox": ("with_empty", "checked", "toggled(bool)"),
    "labelMapsPathLineEdit": ("label_maps", "currentPath", "currentPathChanged(QString)"),
    "imagesPathLineEdit": ("images", "currentPath", "currentPathChanged(QString)"),
    "folderPathLineEdit": ("folder", "currentPath", "currentPathChanged(QString)"),
    "asLabelMapCheckBox": ("as_label_map", "checked", "toggled(bool)"),
    "leaveOutCheckBox": ("leave_out_uncoded", "checked", "toggled(bool)"),
    "toDatabaseCheckBox": ("to_database", "checked", "toggled(bool)"),
}

DOCUMENTATION = "https://github.com/SegmentationConcordance/SlicerSegmentationConcordance/blob/main/docs/harmonizer.md"


class SegmentHarmonizer(ScriptedLoadableModule):
    """What Slicer shows of the module: title, category, help."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("Segment Harmonizer")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        self.parent.dependencies = ["CrossSegmentationExplorer"]
        self.parent.contributors = ["SegmentationConcordance contributors"]
        self.parent.helpText = _(
            "Gives the labels of a model's output their SNOMED CT codes and colours, and writes a valid DICOM SEG. "
            "Unknown labels get suggestions, which wait for a yes."
        )
        link = _("Documentation and tutorial")
        self.parent.helpText += f'<p><a href="{DOCUMENTATION}">{link}</a></p>'
        self.parent.acknowledgementText = _(
            "The method extends that of the study with DOI 10.1117/1.JMI.13.6.062204. Please cite it."
        )


class SegmentHarmonizerWidget(ScriptedLoadableModuleWidget):
    """The panel. What it knows is in the library's HarmonizerLogic and in the scene."""

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
        import os

        from SegmentationConcordanceLib.scene.harmonizer.harmonizer import HarmonizerLogic
        from SegmentationConcordanceQt.dicomDatabase import fileForInstance
        from SegmentationConcordanceQt.longWork import LongWork

        uiWidget = slicer.util.loadUI(self.resourcePath("UI/SegmentHarmonizer.ui"))
        self.layout.addWidget(uiWidget)
        self.ui = slicer.util.childWidgetVariables(uiWidget)
        uiWidget.setMRMLScene(slicer.mrmlScene)
        self._updating, self._waitsForUser, self._isShown = False, False, False
        self._work = LongWork()
        self.ui.outputsTable.horizontalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        for name in ("labelMaps", "images", "folder"):
            getattr(self.ui, f"{name}PathLineEdit").filters = ctk.ctkPathLineEdit.Dirs
        self._connectWidgets()
        self._dropFilter = DropFilter(self.onDropped)
        uiWidget.acceptDrops = True
        uiWidget.installEventFilter(self._dropFilter)
        self._uiWidget = uiWidget
        self._refreshTimer = qt.QTimer()
        self._refreshTimer.setSingleShot(True)
        self._refreshTimer.connect("timeout()", self.readAndRefresh)
        self.logic = HarmonizerLogic(
            slicer.mrmlScene,
            lambda: self._refreshTimer.start(0),
            environment=os.environ,
            file_of_instance=fileForInstance,
        )
        self.labels = LabelsSection(self.ui, self.logic, self.refresh)

    def _connectWidgets(self):
        ui = self.ui
        ui.volumeSelector.connect("currentNodeChanged(vtkMRMLNode*)", self.onVolumeChanged)
        ui.outputsTable.connect("itemChanged(QTableWidgetItem*)", self.onOutputChanged)
        ui.outputsTable.connect("itemSelectionChanged()", self.showChosen)
        ui.addFilesButton.connect("clicked()", self.onAddFiles)
        ui.addFolderButton.connect("clicked()", self.onAddFolder)
        ui.removeButton.connect("clicked()", self.onRemove)
        ui.modelComboBox.connect("activated(int)", self.onModelChosen)
        ui.versionComboBox.connect("activated(int)", self.onVersionChosen)
        ui.taskComboBox.connect("activated(int)", self.onTaskChosen)
        ui.resampleCheckBox.connect("toggled(bool)", self.onResampleChanged)
        for name, (_field, _property, signal) in OPTION_WIDGETS.items():
            getattr(ui, name).connect(signal, self.onOptionsChanged)
        ui.saveLabelMapButton.connect("clicked()", self.onSaveLabelMap)
        ui.applyButton.connect("clicked()", self.onApply)
        ui.exportButton.connect("clicked()", self.onExport)

    def cleanup(self):
        if self.logic is None:  # there was an obstacle, or setup failed
            return
        self._work.end()
        self._refreshTimer.stop()
        self.ui.volumeSelector.disconnect("currentNodeChanged(vtkMRMLNode*)", self.onVolumeChanged)
        self._uiWidget.removeEventFilter(self._dropFilter)
        self.logic.close()
        self.logic = None

    def enter(self):
        if self.logic is None:
            return
        self._isShown = True
        self._waitsForUser = False
        self.logic.preselect_volume()
        self.readAndRefresh()

    def exit(self):
        if self.logic is not None:
            self._isShown = False

    def onReload(self):
        from SegmentationConcordanceQt.reloading import forgetPackages

        forgetPackages("SegmentHarmonizer")
        ScriptedLoadableModuleWidget.onReload(self)

    def readAndRefresh(self):
        """Read what has not been read yet, unless the user cancelled that, and show how things stand."""
        if self._work.isRunning:
            self._refreshTimer.start(RETRY_MS)
            return
        if not self._isShown:
            return
        try:
            if self.logic.is_waiting and not self._waitsForUser:
                self._waitsForUser = True
                done = self._work.run(_("Reading"), _("The outputs could not be read."), self.logic.read)
                self._waitsForUser = done is None
        finally:
            self.refresh()

    def refresh(self):
        """Show what logic and scene say now; not what is half made."""
        if self._work.isRunning or self.logic is None:
            return
        self._updating = True
        try:
            self.ui.volumeSelector.setCurrentNode(self.logic.volume)
            self._showOutputs()
            options = self.logic.options
            for name, (field, prop, _signal) in OPTION_WIDGETS.items():
                if getattr(getattr(self.ui, name), prop) != getattr(options, field):
                    setattr(getattr(self.ui, name), prop, getattr(options, field))
        finally:
            self._updating = False
        self.showChosen()
        self.labels.show()
        self._showWhatCanBeDone()

    def _showOutputs(self):
        from SegmentationConcordanceLib.harmonizing.shown_output import shown_output
        from SegmentationConcordanceLib.harmonizing.tool_tip import tool_tip

        table, states, chosen = self.ui.outputsTable, self.logic.states, self._chosen()
        table.setRowCount(len(states))
        for row, state in enumerate(states):
            cells = shown_output(state, self.logic.known).cells
            for column, (text, tip) in enumerate(zip(cells, ("\n".join(state.choice.paths), *cells[1:]))):
                item = qt.QTableWidgetItem(text)
                item.setToolTip(tool_tip(tip))
                if column == 0:
                    item.setCheckState(qt.Qt.Checked if state.choice.use else qt.Qt.Unchecked)
                else:
                    item.setFlags(qt.Qt.ItemIsEnabled | qt.Qt.ItemIsSelectable)
                table.setItem(row, column, item)
        if states and chosen is None:
            table.selectRow(0)

    def _showWhatCanBeDone(self):
        from SegmentationConcordanceLib.harmonizing.tool_tip import tool_tip
        from SegmentationConcordanceQt.dicomDatabase import openDatabase

        logic, ui = self.logic, self.ui
        obstacle = logic.obstacle()
        ui.applyButton.enabled = not obstacle
        ui.applyButton.toolTip = tool_tip(obstacle) or _("Make one segmentation per checked output")
        ui.statusLabel.text = "\n".join([line for line in (obstacle, *logic.warnings(), *logic.notes) if line])
        ui.acceptSureButton.enabled = bool(logic.sure_rows())
        ui.toDatabaseCheckBox.enabled = openDatabase() is not None
        exportObstacle = logic.export_obstacle()
        ui.exportButton.enabled = not exportObstacle
        ui.exportButton.toolTip = tool_tip(exportObstacle) or _("Write one DICOM SEG per segmentation, as it is now")
        ui.exportLabel.text = exportObstacle

    def _chosen(self):
        """The number of the output that is selected; None for none."""
        indexes = self.ui.outputsTable.selectionModel().selectedRows()
        return indexes[0].row() if indexes and indexes[0].row() < len(self.logic.outputs) else None

    def showChosen(self):
        """Show who wrote the selected output, and what speaks for it."""
        from SegmentationConcordanceLib.harmonizing.shown_output import shown_output

        ui, number = self.ui, self._chosen()
        ui.chosenGroupBox.visible = number is not None
        if number is None:
            return
        state = self.logic.states[number]
        shown = shown_output(state, self.logic.known)
        self._updating = True
        try:
            fillComboBox(ui.modelComboBox, shown.models, shown.model)
            fillComboBox(ui.versionComboBox, shown.versions, shown.version)
            fillComboBox(ui.taskComboBox, shown.tasks, shown.task)
            ui.versionComboBox.enabled = len(shown.versions) > 1
            ui.taskComboBox.enabled = len(shown.tasks) > 2
            ui.resampleCheckBox.checked = state.choice.resample
            ui.resampleCheckBox.enabled = shown.can_resample
        finally:
            self._updating = False
        ui.evidenceLabel.text = shown.text

    def onVolumeChanged(self, node):
        if not (self._updating or self._work.isRunning):
            self.logic.set_volume(node)
            self.refresh()

    def onAddFiles(self):
        kinds = _("Label volumes") + " (*.nii *.nii.gz *.nrrd *.nhdr *.mha *.mhd);;" + _("All files") + " (*)"
        paths = qt.QFileDialog.getOpenFileNames(slicer.util.mainWindow(), _("Outputs of models"), "", kinds)
        self.add(list(paths or ()))

    def onAddFolder(self):
        path = qt.QFileDialog.getExistingDirectory(slicer.util.mainWindow(), _("Folder that a model wrote to"))
        self.add([path] if path else [])

    def onDropped(self, paths):
        # Not now: the program that the files come from waits for the end of the drop.
        qt.QTimer.singleShot(0, lambda: self.add(paths))

    def add(self, paths):
        """Take further outputs, and read them."""
        if paths and not self._work.isRunning:
            self._waitsForUser = False
            try:
                with slicer.util.tryWithErrorDisplay(_("The outputs could not be added."), waitCursor=True):
                    self.logic.add(paths)
            finally:
                self.readAndRefresh()

    def onRemove(self):
        if self._chosen() is not None:
            self.logic.remove(self._chosen())
            self.refresh()

    def onOutputChanged(self, item):
        if not self._updating:
            if item.column() == 0:
                name = item.text().strip() or self.logic.outputs[item.row()].name
                self.logic.change(item.row(), name=name, use=item.checkState() == qt.Qt.Checked)
            self._refreshTimer.start(0)  # not now: the table still works on the item

    def onModelChosen(self, index):
        self.logic.choose_model(self._chosen(), self.logic.known.models[index - 1] if index else "")
        self.chosenAnew()

    def onVersionChosen(self, index):
        self.logic.choose_version(self._chosen(), index)
        self.chosenAnew()

    def onTaskChosen(self, index):
        self.logic.change(self._chosen(), task=self.ui.taskComboBox.currentText if index else "")
        self.chosenAnew()

    def onResampleChanged(self, checked):
        if not self._updating:
            self.logic.change(self._chosen(), resample=checked)
            self.refresh()

    def chosenAnew(self):
        self._waitsForUser = False
        self.readAndRefresh()

    def onOptionsChanged(self, *_unused):
        if not self._updating:
            widgets = {name: getattr(self.ui, name) for name in OPTION_WIDGETS}
            self.logic.change_options(
                **{field: getattr(widgets[name], prop) for name, (field, prop, _signal) in OPTION_WIDGETS.items()}
            )
            self._refreshTimer.start(0)

    def onSaveLabelMap(self):
        number = self.labels.selectedRows()[0].output
        path = qt.QFileDialog.getSaveFileName(
            slicer.util.mainWindow(), _("Save label map"), self.logic.label_map_path(number), "CSV (*.csv)"
        )
        if path:
            leftOut = ()
            try:
                with slicer.util.tryWithErrorDisplay(_("The label map was not saved."), waitCursor=True):
                    leftOut = self.logic.save_label_map(number, path)
            finally:
                self.readAndRefresh()
            if leftOut:
                self.ui.statusLabel.text = (
                    _("Not in the label map, as nobody explained them:") + " " + ", ".join(leftOut)
                )

    def onApply(self):
        try:
            self._work.run(_("Applying"), _("No segmentation was made."), self.logic.apply)
        finally:
            self.refresh()

    def onExport(self):
        said = _("Not every DICOM SEG was written. Files that were written before stay.")
        try:
            done = self._work.run(_("Exporting"), _("Not every DICOM SEG was written."), self._export)
            said = _("Ended early. Files that were written before stay.")
            if done is not None:
                said = "\n".join([_("Written:"), *map(str, done.files), *done.notes])
        finally:
            self.refresh()
            self.ui.exportLabel.text = said

    def _export(self, progress):
        from SegmentationConcordanceQt.dicomDatabase import openDatabase

        export = self.logic.export(progress)
        self.ui.folderPathLineEdit.addCurrentPathToHistory()
        if self.logic.options.to_database and openDatabase() is not None:
            indexer = ctk.ctkDICOMIndexer()
            indexer.addListOfFiles(openDatabase(), [str(path) for path in export.files], True)
            indexer.waitForImportFinished()
        return export
