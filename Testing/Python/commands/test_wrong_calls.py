"""What users type by mistake: one line, exit code 2, what may have been meant, and nothing lost."""

from __future__ import annotations

import json
import os
import shlex

import pytest

from SegmentationConcordanceLib import cli
from SegmentationConcordanceLib.near_matches import did_you_mean, near_matches
from SegmentationConcordanceLib.plurals import counted

LONG = "n" * 300


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["comapre"], "Did you mean compare"),
        (["labelmaps", "chek"], "Did you mean check?"),
        (["labelmaps", "show", "mose"], "Did you mean moose?"),
        (["labelmaps", "check", "mose"], "Did you mean moose?"),
        (["labelmaps", "show", "totalsegmentator_v2", "--task", "totl"], "Did you mean total?"),
        (["labelmaps", "list", "--jsn"], "Did you mean --json?"),
        (["report", "--agreement", "a", "--output", "b.html", "--titel", "c"], "--title"),
        (["compare", "--seg", "a", "--output", "b", "--consensus", "majorty"], "Did you mean majority?"),
    ],
)
def test_near_matches_of_typos(refused, words, meant):
    assert meant in refused(*words)


def test_harmonize_says_what_takes_an_image_file_as_it_refers_to_dicom(refused, tiny, tmp_path):
    (tmp_path / "ct.nii.gz").touch()
    words = ["harmonize", "--ct", tmp_path / "ct.nii.gz", "--segmentation", tiny.total, "--output", tmp_path / "a.dcm"]
    said = refused(*words)
    assert "ct.nii.gz: is an image file, and a DICOM SEG refers to the images of a DICOM series." in said
    assert "without one, concordance compare takes the model's files as they are." in said


def test_near_matches_of_structures_and_label_maps(refused, tiny, tmp_path):
    compare = ["compare", "--ct", tiny.ct, "--seg", *tiny.segs, "--output", tmp_path / "out", "--no-surfaces"]
    assert "Did you mean spleen?" in refused(*compare, "--only-structures", "splen")
    assert "Did you mean moose?" in refused(*compare, "--model", "mose")
    assert 'has no task "organ"' in refused(*compare, "--model", "moose:organ")
    harmonize = ["harmonize", "--ct", tiny.ct, "--segmentation", tiny.total, "--output", tmp_path / "a.dcm"]
    assert "Did you mean totalsegmentator_v2" in refused(*harmonize, "--model", "totalsegmentor_v2")
    assert not list(tmp_path.iterdir())


def test_a_structure_that_only_other_models_know_is_no_typo(concordance, tiny, tmp_path):
    out = tmp_path / "out"
    done = concordance(
        "compare", "--ct", tiny.ct, "--seg", *tiny.segs, "--output", out, "--only-structures", "spleen", "liver",
        "--no-surfaces", "--quiet",
    )  # fmt: skip
    assert (done.code, done.out) == (0, "")
    assert sorted(path.name for path in out.iterdir())


@pytest.fixture
def refused(concordance):
    """As everywhere, but notes may come before."""

    def call(*words):
        outcome = concordance(*words)
        assert outcome.code == 2, outcome
        assert outcome.out == ""
        *notes, line = outcome.err.splitlines()
        assert all(note.startswith("concordance: note: ") for note in notes)
        return line

    return call


