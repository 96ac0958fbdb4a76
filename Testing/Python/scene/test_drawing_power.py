"""Whether 3D views are on the page from the start, and what is said where they are not."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.scene.drawing_power import DrawingPower, measure_drawing, three_d_obstacle


@pytest.mark.parametrize(
    ("power", "rows", "said"),
    [
        (DrawingPower("NVIDIA RTX A2000/PCIe/SSE2", 4.0, 9000.0), 6, ""),
        (DrawingPower("Mesa Intel(R) UHD", 15.0, None), 6, ""),
        (DrawingPower("Mesa Intel(R) UHD", 40.0, 9000.0), 6, "6 views would take 240 ms"),
        (DrawingPower("Mesa Intel(R) UHD", 40.0, 9000.0), 2, ""),
        (DrawingPower("llvmpipe", 20.0, 9000.0), 2, "without a graphics card, 20 ms a view (llvmpipe)"),
        (DrawingPower("NVIDIA RTX A2000/PCIe/SSE2", 4.0, 700.0), 6, "700 MB of memory"),
    ],
)
def test_the_decision(power: DrawingPower, rows: int, said: str) -> None:
    text = three_d_obstacle(power, rows)
    assert said in text if said else text == ""


def test_what_this_machine_does(require_egl: None) -> None:
    power = measure_drawing()
    assert power.renderer != "unknown"
    assert power.frame_ms > 0
