"""Compare what several AI models segmented on one scan, without ground truth.

The interface of SegmentationConcordance for Python. Images and outputs are read, an output is harmonized to a coded
DICOM SEG, outputs are compared; findings, consensus, tables and report follow from the comparison::

    import segmentation_concordance as sc

    images = sc.read_images("study/ct")
    runs = [sc.read_output(path, images) for path in ("total.nii.gz", "moose.dcm")]
    result = sc.compare(runs, images)
    print(sc.agreement_table([result]))

It is the code of Slicer's modules and of the ``concordance`` command, and gives their numbers. What is wrong with the
input is a :class:`ConcordanceError`, which names the file, the fact and the remedy; what a user should know besides is
a :class:`ConcordanceWarning`. Nothing is changed that was read; files appear whole or not at all.

Arrays have the axes (k, j, i), slices first. Places are in LPS mm unless a name says RAS. Volumes are in ml.
"""

from SegmentationConcordanceLib import __version__
from SegmentationConcordanceLib.agreement.analysis import CaseResult
from SegmentationConcordanceLib.agreement.correction import CorrectedStructure
from SegmentationConcordanceLib.agreement.finding import Finding
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.agreement.table import AgreementRow, PairwiseRow
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.image_series import ImageSeries
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.imaging.model_recognition import Recognition
from SegmentationConcordanceLib.sample.cohort import make_sample

from .comparison import compare, consensus, findings
from .corrections import compare_correction
from .images import Images, read_images
from .outputs import ConcordanceWarning, Harmonized, Run, harmonize, read_output, recognize
from .results import write_consensus, write_report, write_results
from .tables import agreement_table, findings_table, pairwise_table

__all__ = [
    "AgreementRow",
    "AnalysisOptions",
    "CaseResult",
    "ConcordanceError",
    "ConcordanceWarning",
    "CorrectedStructure",
    "Finding",
    "Geometry",
    "Harmonized",
    "ImageSeries",
    "Images",
    "LabelMap",
    "ModelSegmentation",
    "PairwiseRow",
    "Recognition",
    "Run",
    "Segment",
    "__version__",
    "agreement_table",
    "compare",
    "compare_correction",
    "consensus",
    "findings",
    "findings_table",
    "harmonize",
    "make_sample",
    "pairwise_table",
    "read_images",
    "read_output",
    "recognize",
    "write_consensus",
    "write_report",
    "write_results",
]
