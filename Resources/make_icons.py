"""Draws the icons of the extension and its modules: three models' outlines of one structure, and what they agree on."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

REPOSITORY = Path(__file__).resolve().parents[1]
SIZE, SCALE = 128, 8
COLORS = ("#d62728", "#2ca02c", "#08519c")
CONSENSUS = "#f2c14e"
OUTLINES = ((20, 26, 92, 98), (36, 18, 108, 90), (30, 40, 102, 112))


def outline_icon(filled: bool, row: bool) -> Image.Image:
    """One icon: outlines over each other (``row`` False) or side by side; with their intersection filled or not."""
    size = SIZE * SCALE
    icon = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(icon)
    boxes = [(4 + 41 * n, 46, 42 + 41 * n, 84) for n in range(3)] if row else OUTLINES
    boxes = [tuple(value * SCALE for value in box) for box in boxes]
    if filled:
        masks = []
        for box in boxes:
            masks.append(Image.new("L", (size, size), 0))
            ImageDraw.Draw(masks[-1]).ellipse(box, fill=255)
        common = ImageChops.darker(ImageChops.darker(masks[0], masks[1]), masks[2])
        icon.paste(CONSENSUS, (0, 0), common)
    for box, color in zip(boxes, COLORS):
        draw.ellipse(box, outline=color, width=(5 if row else 7) * SCALE)
    return icon.resize((SIZE, SIZE), Image.Resampling.LANCZOS)


def label_icon() -> Image.Image:
    """The harmonizer's icon: labels of three colours become one coded segment."""
    size = SIZE * SCALE
    icon = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(icon)
    for n, color in enumerate(COLORS):
        top = (16 + 36 * n) * SCALE
        draw.rounded_rectangle((8 * SCALE, top, 40 * SCALE, top + 24 * SCALE), 5 * SCALE, fill=color)
        middle = top + 12 * SCALE
        draw.line((44 * SCALE, middle, 72 * SCALE, 64 * SCALE), fill="#666666", width=4 * SCALE)
    draw.ellipse((72 * SCALE, 42 * SCALE, 118 * SCALE, 86 * SCALE), fill=CONSENSUS, outline="#8a6d1d", width=4 * SCALE)
    return icon.resize((SIZE, SIZE), Image.Resampling.LANCZOS)


def main() -> None:
    outline_icon(filled=True, row=False).save(REPOSITORY / "Resources/SegmentationConcordance.png", optimize=True)
    for module, icon in {
        "CrossSegmentationExplorer": outline_icon(filled=False, row=True),
        "ConsensusMetrics": outline_icon(filled=True, row=False),
        "SegmentHarmonizer": label_icon(),
    }.items():
        icon.save(REPOSITORY / module / f"Resources/Icons/{module}.png", optimize=True)


if __name__ == "__main__":
    main()
