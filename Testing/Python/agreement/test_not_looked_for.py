"""What a model was not asked for, or lies outside of the part of the scan that it was run on, is not missing."""

from __future__ import annotations

import csv

import nibabel
import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.combine import combined
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.agreement.subset import with_models
from SegmentationConcordanceLib.agreement.table import MISSING, NOT_LOOKED_FOR, OK
from SegmentationConcordanceLib.anatomy.combinations import combinations_named
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.cli import run
from SegmentationConcordanceLib.imaging.ct_writer import write_ct_series
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.imaging.model_output import read_model_output

GRID = Geometry.from_parts((12, 10, 10), (1.0, 1.0, 2.0), (0, 0, 0), np.eye(3))
TOTAL = load_vocabulary("totalsegmentator_v2").for_task("total")
LABELS = {label.name: label for label in TOTAL.labels}
SPLEEN, LIVER = LABELS["spleen"].label, LABELS["liver"].label


def model(name: str, voxels: np.ndarray, **also) -> ModelSegmentation:
    present = [label for label in TOTAL.labels if (voxels == label.label).any()]
    segments = [Segment(one.label, one.structure_name, one.structure) for one in present]
    return ModelSegmentation(name, LabelMap((voxels,), GRID, tuple(segments)), TOTAL.identities, **also)


def body() -> np.ndarray:
    """A spleen in slices 1 and 2, a liver in slices 6 to 9."""
    voxels = np.zeros(GRID.shape, np.uint8)
    voxels[1:3, 2:5, 2:5] = SPLEEN
    voxels[6:10, 2:8, 2:8] = LIVER
    return voxels


def rows(*models: ModelSegmentation) -> dict[tuple[str, str], object]:
    result = Analysis(models, case="c", series_uid="").result(AnalysisOptions(surfaces=False))
    return {(row.structure, row.model): row for row in result.agreement}


def upper_half() -> tuple[slice, slice, slice]:
    return slice(5, 12), slice(0, 10), slice(0, 10)


def test_what_lies_outside_of_the_part_is_not_looked_for():
    cropped = body()
    cropped[:5] = 0
    found = rows(model("A", body()), model("B", body()), model("C", cropped, covered=upper_half()))
    row = found["spleen", "C"]
    assert (row.status, row.volume_ml, row.dice, row.n_models) == (NOT_LOOKED_FOR, None, None, 2)
    assert found["spleen", "A"].dice == 1.0
    assert found["liver", "C"].status == OK


def test_what_reaches_into_the_part_and_was_not_found_is_missing():
    cropped = body()
    cropped[cropped == LIVER] = 0
    cropped[:5] = 0
    found = rows(model("A", body()), model("C", cropped, covered=upper_half()))
    assert found["liver", "C"].status == MISSING


def test_what_was_not_asked_for_has_no_say_unless_it_was_found():
    without = body()
    without[without == SPLEEN] = 0
    aside = frozenset({LABELS["spleen"].identity})
    found = rows(model("A", body()), model("B", body()), model("C", without, not_looked_for=aside))
    assert found["spleen", "C"].status == NOT_LOOKED_FOR
    assert found["spleen", "A"].consensus_volume_ml == pytest.approx(2 * 9 * 2 / 1000)
    found = rows(model("A", body()), model("C", body(), not_looked_for=aside))
    assert found["spleen", "C"].status == OK


def test_fewer_models_keep_what_was_not_looked_for():
    aside = frozenset({LABELS["spleen"].identity})
    without = np.where(body() == SPLEEN, 0, body()).astype(np.uint8)
    models = [model("A", body()), model("B", body()), model("C", without, not_looked_for=aside)]
    comparison = Analysis(models, case="c", series_uid="").comparison
    fewer = with_models(comparison, ["B", "C"])
    (spleen,) = (one for one in fewer.structures if one.name == "spleen")
    assert (spleen.voters, spleen.not_looked_for) == (0b01, 0b10)


