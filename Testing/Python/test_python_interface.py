"""The package for Python: its pages' examples run as they stand, and its numbers are those of the command line."""

from __future__ import annotations

import builtins
import re
import shutil
import warnings
from dataclasses import replace

import numpy as np
import pytest

import segmentation_concordance as sc
from SegmentationConcordanceLib.cli import run
from SegmentationConcordanceLib.reporting.tables import read_agreement, read_pairwise


def examples(repository):
    """The Python blocks of docs/python.md."""
    text = (repository / "docs" / "python.md").read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def compared(coarse_demo):
    case = coarse_demo / "cases" / "SAMPLE-001"
    images = sc.read_images(coarse_demo / "sample" / "SAMPLE-001" / "ct")
    runs = [sc.read_output(path, images) for path in sorted((case / "segmentations").glob("*.dcm"))]
    options = sc.AnalysisOptions(surfaces=True)
    return images, runs, sc.compare(runs, images, case=case.name, options=options)


@pytest.mark.slow
def test_the_example_on_the_demo_runs_as_it_stands(repository, demo, tmp_path, monkeypatch, capsys):
    (tmp_path / "demo-output").symlink_to(demo)
    monkeypatch.chdir(tmp_path)
    exec(compile(examples(repository)[0], "docs/python.md", "exec"), {})
    printed = capsys.readouterr().out
    rows = read_agreement(demo / "cases" / "SAMPLE-001" / "agreement.csv")
    worst = min((row for row in rows if row.dice is not None), key=lambda row: row.dice)
    assert f"{worst.structure} " in printed.splitlines()[1]
    assert "in TotalSegmentator 1.5 vertebrae T5 includes" in printed
    assert (tmp_path / "report.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")


@pytest.mark.slow
def test_the_example_on_files_of_ones_own_runs_as_it_stands(repository, real_cases, tmp_path, monkeypatch, capsys):
    thorax = real_cases / "thorax_dicom"
    shutil.copytree(thorax / "ct", tmp_path / "study" / "ct")
    shutil.copy(thorax / "totalsegmentator_v2_total.nii.gz", tmp_path / "study" / "total.nii.gz")
    fast = thorax / "totalsegmentator_v2_total_fast.nii.gz"
    shutil.copy(
        fast if fast.exists() else tmp_path / "study" / "total.nii.gz", tmp_path / "study" / "total_fast.nii.gz"
    )
    monkeypatch.chdir(tmp_path)
    exec(compile(examples(repository)[1], "docs/python.md", "exec"), {})
    assert "aorta" in capsys.readouterr().out
    assert {path.name for path in (tmp_path / "results").iterdir()} == {
        *("agreement.csv", "pairwise.csv", "findings.csv", "consensus.dcm", "report.html", "pictures.json")
    }


def test_the_numbers_are_those_of_the_command_line(coarse_demo, compared):
    _, _, result = compared
    folder = coarse_demo / "cases" / "SAMPLE-001"
    by_key = {(row.structure_key, row.model): row for row in read_agreement(folder / "agreement.csv")}
    assert len(by_key) == len(result.agreement) > 100
    for row in result.agreement:
        other = by_key[row.structure_key, row.model]
        assert (row.dice, row.status, row.hd95_mm) == (other.dice, other.status, other.hd95_mm)

    def dice_of_pairs(rows):
        return {(row.structure_key, frozenset((row.model_a, row.model_b))): row.dice for row in rows}

    assert dice_of_pairs(result.pairwise) == dice_of_pairs(read_pairwise(folder / "pairwise.csv"))


def test_tables_are_frames_of_the_rows(compared):
    _, _, result = compared
    table = sc.agreement_table([result, result])
    assert len(table) == 2 * len(result.agreement)
    assert table["dice"].dtype == np.float64
    missing = [row.dice is None for row in result.agreement]
    assert table["dice"].isna()[: len(missing)].tolist() == missing
    assert list(sc.pairwise_table([]).columns)[:2] == ["case", "structure"]
    assert len(sc.findings_table(sc.findings([result]))) == len(sc.findings([result])) > 0


