"""A label map as NIfTI files with a table of its labels, where there is no DICOM series that a SEG could refer to."""

from __future__ import annotations

import csv
from pathlib import Path

from ..anatomy.identity import structure_identity
from ..errors import OutputError
from .itk_image import itk_image
from .label_map import LabelMap
from .whole_files import whole_file

_COLUMNS = ("file", "label", "structure", "structure_key", "description")


def write_label_files(stem: Path, label_map: LabelMap) -> list[Path]:
    """Write ``<stem>.nii.gz``, for segments that overlap further ones, ``<stem>_2.nii.gz``, and ``<stem>_labels.csv``.

    :returns: the files written.
    :raises OutputError: one cannot be written.
    """
    import SimpleITK

    files = [
        stem.with_name(f"{stem.name}{f'_{number}' if number > 1 else ''}.nii.gz")
        for number in range(1, len(label_map.layers) + 1)
    ]
    for path, layer in zip(files, label_map.layers):
        image = itk_image(layer, label_map.geometry)
        with whole_file(path) as temporary:
            try:
                SimpleITK.WriteImage(image, str(temporary), useCompression=True)
            except RuntimeError as error:
                raise OutputError(path, "cannot be written", "Free some space or choose another place.") from error
    table = stem.with_name(f"{stem.name}_labels.csv")
    with (
        whole_file(table) as temporary,
        temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream,
    ):
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for segment in label_map.segments:
            key = structure_identity(segment.structure).key if segment.structure else f"uncoded:{segment.name}"
            writer.writerow([files[segment.layer].name, segment.label, segment.name, key, segment.description])
    return [*files, table]
