"""An output whose segments overlap is several label map SEGs: they are read as one model, and none outlives another."""

from __future__ import annotations

import json
import re

import nibabel
import numpy as np
import pydicom
import pytest

from SegmentationConcordanceLib.imaging.ct_writer import seeded_uid, write_ct_series
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.seg_header import read_seg_header
from SegmentationConcordanceLib.imaging.seg_parts import lacking_parts
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.reporting.tables import read_agreement

SHAPE, SPACING_MM = (12, 24, 24), 2.0  # voxels of 0.008 ml
SPLEEN, LIVER, DUODENUM = (slice(2, 8), slice(2, 6)), (slice(10, 20), slice(2, 12)), (slice(16, 22), slice(10, 20))
OUTPUTS = {  # CADS tells the duodenum in a file of its own, where it may overlap the liver; here it does
    "cads/A_part_551.nii.gz": ((1, SPLEEN), (5, LIVER)),
    "cads/A_part_553.nii.gz": ((15, DUODENUM),),
    "ts/total.nii.gz": ((1, SPLEEN), (5, LIVER), (19, DUODENUM)),
}
VOLUMES_ML = {"spleen": 6 * 4 * 8 * 0.008, "liver": 10 * 10 * 8 * 0.008, "duodenum": 6 * 10 * 8 * 0.008}
PLAN = "segmentation,model,task,name\n{case}/cads,cads,,CADS\n{case}/ts/total.nii.gz,totalsegmentator_v2,total,TS\n"


@pytest.fixture(scope="session")
def tree(tmp_path_factory):
    """One case: a CT, CADS with an overlap in two files, TotalSegmentator in one."""
    folder = tmp_path_factory.mktemp("overlap")
    geometry = Geometry.from_parts(SHAPE, (SPACING_MM,) * 3, np.zeros(3), np.eye(3))
    uids = {f"{name}_uid": seeded_uid(name) for name in ("study", "series", "frame_of_reference")}
    voxels = np.full(SHAPE, 40, np.int16)
    write_ct_series(folder / "A" / "ct", voxels, geometry, patient_id="A", patient_name="A^B", **uids)
    for name, boxes in OUTPUTS.items():
        labels = np.zeros(SHAPE[::-1], np.uint8)
        for label, (i, j) in boxes:
            labels[i, j, 2:10] = label
        (folder / "A" / name).parent.mkdir(exist_ok=True)
        affine = np.diag([-SPACING_MM, -SPACING_MM, SPACING_MM, 1])
        nibabel.save(nibabel.Nifti1Image(labels, affine), folder / "A" / name)
    (folder / "plan.csv").write_text(PLAN)
    return folder


@pytest.fixture
def harmonize(concordance, tree):
    """harmonize(kind) -> the names of the SEGs of the case afterwards, and what was said."""

    def call(kind):
        words = ("--cases", tree, "--ct", "{case}/ct", "--plan", tree / "plan.csv", "--output", tree / "segs")
        outcome = concordance("harmonize", *words, "--kind", kind)
        assert outcome.code == 0, outcome
        return sorted(path.name for path in (tree / "segs" / "A").glob("*.dcm")), outcome.out + outcome.err

    return call


@pytest.fixture
def compared(concordance, tree, tmp_path):
    """compared() -> of the SEGs of the case, volume in ml and status of CADS by structure, and what was said."""

    def call():
        words = ("--cases", tree, "--ct", "{case}/ct", "--seg", "segs/{case}/*.dcm", "--workers", 1, "--redo")
        outcome = concordance("compare", *words, "--output", tmp_path / "out", "--no-surfaces")
        assert outcome.code == 0, outcome
        rows = read_agreement(tmp_path / "out" / "agreement.csv")
        assert {row.model for row in rows} == {"CADS", "TS"}
        of_cads = {row.structure: (row.volume_ml, row.status) for row in rows if row.model == "CADS"}
        return of_cads, outcome.out + outcome.err + (tmp_path / "out" / "report.html").read_text()

    return call


WHOLE = {name: (pytest.approx(volume), "ok") for name, volume in VOLUMES_ML.items()}


