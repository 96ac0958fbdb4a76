"""The part of the panel that says what every label is."""

import qt

from SegmentHarmonizerLib.codesDialog import chooseCodes
from SegmentHarmonizerLib.fillComboBox import fillComboBox

NUMBER_COLUMNS, COLOR_COLUMN = (1, 5), 4


class LabelsSection:
    """The table of the labels, its filter, and what a user answers for the selected ones."""

    def __init__(self, ui, logic, answered):
        """:param answered: called after answers were given or taken back; shows how things stand then."""
        self.ui, self.logic, self._answered = ui, logic, answered
        self._updating = False
        self._rows, self._choices, self._order = [], (), ("", False)
        ui.labelsTable.horizontalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        ui.filterLineEdit.connect("textChanged(QString)", self.show)
        ui.labelsTable.connect("itemSelectionChanged()", self.showCandidates)
        ui.labelsTable.horizontalHeader().connect("sectionClicked(int)", self.onHeaderClicked)
        ui.candidateComboBox.connect("currentIndexChanged(int)", self.showReason)
        ui.acceptButton.connect("clicked()", self.onAccept)
        ui.acceptSureButton.connect("clicked()", self.onAcceptSure)
        ui.editButton.connect("clicked()", self.onEdit)
        ui.takeBackButton.connect("clicked()", self.onTakeBack)

    def show(self, *_unused):
        """Fill the table of the labels with those that the filter finds, in the order chosen."""
        from SegmentationConcordanceLib.harmonizing.label_table import (
            count_text,
            label_cells,
            row_tool_tip,
            shown_labels,
        )
        from SegmentationConcordanceLib.harmonizing.tool_tip import tool_tip

        rows, table = self.logic.rows, self.ui.labelsTable
        selected = {(row.output, row.key) for row in self.selectedRows()}
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

    def selectedRows(self):
        """The rows of the labels that are selected, from the top."""
        lines = sorted({index.row() for index in self.ui.labelsTable.selectionModel().selectedRows()})
        return [self._rows[line] for line in lines if line < len(self._rows)]

    def showCandidates(self):
        """Show what the selected label could be, and every other structure that may be chosen for it."""
        if self._updating:
            return
        from SegmentationConcordanceLib.harmonizing.structure_answer import choice_text, choices_for

        ui, rows = self.ui, self.selectedRows()
        self._choices = choices_for(rows[0], self.logic.known) if len(rows) == 1 else ()
        waits = bool(rows) and any(row.candidates and row.status == "suggested" for row in rows)
        self._updating = True
        try:
            texts = [choice_text(one) for one in self._choices]
            fillComboBox(ui.candidateComboBox, texts, 0 if self._choices and waits else -1)
        finally:
            self._updating = False
        ui.candidateComboBox.enabled = bool(self._choices)
        ui.editButton.enabled = len(rows) == 1 and rows[0].key is not None
        ui.takeBackButton.enabled = any(row.status == "accepted" for row in rows)
        ui.saveLabelMapButton.enabled = bool(rows)
        self.showReason()

    def showReason(self, *_unused):
        from SegmentationConcordanceLib.harmonizing.label_table import row_tool_tip
        from SegmentationConcordanceLib.harmonizing.structure_answer import choice_reason

        if not self._updating:
            rows, index = self.selectedRows(), self.ui.candidateComboBox.currentIndex
            why = row_tool_tip(rows[0]) if len(rows) == 1 else ""
            self.ui.reasonLabel.text = choice_reason(self._choices[index]) if index >= 0 else why
            self.ui.acceptButton.enabled = index >= 0 or (len(rows) > 1 and any(row.candidates for row in rows))

    def onHeaderClicked(self, section):
        """Sort by a column, the other way round when clicked again, and a third time unknown first."""
        from SegmentationConcordanceLib.harmonizing.label_table import next_label_order

        self._order = next_label_order(self._order, section)
        header = self.ui.labelsTable.horizontalHeader()
        header.setSortIndicatorShown(bool(self._order[0]))
        header.setSortIndicator(section, qt.Qt.DescendingOrder if self._order[1] else qt.Qt.AscendingOrder)
        self.show()

    def onAccept(self):
        rows, index = self.selectedRows(), self.ui.candidateComboBox.currentIndex
        for row in rows:
            self.logic.accept(row, self._choices[index] if len(rows) == 1 else None)
        self._answered()

    def onAcceptSure(self):
        self.logic.accept_sure()
        self._answered()

    def onTakeBack(self):
        for row in self.selectedRows():
            self.logic.take_back(row)
        self._answered()

    def onEdit(self):
        """Choose the codes of the selected label in Slicer's terminology selector."""
        (row,) = self.selectedRows()
        candidate = row.candidates[0].structure if row.candidates else None
        structure, color = chooseCodes(row.label_name, row.structure or candidate)
        if structure is not None:
            self.logic.answer(row, structure, color)
            self._answered()
