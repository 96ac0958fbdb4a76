"""``concordance compose``: each structure from the model that stands first, or from the consensus."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.which_model import STRUCTURE
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.reporting.tables import read_agreement


@pytest.fixture
def answer(whole_run, tmp_path):
    """which_model.csv that ranks MOOSE before Auto3DSeg for the left lung's lobes, and the reverse for the rest."""
    rows = read_agreement(whole_run / "agreement.csv")
    path = tmp_path / "which_model.csv"
    lines = [("scope", "name", "structure_key", "model", "rank")]
    for name, key in dict.fromkeys((row.structure, row.structure_key) for row in rows):
        moose = 1 if name.endswith("lobe_left") else 2
        lines += [(STRUCTURE, name, key, "MOOSE", moose), (STRUCTURE, name, key, "Auto3DSeg", 3 - moose)]
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows(lines)
    return path


@pytest.fixture(scope="session")
def whole_run(sample_cohort, tmp_path_factory):
    """One case with two models, run."""
    from SegmentationConcordanceLib.cli import run

    case = sample_cohort.cases[0]
    folder = tmp_path_factory.mktemp("composed")
    models = case.ct_folder.parent / "models"
    (organs,) = (models / "moose").glob("CT_organs*")
    lines = ["case,ct,segmentation,model", f"S1,{case.ct_folder},{organs},moose"]
    lines.append(f"S1,{case.ct_folder},{next((models / 'auto3dseg').iterdir())},auto3dseg")
    (folder / "cohort.csv").write_text("\n".join(lines) + "\n")
    words = ["run", "--cohort", str(folder / "cohort.csv"), "--output", str(folder), "--no-surfaces", "--workers", "1"]
    assert run(words) == 0
    return folder


def compose(concordance, whole_run, answer, *words):
    call = ["compose", "--cohort", whole_run / "cohort.csv", "--run", whole_run, "--answer", answer, "--workers", 1]
    return concordance(*call, "--output", answer.parent / "out", *words)


def volumes(path):
    seg = read_dicom_seg(path)
    ml = seg.label_map.geometry.voxel_volume_ml
    counts = seg.label_map.voxel_counts()
    return {one.name: (one.algorithm, counts[one] * ml) for one in seg.label_map.segments}


def test_each_segment_is_that_of_the_first_model_and_says_so(concordance, whole_run, answer, dciodvfy):
    outcome = compose(concordance, whole_run, answer)
    assert outcome.code == 0, outcome
    path = answer.parent / "out" / "S1.dcm"
    assert dciodvfy(path) == []
    found = volumes(path)
    rows = {(row.structure, row.model): row for row in read_agreement(whole_run / "agreement.csv")}
    for name, (model, volume) in found.items():
        assert volume == pytest.approx(rows[name, model].volume_ml)
    assert {model for name, (model, _) in found.items() if name.endswith("lobe_left")} == {"MOOSE"}
    assert found["trachea"][0] == "Auto3DSeg" if ("trachea", "Auto3DSeg") in rows else True
    with (answer.parent / "out" / "composed.csv").open(newline="") as stream:
        assert {(line["structure"], line["source"]) for line in csv.DictReader(stream)} == {
            (name, model) for name, (model, _) in found.items()
        }


def test_the_consensus_goes_first_where_it_is_wanted(concordance, whole_run, answer):
    assert compose(concordance, whole_run, answer, "--consensus").code == 0
    found = volumes(answer.parent / "out" / "S1.dcm")
    consensus = volumes(whole_run / "cases" / "S1" / "consensus.dcm")
    assert len(consensus) > 5
    for name, (_, volume) in consensus.items():
        assert found[name] == ("consensus", pytest.approx(volume))
    assert {model for model, _ in found.values()} - {"consensus"}  # what one model alone knows


def test_voxels_of_the_source_are_those_of_the_segment(concordance, whole_run, answer):
    compose(concordance, whole_run, answer)
    composed = read_dicom_seg(answer.parent / "out" / "S1.dcm").label_map
    source = read_dicom_seg(whole_run / "cases" / "S1" / "segmentations" / "moose.dcm").label_map

    def positions(label_map, name):
        (segment,) = (one for one in label_map.segments if one.name == name)
        places = np.argwhere(label_map.layers[segment.layer] == segment.label)[:, ::-1]
        return label_map.geometry.lps_of(places)

    one, other = (positions(label_map, "lung_upper_lobe_left") for label_map in (composed, source))
    assert np.allclose(one, other)


def test_a_table_that_is_none_is_refused(refused, whole_run, tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    words = ("compose", "--cohort", whole_run / "cohort.csv", "--run", whole_run, "--output", tmp_path / "out")
    assert "x.csv: has no column scope, structure_key, rank, model" in refused(*words, "--answer", tmp_path / "x.csv")
    (tmp_path / "x.csv").write_text("scope,structure_key,rank,model\nall,,1,MOOSE\n")
    assert "ranks no structure" in refused(*words, "--answer", tmp_path / "x.csv")
    assert not (tmp_path / "out").exists()


def test_a_run_that_is_none_is_refused(refused, whole_run, answer, tmp_path):
    words = ("compose", "--cohort", whole_run / "cohort.csv", "--answer", answer, "--output", tmp_path / "out")
    assert "absent: is no output of a run" in refused(*words, "--run", tmp_path / "absent")