def test_the_parts_are_one_model_with_all_of_its_segments(harmonize, compared, tree):
    assert harmonize("labelmap")[0] == ["CADS.dcm", "CADS_2.dcm", "TS.dcm"]
    headers = [read_seg_header(tree / "segs" / "A" / name) for name in ("CADS.dcm", "CADS_2.dcm", "TS.dcm")]
    assert [one.part for one in headers] == [(1, 2), (2, 2), None]
    assert len({one.series_uid for one in headers}) == 3
    of_cads, said = compared()
    assert of_cads == WHOLE
    assert "of its SEGs" not in said


def test_a_binary_seg_leaves_no_part_of_an_earlier_output(harmonize, compared):
    harmonize("labelmap")
    names, said = harmonize("binary")
    assert names == ["CADS.dcm", "TS.dcm"]
    assert "CADS_2.dcm: removed, it was a part of the earlier CADS.dcm" in said
    of_cads, said = compared()
    assert of_cads == WHOLE
    assert "several times; joined" not in said
    assert harmonize("labelmap")[0] == ["CADS.dcm", "CADS_2.dcm", "TS.dcm"]


def test_an_output_without_overlap_leaves_no_part_of_an_earlier_one(harmonize, tree):
    harmonize("labelmap")
    path = tree / "A" / "cads" / "A_part_553.nii.gz"
    kept = path.read_bytes()
    path.unlink()
    try:
        assert harmonize("labelmap")[0] == ["CADS.dcm", "TS.dcm"]
        assert read_seg_header(tree / "segs" / "A" / "CADS.dcm").part is None
    finally:
        path.write_bytes(kept)


def test_one_part_alone_makes_no_structure_missing(harmonize, compared, tree):
    harmonize("labelmap")
    (tree / "segs" / "A" / "CADS_2.dcm").unlink()
    of_cads, said = compared()
    assert "CADS: part 2 of 2 of its SEGs is not given, so what it lacks counts as not in the model" in said
    # Of the duodenum CADS alone has a SEG that is not there; it has no row, as TS is left alone with it.
    assert of_cads == {name: WHOLE[name] for name in ("spleen", "liver")}
    assert harmonize("labelmap")[0] == ["CADS.dcm", "CADS_2.dcm", "TS.dcm"]  # what is lost is made again


def test_another_file_in_the_place_of_a_part_is_never_replaced(concordance, tree, tmp_path):
    (tmp_path / "c_2.dcm").write_bytes(b"something else")
    words = ("--ct", tree / "A" / "ct", "--segmentation", tree / "A" / "cads", "--model", "cads")
    outcome = concordance("harmonize", *words, "--output", tmp_path / "c.dcm", "--kind", "labelmap")
    assert outcome.code == 2
    assert "c_2.dcm: would become part 2 of c.dcm, and another file is there" in outcome.err
    assert (tmp_path / "c_2.dcm").read_bytes() == b"something else"
    assert not (tmp_path / "c.dcm").exists()
    assert concordance("harmonize", *words, "--output", tmp_path / "c.dcm", "--kind", "binary").code == 0
    assert (tmp_path / "c_2.dcm").read_bytes() == b"something else"


def test_two_outputs_of_a_case_never_share_a_file(concordance, tree, tmp_path):
    plan = tmp_path / "plan.csv"
    for first, second in (("c", "c_2"), ("c_2", "c")):
        models = {"c": "{case}/cads,cads,,c", "c_2": "{case}/ts/total.nii.gz,totalsegmentator_v2,total,c_2"}
        plan.write_text(f"segmentation,model,task,name\n{models[first]}\n{models[second]}\n")
        words = ("--cases", tree, "--ct", "{case}/ct", "--plan", plan, "--kind", "labelmap", "--json")
        for _ in range(2):
            outcome = concordance("harmonize", *words, "--output", tmp_path / first)
            assert outcome.code == 2, outcome
            assert outcome.json()["failed"] == 1
        kept = read_seg_header(tmp_path / first / "A" / f"{first}.dcm")
        assert kept.algorithm_names == (first,)


def test_outputs_beside_the_images_are_known_again_with_their_parts(concordance, tree):
    words = ("--cases", tree, "--ct", "{case}/ct", "--plan", tree / "plan.csv", "--kind", "labelmap", "--json")
    output = ("--output", f"{tree}/{{case}}/ct/{{model}}.dcm")
    try:
        assert concordance("harmonize", *words, *output).json()["written"] == 2
        assert concordance("harmonize", *words, *output).json()["unchanged"] == 2
    finally:
        for path in (tree / "A" / "ct").glob("[CT]*.dcm"):
            path.unlink()


