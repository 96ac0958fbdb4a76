"""The six synthetic models: what their output looks like on disk, and whose outlines resemble each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SampleModel:
    """One synthetic model.

    :param label_map_name: name of its shipped label map, which knows its labels and file names.
    :param family: models of one family were trained on the same data, and share a part of their outlines' deviations.
    :param tasks: the tasks that are run. No two hold one structure: MOOSE's "lungs" repeats what "organs" has.
    :param orientation: where the axes i, j, k of its files run to, in LPS letters: "LAS" is left, front, head.
    :param single_file: suffix of the one file that holds everything; "" for the files that the label map names.
    """

    label_map_name: str
    family: str
    tasks: tuple[str, ...]
    orientation: str
    single_file: str = ""


_MOOSE_TASKS = ("organs", "cardiac", "digestive", "ribs", "vertebrae", "peripheral_bones", "muscles")
SAMPLE_MODELS = (
    SampleModel("totalsegmentator_v1", "TotalSegmentator data, version 1", ("total",), "LAS"),
    SampleModel("totalsegmentator_v2", "TotalSegmentator data, version 2", ("total",), "LAS", ".nii.gz"),
    SampleModel("auto3dseg", "TotalSegmentator data, version 2", ("whole-body-v2.0.1",), "LPS", ".nrrd"),
    SampleModel("moose", "MOOSE data", tuple(f"clin_ct_{task}" for task in _MOOSE_TASKS), "LPI"),
    SampleModel("multitalent", "TotalSegmentator data, version 2", ("finetuned_totalsegmentator_v2",), "LPS"),
    SampleModel("cads", "CADS data", ("551", "552", "553", "554", "555", "556", "558", "559"), "RAS"),
)
