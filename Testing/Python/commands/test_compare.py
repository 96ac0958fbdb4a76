"""concordance compare on the sample's SEGs and on a real CT, and on input that must be refused."""

from __future__ import annotations

import csv
import json
import re
import shutil

import highdicom
import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK
from scipy import ndimage

from SegmentationConcordanceLib.cli import run
from SegmentationConcordanceLib.reporting.finding_tables import read_findings
from SegmentationConcordanceLib.reporting.tables import read_agreement

TS2 = "totalsegmentator_v2"
NAMES = {TS2: "TotalSegmentator 2.6", "auto3dseg": "Auto3DSeg", "moose": "MOOSE"}


def read_rows(path):
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def compared(case, segs, tmp_path_factory):
    """The folder of a comparison of three models by the published intersection."""
    folder = tmp_path_factory.mktemp("compared") / "out"
    words = ["--consensus", "intersection", "--output", str(folder)]
    assert run(["compare", "--ct", str(case.ct_folder), "--seg", *map(str, segs.values()), *words]) == 0
    return folder


def test_six_files_and_nothing_else(compared):
    assert sorted(path.name for path in compared.iterdir()) == [
        "agreement.csv",
        "consensus.dcm",
        "findings.csv",
        "pairwise.csv",
        "pictures.json",
        "report.html",
    ]


def test_the_depth_of_every_disagreement_is_measured_and_orders_findings_as_rows(compared):
    rows = [row for row in read_rows(compared / "agreement.csv") if row["severity"]]
    assert rows
    for row in rows:
        assert (float(row["depth_mm"]) > 0) == (float(row["disputed_ml"]) > 0)
    severity = {(row["structure_key"], row["model"]): float(row["severity"]) for row in rows}
    found = read_findings(compared / "findings.csv")
    for finding in found:
        own = [severity.get((key, model), 0.0) for key in finding.structures for model in finding.models]
        assert finding.severity >= max(own) - 1e-9
    order = [(finding.is_cut, -finding.severity) for finding in found]
    assert order == sorted(order)


def page_data(path):
    text = path.read_text(encoding="utf-8")
    (data,) = re.findall(r'<script type="application/json" id="report-data">(.*?)</script>', text, flags=re.DOTALL)
    return json.loads(data)


def test_a_report_made_later_is_as_full(compared, tmp_path):
    tables = [str(compared / name) for name in ("agreement.csv", "pairwise.csv")]
    page = tmp_path / "later.html"
    assert run(["report", "--agreement", tables[0], "--pairwise", tables[1], "--output", str(page)]) == 0
    first, later = page_data(compared / "report.html"), page_data(page)
    for name in ("answer", "findings", "pictures"):
        assert later[name] == first[name], name
    assert later["findings"] and any(finding["picture"] is not None for finding in later["findings"])


def test_dice_equals_simpleitk_on_the_files_as_highdicom_reads_them(compared, case, segs):
    grid = SimpleITK.ReadImage(str(case.truth))
    masks = {name: structure_masks(path, grid) for name, path in segs.items()}
    rows = {(row["structure"], row["model"]): row for row in read_rows(compared / "agreement.csv")}
    checked = 0
    for structure in ("aorta", "vertebrae_T5", "rib_left_4", "lung_upper_lobe_left"):
        voters = {name: found[structure] for name, found in masks.items()}
        common = np.all(list(voters.values()), axis=0)
        for name, mask in voters.items():
            overlap = SimpleITK.LabelOverlapMeasuresImageFilter()
            overlap.Execute(*(SimpleITK.GetImageFromArray(m.astype(np.uint8)) for m in (common, mask)))
            row = rows[structure, NAMES[name]]
            assert float(row["dice"]) == pytest.approx(overlap.GetDiceCoefficient(), abs=1e-12)
            assert float(row["jaccard"]) == pytest.approx(overlap.GetJaccardCoefficient(), abs=1e-12)
            assert float(row["volume_ml"]) == pytest.approx(mask.sum() * 8 * 8 * 9 / 1000)
            assert float(row["consensus_volume_ml"]) == pytest.approx(common.sum() * 8 * 8 * 9 / 1000)
            checked += 1
    assert checked == 12


