"""Slicer's terminology selector in a dialog."""

import qt
import slicer
from slicer.i18n import tr as _


def chooseCodes(labelName, structure):
    """Let the user choose the codes of a label.

    :param structure: what is chosen at first; None for nothing.
    :return: the structure and its colour as structure_of_entry gives them; (None, None) where the user cancelled.
    """
    from SegmentationConcordanceLib.scene.harmonizer.terminology_entry import entry_of_structure, structure_of_entry

    dialog = qt.QDialog(slicer.util.mainWindow())
    dialog.setWindowTitle(_("Codes of {label}").format(label=labelName))
    box = qt.QVBoxLayout(dialog)
    navigator = slicer.qSlicerTerminologyNavigatorWidget()
    navigator.overrideSectionVisible = False
    buttons = qt.QDialogButtonBox()
    buttons.setStandardButtons(qt.QDialogButtonBox.Ok | qt.QDialogButtonBox.Cancel)
    buttons.connect("accepted()", dialog.accept)
    buttons.connect("rejected()", dialog.reject)
    box.addWidget(navigator)
    box.addWidget(buttons)
    if structure:
        navigator.setTerminologyEntry(entry_of_structure(structure))
    chosen = entry_of_structure(None)
    try:
        if dialog.exec_() and navigator.terminologyEntry(chosen):
            return structure_of_entry(chosen)
        return None, None
    finally:
        dialog.deleteLater()  # the main window, its parent, would keep it
