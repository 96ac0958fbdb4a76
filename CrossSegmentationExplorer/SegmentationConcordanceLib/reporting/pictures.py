"""Small pictures of findings: the image and the outlines of all models, in three planes through the finding's place."""

from __future__ import annotations

import base64
import math
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from ..agreement.analysis import CaseResult
from ..agreement.comparison import Comparison
from ..agreement.crops import patterns_at, structures_at
from ..agreement.disputed_place import disputed_place
from ..agreement.finding import Finding
from ..agreement.finding_kinds import SIDE_SWAPPED
from .outlines import outline_path

Place = tuple[float, float, float]

PICTURES = 100
"""So many findings of a case get a picture."""
PIXELS = 144
_FIELD_LIMITS_MM = (60.0, 180.0)
_RADII_IN_FIELD = 4.0
_STRUCTURES_OF_FINDING = 4
_STRUCTURES_DRAWN = 3
_BOTH_SIDES_MM = 360.0
_CLEARLY_MORE = 1.25
_JPEG_QUALITY = 75
_LUNG, _SOFT_TISSUE, _BONE = (-1350.0, 150.0), (-160.0, 240.0), (-300.0, 1100.0)
_AIR = -500
_NOTHING = 24
"""The grey of a picture where there is no image."""


@dataclass(frozen=True, slots=True)
class PlaneSpec:
    """How a plane is looked at: which way its columns and rows run, in RAS, and the letters at its four sides."""

    name: str
    right: Place
    down: Place
    sides: str


PLANES = (
    PlaneSpec("axial", (-1, 0, 0), (0, -1, 0), "RLAP"),
    PlaneSpec("coronal", (-1, 0, 0), (0, 0, -1), "RLSI"),
    PlaneSpec("sagittal", (0, -1, 0), (0, 0, -1), "APSI"),
)
"""As radiologists look: the patient's right at the left, the front at the top or the left. Sides: left, right, top,
bottom of the picture."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One place of one case, in three planes.

    :param structure: key of the structure whose outlines are drawn.
    :param place_ras: where the planes meet, in mm.
    :param data: what the page draws: ``structure``; ``structures`` that are drawn; ``models`` that know it
        or have something at the place; ``missed``: indices of those that found nothing of it; ``here``: what each model
        has at the place; ``mm`` (width and height), ``pixels``, ``plane``: index of the one that shows the disagreement
        best; and per plane ``name``, ``sides``, ``across`` (the place, in pixels from the left), ``image`` (JPEG in
        base64, "" without an image) and ``lines``: indices of the models that share a path, it, and the structure's.
    """

    case: str
    structure: str
    place_ras: Place
    data: Mapping[str, Any]


