"""Whether this machine draws 3D views fast enough to have them on the page from the start."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from statistics import median

import vtk

from ..memory_budget import free_bytes

CELLS = 100_000
"""Triangles of what is drawn to measure: a large organ's surface."""

_SIZE = 320, 240
_LIMIT_MS = 120.0  # for all rows together: what a reader takes for following the mouse
_LEAST_MB = 1500.0
_BY_PROCESSOR = re.compile(r"llvmpipe|softpipe|swrast|software|basic render", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DrawingPower:
    """What was measured.

    :param renderer: as OpenGL names it.
    :param frame_ms: for one view of :data:`CELLS` triangles, median of a few, in ms.
    :param free_mb: memory that is free, in MB; None where the system does not say.
    """

    renderer: str
    frame_ms: float
    free_mb: float | None


def three_d_obstacle(power: DrawingPower, n_rows: int) -> str:
    """Why 3D views are not shown at the start, in a sentence; "" where they can be.

    :param power: of this machine.
    :param n_rows: how many rows are shown, each with a 3D view.
    """
    if _BY_PROCESSOR.search(power.renderer):
        return f"3D is off: without a graphics card, {power.frame_ms:.0f} ms a view ({power.renderer})."
    if n_rows * power.frame_ms > _LIMIT_MS:
        return f"3D is off: {n_rows} views would take {n_rows * power.frame_ms:.0f} ms to turn ({power.renderer})."
    if power.free_mb is not None and power.free_mb < _LEAST_MB:
        return f"3D is off: {power.free_mb:.0f} MB of memory are free."
    return ""


def measure_drawing() -> DrawingPower:
    """Draw a surface off-screen a few times; takes well below a second."""
    sphere = vtk.vtkSphereSource()
    sphere.SetThetaResolution(320)
    sphere.SetPhiResolution(CELLS // 640)
    mapper = vtk.vtkPolyDataMapper()
    mapper.SetInputConnection(sphere.GetOutputPort())
    actor = vtk.vtkActor()
    actor.SetMapper(mapper)
    renderer = vtk.vtkRenderer()
    renderer.AddActor(actor)
    window = vtk.vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)
    window.SetSize(*_SIZE)
    window.AddRenderer(renderer)
    window.Render()
    times = []
    for _ in range(3):
        renderer.GetActiveCamera().Azimuth(10)
        start = time.perf_counter()
        window.Render()
        window.WaitForCompletion()
        times.append(1000 * (time.perf_counter() - start))
    named = re.search(r"OpenGL renderer string:\s*(.+)", window.ReportCapabilities() or "")
    window.Finalize()
    name, free = named.group(1).split("(")[0].strip() if named else "unknown", free_bytes()
    return DrawingPower(name, median(times), None if free is None else free / 2**20)
