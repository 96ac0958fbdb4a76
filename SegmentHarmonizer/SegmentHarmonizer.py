"""Any model's output and the image it was made on become coded, coloured segments and a valid DICOM SEG."""

import ctk
import qt
import slicer
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)

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
NUMBER_COLUMNS, COLOR_COLUMN = (1, 5), 4


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
        self.parent.acknowledgementText = _(
            "The method extends that of the study with DOI 10.1117/1.JMI.13.6.062204. Please cite it."
        )


class CancelledError(Exception):
    """The user pressed Cancel."""


class DropFilter(qt.QObject):
    """Gives files and folders that are dropped on a widget to a function."""

    def __init__(self, taken):
        qt.QObject.__init__(self)
        self._taken = taken

    def eventFilter(self, watched, event):
        if event.type() not in (qt.QEvent.DragEnter, qt.QEvent.DragMove, qt.QEvent.Drop):
            return False
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if not paths:
            return False
        event.acceptProposedAction()
        if event.type() == qt.QEvent.Drop:
            self._taken(paths)
        return True


class SegmentHarmonizerWidget(ScriptedLoadableModuleWidget):
    """The panel. What it knows is in the library's HarmonizerLogic and in the scene."""

    def setup(self):
        import os

        from SegmentationConcordanceLib.scene.harmonizer.harmonizer import HarmonizerLogic

        ScriptedLoadableModuleWidget.setup(self)
        uiWidget = slicer.util.loadUI(self.resourcePath("UI/SegmentHarmonizer.ui"))
        self.layout.addWidget(uiWidget)
        self.ui = slicer.util.childWidgetVariables(uiWidget)
        uiWidget.setMRMLScene(slicer.mrmlScene)
        self._updating, self._reading, self._waitsForUser = False, False, False
        self._rows, self._choices, self._order = [], (), ("", False)
        self._isShown = False
        for table in (self.ui.outputsTable, self.ui.labelsTable):
            table.horizontalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
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
            file_of_instance=lambda uid: slicer.dicomDatabase.fileForInstance(uid) if hasDatabase() else "",
        )
        obstacle = self.logic.label_map_seg_obstacle()
        self.ui.asLabelMapCheckBox.enabled = not obstacle
        self.ui.asLabelMapCheckBox.toolTip = obstacle or self.ui.asLabelMapCheckBox.toolTip
        self.refresh()

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
        ui.filterLineEdit.connect("textChanged(QString)", self.showRows)
        ui.labelsTable.connect("itemSelectionChanged()", self.showCandidates)
        ui.labelsTable.horizontalHeader().connect("sectionClicked(int)", self.onHeaderClicked)
        ui.candidateComboBox.connect("currentIndexChanged(int)", self.showReason)
        ui.acceptButton.connect("clicked()", self.onAccept)
        ui.acceptSureButton.connect("clicked()", self.onAcceptSure)
        ui.editButton.connect("clicked()", self.onEdit)
        ui.takeBackButton.connect("clicked()", self.onTakeBack)
        ui.saveLabelMapButton.connect("clicked()", self.onSaveLabelMap)
        ui.applyButton.connect("clicked()", self.onApply)
        ui.exportButton.connect("clicked()", self.onExport)

    def cleanup(self):
        self._refreshTimer.stop()
        self.ui.volumeSelector.disconnect("currentNodeChanged(vtkMRMLNode*)", self.onVolumeChanged)
        self._uiWidget.removeEventFilter(self._dropFilter)
        self.logic.close()

    def enter(self):
        self._isShown = True
        self._waitsForUser = False
        self.logic.preselect_volume()
        self.readAndRefresh()

    def exit(self):
        self._isShown = False

    def onReload(self):
        import sys

        for name in [name for name in sys.modules if name.partition(".")[0] == "SegmentationConcordanceLib"]:
            del sys.modules[name]
        ScriptedLoadableModuleWidget.onReload(self)

    def readAndRefresh(self):
        """Read what has not been read yet, unless the user cancelled that, and show how things stand."""
        if self._reading or not self._isShown:
            return
        if self.logic.is_waiting and not self._waitsForUser:
            self._reading = self._waitsForUser = True
            try:
                done = self._withProgress(_("Reading"), _("The outputs could not be read."), self.logic.read)
                self._waitsForUser = done is None
            finally:
                self._reading = False
        self.refresh()

    def refresh(self):
        """Show what logic and scene say now."""
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
        self.showRows()
        self._showWhatCanBeDone()

    def _showOutputs(self):
        from SegmentationConcordanceLib.scene.harmonizer.shown_output import shown_output
        from SegmentationConcordanceLib.scene.harmonizer.tool_tip import tool_tip

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
        from SegmentationConcordanceLib.scene.harmonizer.tool_tip import tool_tip

        logic, ui = self.logic, self.ui
        obstacle = logic.obstacle()
        ui.applyButton.enabled = not obstacle
        ui.applyButton.toolTip = tool_tip(obstacle) or _("Make one segmentation per checked output")
        ui.statusLabel.text = "\n".join([line for line in (obstacle, *logic.warnings(), *logic.notes) if line])
        ui.acceptSureButton.enabled = bool(logic.sure_rows())
        ui.toDatabaseCheckBox.enabled = hasDatabase()
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
        from SegmentationConcordanceLib.scene.harmonizer.shown_output import shown_output

        ui, number = self.ui, self._chosen()
        ui.chosenGroupBox.visible = number is not None
        if number is None:
            return
        state = self.logic.states[number]
        shown = shown_output(state, self.logic.known)
        self._updating = True
        try:
            _fill(ui.modelComboBox, shown.models, shown.model)
            _fill(ui.versionComboBox, shown.versions, shown.version)
            _fill(ui.taskComboBox, shown.tasks, shown.task)
            ui.versionComboBox.enabled = len(shown.versions) > 1
            ui.taskComboBox.enabled = len(shown.tasks) > 2
            ui.resampleCheckBox.checked = state.choice.resample
            ui.resampleCheckBox.enabled = shown.can_resample
        finally:
            self._updating = False
        ui.evidenceLabel.text = shown.text

    def showRows(self, *_unused):
        """Fill the table of the labels with those that the filter finds, in the order chosen."""
        from SegmentationConcordanceLib.scene.harmonizer.label_table import (
            count_text,
            label_cells,
            row_tool_tip,
            shown_labels,
        )
        from SegmentationConcordanceLib.scene.harmonizer.tool_tip import tool_tip

        rows, table = self.logic.rows, self.ui.labelsTable
        selected = {(row.output, row.key) for row in self._selectedRows()}
        withEmpty = self.logic.options.with_empty
        self._updating = True
        try:
            self._rows = shown_labels(rows, self.ui.filterLineEdit.text, self._order, with_empty=withEmpty)
            table.setRowCount(0)
            table.setRowCount(len(self._rows))
            for line, row in enumerate(self._rows):
                tip = tool_tip(row_tool_tip(row))
                for column, text in enumerate(label_cells(row)):
                    item = qt.QTableWidgetItem(text)
                    item.setToolTip(tip)
                    if column in NUMBER_COLUMNS:
                        item.setTextAlignment(qt.Qt.AlignRight | qt.Qt.AlignVCenter)
                    if column == COLOR_COLUMN and row.color:
                        item.setBackground(qt.QBrush(qt.QColor(*row.color)))
                    table.setItem(line, column, item)
            again = [line for line, row in enumerate(self._rows) if (row.output, row.key) in selected]
            for line in again[:1]:
                table.selectRow(line)
        finally:
            self._updating = False
        self.ui.countLabel.text = count_text(rows)
        self.showCandidates()

    def _selectedRows(self):
        lines = sorted({index.row() for index in self.ui.labelsTable.selectionModel().selectedRows()})
        return [self._rows[line] for line in lines if line < len(self._rows)]

    def showCandidates(self):
        """Show what the selected label could be, and every other structure that may be chosen for it."""
        if self._updating:
            return
        from SegmentationConcordanceLib.scene.harmonizer.structure_answer import choice_text, choices_for

        ui, rows = self.ui, self._selectedRows()
        self._choices = choices_for(rows[0], self.logic.known) if len(rows) == 1 else ()
        waits = bool(rows) and any(row.candidates and row.status == "suggested" for row in rows)
        self._updating = True
        try:
            texts = [choice_text(one) for one in self._choices]
            _fill(ui.candidateComboBox, texts, 0 if self._choices and waits else -1)
        finally:
            self._updating = False
        ui.candidateComboBox.enabled = bool(self._choices)
        ui.editButton.enabled = len(rows) == 1 and rows[0].key is not None
        ui.takeBackButton.enabled = any(row.status == "accepted" for row in rows)
        ui.saveLabelMapButton.enabled = bool(rows)
        self.showReason()

    def showReason(self, *_unused):
        from SegmentationConcordanceLib.scene.harmonizer.label_table import row_tool_tip
        from SegmentationConcordanceLib.scene.harmonizer.structure_answer import choice_reason

        if not self._updating:
            rows, index = self._selectedRows(), self.ui.candidateComboBox.currentIndex
            why = row_tool_tip(rows[0]) if len(rows) == 1 else ""
            self.ui.reasonLabel.text = choice_reason(self._choices[index]) if index >= 0 else why
            self.ui.acceptButton.enabled = index >= 0 or (len(rows) > 1 and any(row.candidates for row in rows))

    def onVolumeChanged(self, node):
        if not self._updating:
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
        if paths:
            self._waitsForUser = False
            with slicer.util.tryWithErrorDisplay(_("The outputs could not be added."), waitCursor=True):
                self.logic.add(paths)
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

    def onHeaderClicked(self, section):
        """Sort by a column, the other way round when clicked again, and a third time unknown first."""
        from SegmentationConcordanceLib.scene.harmonizer.label_table import next_label_order

        self._order = next_label_order(self._order, section)
        header = self.ui.labelsTable.horizontalHeader()
        header.setSortIndicatorShown(bool(self._order[0]))
        header.setSortIndicator(section, qt.Qt.DescendingOrder if self._order[1] else qt.Qt.AscendingOrder)
        self.showRows()

    def onAccept(self):
        rows, index = self._selectedRows(), self.ui.candidateComboBox.currentIndex
        for row in rows:
            self.logic.accept(row, self._choices[index] if len(rows) == 1 else None)
        self.refresh()

    def onAcceptSure(self):
        self.logic.accept_sure()
        self.refresh()

    def onTakeBack(self):
        for row in self._selectedRows():
            self.logic.take_back(row)
        self.refresh()

    def onEdit(self):
        """Choose the codes of the selected label in Slicer's terminology selector."""
        from SegmentationConcordanceLib.scene.harmonizer.terminology_entry import entry_of_structure, structure_of_entry

        (row,) = self._selectedRows()
        candidate = row.candidates[0].structure if row.candidates else None
        dialog = qt.QDialog(slicer.util.mainWindow())
        dialog.setWindowTitle(_("Codes of {label}").format(label=row.label_name))
        box = qt.QVBoxLayout(dialog)
        navigator = slicer.qSlicerTerminologyNavigatorWidget()
        navigator.overrideSectionVisible = False
        buttons = qt.QDialogButtonBox()
        buttons.setStandardButtons(qt.QDialogButtonBox.Ok | qt.QDialogButtonBox.Cancel)
        buttons.connect("accepted()", dialog.accept)
        buttons.connect("rejected()", dialog.reject)
        box.addWidget(navigator)
        box.addWidget(buttons)
        if row.structure or candidate:
            navigator.setTerminologyEntry(entry_of_structure(row.structure or candidate))
        chosen = entry_of_structure(None)
        if dialog.exec_() and navigator.terminologyEntry(chosen):
            structure, color = structure_of_entry(chosen)
            if structure is not None:
                self.logic.answer(row, structure, color)
                self.refresh()

    def onSaveLabelMap(self):
        number = self._selectedRows()[0].output
        path = qt.QFileDialog.getSaveFileName(
            slicer.util.mainWindow(), _("Save label map"), self.logic.label_map_path(number), "CSV (*.csv)"
        )
        if path:
            with slicer.util.tryWithErrorDisplay(_("The label map was not saved."), waitCursor=True):
                leftOut = self.logic.save_label_map(number, path)
            self.readAndRefresh()
            if leftOut:
                self.ui.statusLabel.text = (
                    _("Not in the label map, as nobody explained them:") + " " + ", ".join(leftOut)
                )

    def onApply(self):
        self._withProgress(_("Applying"), _("No segmentation was made."), self.logic.apply)
        self.refresh()

    def onExport(self):
        done = self._withProgress(_("Exporting"), _("Not every DICOM SEG was written."), self._export)
        self.refresh()
        said = [_("Ended early. Files that were written before stay.")]
        self.ui.exportLabel.text = "\n".join([_("Written:"), *map(str, done.files), *done.notes] if done else said)

    def _export(self, progress):
        export = self.logic.export(progress)
        self.ui.folderPathLineEdit.addCurrentPathToHistory()
        if self.logic.options.to_database and hasDatabase():
            indexer = ctk.ctkDICOMIndexer()
            indexer.addListOfFiles(slicer.dicomDatabase, [str(path) for path in export.files], True)
            indexer.waitForImportFinished()
        return export

    def _withProgress(self, title, failure, work):
        """What ``work`` gives, or True for nothing; None where the user cancelled or it failed, which is displayed."""
        with slicer.util.tryWithErrorDisplay(failure, waitCursor=True):
            dialog = slicer.util.createProgressDialog(windowTitle=title, maximum=100)
            label = qt.QLabel()
            label.textFormat = qt.Qt.PlainText  # names of files are among the words
            dialog.setLabel(label)

            def progress(fraction, words):
                dialog.labelText = words
                dialog.value = int(100 * fraction)
                slicer.app.processEvents()
                if dialog.wasCanceled:
                    raise CancelledError

            try:
                return work(progress) or True
            except CancelledError:
                return None
            finally:
                dialog.close()