@pytest.mark.parametrize(
    ("output", "fact"),
    [
        ("", "an empty path"),
        (" ", "an empty path"),
        ("{tmp}", "is a folder"),
        ("{tmp}/seg.nii.gz", "does not end in .dcm"),
        ("{tmp}/seg", "does not end in .dcm"),
        ("{ct}/seg.dcm", "lies in the folder of the images"),
        ("{ct}/below/seg.dcm", "lies in the folder of the images"),
        ("{tmp}/file/seg.dcm", "a part of its path is a file"),
        ("{tmp}/" + LONG + ".dcm", "too long"),
    ],
)
def test_output_paths_that_cannot_be(refused, tiny, tmp_path, output, fact):
    (tmp_path / "file").write_text("a file", encoding="utf-8")
    before = sorted(path.name for path in tiny.ct.iterdir())
    output = output.format(tmp=tmp_path, ct=tiny.ct)
    words = ["harmonize", "--ct", tiny.ct, "--segmentation", tiny.total, "--output", output]
    assert fact in refused(*words, "--model", "totalsegmentator_v2", "--task", "total")
    assert sorted(path.name for path in tiny.ct.iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc: make test on Linux")  # noqa: PTH112
def test_places_that_keep_no_files(refused, tiny):
    words = ["harmonize", "--ct", tiny.ct, "--segmentation", tiny.total, "--model", "totalsegmentator_v2"]
    words += ["--task", "total"]
    assert "Choose another place." in refused(*words, "--output", "/proc/x.dcm")
    assert "Choose another place." in refused("demo", "--output", "/proc/x")
    assert "Choose another place." in refused("compare", "--seg", *tiny.segs, "--output", "/proc/x")


def test_the_results_of_a_comparison_take_the_place_of_no_input(refused, tiny, tmp_path):
    mine = tmp_path / "consensus.dcm"
    mine.write_bytes(tiny.segs[0].read_bytes())
    words = ["compare", "--ct", tiny.ct, "--seg", mine, tiny.segs[1], "--output", tmp_path]
    assert "is one of the files that are read" in refused(*words)
    assert mine.read_bytes() == tiny.segs[0].read_bytes()


def test_images_and_segmentation_the_wrong_way_round(refused, tiny, tmp_path):
    words = ["harmonize", "--ct", tiny.total, "--segmentation", tiny.ct, "--output", tmp_path / "a.dcm"]
    assert f"Swap them: --ct {tiny.ct} --segmentation {tiny.total}." in refused(*words)
    first = next(iter(sorted(tiny.ct.iterdir())))
    words = ["compare", "--ct", tiny.segs[0], "--seg", first, "--output", tmp_path / "out"]
    assert f"Swap them: --ct {first} --seg {tiny.segs[0]}." in refused(*words)
    words = ["compare", "--ct", tiny.ct, "--seg", tiny.ct, "--output", tmp_path / "out"]
    assert "holds images, no segmentation" in refused(*words)


def test_a_label_map_is_not_imported_onto_itself(refused, tmp_path):
    for name, content in (("a.json", '{"labels": {"liver": 1}}'), ("a.csv", "LabelValue,Name\n1,liver\n")):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        words = ["labelmaps", "import", path, "--output", path]
        assert "is one of the files that are read" in refused(*words) or path.suffix != ".csv"
        assert path.read_text(encoding="utf-8") == content
    words = ["labelmaps", "suggest", "--map", tmp_path / "a.csv", "--output", tmp_path / "a.csv"]
    assert refused(*words)


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (b'{"labels": {"\\ud800": 1}}', "half a letter (U+D800)"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"labels": ' * 3000 + b"1" + b"}" * 3000, "nested too deeply"),
        (b'{"labels": ' * 101 + b"1" + b"}" * 101, "nested too deeply"),
        (b'{"labels": ' * 100 + b"1" + b"}" * 100, "is no label id"),
        (b'{"labels": 3}', 'has no "labels"'),
        (b"[1, 2]", 'has no "labels"'),
        (b"\xff\xfe", "is no UTF-8 text"),
        (b'{"labels": {"liver": -3}}', "is no label id"),
        (b'{"labels": {"liver": 1, "spleen": 1}}', "gives label 1 two names"),
        (b'{"labels": {"liver": NaN}}', "is no label id"),
    ],
)
def test_tables_of_labels_that_are_none(refused, tmp_path, content, fact):
    (tmp_path / "dataset.json").write_bytes(content)
    line = refused("labelmaps", "import", tmp_path / "dataset.json", "--output", tmp_path / "out.csv")
    assert fact in line
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("line", "fact"), [("-3,liver", '"-3" is no whole number'), ("7,liver\n7,spleen", "label id 7 of spleen")]
)
def test_own_tables_are_imported_whole_or_not(refused, tmp_path, line, fact):
    table = tmp_path / "mine.csv"
    rows = [",".join([*row.split(","), "x", "", ""]) for row in line.splitlines()]
    table.write_text("\n".join(["label,name,structure,category,type", *rows]), encoding="utf-8")
    assert fact in refused("labelmaps", "import", table, "--output", tmp_path / "out.csv")


def test_control_characters_are_findings(concordance, tmp_path):
    table = tmp_path / "mine.csv"
    cells = "SCT:123037004 Anatomical Structure,SCT:10200004 Liver"
    table.write_text(f"label,name,structure,category,type\n1,li\0ver,liver,{cells}\n", encoding="utf-8")
    outcome = concordance("labelmaps", "check", table)
    assert outcome.code == 2
    assert "U+0000" in outcome.err or "NUL" in outcome.err


