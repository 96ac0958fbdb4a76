"""What the cells of a table show, and what was typed into them."""

import qt


def fillTable(table, lines, editable=()):
    """Write texts into a table; only some columns can be edited."""
    table.setRowCount(0)  # and with the rows the selection
    table.setRowCount(len(lines))
    for row, texts in enumerate(lines):
        for column, text in enumerate(texts):
            item = qt.QTableWidgetItem(text)
            if column not in editable:
                item.setFlags(qt.Qt.ItemIsEnabled | qt.Qt.ItemIsSelectable)
            table.setItem(row, column, item)


def tableTexts(table):
    """The texts of a table, line by line."""
    columns = range(table.columnCount)
    return [[table.item(row, column).text() for column in columns] for row in range(table.rowCount)]


def setChecked(item, checked):
    """Give an item a check box, checked or not."""
    item.setFlags(qt.Qt.ItemIsEnabled | qt.Qt.ItemIsSelectable | qt.Qt.ItemIsUserCheckable)
    item.setCheckState(qt.Qt.Checked if checked else qt.Qt.Unchecked)


def setColor(item, color):
    """A swatch that keeps its colour when the row is selected."""
    pixmap = qt.QPixmap(14, 14)
    pixmap.fill(qt.QColor(qt.Qt.gray))
    painter = qt.QPainter(pixmap)
    painter.fillRect(1, 1, 12, 12, qt.QColor(*(round(255 * channel) for channel in color)))
    painter.end()
    icon = qt.QIcon()
    icon.addPixmap(pixmap, qt.QIcon.Normal)
    icon.addPixmap(pixmap, qt.QIcon.Selected)
    item.setIcon(icon)
