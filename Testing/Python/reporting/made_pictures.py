"""Pictures of findings in grey, with a square for each model that found the structure."""

from __future__ import annotations

from SegmentationConcordanceLib.reporting.pictures import PIXELS, PLANES, Picture


def picture(jpeg, case, structure, name, models, missed=()):
    lines = [[[number], f"M{10 + number} 10h30v20h-30z"] for number in range(len(models)) if number not in missed]
    planes = [{"name": plane.name, "sides": plane.sides, "image": jpeg, "lines": lines} for plane in PLANES]
    data = {"structure": name, "models": models, "missed": list(missed), "mm": 80.0, "pixels": PIXELS, "planes": planes}
    return Picture(case, structure, (0.0, 0.0, 0.0), data)