def test_check_takes_names(concordance):
    outcome = concordance("labelmaps", "check", "moose", "cads")
    assert (outcome.code, outcome.err) == (0, "")
    assert "moose" in outcome.out


@pytest.mark.parametrize(
    "words",
    [
        ["demo", "--output", "x", "--seed", "-1"],
        ["demo", "--output", "x", "--seed", "9" * 30],
        ["report", "--agreement", "a.csv", "--output", "a.html", "--viewer", "https://[::1"],
        ["compare", "--seg", "a", "--output", "x", "--viewer", "https://[::1"],
        ["compare", "--seg", "a", "--output", "x", "--case", "a\udcffb"],
        ["view", "--dicomweb", "https://[::1"],
        ["view", "--study", LONG],
        ["explore", "--ct", LONG, "--seg", "a"],
        ["labelmaps", "check", LONG],
        ["labelmaps", "check", "/dev/zero"],
        ["labelmaps", "import", "/dev/zero", "--output", "a.csv"],
        ["report", "--agreement", LONG, "--output", "a.html"],
        ["harmonize", "--ct", LONG, "--segmentation", LONG, "--output", "a.dcm"],
    ],
)
def test_values_that_no_command_can_use(refused, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONCORDANCE_MEMORY_GB", "0.01")
    assert len(refused(*words)) < 900
    assert not list(tmp_path.iterdir())


def test_errors_of_the_system_are_told_with_the_file(refused, monkeypatch):
    def fail(args, terminal):
        raise PermissionError(13, "Permission denied", "/some/where")

    monkeypatch.setattr(cli.command_module("demo"), "run", fail)
    assert refused("demo", "--output", "x").startswith("concordance: /some/where: cannot be used (Permission denied).")
    monkeypatch.setattr(cli.command_module("demo"), "run", lambda args, terminal: [0] * 10**15)
    assert "more memory than there is" in refused("demo", "--output", "x")


def test_every_help_has_examples(concordance):
    actions = ("list", "show", "check", "structures", "import", "suggest")
    for words in [*([name] for name in cli.COMMANDS), *(["labelmaps", action] for action in actions)]:
        outcome = concordance(*words, "--help")
        assert outcome.code == 0
        assert f"examples:\n  concordance {' '.join(words)}" in outcome.out


def test_every_example_is_a_call_that_can_be_made():
    parser = cli.build_parser()
    for name in cli.COMMANDS:
        _, *lines = cli.command_module(name).EXAMPLES.splitlines()
        for line in lines:
            program, command, *_ = words = shlex.split(line)
            assert (program, command) == ("concordance", name)
            parser.parse_args(words[1:])


def test_recognized_is_said_after_success_or_at_length(concordance, case, outputs, tmp_path):
    path = outputs["moose"]
    words = ["harmonize", "--ct", case.ct_folder, "--segmentation", *path, "--output", tmp_path / "a.dcm"]
    done = concordance(*words)
    assert done.code == 0
    first, second = done.out.splitlines()
    assert "read back voxel by voxel" in first
    assert second.strip().startswith("recognized: ")
    assert concordance(*words, "--quiet").out == ""
    verbose = concordance(*words, "--verbose").out.splitlines()
    assert "recognized: " in verbose[0]
    assert json.loads(concordance(*words, "--json").out)["recognized"]


def test_near_matches():
    known = ("kidney_left", "kidney_right", "liver", "liver_segment_1")
    assert near_matches("livr", known)[0] == "liver"
    assert near_matches("Kidney left", known)[0] == "kidney_left"
    assert did_you_mean("kidney", known) == "Did you mean kidney_left or kidney_right?"
    assert did_you_mean("xyzzy", known) == ""


def test_plurals():
    words = [counted(number, noun) for number, noun in [(1, "study"), (2, "study"), (0, "file"), (2, "series")]]
    assert words == ["1 study", "2 studies", "0 files", "2 series"]
    assert [counted(1, "file"), counted(1200, "day")] == ["1 file", "1,200 days"]


def test_a_file_that_is_no_segmentation_is_called_so(refused, tiny, tmp_path):
    table = tmp_path / "agreement.csv"
    table.write_text("case,dice\n")
    line = refused("compare", "--ct", tiny.ct, "--seg", table, "--output", tmp_path / "out")
    assert "agreement.csv: is not a DICOM file, nor an image file by its name. Give what the model wrote." in line
