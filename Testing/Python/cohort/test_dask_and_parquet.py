"""A cohort on Dask, and its tables as Parquet, read by other programs."""

from __future__ import annotations

import json

import pytest

from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.reporting.tables import read_agreement

TABLES = ("agreement.csv", "pairwise.csv", "cases.csv")


@pytest.fixture
def run(concordance, nifti_cohort, tmp_path):
    def call(out, *words):
        return concordance("run", "--cohort", nifti_cohort, "--output", tmp_path / out, "--no-surfaces", *words)

    return call


def test_a_dask_cluster_gives_the_same_bytes(run, tmp_path):
    distributed = pytest.importorskip("distributed", reason="needs Dask: make setup-test")
    assert run("here", "--workers", 1).code == 0
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        outcome = run("there", "--scheduler", cluster.scheduler_address)
    assert outcome.code == 0, outcome
    for name in TABLES:
        assert (tmp_path / "there" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()


def test_a_scheduler_that_is_not_there_is_said(run):
    pytest.importorskip("distributed", reason="needs Dask: make setup-test")
    outcome = run("out", "--scheduler", "nonsense://x")
    assert outcome.code == 2
    assert "does not answer" in outcome.err


def test_a_cluster_of_this_machine_that_does_not_answer_is_ended(run, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="needs Dask: make setup-test")
    clusters = []

    def cluster(**words):
        clusters.append(distributed.deploy.local.LocalCluster(**words, processes=False))
        return clusters[0]

    def client(*words, **more):
        raise TimeoutError("nobody")

    monkeypatch.setattr(distributed, "LocalCluster", cluster)
    monkeypatch.setattr(distributed, "Client", client)
    outcome = run("out", "--scheduler", "local")
    assert outcome.code == 2
    assert "does not answer (nobody)" in outcome.err
    assert [one.status.name for one in clusters] == ["closed"]


def test_parquet_has_the_rows_of_the_csv_table(run, tmp_path):
    pytest.importorskip("pyarrow", reason="needs pyarrow: make setup-test")
    pandas = pytest.importorskip("pandas", reason="needs pandas: make setup-test")
    assert run("out", "--workers", 1, "--parquet").code == 0
    table = pandas.read_parquet(tmp_path / "out" / "parquet" / "agreement")
    rows = read_agreement(tmp_path / "out" / "agreement.csv")
    got = {(str(r.case), r.structure, r.model): (r.dice, r.volume_ml, r.n_models) for r in table.itertuples()}
    assert got == {(r.case, r.structure, r.model): (r.dice, r.volume_ml, r.n_models) for r in rows}
    assert str(table["status"].dtype) in ("object", "str", "string")


def test_only_changed_parts_are_written_and_the_manifest_says_of_what(run, nifti_cohort, tmp_path):
    pytest.importorskip("pyarrow", reason="needs pyarrow: make setup-test")
    run("out", "--workers", 1, "--parquet")
    folder = tmp_path / "out" / "parquet"
    times = {path.parent.name: path.stat().st_mtime_ns for path in folder.glob("agreement/*/part.parquet")}
    (nifti_cohort.parent / "P1" / "fast.nii.gz").write_bytes((nifti_cohort.parent / "P2/fast.nii.gz").read_bytes())
    run("out", "--workers", 1, "--parquet")
    after = {path.parent.name: path.stat().st_mtime_ns for path in folder.glob("agreement/*/part.parquet")}
    assert {name for name in times if times[name] != after[name]} == {"case=P1"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["settings"]["options"]["method"] == AnalysisOptions().method
    rows = read_agreement(tmp_path / "out" / "agreement.csv")
    assert sum(part["rows"] for name, part in manifest["parts"].items() if name.startswith("agreement/")) == len(rows)
