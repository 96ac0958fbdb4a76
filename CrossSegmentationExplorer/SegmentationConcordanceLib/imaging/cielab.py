"""Display colours as DICOM stores them: CIE L*a*b* in 16-bit steps (PS3.3 C.10.7.1.1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# IEC 61966-2-1 (sRGB), linear RGB to XYZ. The white point is D65, as dcmqi writes and as dcmqi, Slicer and OHIF read.
# PS3.3 means the ICC profile connection space, whose white point is D50; a writer that does so (highdicom) is shown
# slightly tinted by all of them, and by us in the same way.
_XYZ_OF_LINEAR_RGB = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE_D65 = np.array([0.95047, 1.0, 1.08883])


def rgb_of_dicom_lab(values: Sequence[int]) -> tuple[int, int, int]:
    """RecommendedDisplayCIELabValue -> sRGB, each 0 to 255; colours that sRGB lacks are clipped.

    Exact for what dcmqi writes: each of the 2**24 sRGB colours comes back as it went in.

    :param values: L*, a*, b*, each 0 to 65535, where L* runs from 0 to 100 and a*, b* from -128 to 127.
    """
    lightness, a, b = np.asarray(values, dtype=float) / 65535 * (100, 255, 255) - (0, 128, 128)
    y = (lightness + 16) / 116
    roots = np.array([y + a / 500, y, y - b / 200])
    # The two branches of CIE 15, with the rounded constants that dcmqi uses.
    xyz = np.where(roots**3 > 0.008856, roots**3, (roots - 16 / 116) / 7.787) * _WHITE_D65
    linear = np.clip(np.linalg.solve(_XYZ_OF_LINEAR_RGB, xyz), 0, 1)
    srgb = np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    red, green, blue = (int(value) for value in np.rint(srgb * 255))
    return red, green, blue


def dicom_lab_of_rgb(color: Sequence[int]) -> tuple[int, int, int]:
    """sRGB, each 0 to 255 -> RecommendedDisplayCIELabValue; :func:`rgb_of_dicom_lab` gives the same colour back."""
    srgb = np.asarray(color, dtype=float) / 255
    linear = np.where(srgb > 0.04045, ((srgb + 0.055) / 1.055) ** 2.4, srgb / 12.92)
    xyz = _XYZ_OF_LINEAR_RGB @ linear / _WHITE_D65
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    lab = np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
    steps = np.rint((lab + np.array([0, 128, 128])) / (100, 255, 255) * 65535)
    lightness, a, b = (int(value) for value in np.clip(steps, 0, 65535))
    return lightness, a, b
