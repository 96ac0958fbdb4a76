"""The sentences of docs/cohorts.md that read the Parquet tables, run as they stand there."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def sentences(repository):
    """The Python of the section on Parquet: one statement for each program, by its name."""
    section = (repository / "docs" / "cohorts.md").read_text(encoding="utf-8").partition("## Parquet")[2]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    statements = re.findall(r"^(\w+)(.*?)(?=^\w|\Z)", code, re.DOTALL | re.MULTILINE)
    return {program: program + rest for program, rest in statements}


@pytest.fixture
def tables(concordance, nifti_cohort, tmp_path, monkeypatch):
    """Five cases with their Parquet, in the folder results of the working folder."""
    pytest.importorskip("pyarrow", reason="needs pyarrow: make setup-test")
    call = ("run", "--cohort", nifti_cohort, "--output", tmp_path / "results", "--no-surfaces", "--workers", 1)
    assert concordance(*call, "--parquet").code == 0
    monkeypatch.chdir(tmp_path)
    # The liver of fast lies in that of full, which has 13 slices; it has 12 less one with each case. The spleens agree.
    # Of two models each is held against the other, so that both have the same Dice.
    fast = [12 - number for number in range(5)]
    average = sum((2 * slices / (13 + slices) + 1) / 2 for slices in fast) / 5
    return {"full": average, "fast": average}


def test_pandas_reads_all_cases_as_one_table(tables, sentences):
    pandas = pytest.importorskip("pandas", reason="needs pandas: make setup-test")
    table = eval(sentences["pandas"], {"pandas": pandas})
    assert sorted(set(map(str, table["case"]))) == [f"P{number}" for number in range(5)]
    assert table.groupby("model")["dice"].mean().to_dict() == pytest.approx(tables)


def test_duckdb_averages_the_dice_of_each_model(tables, sentences):
    duckdb = pytest.importorskip("duckdb", reason="needs duckdb: make setup-test")
    assert dict(eval(sentences["duckdb"], {"duckdb": duckdb}).fetchall()) == pytest.approx(tables)


def test_duckdb_knows_the_case_by_the_name_of_its_folder(tables):
    duckdb = pytest.importorskip("duckdb", reason="needs duckdb: make setup-test")
    parts = "read_parquet('results/parquet/agreement/*/*.parquet', hive_partitioning=true)"
    found = duckdb.sql(f'select "case", count(*) from {parts} group by "case" order by 1').fetchall()
    assert found == [(f"P{number}", 4) for number in range(5)]