def test_the_consensus_is_where_all_models_agree(compared):
    images, runs, _ = compared
    result = sc.compare(runs, images, options=sc.AnalysisOptions(method="intersection"))
    label_map = sc.consensus(result)
    (heart,) = [segment for segment in label_map.segments if segment.name == "aorta"]
    masks = [
        run.segmentation.label_map.mask(segment)
        for run in runs
        for segment in run.segmentation.label_map.segments
        if segment.structure == heart.structure
    ]
    assert len(masks) == len(runs)
    assert np.array_equal(label_map.mask(heart), np.logical_and.reduce(masks))


def test_an_output_on_other_voxels_is_refused_or_resampled_with_a_warning(made_cases):
    images = sc.read_images(made_cases / "abdomen_nifti" / "ct.nii.gz")
    assert images.voxels().shape == images.geometry.shape
    elsewhere = made_cases / "thorax_dicom" / "totalsegmentator_v2_total.nii.gz"
    with pytest.raises(sc.ConcordanceError):
        sc.read_output(elsewhere, images)
    with pytest.warns(sc.ConcordanceWarning, match="resampled by nearest neighbour") as told:
        sc.read_output(elsewhere, images, resample=True)
    assert {one.filename for one in told} == {__file__}  # the line that called, none of ours


def test_what_no_scan_can_refer_to_is_refused(made_cases, tmp_path):
    folder = made_cases / "abdomen_nifti"
    images = sc.read_images(folder / "ct.nii.gz")
    with pytest.raises(sc.ConcordanceError, match="is no DICOM series, to which a DICOM SEG refers"):
        sc.harmonize(folder / "totalsegmentator_v2_total.nii.gz", images, tmp_path / "seg.dcm")
    assert list(tmp_path.iterdir()) == []


def test_nifti_images_are_compared_without_a_warning(made_cases):
    folder = made_cases / "abdomen_nifti"
    images = sc.read_images(folder / "ct.nii.gz")
    with warnings.catch_warnings():
        warnings.simplefilter("error", sc.ConcordanceWarning)
        runs = [
            sc.read_output(folder / f"totalsegmentator_v2_total{end}.nii.gz", images, name=end or "full")
            for end in ("", "_fast")
        ]
    result = sc.compare(runs, images)
    assert {row.case for row in result.agreement} == {"abdomen_nifti"}
    assert {row.dice for row in sc.compare([runs[0], sc.Run(_renamed(runs[0]))], images).pairwise} == {1.0}


def _renamed(run_):
    return replace(run_.segmentation, model="the same")


def test_recognize_says_why(made_cases):
    (only,) = sc.recognize(made_cases / "thorax_dicom" / "totalsegmentator_v2_total.nii.gz")
    assert (only.vocabulary, only.tasks) == ("totalsegmentator_v2", ("total",))
    assert only.evidence


def test_without_pandas_the_rest_works_and_tables_say_what_to_install(compared, monkeypatch):
    real_import = builtins.__import__

    def no_pandas(name, *rest):
        if name == "pandas":
            raise ModuleNotFoundError(name)
        return real_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", no_pandas)
    with pytest.raises(sc.ConcordanceError, match=re.escape("pip install 'segmentation-concordance[pandas]'")):
        sc.agreement_table([compared[2]])


def test_there_is_one_version(repository, capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"concordance {sc.__version__}\n"
    project = (repository / "pyproject.toml").read_text(encoding="utf-8")
    (source,) = re.findall(r'^\[tool\.hatch\.version\]\npath = "(.+)"$', project, flags=re.MULTILINE)
    assert 'dynamic = ["version"]' in project
    assert (repository / source).read_text(encoding="utf-8").count(f'"{sc.__version__}"') == 1
    citation = (repository / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.+)$", citation, flags=re.MULTILINE) == [sc.__version__]
    assert f"\n## {sc.__version__}\n" in (repository / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_public_name_is_there_and_documented():
    assert sorted(sc.__all__) == sorted(set(sc.__all__))
    assert [name for name in sc.__all__ if not getattr(sc, name).__doc__] == []
