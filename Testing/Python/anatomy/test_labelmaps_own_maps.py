"""``concordance labelmaps import``, ``suggest``, ``structures``: from another program's table to a sound label map."""

from __future__ import annotations

import csv
import io
import json

import nibabel
import numpy as np
import pytest

from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.anatomy.vocabulary_check import check_vocabulary
from SegmentationConcordanceLib.commands import labelmaps
from SegmentationConcordanceLib.commands.parser import Parser
from SegmentationConcordanceLib.commands.terminal import Terminal
from SegmentationConcordanceLib.errors import ConcordanceError, GeometryMismatchError, LabelMapTableError


def run(*words, quiet: bool = False):
    parser = Parser()
    labelmaps.add_arguments(parser)
    terminal = Terminal(quiet=quiet, out=io.StringIO(), err=io.StringIO())
    summary = labelmaps.run(parser.parse_args([str(word) for word in words]), terminal)
    return summary, terminal.out.getvalue(), terminal.err.getvalue()


@pytest.fixture
def dataset(tmp_path):
    path = tmp_path / "dataset.json"
    labels = {"background": 0, "spleen": 1, "Niere links": 2, "xyzzy": 3}
    path.write_text(json.dumps({"labels": labels}), encoding="utf-8")
    return path


def write_volume(path, *voxels: int):
    data = np.zeros((4, 1, 1), np.uint8)
    data[:, 0, 0] = voxels
    nibabel.save(nibabel.Nifti1Image(data, np.diag([2.0, 2.0, 2.0, 1.0])), path)
    return path


def test_from_a_foreign_table_to_a_sound_map(tmp_path, dataset):
    draft, done = tmp_path / "draft.csv", tmp_path / "done.csv"
    summary, text, _ = run("import", dataset, "--output", draft, "--model", "Mine")
    assert (summary["labels"], summary["unexplained"]) == (3, ["Niere links", "xyzzy"])
    assert f"labelmaps suggest --map {draft}" in text
    assert {finding.line for finding in check_vocabulary(draft)} == {7, 8}

    summary, _, _ = run("suggest", "--map", draft)
    niere, xyzzy = summary["labels"]
    assert (niere["label"], niere["candidates"][0]["structure"], niere["candidates"][0]["exact"]) == (
        2,
        "kidney_left",
        False,
    )
    assert xyzzy["candidates"] == []

    summary, _, _ = run("suggest", "--map", draft, "--accept", "2=kidney_left", "xyzzy=liver", "--output", done)
    assert summary["unexplained"] == []
    assert check_vocabulary(done) == []
    vocabulary = load_vocabulary(done)
    assert (vocabulary.title, [label.structure_name for label in vocabulary.labels]) == (
        "Mine",
        ["spleen", "kidney_left", "liver"],
    )
    assert vocabulary.labels[1].color == (212, 126, 151)


def test_without_a_yes_only_exact_matches_are_taken(tmp_path, dataset):
    draft, some = tmp_path / "draft.csv", tmp_path / "some.csv"
    run("import", dataset, "--output", draft)
    assert run("suggest", "--map", draft, "--output", some)[0]["unexplained"] == ["Niere links", "xyzzy"]
    assert run("suggest", "--map", draft, "--accept", "--output", some)[0]["unexplained"] == ["xyzzy"]
    assert run("suggest", "--map", draft)[1].splitlines()[1].strip().startswith("0.95   kidney_left: like ")


def test_one_structure_is_not_given_to_two_labels(tmp_path):
    draft, done = tmp_path / "draft.csv", tmp_path / "done.csv"
    draft.write_text(
        "label,name,structure,category,type\n1,a,spleen,SCT:123037004 Anatomical Structure,SCT:78961009 Spleen\n"
        "2,Milz,,,\n3,Niere links,,,\n4,links Niere,,,\n",
        encoding="utf-8",
    )
    summary, _, _ = run("suggest", "--map", draft, "--accept", "--output", done)
    assert summary["unexplained"] == ["Milz", "links Niere"]
    with done.open(encoding="utf-8", newline="") as stream:
        assert [row["structure"] for row in csv.DictReader(stream)] == ["spleen", "", "kidney_left", ""]


def test_voxels_explain_labels_without_names(tmp_path):
    known = write_volume(tmp_path / "known.nii.gz", 5, 5, 5, 0)
    unknown = write_volume(tmp_path / "unknown.nii.gz", 200, 200, 200, 200)
    words = ("suggest", "--file", unknown, "--known", f"totalsegmentator_v2:total={known}")
    summary, text, _ = run(*words)
    (best,) = summary["labels"][0]["candidates"]
    # 2 * 3 / (4 + 3)
    assert (best["structure"], best["confidence"]) == ("liver", pytest.approx(6 / 7, abs=1e-4))
    assert "same voxels as liver (Dice 0.86)" in text


