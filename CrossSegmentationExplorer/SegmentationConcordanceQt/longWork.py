"""Work that takes a while: one at a time, with a progress dialog and nothing else to press but Cancel."""

import qt
import slicer


class CancelledError(Exception):
    """The user pressed Cancel, closed the scene, or reloaded the module."""


class LongWork:
    """Runs the long work of a panel.

    To draw the progress, the event loop turns in mid-work. The dialog is modal for the whole application, so that
    nobody can press a button, close the scene or change the module meanwhile. Timers and scripts still can: a second
    run is refused, what follows the scene asks ``isRunning`` and waits, and the work ends when the scene is closed.
    """

    def __init__(self):
        self.isRunning = False
        self._isEnded = False

    def end(self, *_unused):
        """Let the running work end at its next step, as if the user had pressed Cancel."""
        self._isEnded = True

    def run(self, title, failure, work):
        """What ``work(progress)`` gives, True where that is nothing; None where it was cancelled or other work runs.

        What it raises is displayed under ``failure``, and raised again.
        """
        if self.isRunning:
            return None
        self.isRunning, self._isEnded = True, False
        scene = slicer.mrmlScene
        closing = scene.AddObserver(slicer.vtkMRMLScene.StartCloseEvent, self.end)
        try:
            with slicer.util.tryWithErrorDisplay(failure, waitCursor=True):
                return self._runWithDialog(title, work)
        finally:
            scene.RemoveObserver(closing)
            self.isRunning = False

    def _runWithDialog(self, title, work):
        dialog = slicer.util.createProgressDialog(
            windowTitle=title, maximum=100, windowModality=qt.Qt.ApplicationModal, autoClose=False, autoReset=False
        )
        isReal = isinstance(dialog, qt.QProgressDialog)
        if isReal:
            label = qt.QLabel()
            label.textFormat = qt.Qt.PlainText  # names of files are among the words
            dialog.setLabel(label)

        def progress(fraction, words):
            dialog.labelText = words
            dialog.value = int(100 * fraction)
            slicer.app.processEvents()
            if dialog.wasCanceled or self._isEnded:
                raise CancelledError

        try:
            found = work(progress)
            return True if found is None else found
        except CancelledError:
            return None
        finally:
            dialog.close()
            if isReal:
                dialog.deleteLater()
