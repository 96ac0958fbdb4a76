"""Makes the pictures of docs/harmonizer.md: the panel under the tests' stand-in for Slicer's widgets.

On the sample, and, where real cases lie beside the checkout, on one of these with an output of unknown origin.
Needs the test environment (`make setup-test`): .venv/bin/python Resources/make_harmonizer_pictures.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import SimpleITK

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "CrossSegmentationExplorer"), str(REPOSITORY / "Testing" / "Python")]

import qt_host  # noqa: E402
from host import SceneHost  # noqa: E402
from qt_host.desktop import Desktop  # noqa: E402
from qt_host.hosted_module import HostedModule  # noqa: E402
from SegmentationConcordanceLib.imaging.image_series import read_image_series, read_voxels  # noqa: E402
from SegmentationConcordanceLib.sample.cohort import make_sample  # noqa: E402
from SegmentationConcordanceLib.scene.volume_node import add_volume_node  # noqa: E402

PICTURES = REPOSITORY / "Resources"
REAL_CASE = REPOSITORY.parent / "shared" / "cases" / "abdomen_nifti"
WIDTH = 700


def opened_panel(desktop: Desktop, outputs: list[Path]) -> HostedModule:
    """The panel with the one volume of the scene and some outputs."""
    hosted = desktop.load_module("SegmentHarmonizer")
    hosted.enter()
    hosted.widget.add([str(path) for path in outputs])
    desktop.process_events()
    return hosted


def sample(desktop: Desktop, folder: Path) -> None:
    """Six models on a synthetic chest: one whose version is asked for, then all applied."""
    case = make_sample(folder / "cohort").cases[0]
    series = read_image_series(case.ct_folder)
    volume = add_volume_node(desktop.host.scene, read_voxels(series), series.geometry, "Synthetic chest")
    volume.SetAttribute("DICOM.instanceUIDs", " ".join(series.sop_instance_uids))
    desktop.dicom_files.update(zip(series.sop_instance_uids, map(str, series.files)))
    hosted = opened_panel(desktop, [path for output in case.outputs for path in output.paths])
    waiting = next(number for number, state in enumerate(hosted.widget.logic.states) if state.question)
    hosted.ui.outputsTable.selectRow(waiting)
    hosted.screenshot(PICTURES / "harmonizer_question.png", WIDTH)
    versions = hosted.widget.logic.known.versions("TotalSegmentator")
    hosted.ui.versionComboBox.activated.emit([one.name for one in versions].index("totalsegmentator_v2"))
    hosted.ui.applyButton.click()
    hosted.ui.folderPathLineEdit.currentPath = "/data/seg"
    desktop.process_events()
    hosted.screenshot(PICTURES / "harmonizer_sample.png", WIDTH)


def real_case(desktop: Desktop, folder: Path) -> None:
    """TotalSegmentator on a real CT, and the same model's fast output with its names and numbers taken away."""
    desktop.host.volumes.AddArchetypeVolume(str(REAL_CASE / "ct.nii.gz"), "Abdomen CT", 0)
    unknown = folder / "unknown_model.nii.gz"
    image = SimpleITK.ReadImage(str(REAL_CASE / "totalsegmentator_v2_total_fast.nii.gz"))
    voxels = SimpleITK.GetArrayFromImage(image).astype(np.uint16)
    renumbered = SimpleITK.GetImageFromArray(np.where(voxels, 600 - voxels, 0).astype(np.uint16))
    renumbered.CopyInformation(image)
    SimpleITK.WriteImage(renumbered, str(unknown))
    hosted = opened_panel(desktop, [REAL_CASE / "totalsegmentator_v2_total.nii.gz", unknown])
    hosted.ui.outputsTable.selectRow(1)
    rows = [hosted.ui.labelsTable.item(row, 0).text() for row in range(hosted.ui.labelsTable.rowCount)]
    hosted.ui.labelsTable.selectRow(next(n for n, status in enumerate(rows) if status.startswith("suggested")))
    hosted.screenshot(PICTURES / "harmonizer_suggestions.png", WIDTH)


def photograph(show) -> None:
    """Open a desktop of its own for one picture."""
    host = SceneHost()
    try:
        with qt_host.install(host) as desktop, tempfile.TemporaryDirectory() as folder:
            show(desktop, Path(folder))
    finally:
        host.close()


def main() -> None:
    photograph(sample)
    if REAL_CASE.is_dir():
        photograph(real_case)


if __name__ == "__main__":
    main()
