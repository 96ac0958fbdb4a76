"""The consensus of several segmentations of one image, and how well each model agrees with it."""

import qt
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import ScriptedLoadableModule, ScriptedLoadableModuleWidget


class ConsensusMetrics(ScriptedLoadableModule):
    """What Slicer shows of the module: title, category, help."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("Consensus Metrics")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Quantification")]
        self.parent.dependencies = ["CrossSegmentationExplorer"]
        self.parent.contributors = ["SegmentationConcordance contributors"]
        self.parent.helpText = _(
            "Computes the consensus of several models' segmentations and each model's agreement with it, per structure."
        )
        self.parent.acknowledgementText = _(
            "The method extends that of the study with DOI 10.1117/1.JMI.13.6.062204. Please cite it."
        )


class ConsensusMetricsWidget(ScriptedLoadableModuleWidget):
    """The panel. So far it says where the module's work can be done today."""

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        label = qt.QLabel(_("In this version the module works through the command line: concordance compare."))
        label.wordWrap = True
        label.toolTip = _("The command line runs in Slicer's own Python as well; see the extension's README.")
        self.layout.addWidget(label)
        self.layout.addStretch(1)
