"""Any model's output and the image it was made on become coded, coloured segments and a valid DICOM SEG."""

import qt
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import ScriptedLoadableModule, ScriptedLoadableModuleWidget


class SegmentHarmonizer(ScriptedLoadableModule):
    """What Slicer shows of the module: title, category, help."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("Segment Harmonizer")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        self.parent.dependencies = ["CrossSegmentationExplorer"]
        self.parent.contributors = ["SegmentationConcordance contributors"]
        self.parent.helpText = _(
            "Gives the labels of a model's output their SNOMED CT codes and colours, and writes a valid DICOM SEG."
        )
        self.parent.acknowledgementText = _(
            "The method extends that of the study with DOI 10.1117/1.JMI.13.6.062204. Please cite it."
        )


class SegmentHarmonizerWidget(ScriptedLoadableModuleWidget):
    """The panel. So far it says where the module's work can be done today."""

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        label = qt.QLabel(_("In this version the module works through the command line: concordance harmonize."))
        label.wordWrap = True
        label.toolTip = _("The command line runs in Slicer's own Python as well; see the extension's README.")
        self.layout.addWidget(label)
        self.layout.addStretch(1)
