"""Two real models on a real CT: every number against another library's."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK

from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.imaging.model_output import read_model_output

FILES = {"full": "totalsegmentator_v2_total.nii.gz", "fast": "totalsegmentator_v2_total_fast.nii.gz"}


@pytest.fixture(scope="module")
def result(real_cases):
    total = load_vocabulary("totalsegmentator_v2").for_task("total")
    models = [
        ModelSegmentation(
            name, read_model_output([real_cases / "abdomen_nifti" / file], total, "total").label_map, total.identities
        )
        for name, file in FILES.items()
    ]
    return Analysis(models, case="abdomen", series_uid="").result(
        AnalysisOptions(method="intersection", surfaces=True, nsd_tolerance_mm=3.0)
    )


@pytest.fixture(scope="module")
def images(real_cases):
    return {name: SimpleITK.ReadImage(str(real_cases / "abdomen_nifti" / file)) for name, file in FILES.items()}


@pytest.fixture(scope="module")
def label_of():
    total = load_vocabulary("totalsegmentator_v2").for_task("total")
    return {label.structure_name: label.label for label in total.labels}


def test_every_overlap_equals_simpleitk(result, images, label_of):
    checked = 0
    for row in result.pairwise:
        full, fast = (images[name] == label_of[row.structure] for name in ("full", "fast"))
        if row.dice is None:
            continue
        overlap = SimpleITK.LabelOverlapMeasuresImageFilter()
        overlap.Execute(full, fast)
        assert row.dice == pytest.approx(overlap.GetDiceCoefficient(), abs=1e-12)
        checked += 1
    for row in result.agreement:
        common = SimpleITK.And(*(image == label_of[row.structure] for image in images.values()))
        overlap = SimpleITK.LabelOverlapMeasuresImageFilter()
        overlap.Execute(common, images[row.model] == label_of[row.structure])
        if row.dice is not None:
            assert row.dice == pytest.approx(overlap.GetDiceCoefficient(), abs=1e-12)
            assert row.jaccard == pytest.approx(overlap.GetJaccardCoefficient(), abs=1e-12)
            checked += 1
    assert checked > 60


def test_every_surface_measure_equals_surface_distance(result, images, label_of):
    reference = pytest.importorskip("surface_distance", reason="needs surface-distance: make setup-test")
    arrays = {name: SimpleITK.GetArrayFromImage(image) for name, image in images.items()}
    spacing_kji = images["full"].GetSpacing()[::-1]
    checked = 0
    for row in result.agreement:
        if row.hd95_mm is None:
            continue
        label = label_of[row.structure]
        common = (arrays["full"] == label) & (arrays["fast"] == label)
        model = arrays[row.model] == label
        # Padded, as surface-distance leaves surfaces open where the scan ends.
        distances = reference.compute_surface_distances(np.pad(common, 1), np.pad(model, 1), spacing_kji)
        assert row.hd95_mm == pytest.approx(reference.compute_robust_hausdorff(distances, 95), abs=1e-6)
        assert row.nsd == pytest.approx(reference.compute_surface_dice_at_tolerance(distances, 3.0), abs=1e-6)
        areas = distances["surfel_areas_gt"], distances["surfel_areas_pred"]
        both = distances["distances_gt_to_pred"] @ areas[0] + distances["distances_pred_to_gt"] @ areas[1]
        assert row.assd_mm == pytest.approx(both / (areas[0].sum() + areas[1].sum()), abs=1e-6)
        checked += 1
    assert checked > 40