class PictureMaker:
    """Draws places of one case.

    :param scan: voxels (k, j, i) of the image on the comparison's grid; None for outlines alone.
    """

    def __init__(self, case: str, comparison: Comparison, scan: NDArray[np.number] | None) -> None:
        self._case = case
        self._comparison = comparison
        self._scan = scan
        times = Counter(structure.key for structure in comparison.structures)  # uncoded segments may share a name
        self._index = {one.key: index for index, one in enumerate(comparison.structures) if times[one.key] == 1}

    def of_findings(self, findings: Iterable[Finding]) -> list[Picture]:
        """A picture of each place of the findings of this case."""
        made: dict[tuple[str, Place], Picture] = {}
        for finding in findings:
            if finding.case != self._case:
                continue
            compared = [key for key in finding.structures if key in self._index]
            # Over a cohort findings are told anew from tables, which name other structures first.
            as_wide = finding.kind == SIDE_SWAPPED
            for structure in compared[:1] if finding.place_ras else compared[:_STRUCTURES_OF_FINDING]:
                place = finding.place_ras or self._disputed_place(structure)
                if place is not None and (structure, place) not in made:
                    made[structure, place] = self.picture(structure, place, compared, both_sides=as_wide)
        return list(made.values())

    def picture(self, structure: str, place: Place, more: Sequence[str] = (), *, both_sides: bool = False) -> Picture:
        """The picture of a place: outlines of a structure, of what the models have there, and of more structures.

        :param structure: key of a structure.
        :param place: RAS in mm.
        :param more: keys of others that the finding is about, drawn as long as there are few.
        :param both_sides: the picture is so wide that it shows the body's other side as well.
        """
        index = self._index[structure]
        voxel = np.rint(self._comparison.geometry.ijk_of(np.array(place) * (-1, -1, 1)))[::-1].astype(int)
        here = self._here(index, voxel)
        wanted = dict.fromkeys(
            [index, *(one for of_model in here for one in of_model), *(self._index[key] for key in more)]
        )
        voters = self._comparison.structures[index].voters
        bits = [bit for bit in range(len(self._comparison.models)) if voters >> bit & 1 or here[bit]]
        volumes = self._comparison.model_counts() * self._comparison.geometry.voxel_volume_ml
        width = _BOTH_SIDES_MM if both_sides else _field_mm(float(volumes[index].max()))
        shift = self._to_the_middle(place) if both_sides else 0.0
        grids = [self._grid(place, plane, width, shift) for plane in PLANES]
        drawn, lines, disputed = self._drawn(list(wanted), grids, bits)
        planes = [
            {
                "name": plane.name,
                "sides": plane.sides,
                "image": image,
                "lines": of_plane,
                "across": round(PIXELS * (0.5 - (shift / width if plane.right[0] else 0.0)), 1),
            }
            for plane, image, of_plane in zip(PLANES, self._images(grids, shift / width), lines)
        ]
        names = [structure.name for structure in self._comparison.structures]
        data = {
            "structure": names[index],
            "structures": [names[one] for one in drawn],
            "models": [self._comparison.models[bit] for bit in bits],
            "missed": [number for number, bit in enumerate(bits) if voters >> bit & 1 and not volumes[index, bit]],
            "here": [", ".join(names[one] for one in here[bit]) for bit in bits],
            "mm": round(width, 1),
            "pixels": PIXELS,
            "plane": telling_plane(disputed),
            "planes": planes,
        }
        return Picture(self._case, structure, place, data)

    def _here(self, index: int, voxel: NDArray[np.int64]) -> list[list[int]]:
        """By model what it has at a voxel: of what it alone knows the structure of this index and no other, as the
        body and its fat are nearly everywhere."""
        here = structures_at(self._comparison, tuple(voxel.tolist()))
        if not self._comparison.structures[index].number:
            pattern = int(patterns_at(self._comparison, index, voxel))
            here = [[*([index] * (pattern >> bit & 1)), *of_model] for bit, of_model in enumerate(here)]
        return here

    def _disputed_place(self, structure: str) -> Place | None:
        return disputed_place(self._comparison, (), structure)

    def _to_the_middle(self, place: Place) -> float:
        """From a place to the middle of the scan, in mm along the rows of a plane that goes across the body."""
        geometry = self._comparison.geometry
        middle_left = geometry.lps_of((np.array(geometry.shape[::-1]) - 1) / 2)[0]
        return float(middle_left + place[0])

    def _grid(self, place: Place, plane: PlaneSpec, width_mm: float, shift_mm: float) -> np.ndarray:
        """Fractional indices (i, j, k) of the pixels of a plane: float64 (rows, columns, 3).

        :param shift_mm: how far the picture's middle is from the place, in planes that go across the body.
        """
        steps = (np.arange(PIXELS) - (PIXELS - 1) / 2) * width_mm / PIXELS
        right, down = np.array(plane.right), np.array(plane.down)
        along = steps + (shift_mm if plane.right[0] else 0.0)
        ras = np.array(place) + steps[:, None, None] * down + along[None, :, None] * right
        return self._comparison.geometry.ijk_of(ras * (-1, -1, 1))

    def _images(self, grids: Sequence[np.ndarray], shift: float) -> list[str]:
        """The image in each plane as JPEG.

        :param shift: how far the picture's middle is from the place, as a share of its width.
        """
        if self._scan is None:
            return [""] * len(grids)
        sampled = [_sampled(self._scan, grid) for grid in grids]
        at_place = np.roll(sampled[0], round(PIXELS * shift), axis=1)
        window = _window(at_place, self._is_ct)
        return [_jpeg(_grey(values, window)) for values in sampled]

    @cached_property
    def _is_ct(self) -> bool:
        """Whether there is air in Hounsfield units; no other image goes so far below zero."""
        return self._scan is not None and bool(self._scan.min() < _AIR)

    def _drawn(
        self, wanted: Sequence[int], grids: Sequence[np.ndarray], bits: Sequence[int]
    ) -> tuple[list[int], list[list[Any]], list[int]]:
        """A few of the structures, that are seen in one of the planes; the lines by plane; and how many pixels of each
        plane some of the models have and others do not.
        """
        voxels = [np.rint(grid[..., ::-1]).astype(np.int64) for grid in grids]
        drawn: list[int] = []
        lines: list[list[Any]] = [[] for _ in grids]
        disputed = [0 for _ in grids]
        for index in wanted:
            patterns = [patterns_at(self._comparison, index, of_plane) for of_plane in voxels]
            if len(drawn) == _STRUCTURES_DRAWN or not any(one.any() for one in patterns):
                continue
            all_of_them = self._comparison.structures[index].voters
            for number, one in enumerate(patterns):
                lines[number] += _lines(one, len(drawn), bits)
                disputed[number] += int(np.count_nonzero((one != 0) & (one != all_of_them)))
            drawn.append(index)
        return drawn, lines, disputed


def _lines(patterns: np.ndarray, structure: int, bits: Sequence[int]) -> list[list[Any]]:
    """The models that have one outline of a structure, it, and the structure's number in the picture."""
    paths: dict[str, list[int]] = {}
    for model, bit in enumerate(bits):
        path = outline_path((patterns >> bit & 1).astype(bool))
        if path:
            paths.setdefault(path, []).append(model)
    return [[models, path, structure] for path, models in paths.items()]


