"""How a process ends: a reader that goes away, Ctrl-C at any moment, a full disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from cohort.conftest import COHORT, write_case
from SegmentationConcordanceLib.reporting.tables import read_agreement

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs pipes and signals as POSIX has them: make test on Linux")


@pytest.fixture
def program(repository):
    """Start the command line in a process of its own."""

    def start(*words, **options):
        environment = {**os.environ, "PYTHONPATH": str(repository / "CrossSegmentationExplorer")}
        command = [sys.executable, "-m", "SegmentationConcordanceLib", *map(str, words)]
        return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, **options)

    return start


@pytest.mark.parametrize(
    "words", [["labelmaps", "structures"], ["--help"], ["compare", "--help"], ["labelmaps", "show", "moose", "--json"]]
)
def test_a_reader_that_goes_away(program, words):
    with program(*words, stdout=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) in (0, 2)


def test_a_batch_goes_on_without_a_reader(program, tiny, tmp_path):
    study = tmp_path / "study"
    for case in ("one", "two", "three"):
        (study / case).mkdir(parents=True)
        (study / case / "ct").symlink_to(tiny.ct)
        (study / case / "total.nii.gz").symlink_to(tiny.total)
    words = ["harmonize", "--cases", study, "--ct", "{case}/ct", "--segmentation", "{case}/total.nii.gz"]
    words += ["--model", "totalsegmentator_v2", "--task", "total", "--output", tmp_path / "out"]
    with program(*words, stdout=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(120) == 0
    assert sorted(path.parent.name for path in (tmp_path / "out").glob("*/*.dcm")) == ["one", "three", "two"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full: make test on Linux")  # noqa: PTH110
def test_a_full_disk_behind_standard_output_is_told(program):
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123
        with program("labelmaps", "list", stdout=full) as process:
            (line,) = process.stderr.read().splitlines()
        assert process.returncode == 2
    assert line == "concordance: standard output: cannot be written (No space left on device)."


@pytest.mark.parametrize("delay", [0.1, 0.2, 0.35, 0.5, 0.8, 1.2])
def test_interrupted_early(program, tmp_path, delay):
    with program("demo", "--output", tmp_path / "out", stdout=subprocess.PIPE) as process:
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    # Python itself needs the first moments; from our first line on there is no traceback.
    if "SegmentationConcordanceLib" in err or process.returncode == 130:
        assert err == "concordance: interrupted\n"
        assert process.returncode == 130


N_CASES = 5


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Small cases without DICOM, and the words that work on them: ``run`` and ``compare --cases``."""
    folder = tmp_path_factory.mktemp("cases")
    for number in range(N_CASES):
        write_case(folder / f"P{number}", number)
    (folder / "cohort.toml").write_text(COHORT)
    segs = [f"{name}={{case}}/{name}.nii.gz" for name in ("full", "fast")]
    compare = ["compare", "--cases", folder, "--ct", "{case}/ct.nii.gz", "--seg", *segs]
    compare += ["--model", "totalsegmentator_v2:total"]
    common = ["--no-surfaces", "--workers", 2, "--output"]
    return {"run": ["run", "--cohort", folder / "cohort.toml", *common], "compare": [*compare, *common]}


def compared_cases(out) -> list[str]:
    return sorted({row.case for row in read_agreement(out / "agreement.csv")})


@pytest.mark.slow
def test_many_cases_go_on_without_a_reader(program, many, tmp_path):
    with program(*many["compare"], tmp_path / "out", stdout=subprocess.PIPE) as process:
        assert process.stdout.readline().startswith("P")  # as head -1 does
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(120) == 0
    assert compared_cases(tmp_path / "out") == [f"P{number}" for number in range(N_CASES)]


@pytest.mark.parametrize(("command", "delay"), [("run", 0.2), ("run", 0.5), ("compare", 0.35), ("run", 1.5)])
def test_many_cases_interrupted_early(program, many, tmp_path, command, delay):
    """Within half a second, and while the processes start: the signal goes to all of the group."""
    with program(*many[command], tmp_path / "out", stdout=subprocess.PIPE, start_new_session=True) as process:
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    if "SegmentationConcordanceLib" in err or process.returncode == 130:  # else Python had not begun with ours
        assert err == "concordance: interrupted\n"
        assert process.returncode == 130


@pytest.mark.slow
@pytest.mark.parametrize("command", ["run", "compare"])
def test_many_cases_interrupted_in_the_middle_go_on(program, concordance, many, tmp_path, command):
    words = [*many[command], tmp_path / "out"]
    with program(*words, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout.readline().startswith("P")
        os.killpg(process.pid, signal.SIGINT)
        said, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == "concordance: interrupted\n"
    assert f"of {N_CASES} cases are done; the same command goes on from here" in said
    again = concordance(*words, "--workers", 1)
    assert (again.code, again.err) == (0, "")
    assert "unchanged" in again.out
    assert compared_cases(tmp_path / "out") == [f"P{number}" for number in range(N_CASES)]
