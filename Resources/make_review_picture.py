"""Makes the picture of the panel in docs/review.md: five models of a case of the sample, read blinded.

Needs the test environment (`make setup-test`) and Mesa's EGL: .venv/bin/python Resources/make_review_picture.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from make_explorer_pictures import key_of, panel_picture, save

import qt_host
from host import SceneHost

CASE = 2
STRUCTURE = "sternum"
SCORES = "524"
SEED = 3
PANEL = (560, 1090)


def blinded_panel(host: SceneHost) -> np.ndarray:
    """The explorer's panel after three verdicts: uint8 (height, width, 3)."""
    with qt_host.install(host) as desktop, tempfile.TemporaryDirectory() as folder:
        hosted = desktop.load_module("CrossSegmentationExplorer")
        from SegmentationConcordanceQt.sampleData import addSample

        volume = addSample(CASE)[0]
        hosted.enter()
        hosted.widget.logic.set_volume(volume)
        hosted.widget.logic.show_all_models()
        ui = hosted.widget._review.ui
        ui.readerLineEdit.text, ui.fileLineEdit.text = "Ann", str(Path(folder) / "review.csv")
        ui.blindedCheckBox.checked, ui.seedSpinBox.value = True, SEED
        ui.readButton.checked = True
        ui.fileLineEdit.text = "review.csv"
        logic = hosted.widget.logic
        logic.select(key_of(logic.explorer, STRUCTURE))
        for score in SCORES:
            getattr(ui, f"score{score}Button").click()
        hosted.ui.scanCollapsibleButton.collapsed = hosted.ui.rowsCollapsibleButton.collapsed = True
        ui.reviewCollapsibleButton.collapsed = False
        hosted.widget.showAll()
        picture = panel_picture(hosted, PANEL)
        hosted.exit()
        return picture


def main() -> None:
    host = SceneHost()
    try:
        save(blinded_panel(host), "review_panel.png")
    finally:
        host.close()


if __name__ == "__main__":
    main()
