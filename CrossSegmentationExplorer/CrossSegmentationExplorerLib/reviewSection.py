"""The part of the panel in which a reader judges what the rows show, and walks from case to case."""

import qt
import slicer
from slicer.i18n import tr as _

from CrossSegmentationExplorerLib.tableCells import fillTable

READER_SETTING = "SegmentationConcordance/Reader"
KEYS = ("0", "1", "2", "3", "4", "5", "B")
CASE_KEYS = {"Alt+PgUp": "previousCase", "Alt+PgDown": "nextCase"}
LINE_KEYS = {"PgUp": -1, "PgDown": 1}
BUTTONS = {**{f"score{score}": str(score) for score in range(1, 6)}, "bookmark": "b"}


class ReviewSection:
    """Widgets of their own in a place of the panel; what they do goes to the logic's review and to the case walk."""

    def __init__(self, place, resourcePath, logic, do):
        """:param do: does what a user asked for, shows errors, and shows the panel anew."""
        from SegmentationConcordanceLib.review.review_desk import HELP
        from SegmentationConcordanceLib.review.work_list import Order
        from SegmentationConcordanceLib.scene.explorer.correction_desk import CorrectionDesk
        from SegmentationConcordanceQt.dicomDatabase import fileForInstance

        self._logic, self._do = logic, do
        self._walk, self._stage = None, None
        self._correction = CorrectionDesk(logic, slicer.mrmlScene, fileForInstance)
        self._filling, self._lines = False, None
        self._widget = slicer.util.loadUI(resourcePath("UI/CrossSegmentationExplorerReview.ui"))
        place.layout().addWidget(self._widget)
        self.ui = ui = slicer.util.childWidgetVariables(self._widget)
        self._orders = list(Order)
        ui.orderComboBox.addItems([order.value for order in self._orders])
        ui.readerLineEdit.text = qt.QSettings().value(READER_SETTING) or ""
        ui.deskTable.horizontalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        ui.deskTable.setToolTip(HELP)
        ui.fileButton.connect("clicked()", self.onChooseFile)
        ui.casesButton.connect("clicked()", self.onChooseCases)
        ui.readButton.connect("toggled(bool)", self.onRead)
        ui.previousCaseButton.connect("clicked()", lambda: self.onCase(-1))
        ui.nextCaseButton.connect("clicked()", lambda: self.onCase(1))
        ui.deskTable.connect("itemSelectionChanged()", self.onLineSelected)
        ui.commentLineEdit.connect("editingFinished()", self.onComment)
        ui.correctButton.connect("clicked()", lambda: self._do(self._correct))
        ui.saveCorrectionButton.connect("clicked()", lambda: self._do(self._correction.save))
        ui.abandonCorrectionButton.connect("clicked()", self.onAbandon)
        for name, key in BUTTONS.items():
            getattr(ui, f"{name}Button").connect("clicked()", lambda key=key: self.press(key))

    def shortcuts(self):
        """What keys do: by their names."""
        acts = {key: lambda key=key: self.press(key) for key in KEYS}
        acts.update({key: lambda steps=steps: self.move(steps) for key, steps in LINE_KEYS.items()})
        acts.update(
            {key: lambda name=name: getattr(self.ui, f"{name}Button").click() for key, name in CASE_KEYS.items()}
        )
        return acts

    def close(self):
        """End the reading ahead."""
        if self._walk is not None:
            self._walk.close()
            self._walk = None

    def show(self):
        """Show what stands of the shown structure."""
        ui, review = self.ui, self._logic.review
        lines = review.lines
        former, self._filling = self._filling, True
        try:
            ui.readButton.checked = review.is_on
            if self._lines != lines:
                self._fillDesk(lines)
            ui.progressLabel.text = review.progress
            for widget in (ui.readerLineEdit, ui.fileLineEdit, ui.fileButton, ui.casesLineEdit, ui.casesButton):
                widget.enabled = not review.is_on
            for widget in (ui.orderComboBox, ui.repeatedSpinBox, ui.blindedCheckBox, ui.seedSpinBox):
                widget.enabled = not review.is_on
            for widget in (ui.deskTable, ui.commentLineEdit, *(getattr(ui, f"{name}Button") for name in BUTTONS)):
                widget.enabled = bool(lines)
            for widget in (ui.previousCaseButton, ui.nextCaseButton):
                widget.enabled = self._walk is not None
            ui.correctButton.enabled = self._correction.may_begin
            ui.saveCorrectionButton.enabled = ui.abandonCorrectionButton.enabled = self._correction.is_on
            ui.correctionLabel.text = self._correction.text
        finally:
            self._filling = former

    def _fillDesk(self, lines):
        from SegmentationConcordanceLib.review.review_desk import stars

        ui, self._lines = self.ui, lines
        texts = [(one.title, f"{stars(one.score)} {one.text}".strip(), "★" if one.bookmark else "") for one in lines]
        fillTable(ui.deskTable, texts)
        active = [number for number, one in enumerate(lines) if one.is_active]
        if active:
            ui.deskTable.selectRow(active[0])
        ui.commentLineEdit.text = lines[active[0]].comment if active else ""

    def press(self, key):
        """Do what a key of the desk means."""
        if self._logic.review.is_on:
            self._do(lambda: self._judge(lambda: self._logic.review.press(key)))

    def move(self, steps):
        """Judge another line next."""
        self._logic.review.move(steps)
        self.show()

    def _judge(self, work):
        work()
        self._logic.follow_review()

    def onLineSelected(self):
        if not self._filling and self._lines:
            self._logic.review.choose(self._lines[self.ui.deskTable.currentRow()].model)
            self.show()

    def onComment(self):
        active = [one for one in self._lines or () if one.is_active]
        if not self._filling and active and self.ui.commentLineEdit.text != active[0].comment:
            text = self.ui.commentLineEdit.text
            self._do(lambda: self._judge(lambda: self._logic.review.comment(text)))

    def onChooseFile(self):
        title, kind = _("Choose the review file"), "CSV (*.csv)"
        path = qt.QFileDialog.getSaveFileName(slicer.util.mainWindow(), title, self._proposedFile(), kind)
        if path:
            self.ui.fileLineEdit.text = path

    def onChooseCases(self):
        title, kind = _("Choose a cohort file"), "Cohorts (*.toml *.csv *.parquet)"
        path = qt.QFileDialog.getOpenFileName(slicer.util.mainWindow(), title, "", kind)
        if path:
            self.ui.casesLineEdit.text = path

    def _proposedFile(self):
        from SegmentationConcordanceLib.scene.explorer.scene_review import REVIEW_FILE, default_review_file

        volume = self._logic.volume
        return self.ui.fileLineEdit.text or (default_review_file(volume) if volume else "") or REVIEW_FILE

    def _correct(self):
        """Open a copy of the marked model's segmentation in the Segment Editor."""
        from CrossSegmentationExplorerLib.segmentEditor import editSegment, requireSegmentEditor

        requireSegmentEditor()
        copy = self._correction.begin()
        volume, segmentId = self._logic.volume, self._correction.segment_id
        # not now: the panel that this is part of is left
        qt.QTimer.singleShot(0, lambda: editSegment(copy, volume, segmentId))

    def onAbandon(self):
        text = _("Throw away what was edited?")
        if slicer.util.confirmYesNoDisplay(text):
            self._do(self._correction.abandon)

    def onRead(self, on):
        if not self._filling:
            self._do(self._start if on else self._stop)

    def _start(self):
        ui = self.ui
        path = ui.fileLineEdit.text.strip() or self._proposedFile()
        seed = ui.seedSpinBox.value if ui.blindedCheckBox.checked else None
        cases = ui.casesLineEdit.text.strip()
        self._logic.start_review(path, ui.readerLineEdit.text, seed)
        ui.fileLineEdit.text = path
        qt.QSettings().setValue(READER_SETTING, ui.readerLineEdit.text.strip())
        if cases:
            self._openList(cases)

    def _stop(self):
        self.close()
        self._logic.stop_review()

    def _openList(self, cases):
        from SegmentationConcordanceLib.cohort.case_list import open_case_list
        from SegmentationConcordanceLib.scene.explorer.case_stage import CaseStage

        review = self._logic.review
        self._walk = open_case_list(
            cases,
            self._orders[self.ui.orderComboBox.currentIndex],
            verdicts=review.verdicts,
            seed=self.ui.seedSpinBox.value,
            repeated_share=self.ui.repeatedSpinBox.value / 100,
        )
        review.readings = self._walk.readings
        self._stage = CaseStage(self._logic, slicer.mrmlScene)
        self._goTo(1)

    def onCase(self, steps):
        if self._walk is not None:
            self._do(lambda: self._goTo(steps))

    def _goTo(self, steps):
        self._correction.require_none(_("Save or abandon it, then go to another case."))
        gone = self._walk.go(steps)
        if gone is not None:
            self._stage.show(*gone)
            self._walk.read_ahead()
