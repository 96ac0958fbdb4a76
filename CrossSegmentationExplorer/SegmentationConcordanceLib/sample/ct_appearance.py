"""What a CT scanner would show of the synthetic chest: Hounsfield units with blur and noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .noise import NoiseField
from .phantom import AIR, Phantom, painted_names

# Typical values after contrast medium; names are matched from the start, the longest match counts.
_HU = {
    AIR: -1000,
    "couch": -350,
    "skin": 20,
    "subcutaneous_tissue": -105,
    "fat": -95,
    "muscle": 55,
    "autochthon": 55,
    "iliopsoas": 55,
    "lung": -860,
    "airway_wall": 20,
    "airway_air": -990,
    "trachea": -995,
    "esophagus": 25,
    "thyroid_gland": 130,
    "heart_myocardium": 95,
    "heart_atrium": 175,
    "heart_ventricle": 175,
    "atrial_appendage": 165,
    "aorta": 215,
    "pulmonary_artery": 195,
    "pulmonary_vein": 190,
    "superior_vena_cava": 180,
    "inferior_vena_cava": 120,
    "brachiocephalic_trunk": 210,
    "brachiocephalic_vein": 160,
    "common_carotid": 205,
    "subclavian_artery": 205,
    "portal_vein": 165,
    "liver": 108,
    "spleen": 118,
    "kidney": 165,
    "adrenal": 65,
    "pancreas": 85,
    "gallbladder": 8,
    "stomach": 30,
    "duodenum": 45,
    "small_bowel": 45,
    "colon": -40,
    "costal_cartilages": 120,
    "disc": 85,
    "spinal_canal_fluid": 12,
    "spinal_cord": 38,
    "vertebrae": 190,
    "rib": 220,
    "sternum": 150,
    "clavicula": 260,
    "scapula": 260,
    "humerus": 200,
}
_BONES = ("vertebrae", "rib", "sternum", "clavicula", "scapula", "humerus")
_CORTEX_HU = 650
_CORTEX_MM = 1.2
_VESSEL_HU = 10
_SLICES_AT_ONCE = 16


def hounsfield_units(phantom: Phantom, rng: np.random.Generator, *, noise_hu: float = 14.0) -> NDArray[np.int16]:
    """The CT of a phantom: int16 (k, j, i), Hounsfield units from -1024 up.

    Bones get a cortex where voxels are small enough to show one, lungs get vessels; then a blur of about half a
    voxel and noise with a standard deviation of ``noise_hu``, correlated between neighbours as reconstruction makes it.

    :param rng: drawn from in a fixed order: the same generator gives the same image.
    """
    spacing_kji = phantom.geometry.spacing_mm[::-1]
    table = np.array([_value(name) for name in painted_names()] + [0] * (256 - len(painted_names())), dtype=np.float32)
    vessels = _VesselTree(phantom, rng)
    depth = phantom.labels.shape[0]
    image = np.empty(phantom.labels.shape, dtype=np.int16)
    margin = 3
    for start in range(0, depth, _SLICES_AT_ONCE):
        stop = min(start + _SLICES_AT_ONCE, depth)
        low, high = max(0, start - margin), min(depth, stop + margin)
        labels = phantom.labels[low:high]
        values = table[labels]
        _add_cortex(values, labels, spacing_kji)
        vessels.add_to(values, labels, low)
        ndimage.gaussian_filter(values, 0.55, output=values, truncate=3)
        values = values[start - low : stop - low]
        noise = rng.standard_normal(values.shape, dtype=np.float32)
        ndimage.gaussian_filter(noise, (0.0, 0.6, 0.6), output=noise, truncate=3)
        values += noise * np.float32(noise_hu / noise.std())
        image[start:stop] = np.clip(np.rint(values), -1024, 3071)
    return image


def _value(name: str) -> float:
    matches = [prefix for prefix in _HU if name.startswith(prefix)]
    return _HU[max(matches, key=len)]


def _add_cortex(values: np.ndarray, labels: np.ndarray, spacing_kji: np.ndarray) -> None:
    """Raise the rim of every bone, in proportion to how much of a voxel the cortex fills."""
    bones = [n for n, name in enumerate(painted_names()) if name.startswith(_BONES)]
    is_bone = np.zeros(256, dtype=bool)
    is_bone[bones] = True
    bone = is_bone[labels]
    rim = bone & ~ndimage.binary_erosion(bone, border_value=1)
    values[rim] += (_CORTEX_HU - values[rim]) * min(1.0, _CORTEX_MM / float(spacing_kji.min()))


class _VesselTree:
    """Vessels in the lungs: the lines along which two smooth random fields vanish together."""

    def __init__(self, phantom: Phantom, rng: np.random.Generator) -> None:
        spacing_kji = phantom.geometry.spacing_mm[::-1]
        self._fields = [NoiseField.drawn(phantom.labels.shape, spacing_kji, 16.0, rng) for _ in range(2)]
        self._is_lung = np.zeros(256, dtype=bool)
        self._is_lung[[n for n, name in enumerate(painted_names()) if name.startswith("lung_")]] = True

    def add_to(self, values: np.ndarray, labels: np.ndarray, first_slice: int) -> None:
        lung = np.nonzero(self._is_lung[labels])
        if not lung[0].size:
            return
        places = (lung[0] + first_slice, lung[1], lung[2])
        squares = sum(np.square(field.at(places)) for field in self._fields)
        share = np.exp(squares * np.float32(-1 / 0.012))
        values[lung] += (np.float32(_VESSEL_HU) - values[lung]) * share
