"""One synchronized row of views per model, structure by structure, worst agreement first."""

import qt
import slicer
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import ScriptedLoadableModule, ScriptedLoadableModuleWidget

from CrossSegmentationExplorerLib.reviewSection import ReviewSection
from CrossSegmentationExplorerLib.segmentationsSection import SegmentationsSection
from CrossSegmentationExplorerLib.selfTest import CrossSegmentationExplorerTest  # noqa: F401 - Slicer looks for it here
from CrossSegmentationExplorerLib.switches import KEYS, SIGNALS, SWITCHES
from CrossSegmentationExplorerLib.tableCells import fillTable, setChecked, setColor
from CrossSegmentationExplorerLib.viewBars import showViewBars
from CrossSegmentationExplorerLib.viewsSection import ViewsSection

QUIET_MS = 300  # after a change of the scene, before voxels are compared again

DOCUMENTATION = "https://github.com/SegmentationConcordance/SlicerSegmentationConcordance/blob/main/docs/explorer.md"


class CrossSegmentationExplorer(ScriptedLoadableModule):
    """What Slicer shows of the module: title, category, help."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("Cross Segmentation Explorer")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        self.parent.dependencies = []
        self.parent.contributors = ["SegmentationConcordance contributors"]
        self.parent.helpText = _(
            "Shows the segmentations of several models side by side, one row of views per model, structure by "
            "structure, worst agreement first. Structures are matched by their codes, never by name. "
            "Keys: Alt+Up and Alt+Down go from structure to structure, with Shift from disagreement to disagreement, "
            "with Ctrl from group to group; Alt+Shift+Left and Alt+Shift+Right from finding to finding; "
            "1 to 5 give a verdict while a reader reads."
        )
        link = _("Documentation and tutorial")
        self.parent.helpText += f'<p><a href="{DOCUMENTATION}">{link}</a></p>'
        self.parent.acknowledgementText = _(
            "The method extends that of the study with DOI 10.1117/1.JMI.13.6.062204. Please cite it."
        )
        slicer.app.connect("startupCompleted()", self.registerSampleData)

    def registerSampleData(self):
        from SegmentationConcordanceQt.sampleData import registerSampleData

        registerSampleData(self.resourcePath("Icons/CrossSegmentationExplorer.png"))


class CrossSegmentationExplorerWidget(ScriptedLoadableModuleWidget):
    """The panel. What it knows is in the library's ExplorerLogic and ExplorerPanel, and in the scene."""

    def setup(self):
        from SegmentationConcordanceQt.startup import setUpPanel

        ScriptedLoadableModuleWidget.setup(self)
        self.logic, self._shortcuts = None, []
        setUpPanel(self, self._makePanel)

    def _makePanel(self):
        from SegmentationConcordanceLib.scene.explorer.explorer_logic import ExplorerLogic
        from SegmentationConcordanceLib.scene.explorer.explorer_panel import ExplorerPanel
        from SegmentationConcordanceLib.scene.explorer.row_labels import renderers_of
        from SegmentationConcordanceQt.longWork import LongWork

        self._uiWidget = slicer.util.loadUI(self.resourcePath("UI/CrossSegmentationExplorer.ui"))
        self.layout.addWidget(self._uiWidget)
        self.ui = slicer.util.childWidgetVariables(self._uiWidget)
        self._uiWidget.setMRMLScene(slicer.mrmlScene)
        self._updating, self._isReviewing = False, False
        self._shown = {}
        self._work = LongWork()
        for table in (self.ui.segmentationsTable, self.ui.rowsTable, self.ui.structuresTable, self.ui.rulesTable):
            table.horizontalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        self._refreshTimer = qt.QTimer()
        self._refreshTimer.setSingleShot(True)
        self._connectWidgets()
        labels = renderers_of(slicer.app.applicationLogic())
        self.logic = ExplorerLogic(
            slicer.mrmlScene,
            self.refreshSoon,
            self.showCursor,
            renderer_of=labels,
            paused=slicer.util.RenderBlocker,
            height_px=lambda: slicer.app.layoutManager().viewport().height,
        )
        self.panel = ExplorerPanel(self.logic, slicer.mrmlScene)
        self._segmentations = SegmentationsSection(self)
        self._views = ViewsSection(self.ui, self.logic, self.do)
        self._review = ReviewSection(self.ui.reviewPlace, self.resourcePath, self.logic, self.do)
        self._shortcuts = self._makeShortcuts()

    def _connectWidgets(self):
        ui = self.ui
        self._refreshTimer.connect("timeout()", self.refresh)
        ui.volumeSelector.connect("currentNodeChanged(vtkMRMLNode*)", self.onVolumeChanged)
        ui.rowsTable.connect("itemChanged(QTableWidgetItem*)", self.onRowChanged)
        ui.allModelsButton.connect("clicked()", lambda: self.do(self.logic.show_all_models))
        ui.upButton.connect("clicked()", lambda: self.moveRow(-1))
        ui.downButton.connect("clicked()", lambda: self.moveRow(1))
        ui.showAgainButton.connect("clicked()", lambda: self.do(self.logic.show_again))
        ui.searchLineEdit.connect("textChanged(QString)", lambda text: self.do(lambda: self.panel.find(text=text)))
        ui.groupComboBox.connect("currentIndexChanged(int)", self.onGroupChosen)
        ui.structuresTable.connect("itemSelectionChanged()", self.onStructureSelected)
        ui.structuresTable.horizontalHeader().connect(
            "sectionClicked(int)", lambda section: self.do(lambda: self.panel.sort(section))
        )
        ui.previousButton.connect("clicked()", lambda: self.step(-1))
        ui.nextButton.connect("clicked()", lambda: self.step(1))
        ui.previousRegionButton.connect("clicked()", lambda: self.stepRegion(-1))
        ui.nextRegionButton.connect("clicked()", lambda: self.stepRegion(1))
        ui.previousFindingButton.connect("clicked()", lambda: self.stepFinding(-1))
        ui.nextFindingButton.connect("clicked()", lambda: self.stepFinding(1))
        for name, switch in SWITCHES.items():
            getattr(ui, name).connect(SIGNALS[switch[2]], lambda *_unused, name=name: self.onSwitched(name))

    def _makeShortcuts(self):
        """Keys that are alive only while the module is entered."""
        acts = {key: lambda name=name: getattr(self.ui, f"{name}Button").click() for key, name in KEYS.items()}
        acts.update({"Ctrl+Alt+Up": lambda: self.stepGroup(-1), "Ctrl+Alt+Down": lambda: self.stepGroup(1)})
        acts.update(self._views.shortcuts())
        acts.update(self._review.shortcuts())
        shortcuts = []
        for key, act in acts.items():
            shortcut = qt.QShortcut(qt.QKeySequence(key), slicer.util.mainWindow() or self.parent)
            shortcut.enabled = False
            shortcut.connect("activated()", act)
            shortcuts.append(shortcut)
        return shortcuts

    def cleanup(self):
        if self.logic is None:  # there was an obstacle, or setup failed
            return
        self._work.end()
        self.exit()
        self._refreshTimer.stop()
        for shortcut in self._shortcuts:
            shortcut.setParent(None)
        self._review.close()
        self.logic.close()
        self.fill(lambda: self._uiWidget.setMRMLScene(None))
        self.logic = None

    def enter(self):
        if self.logic is None:
            return
        for shortcut in self._shortcuts:
            shortcut.enabled = True
        self.do(self.logic.enter)
        self._segmentations.startSearch()

    def exit(self):
        if self.logic is None:
            return
        for shortcut in self._shortcuts:
            shortcut.enabled = False
        self._segmentations.stopSearch()
        self.logic.exit()

    def onReload(self):
        from SegmentationConcordanceQt.reloading import forgetPackages

        self.exit()
        forgetPackages("CrossSegmentationExplorer")
        ScriptedLoadableModuleWidget.onReload(self)

    def do(self, work):
        """Do what a user asked for, and show what came of it; nothing while widgets are filled."""
        if self._updating or self._work.isRunning:
            return
        try:
            with slicer.util.tryWithErrorDisplay(_("The rows could not be shown."), waitCursor=True):
                work()
        finally:
            self.showAll()
            self.refreshSoon()  # views that Slicer makes later are set up then

    def refreshSoon(self):
        """Refresh once the scene has been quiet for a moment."""
        self._refreshTimer.start(QUIET_MS)

    def refresh(self):
        """Follow what changed in the scene; not what is half made."""
        if self._work.isRunning:
            self.refreshSoon()
        elif not self._updating:
            self.logic.refresh()
            self.showAll()

    @property
    def isFilling(self):
        """Whether widgets are being filled, and what they report is not of the user."""
        return self._updating

    @property
    def isWorking(self):
        """Whether long work runs."""
        return self._work.isRunning

    def runLong(self, title, failure, work):
        """Run long work, as if widgets were filled meanwhile: what is half done is not compared."""
        return self._work.run(title, failure, lambda progress: self.fill(lambda: work(progress)))

    def fill(self, *parts):
        """Call what fills widgets: while they are filled, they are not being used."""
        former, self._updating = self._updating, True
        try:
            for part in parts:
                part()
        finally:
            self._updating = former

    def _changed(self, name, content):
        """Whether a table must be filled: that loses its selection and the cell that is being edited."""
        former, self._shown[name] = self._shown.get(name), content
        return former != content

    def showAll(self):
        """Show what logic and scene say now."""
        self.fill(
            self._showScan,
            self._segmentations.show,
            self._showRows,
            self._showSwitches,
            self._showStructures,
            self._showSelected,
            self._fold,
        )
        showViewBars(self.logic.explorer, self.logic.choices.shows_bars)

    def _fold(self):
        """Leave the room to the structures once rows are shown, and give it back when they are gone."""
        explorer, table = self.logic.explorer, self.ui.rowsTable
        isReviewing = explorer is not None and bool(explorer.rows)
        if isReviewing == self._isReviewing or (isReviewing and table.hasFocus()):  # rows are being chosen there
            return
        self._isReviewing = isReviewing
        for section in (self.ui.scanCollapsibleButton, self.ui.rowsCollapsibleButton):
            section.collapsed = isReviewing

    def _showScan(self):
        self.ui.volumeSelector.setCurrentNode(self.logic.volume)
        self.ui.statusLabel.text = self.logic.summary()
        self.ui.scanCollapsibleButton.visible = not self.logic.review.is_blinded  # it has the models' names

    def _showRows(self):
        table, entries = self.ui.rowsTable, self.logic.entries
        if self._changed("rows", entries):
            current = table.currentRow()
            fillTable(table, [(entry.title, entry.text) for entry in entries])
            for number, entry in enumerate(entries):
                setChecked(table.item(number, 0), entry.shown)
                setColor(table.item(number, 0), entry.color)
            table.setCurrentCell(current, 0)
        self.ui.showAgainButton.enabled = self.logic.is_hidden

    def _showSwitches(self):
        for name, (part, field, prop) in SWITCHES.items():
            value = self.panel.switched(part, field)
            value = int(value) if prop == "currentIndex" else 100 * value if name.endswith("Slider") else value
            if getattr(getattr(self.ui, name), prop) != value:  # else a number that is being typed would be lost
                setattr(getattr(self.ui, name), prop, value)
        self._views.show()

    def _showStructures(self):
        ui, order, groups = self.ui, self.logic.choices.order, self.panel.groups
        if ui.searchLineEdit.text != order.text:
            ui.searchLineEdit.text = order.text
        if self._changed("groups", groups):
            ui.groupComboBox.clear()
            ui.groupComboBox.addItems(groups)
        ui.groupComboBox.currentIndex = groups.index(order.group) if order.group in groups else -1
        section, descending = self.panel.sorting
        header = ui.structuresTable.horizontalHeader()
        header.setSortIndicatorShown(section >= 0)
        header.setSortIndicator(section, qt.Qt.DescendingOrder if descending else qt.Qt.AscendingOrder)
        lines = self.panel.structures
        if self._changed("structures", lines):
            fillTable(ui.structuresTable, [line.texts for line in lines])
            for number, line in enumerate(lines):
                setColor(ui.structuresTable.item(number, 0), line.color)
                ui.structuresTable.item(number, 2).setToolTip(line.tip)

    def _showSelected(self):
        ui, panel = self.ui, self.panel
        keys = [line.key for line in self._shown["structures"]]
        if panel.selected in keys:
            ui.structuresTable.selectRow(keys.index(panel.selected))
        else:
            ui.structuresTable.clearSelection()
        ui.regionLabel.text, ui.presenceLabel.text = panel.region, panel.presence
        ui.findingLabel.text, ui.mapLegendLabel.text = panel.finding, panel.map_legend
        self._review.show()
        for widget in (ui.previousButton, ui.nextButton):
            widget.enabled = bool(keys)
        for widget in (ui.previousRegionButton, ui.nextRegionButton):
            widget.enabled = bool(panel.region)
        for widget in (ui.previousFindingButton, ui.nextFindingButton):
            widget.enabled = panel.may_step_findings

    def showCursor(self, text):
        self.ui.cursorLabel.text = text

    def showStep(self):
        """Show another structure or place; all else is as before."""
        self.fill(self._showRows, self._showSelected, self._fold)

    def onVolumeChanged(self, node):
        if not (
            self._updating or self._work.isRunning or slicer.mrmlScene.IsBatchProcessing()
        ):  # a scene is closed or loaded
            self.do(lambda: self.logic.set_volume(node))
            self._segmentations.startSearch()

    def onRowChanged(self, item):
        if not self._updating and item.column() == 0:
            row, shown = self._shown["rows"][item.row()].row, item.checkState() == qt.Qt.Checked
            # not now: the table still works on the item
            qt.QTimer.singleShot(0, lambda: self.do(lambda: self.logic.show_row(row, shown)))

    def moveRow(self, steps):
        number = self.ui.rowsTable.currentRow()
        if number >= 0:
            row = self._shown["rows"][number].row
            self.do(lambda: self.logic.move_row(row, steps))
            rows = [entry.row for entry in self._shown["rows"]]
            if row in rows:  # the scene may have lost its model meanwhile
                self.ui.rowsTable.setCurrentCell(rows.index(row), 0)

    def onSwitched(self, name):
        part, field, prop = SWITCHES[name]
        value = getattr(getattr(self.ui, name), prop)
        value = value == 1 if prop == "currentIndex" else value / 100 if name.endswith("Slider") else value
        self.do(lambda: self.panel.switch(part, field, value))

    def onGroupChosen(self, *_unused):
        self.do(lambda: self.panel.find(group=self.ui.groupComboBox.currentText))

    def onStructureSelected(self):
        indexes = self.ui.structuresTable.selectionModel().selectedRows()
        if indexes and not self._updating:
            self.logic.select(self._shown["structures"][indexes[0].row()].key)
            self.showStep()

    def step(self, steps):
        if not self._work.isRunning:
            self.logic.step(steps)
            self.showStep()

    def stepGroup(self, steps):
        self.do(lambda: self.logic.step_group(steps))

    def stepRegion(self, steps):
        if not self._work.isRunning:
            self.logic.step_region(steps)
            self.showStep()

    def stepFinding(self, steps):
        if not self._work.isRunning:
            self.logic.step_finding(steps)
            self.showStep()