def test_a_whole_is_not_looked_for_where_a_part_was_not():
    (lungs,) = combinations_named(["lung_left"])
    one = next(iter(lungs.needed))
    whole = combined(model("A", body(), not_looked_for=frozenset({one})), [lungs])
    assert lungs.identity in whole.vocabulary
    assert whole.not_looked_for == {lungs.identity}


HEADER = '<CaretExtension><VolumeInformation Index="0"><LabelTable>{}</LabelTable></VolumeInformation></CaretExtension>'


def nifti(path, voxels: np.ndarray, listed=(), origin=(0, 0, 0)):
    affine = np.diag([-1.0, -1.0, 2.0, 1.0])
    affine[:3, 3] = np.multiply(origin, (-1, -1, 1))
    image = nibabel.Nifti1Image(np.ascontiguousarray(voxels.transpose(2, 1, 0)), affine)
    if listed:
        text = "".join(f'<Label Key="{LABELS[name].label}">{name}</Label>' for name in listed)
        image.header.extensions.append(nibabel.nifti1.Nifti1Extension(0, HEADER.format(text).encode()))
    nibabel.save(image, path)
    return path


def test_the_names_in_a_header_tell_what_was_asked_for(tmp_path):
    path = nifti(tmp_path / "s.nii.gz", body(), ["liver", "spleen", "stomach"])
    assert set(read_model_output([path], TOTAL).looked_for) == {"liver", "spleen", "stomach"}
    everything = nifti(tmp_path / "t.nii.gz", body(), LABELS)
    assert read_model_output([everything], TOTAL).looked_for == ()


def test_empty_files_tell_that_a_file_was_written_for_all_that_was_asked_for(tmp_path):
    for name in ("liver", "spleen", "stomach"):
        nifti(tmp_path / f"{name}.nii.gz", (body() == LABELS[name].label).astype(np.uint8))
    assert set(read_model_output([tmp_path], TOTAL).looked_for) == {"liver", "spleen", "stomach"}
    (tmp_path / "stomach.nii.gz").unlink()
    assert read_model_output([tmp_path], TOTAL).looked_for == ()


@pytest.fixture
def ct(tmp_path):
    uids = {"study_uid": "1.2.3", "series_uid": "1.2.4", "frame_of_reference_uid": "1.2.5"}
    write_ct_series(tmp_path / "ct", np.zeros(GRID.shape, np.int16), GRID, patient_id="1", patient_name="A^B", **uids)
    return tmp_path / "ct"


def statuses(folder) -> dict[tuple[str, str], str]:
    with (folder / "agreement.csv").open(encoding="utf-8") as file:
        return {(row["structure"], row["model"]): row["status"] for row in csv.DictReader(file)}


def compare(tmp_path, ct, *segs) -> dict[tuple[str, str], str]:
    options = ["--model", "totalsegmentator_v2:total", "--no-surfaces", "--output", str(tmp_path / "out")]
    assert run(["compare", "--ct", str(ct), "--seg", *map(str, segs), *options]) == 0
    return statuses(tmp_path / "out")


def test_a_crop_and_a_subset_on_the_command_line(tmp_path, ct, capsys):
    whole = nifti(tmp_path / "whole.nii.gz", body())
    part = nifti(tmp_path / "part.nii.gz", body()[5:11, 1:9], origin=(0, 1, 10))
    subset = nifti(tmp_path / "subset.nii.gz", np.where(body() == SPLEEN, 0, body()).astype(np.uint8), ["liver"])
    found = compare(tmp_path, ct, f"A={whole}", f"part={part}", f"subset={subset}")
    assert found["spleen", "part"] == found["spleen", "subset"] == NOT_LOOKED_FOR
    assert found["liver", "part"] == found["liver", "subset"] == OK
    assert "covers 10 x 8 x 6 of 10 x 10 x 12 voxels" in capsys.readouterr().err
    assert "not_looked_for" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
