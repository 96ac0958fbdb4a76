"""The demo's synthetic chests in Slicer's module Sample Data: made on the spot, nothing is downloaded or kept."""

import slicer
from slicer.i18n import tr as _

from SegmentationConcordanceQt.longWork import LongWork

CATEGORY = "Segmentation Concordance"
CASES = 4


def registerSampleData(thumbnail):
    """Offer the cases of the demo.

    :param thumbnail: path of the picture on their buttons.
    """
    try:
        import SampleData
    except ImportError:  # that module is disabled
        return
    for number in range(1, CASES + 1):
        name = f"SegmentationConcordance{number}"
        SampleData.SampleDataLogic.registerCustomSampleDataSource(
            category=CATEGORY,
            sampleName=name,
            uris="made-on-the-spot:" + name,
            fileNames=name,
            nodeNames=_("Chest {number}, six models").format(number=number),
            thumbnailFileName=thumbnail,
            customDownloader=lambda source, number=number: addSample(number),
        )


def addSample(number):
    """Make one case of the sample, and add it to the scene: the CT, and a coded segmentation for every model.

    :returns: the nodes; none where the user cancelled.
    """
    nodes = LongWork().run(
        _("Making the sample"), _("The sample could not be made."), lambda progress: _addCase(number, progress)
    )
    return nodes or []


def _addCase(number, progress):
    import tempfile
    from pathlib import Path

    from SegmentationConcordanceLib.cohort.case_scan import read_scan
    from SegmentationConcordanceLib.cohort.listener import Nobody
    from SegmentationConcordanceLib.cohort.runs import RunFile
    from SegmentationConcordanceLib.sample.cohort import make_sample_case
    from SegmentationConcordanceLib.scene.scan_nodes import add_scan

    done = []

    def made(what):
        done.append(what)
        progress(min(0.8, 0.1 * len(done)), what)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        case = make_sample_case(Path(folder), number - 1, progress=made)
        runs = [
            RunFile(output.title, path, output.label_map_name, output.task or "")
            for output in case.outputs
            for path in output.paths
        ]
        progress(0.9, _("reading {case}").format(case=case.name))
        scan = read_scan(case.name, case.ct_folder, runs, Nobody())
    added = add_scan(slicer.mrmlScene, scan)
    selection = slicer.app.applicationLogic().GetSelectionNode()
    selection.SetActiveVolumeID(added.volume.GetID())
    slicer.app.applicationLogic().PropagateVolumeSelection(1)
    return [added.volume, *(node for nodes in added.nodes_of.values() for node in nodes)]