def hasDatabase():
    """Whether Slicer has a DICOM database now."""
    return bool(slicer.dicomDatabase and slicer.dicomDatabase.isOpen)


def _fill(comboBox, texts, index):
    comboBox.clear()
    comboBox.addItems(texts)
    comboBox.currentIndex = index


class SegmentHarmonizerTest(ScriptedLoadableModuleTest):
    """From two files to two coded segmentations and a DICOM SEG, on data that the test makes itself."""

    def setUp(self):
        slicer.mrmlScene.Clear()

    def runTest(self):
        self.setUp()
        self.test_SegmentHarmonizer1()

    def test_SegmentHarmonizer1(self):
        import tempfile
        from pathlib import Path

        import numpy as np

        from SegmentationConcordanceLib.imaging.ct_writer import seeded_uid, write_ct_series
        from SegmentationConcordanceLib.imaging.geometry import Geometry
        from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
        from SegmentationConcordanceLib.sample.model_files import write_labels
        from SegmentationConcordanceLib.scene.harmonizer.harmonizer import HarmonizerLogic
        from SegmentationConcordanceLib.scene.volume_node import add_volume_node

        self.delayDisplay("MOOSE's spleen explains an unknown label that has the same voxels")
        grid = Geometry.from_parts((6, 20, 24), (1.0, 1.0, 5.0), (0.0, 0.0, 0.0), np.eye(3))
        voxels = np.zeros(grid.shape, np.uint8)
        voxels[1:4, 5:15, 6:16] = 15
        uids = {f"{kind}_uid": seeded_uid(kind) for kind in ("study", "series", "frame_of_reference")}
        logic = HarmonizerLogic(slicer.mrmlScene)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            air = np.full(grid.shape, -1000, np.int16)
            write_ct_series(folder / "ct", air, grid, patient_id="1", patient_name="Test", **uids)
            write_labels(folder / "CT_organs_segmentation_1.nii.gz", voxels, grid)
            write_labels(folder / "mine.nii.gz", np.where(voxels, 201, 0).astype(np.uint8), grid)
            try:
                logic.set_volume(add_volume_node(slicer.mrmlScene, air, grid, "CT"))
                logic.add([str(path) for path in sorted(folder.glob("*.nii.gz"))])
                logic.read()
                self.assertEqual([choice.label_map for choice in logic.outputs], ["moose", ""])
                self.assertEqual(logic.accept_sure(), 1)
                self.assertEqual(logic.obstacle(), "")
                self.assertEqual(len(logic.apply()), 2)
                logic.change_options(images=str(folder / "ct"), folder=str(folder / "seg"))
                for path in logic.export().files:
                    (segment,) = read_dicom_seg(path).label_map.segments
                    self.assertEqual((segment.name, str(segment.structure.type)), ("spleen", "SCT:78961009"))
            finally:
                logic.close()
        self.delayDisplay("Test passed")
