"""Makes the pictures of docs/tutorial.md from the sample data set that the tutorial uses.

Needs the test environment (`make setup-test`) and Mesa's EGL: .venv/bin/python Resources/make_tutorial_pictures.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from make_explorer_pictures import joined, panel_and_rows, save
from PIL import Image

import qt_host
from host import SceneHost

CASE = 2
PANEL = (400, 620)


def consensus_panel(host: SceneHost) -> np.ndarray:
    """ConsensusMetrics after Apply: uint8 (height, width, 3)."""
    with qt_host.install(host) as desktop, tempfile.TemporaryDirectory() as folder:
        hosted = desktop.load_module("ConsensusMetrics")
        hosted.enter()
        hosted.ui.applyButton.click()
        hosted.ui.resultsTable.selectRow(0)
        path = Path(folder) / "panel.png"
        hosted.screenshot(path, *PANEL)
        hosted.exit()
        return np.asarray(Image.open(path).convert("RGB"))


def main() -> None:
    host = SceneHost()
    try:
        with qt_host.install(host) as desktop:
            desktop.load_module("CrossSegmentationExplorer")
            from SegmentationConcordanceQt.sampleData import addSample

            volume = addSample(CASE)[0]
        save(consensus_panel(host), "tutorial_consensus.png")
        structures = ("sternum", "rib_right_5")
        pictures = [panel_and_rows(host, volume, name, (220, 113)) for name in structures]
        save(joined(pictures[:1], axis=0), "tutorial_explorer.png")
        save(joined(pictures[1:], axis=0), "tutorial_step.png")
    finally:
        host.close()
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main()
