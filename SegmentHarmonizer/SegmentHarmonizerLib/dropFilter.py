"""What is dropped on a widget."""

import qt


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