def structure_masks(path, grid):
    """Segment label -> bool array (k, j, i) on the sample's grid."""
    seg = highdicom.seg.segread(path)
    volume = seg.get_volume(combine_segments=False)
    masks = {}
    for number in seg.segment_numbers:
        mask = np.zeros(grid.GetSize()[::-1], dtype=bool)
        lps = np.argwhere(volume.array[..., number - 1]) @ volume.affine[:3, :3].T + volume.affine[:3, 3]
        i, j, k = np.rint((lps - grid.GetOrigin()) / grid.GetSpacing()).astype(int).T
        mask[k, j, i] = True
        masks[seg.get_segment_description(number).segment_label] = mask
    return masks


def test_what_a_model_does_not_know_has_no_row_and_what_it_missed_is_missing(sample_cohort, tmp_path):
    second = sample_cohort.cases[1]  # MOOSE finds no sternum there; TotalSegmentator 1.5 has no label for it
    runs = []
    for output in second.outputs:
        if output.label_map_name not in ("moose", "totalsegmentator_v1", "cads"):
            continue
        path = tmp_path / f"{output.label_map_name}.dcm"
        words = ["harmonize", "--model", output.label_map_name, "--ct", second.ct_folder, "--output", path]
        task = ["--task", output.task] if output.task else []
        assert run([str(word) for word in (*words, *task, "--segmentation", *output.paths)]) == 0
        runs.append(str(path))
    call = ["compare", "--ct", str(second.ct_folder), "--no-surfaces", "--output", str(tmp_path / "out"), "--seg"]
    assert run([*call, *runs]) == 0
    rows = [row for row in read_rows(tmp_path / "out" / "agreement.csv") if row["structure"] == "sternum"]
    assert {row["model"]: (row["status"], row["n_models"]) for row in rows} == {
        "MOOSE": ("missing", "2"),
        "CADS": ("empty_consensus", "2"),
    }
    assert {row["model"]: (row["presence"], row["dice"], row["dice_others"]) for row in rows} == {
        "MOOSE": ("missed", "0.0", "0.0"),
        "CADS": ("found", "0.0", "0.0"),
    }


def test_consensus_is_a_clean_seg_that_says_who_made_it(compared, case, dciodvfy):
    path = compared / "consensus.dcm"
    assert dciodvfy(path) == []
    seg = pydicom.dcmread(path, stop_before_pixels=True)
    assert seg.SeriesDescription == "Consensus (intersection) of 3 models"
    aorta = next(item for item in seg.SegmentSequence if item.SegmentLabel == "aorta")
    assert aorta.SegmentAlgorithmName == "Consensus (intersection)"
    assert aorta.SegmentDescription == "intersection of TotalSegmentator 2.6, Auto3DSeg, MOOSE"


def test_files_of_one_algorithm_are_one_model_unless_a_name_tells_them_apart(concordance, case, segs, tmp_path):
    one, other = segs[TS2], tmp_path / "copy.dcm"
    shutil.copy(one, other)
    call = ["compare", "--json", "--ct", case.ct_folder, "--output", tmp_path / "out", "--no-surfaces", "--seg"]
    joined = concordance(*call, one, other, segs["moose"]).json()
    assert joined["models"] == ["TotalSegmentator 2.6", "MOOSE"]
    note = joined["notes"][0]
    assert note.startswith("TotalSegmentator 2.6: ") and "several times; joined. Give each run a model name" in note
    assert note in (tmp_path / "out/report.html").read_text(encoding="utf-8")
    apart = concordance(*call, one, f"second run={other}", segs["moose"]).json()
    assert apart["models"] == ["TotalSegmentator 2.6", "second run", "MOOSE"]
    assert not any("several times" in note for note in apart.get("notes", ()))