def telling_plane(disputed: Sequence[int]) -> int:
    """The plane to be looked at first: the axial one, unless another shows clearly more of the disagreement.

    :param disputed: by plane, how many pixels are disputed; the axial one first.
    :returns: its index.
    """
    most = int(np.argmax(disputed))
    return most if disputed[most] > _CLEARLY_MORE * disputed[0] else 0


def case_pictures(result: CaseResult, scan: NDArray[np.number] | None, limit: int = PICTURES) -> list[Picture]:
    """Pictures of the gravest findings of one case.

    :param scan: voxels (k, j, i) of the image on the grid of the result; None for outlines alone.
    :param limit: how many findings are looked at.
    """
    findings = result.findings[:limit]
    return PictureMaker(result.case, result.comparison, scan).of_findings(findings)


@dataclass(frozen=True, slots=True)
class ShownPictures:
    """The pictures that findings show.

    :param pictures: each once.
    :param numbers: of each finding the index of its picture; None where it has none.
    """

    pictures: tuple[Picture, ...]
    numbers: tuple[int | None, ...]


def pictures_of_findings(findings: Iterable[Finding], pictures: Iterable[Picture], limit: int) -> ShownPictures:
    """Which finding shows which picture: that of its place, else the first of its structures' in its case.

    :param limit: so many pictures are kept, of the first findings.
    """
    there: dict[tuple[str, str], list[Picture]] = {}
    for picture in pictures:
        there.setdefault((picture.case, picture.structure), []).append(picture)
    kept: dict[int, tuple[int, Picture]] = {}
    numbers: list[int | None] = []
    for finding in findings:
        own = [picture for key in finding.structures for picture in there.get((finding.case, key), ())]
        found = _nearest(own, finding.place_ras)
        if found is not None and len(kept) < limit:
            kept.setdefault(id(found), (len(kept), found))
        numbers.append(None if found is None or id(found) not in kept else kept[id(found)][0])
    return ShownPictures(tuple(picture for _, picture in kept.values()), tuple(numbers))


def _nearest(pictures: Sequence[Picture], place: Place | None) -> Picture | None:
    """Of some pictures the one of a place, which may be rounded in tables; the first where there is no place."""
    if place is None:
        return next(iter(pictures), None)
    return min(pictures, key=lambda one: math.dist(one.place_ras, place), default=None)


def _field_mm(volume_ml: float) -> float:
    """How much a picture shows: some radii of a ball of the structure's volume."""
    radius_mm = np.cbrt(3000 * volume_ml / (4 * np.pi))
    return float(np.clip(_RADII_IN_FIELD * radius_mm, *_FIELD_LIMITS_MM))


def _sampled(scan: np.ndarray, ijk: np.ndarray) -> np.ndarray:
    """Values at fractional indices, linear between voxels; NaN outside the scan. float32."""
    kji = np.moveaxis(ijk[..., ::-1], -1, 0)
    low = np.floor(kji.reshape(3, -1).min(axis=1)).astype(int).clip(0, np.array(scan.shape) - 1)
    high = np.ceil(kji.reshape(3, -1).max(axis=1)).astype(int).clip(0, np.array(scan.shape) - 1) + 1
    crop = scan[tuple(slice(a, b) for a, b in zip(low, high))].astype(np.float32)
    values = map_coordinates(crop, kji - low[:, None, None], order=1, mode="nearest")
    outside = np.any((kji < -0.5) | (kji > np.array(scan.shape)[:, None, None] - 0.5), axis=0)
    return np.where(outside, np.nan, values)


def _grey(values: np.ndarray, window: tuple[float, float]) -> np.ndarray:
    """8-bit grey; what lies outside the scan is dark."""
    low, high = window
    grey = np.clip((values - low) / (high - low), 0, 1) * 255
    return np.where(np.isfinite(values), grey, _NOTHING).astype(np.uint8)


def _window(values: np.ndarray, is_ct: bool) -> tuple[float, float]:
    """Lowest and highest value to be told apart: of CT by what the middle is, of other images what occurs."""
    half = values.shape[0] // 2
    middle, seen = values[half - 4 : half + 4, half - 4 : half + 4], values[np.isfinite(values)]
    if not seen.size:
        return 0.0, 1.0
    if not is_ct:
        low, high = (float(value) for value in np.percentile(seen, (1, 99)))
        return low, max(high, low + 1)
    typical = float(np.nanmedian(middle)) if np.isfinite(middle).any() else 0.0
    return _LUNG if typical < -400 else _BONE if typical > 130 else _SOFT_TISSUE


def _jpeg(grey: np.ndarray) -> str:
    """A grey picture as JPEG in base64."""
    import SimpleITK

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.jpg"
        SimpleITK.WriteImage(
            SimpleITK.GetImageFromArray(grey), str(path), useCompression=True, compressionLevel=_JPEG_QUALITY
        )
        return base64.b64encode(path.read_bytes()).decode("ascii")