def test_a_known_output_on_another_grid_is_refused(tmp_path):
    unknown = write_volume(tmp_path / "unknown.nii.gz", 9, 9, 9, 9)
    other = tmp_path / "other.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.ones((4, 1, 1), np.uint8), np.eye(4)), other)
    with pytest.raises(GeometryMismatchError):
        run("suggest", "--file", unknown, "--known", f"totalsegmentator_v2:total={other}")


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (("suggest",), "nothing to look at"),
        (("suggest", "--map", "{draft}", "--accept"), "no file to write"),
        (("suggest", "--map", "{draft}", "--known", "moose=x.nii"), "no label volume"),
        (("suggest", "--map", "{draft}", "--accept", "9=liver", "--output", "{out}"), "0 unexplained labels"),
        (("suggest", "--map", "{draft}", "--accept", "2=nonsense", "--output", "{out}"), "no such structure"),
        (("import", "{draft}", "--output", "{out}.txt"), "is no name for a label map"),
    ],
)
def test_calls_that_make_no_sense(tmp_path, dataset, words, fact):
    draft, out = tmp_path / "draft.csv", tmp_path / "out.csv"
    run("import", dataset, "--output", draft)
    with pytest.raises(ConcordanceError, match=fact):
        run(*(word.format(draft=draft, out=out) for word in words))
    assert not out.exists()


def test_import_of_our_own_format_and_of_nifti_names(tmp_path):
    own = tmp_path / "own.csv"
    own.write_text(
        "task,label,name,structure,category,type\n"
        "a,1,Milz,spleen,SCT:123037004 Anatomical Structure,SCT:78961009 Spleen\nb,1,liver,,,\n",
        encoding="utf-8",
    )
    run("import", own, "--output", tmp_path / "again.csv")
    labels = load_vocabulary(tmp_path / "again.csv").labels
    assert [(label.task, label.structure_name) for label in labels] == [("a", "spleen"), ("b", "liver")]
    volume = write_volume(tmp_path / "plain.nii.gz", 1, 1, 0, 0)
    with pytest.raises(LabelMapTableError, match="brings no label names"):
        run("import", volume, "--output", tmp_path / "none.csv")


def test_real_names_in_a_nifti_header_become_a_sound_map(real_cases, tmp_path):
    path = real_cases / "abdomen_nifti" / "totalsegmentator_v2_total.nii.gz"
    summary, _, _ = run("import", path, "--output", tmp_path / "total.csv")
    assert (summary["labels"], summary["unexplained"]) == (117, [])
    ours = {label.label: label.identity for label in load_vocabulary("totalsegmentator_v2").for_task("total").labels}
    assert {label.label: label.identity for label in load_vocabulary(tmp_path / "total.csv").labels} == ours
    assert check_vocabulary(tmp_path / "total.csv") == []


def test_a_users_map_goes_before_the_shipped_one_visibly(tmp_path, monkeypatch):
    (tmp_path / "moose.csv").write_text(
        "label,name,structure,category,type\n1,Milz,spleen,SCT:123037004 Anatomical Structure,SCT:78961009 Spleen\n",
        encoding="utf-8",
    )
    (tmp_path / "draft.csv").write_text("label,name,structure,category,type\n1,a,,,\n", encoding="utf-8")
    summary, _, err = run("list", "--labelmaps", tmp_path)
    assert {one["name"]: one["labels"] for one in summary["label_maps"]}["moose"] == 1
    assert f"note: {tmp_path / 'moose.csv'} takes the place of the program's own label map moose" in err
    assert "note: left out: " in err
    monkeypatch.setenv("CONCORDANCE_LABEL_MAPS", str(tmp_path))
    assert [label["name"] for label in run("show", "moose")[0]["labels"]] == ["Milz"]


def test_the_table_of_structures(tmp_path):
    path = tmp_path / "structures.csv"
    summary, text, _ = run("structures", "--csv", path)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = {row["structure"]: row for row in csv.DictReader(stream)}
    assert len(rows) == len(summary["structures"]) == 377
    clavicle = rows["clavicula_left"]
    assert (clavicle["structure_key"], clavicle["moose"], clavicle["cads"]) == (
        "SCT:51299004|SCT:7771000",
        "clavicle_left",
        "clavicula_left",
    )
    assert rows["thyroid_gland"]["moose"] == ""
    assert rows["kidney_tumors"]["n_maps"] == "1"
    assert "377 structures of 10 label maps" in text
