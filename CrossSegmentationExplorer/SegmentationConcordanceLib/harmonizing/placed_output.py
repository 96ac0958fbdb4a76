"""An output on the grid of the volume, or why it is not there yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import GeometryMismatchError
from ..imaging.brought_output import BroughtOutput, bring_output, or_resampled
from ..imaging.geometry import Geometry
from ..imaging.label_map import LabelMap
from ..imaging.model_output import is_cropped_to_segments


@dataclass(frozen=True, eq=False)
class PlacedOutput:
    """Where an output lies.

    :param brought: on the grid of the volume; None where there is a problem.
    :param problem: how it differs from the grid, and what can be done; "" where there is none.
    :param can_resample: whether resampling solves the problem, or has solved it.
    :param note: what was done to bring it to the grid; "" where its voxels are taken as they are.
    """

    brought: BroughtOutput | None
    problem: str = ""
    can_resample: bool = False
    note: str = ""


def place_output(
    label_map: LabelMap, grid: Geometry, name: str, paths: Sequence[str] = (), *, resample: bool = False
) -> PlacedOutput:
    """Bring an output to a grid, see :func:`.brought_output.bring_output`.

    :param paths: the files of the output, which may say that their extent tells nothing.
    :param resample: whether a user allowed it.
    """
    may_be_cropped = bool(paths) and all(is_cropped_to_segments(Path(path)) for path in paths)
    try:
        brought = bring_output(label_map, grid, name, may_be_cropped=may_be_cropped)
        return PlacedOutput(brought, note=_sentence(name, brought))
    except GeometryMismatchError as error:
        refused = error
    try:
        brought = bring_output(label_map, grid, name, resample=True, may_be_cropped=may_be_cropped)
    except GeometryMismatchError as error:
        return PlacedOutput(None, str(error))
    if not resample:
        return PlacedOutput(None, or_resampled(refused).in_words_of({"resample": "check Resample"}), True)
    return PlacedOutput(brought, "", True, _sentence(name, brought))


def _sentence(name: str, brought: BroughtOutput) -> str:
    return f"{name}: {'; '.join(brought.notes)}." if brought.notes else ""
