"""Makes the pictures of docs/tutorial.md from the sample data set that the tutorial uses.

Needs the test environment (`make setup-test`) and Mesa's EGL: .venv/bin/python Resources/make_tutorial_pictures.py
"""

from __future__ import annotations

import sys

import numpy as np
from make_explorer_pictures import joined, panel_and_rows, panel_picture, save

import qt_host
from host import SceneHost

CASE = 2
PANEL = (400, 620)


def consensus_panel(host: SceneHost) -> np.ndarray:
    """ConsensusMetrics after Apply: uint8 (height, width, 3)."""
    with qt_host.install(host) as desktop:
        hosted = desktop.load_module("ConsensusMetrics")
        hosted.enter()
        hosted.ui.applyButton.click()
        hosted.ui.resultsTable.selectRow(0)
        picture = panel_picture(hosted, PANEL)
        hosted.exit()
        return picture


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
