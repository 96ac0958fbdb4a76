"""One synchronized row of views per model, structure by structure, worst agreement first."""

import qt
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import ScriptedLoadableModule, ScriptedLoadableModuleWidget


class CrossSegmentationExplorer(ScriptedLoadableModule):
    """What Slicer shows of the module: title, category, help."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("Cross Segmentation Explorer")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        self.parent.dependencies = []
        self.parent.contributors = ["SegmentationConcordance contributors"]
        self.parent.helpText = _("Shows the segmentations of several models side by side, one row of views per model.")
        self.parent.acknowledgementText = _(
            "The method extends that of the study with DOI 10.1117/1.JMI.13.6.062204. Please cite it."
        )


class CrossSegmentationExplorerWidget(ScriptedLoadableModuleWidget):
    """The panel. So far it says where the module's work can be done today."""

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        label = qt.QLabel(
            _("In this version the comparison is shown by the report of the command line: concordance compare.")
        )
        label.wordWrap = True
        label.toolTip = _("The command line runs in Slicer's own Python as well; see the extension's README.")
        self.layout.addWidget(label)
        self.layout.addStretch(1)