def test_label_maps_take_part_without_a_seg(concordance, case, outputs, segs, tmp_path):
    (path,) = outputs["auto3dseg"]
    call = ["compare", "--ct", case.ct_folder, "--model", "raw=auto3dseg", "--seg", f"raw={path}", segs["auto3dseg"]]
    outcome = concordance(*call, "--output", tmp_path / "out", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.json()["worst"]["dice"] == 1.0


def test_the_task_of_a_label_map_can_be_named(concordance, refused, case, outputs, segs, tmp_path):
    (path,) = outputs[TS2]
    shutil.copy(path, tmp_path / "segmentation.nii.gz")
    call = ["compare", "--ct", case.ct_folder, "--seg", f"raw={tmp_path / 'segmentation.nii.gz'}", segs[TS2]]
    call += ["--output", tmp_path / "out", "--no-surfaces", "--model"]
    for name in (TS2, f"{TS2}:total"):  # its labels leave no other task
        assert concordance(*call, f"raw={name}", "--json").json()["worst"]["dice"] == 1.0


def test_one_model_alone_has_volumes_and_no_agreement(concordance, case, segs, tmp_path):
    outcome = concordance("compare", "--ct", case.ct_folder, "--seg", segs["moose"], "--output", tmp_path / "out")
    assert outcome.code == 0, outcome
    assert "one model; there is no agreement to tell" in outcome.out
    rows = read_agreement(tmp_path / "out" / "agreement.csv")
    assert {(row.model, row.n_models, row.dice, row.consensus_volume_ml) for row in rows} == {("MOOSE", 1, None, None)}
    assert all(row.volume_ml > 0 for row in rows if row.status != "missing")
    assert not (tmp_path / "out" / "consensus.dcm").exists()


def test_seg_of_another_ct_is_refused(refused, sample_cohort, segs, tmp_path):
    other = sample_cohort.cases[1].ct_folder
    line = refused("compare", "--ct", other, "--seg", *segs.values(), "--output", tmp_path / "out")
    assert "refers to series" in line
    assert not (tmp_path / "out").exists()


def test_a_label_map_for_nobody_is_refused(refused, case, segs, tmp_path):
    call = ["compare", "--ct", case.ct_folder, "--output", tmp_path / "out", "--model", "raw=moose", "--seg"]
    assert "no --seg is called raw" in refused(*call, *segs.values())


def test_missing_path_is_refused(refused, case, segs, tmp_path):
    call = ["compare", "--ct", case.ct_folder, "--output", tmp_path / "out", "--seg", segs["moose"]]
    assert "does not exist" in refused(*call, tmp_path / "none.dcm")


def test_output_folder_that_cannot_be_made(refused, case, segs, tmp_path):
    (tmp_path / "file").write_text("x")
    call = ["compare", "--ct", case.ct_folder, "--output", tmp_path / "file" / "out", "--seg"]
    assert str(tmp_path / "file" / "out") in refused(*call, *segs.values())


def test_hostile_run_names_go_through(concordance, case, segs, tmp_path):
    name = '<script>alert("1 & 2")</script>'
    call = ["compare", "--ct", case.ct_folder, "--output", tmp_path / "out", "--no-surfaces", "--seg"]
    outcome = concordance(*call, f"{name}={segs['moose']}", segs[TS2])
    assert outcome.code == 0
    assert name in {row["model"] for row in read_rows(tmp_path / "out" / "agreement.csv")}
    assert "<script>alert(" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_real_model_against_an_eroded_copy(concordance, real_cases, tmp_path):
    thorax = real_cases / "thorax_dicom"
    image = nibabel.load(thorax / "totalsegmentator_v2_total.nii.gz")
    voxels = np.asarray(image.dataobj).astype(np.uint8)
    eroded = np.where(ndimage.binary_erosion(voxels == 52), 52, np.where(voxels == 52, 0, voxels)).astype(np.uint8)
    nibabel.save(nibabel.Nifti1Image(eroded, image.affine), tmp_path / "eroded.nii.gz")
    paths = {"real": thorax / "totalsegmentator_v2_total.nii.gz", "eroded": tmp_path / "eroded.nii.gz"}
    for name, path in paths.items():
        call = ["harmonize", "--model", TS2, "--task", "total", "--name", name, "--ct", thorax / "ct"]
        assert concordance(*call, "--segmentation", path, "--output", tmp_path / f"{name}.dcm").code == 0
    call = ["compare", "--ct", thorax / "ct", "--output", tmp_path / "out", "--no-surfaces", "--seg"]
    assert concordance(*call, tmp_path / "real.dcm", tmp_path / "eroded.dcm").code == 0
    rows = {(row["structure"], row["model"]): row for row in read_rows(tmp_path / "out" / "agreement.csv")}
    before, after = int((voxels == 52).sum()), int((eroded == 52).sum())
    assert before > after > 0
    assert float(rows["aorta", "real"]["dice"]) == pytest.approx(2 * after / (before + after), abs=1e-12)
    assert rows["aorta", "eroded"]["dice"] == rows["aorta", "real"]["dice"]  # of two models none can be blamed
    ml = abs(np.linalg.det(image.affine[:3, :3])) / 1000
    assert float(rows["aorta", "real"]["volume_ml"]) == pytest.approx(before * ml, rel=1e-4)
    others = [row for (structure, _), row in rows.items() if structure != "aorta"]
    assert {row["dice"] for row in others if row["status"] in ("ok", "truncated")} == {"1.0"}


def test_another_grid_is_refused_or_resampled_aloud(concordance, refused, case, outputs, segs, tmp_path):
    (path,) = outputs["auto3dseg"]
    image = SimpleITK.ReadImage(str(path))
    coarse = SimpleITK.Resample(
        image, [24, 24, 15], SimpleITK.Transform(), SimpleITK.sitkNearestNeighbor, image.GetOrigin(), [16, 16, 18]
    )
    SimpleITK.WriteImage(coarse, str(tmp_path / "coarse.nrrd"))
    call = ["compare", "--ct", case.ct_folder, "--output", tmp_path / "out", "--model", "auto3dseg"]
    call += ["--seg", segs["auto3dseg"], f"coarse={tmp_path / 'coarse.nrrd'}"]
    assert "Or let it be resampled: --resample." in refused(*call)
    outcome = concordance(*call, "--resample")
    assert outcome.code == 0
    assert "resampled by nearest neighbour" in outcome.err
    assert "resampled by nearest neighbour" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    rows = {(row["structure"], row["model"]): row for row in read_rows(tmp_path / "out" / "agreement.csv")}
    assert 0.5 < float(rows["lung_upper_lobe_left", "coarse"]["dice"]) < 1.0


def test_options_reach_the_analysis(concordance, case, segs, tmp_path):
    call = ["compare", "--ct", case.ct_folder, "--output", tmp_path / "out", "--combine", "lungs"]
    call += ["--consensus", "majority", "--only-structures", "lungs", "aorta", "--nsd-tolerance", "4", "aorta=2"]
    assert concordance(*call, "--seg", *segs.values()).code == 0
    rows = read_rows(tmp_path / "out" / "agreement.csv")
    assert {row["structure"] for row in rows} == {"lungs", "aorta"}
    assert {row["consensus"] for row in rows} == {"majority"}
    assert {(row["structure"], float(row["nsd_tolerance_mm"])) for row in rows} == {("lungs", 4.0), ("aorta", 2.0)}
    assert all(float(row["hd95_mm"]) >= 0 for row in rows)