def test_run_makes_place_for_a_part_where_another_output_was_before(concordance, tree, tmp_path):
    table = tmp_path / "cohort.csv"
    call = ("run", "--cohort", table, "--output", tmp_path / "out", "--workers", 1, "--no-surfaces")
    head, cads = "case,ct,segmentation,model,task,name\n", f"A,{tree}/A/ct,{tree}/A/cads,cads,,c\n"
    ts = f"A,{tree}/A/ct,{tree}/A/ts/total.nii.gz,totalsegmentator_v2,total,"
    table.write_text(f"{head}{ts}c_2\n")
    assert concordance(*call).code == 0
    table.write_text(f"{head}{cads}{ts}other\n")
    assert concordance(*call).code == 0
    segs = tmp_path / "out" / "cases" / "A" / "segmentations"
    assert sorted(path.name for path in segs.iterdir()) == ["c.dcm", "c_2.dcm", "other.dcm"]
    assert read_seg_header(segs / "c_2.dcm").part == (2, 2)


@pytest.fixture
def run_of_two(tree, tmp_path):
    """The words of a run in which one overlapping output is that of two models, and the folder of its case."""
    table = tmp_path / "cohort.csv"
    lines = "".join(f"A,{tree}/A/ct,{tree}/A/cads,cads,,{name}\n" for name in ("one", "other"))
    table.write_text(f"case,ct,segmentation,model,task,name\n{lines}")
    words = ("run", "--cohort", table, "--output", tmp_path / "out", "--workers", 1, "--no-surfaces")
    return words, tmp_path / "out" / "cases" / "A"


def test_an_overlapping_consensus_is_in_parts_too(concordance, run_of_two):
    call, place = run_of_two

    def voxels():
        read = [read_dicom_seg(path) for path in sorted(place.glob("consensus*.dcm"))]
        counts = [seg.label_map.voxel_counts() for seg in read]
        return {segment.name: count for one in counts for segment, count in one.items()}

    expected = {name: round(volume / 0.008) for name, volume in VOLUMES_ML.items()}
    assert concordance(*call).code == 0
    headers = [read_seg_header(place / name) for name in ("consensus.dcm", "consensus_2.dcm")]
    assert [one.part for one in headers] == [(1, 2), (2, 2)]
    assert [one.series_description.endswith(f"part {n} of 2") for n, one in enumerate(headers, 1)] == [True, True]
    assert voxels() == expected
    assert "1 unchanged" in concordance(*call).out
    assert concordance(*call, "--kind", "binary").code == 0
    assert [path.name for path in place.glob("consensus*.dcm")] == ["consensus.dcm"]
    assert voxels() == expected


def test_a_report_links_to_every_part_of_models_and_consensus(concordance, run_of_two, tmp_path):
    words, place = run_of_two
    for state in ("1 compared", "1 unchanged"):
        assert state in concordance(*words, "--viewer", "local").out
        files = {"": "consensus", "one": "segmentations/one", "other": "segmentations/other"}
        expected = {
            model: [str(pydicom.dcmread(place / f"{file}{end}.dcm").SeriesInstanceUID) for end in ("", "_2")]
            for model, file in files.items()
        }
        assert segs_of_report(tmp_path / "out" / "report.html") == {"A": expected}


def segs_of_report(path):
    """By case and model the series that the page's links are made of."""
    (data,) = re.findall(
        r'<script type="application/json" id="report-data">(.*?)</script>', path.read_text(), re.DOTALL
    )
    return {case: dict(segs) for case, segs in json.loads(data)["dicom"]["segs"]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], ""),
        ([("a", (1, 2)), ("a", (2, 2))], ""),
        ([("a", (1, 2)), ("b", (2, 2))], "part 2 of 2 of its SEGs is not given"),
        ([("a", (2, 4)), ("a", (4, 4))], "parts 1, 3 of 4 of its SEGs are not given"),
    ],
)
def test_what_is_lacking_is_named_by_number(given, said):
    assert lacking_parts(given).partition(", so")[0] == said
