"""``concordance which``: tables in, tables and a page out."""

from __future__ import annotations

import csv
import re
from dataclasses import replace

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.structure_selection import SelectionRules, select_structures
from SegmentationConcordanceLib.agreement.table import AgreementRow, PairwiseRow
from SegmentationConcordanceLib.reporting.tables import read_agreement, write_agreement, write_pairwise

pytest.importorskip("statsmodels", reason="needs statsmodels: make setup-test")
pytest.importorskip("scikit_posthocs", reason="needs scikit-posthocs: make setup-test")


@pytest.fixture
def tables(tmp_path):
    """Ten patients with two scans each: A and B agree, <C> does not."""
    rows, pairs = [], []
    structure = ("lung_upper_lobe_left", "SCT:45653009|SCT:7771000")
    dice = np.random.default_rng(5).normal([0.95, 0.7, 0.7], 0.01, (20, 3))
    for number, (ab, ac, bc) in enumerate(dice):
        case = f"case{number:02}"
        rows += [
            AgreementRow(case, "", *structure, model, "ok", "intersection", 3, 100.0, 80.0, 0.8, 0.7, 0.8)
            for model in ("A", "B", "<C>")
        ]
        found = (("A", "B", ab), ("A", "<C>", ac), ("B", "<C>", bc))
        pairs += [PairwiseRow(case, *structure, a, b, float(one), 100.0, 100.0) for a, b, one in found]
    write_agreement(tmp_path / "agreement.csv", rows)
    write_pairwise(tmp_path / "pairwise.csv", pairs)
    lines = [f"case{n:02},P{n // 2},{'sharp' if n % 2 else 'soft'}" for n in range(20)]
    (tmp_path / "cases.csv").write_text("case,patient_id,kernel\n" + "\n".join(lines) + "\n")
    return tmp_path


def lines_of(path):
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_the_answer_is_said_per_group_with_patients_not_scans(concordance, tables):
    outcome = concordance("which", "--run", tables, "--output", tables / "out")
    assert outcome.code == 0, outcome
    told = r"Lungs: [AB] agrees most with the others; behind it: <C>\. No difference to it shown for [AB]\."
    assert re.search(told, outcome.out)
    lines = [line for line in lines_of(tables / "out" / "which_model.csv") if line["scope"] == "group"]
    assert {(line["patients"], line["cases"]) for line in lines} == {("10", "20")}
    assert {line["model"]: line["among_first"] for line in lines} == {"A": "yes", "B": "yes", "<C>": "no"}
    kernels = {(line["model"], line["value"]) for line in lines_of(tables / "out" / "acquisition.csv")}
    assert ("A", "sharp") in kernels
    tests = {line["test"] for line in lines_of(tables / "out" / "acquisition.csv")}
    assert tests == {"Wilcoxon"}  # each patient has both kernels
    repeats = lines_of(tables / "out" / "repeat_scans.csv")
    assert {(line["patients"], line["scans"], line["variation"]) for line in repeats} == {("10", "20", "0.0")}


def test_the_page_has_no_script_and_names_are_text(concordance, tables):
    concordance("which", "--run", tables, "--output", tables / "out")
    page = (tables / "out" / "which_model.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;C&gt;" in page
    assert "<C>" not in page
    assert "One value per patient" in page
    assert "<h2>Repeat scans</h2>" in page
    assert "<h2>By acquisition</h2>" in page
    assert "within-patient coefficient of variation of the volume" in page
    assert "Rao and Scott" in page


def test_a_family_is_held_against_the_others_only(concordance, tables):
    outcome = concordance("which", "--run", tables, "--family", "F=A,B", "--output", tables / "out")
    assert outcome.code == 0, outcome
    lines = [line for line in lines_of(tables / "out" / "which_model.csv") if line["scope"] == "group"]
    assert max(float(line["score"]) for line in lines) == pytest.approx(0.7, abs=0.01)


def test_where_all_models_are_of_one_family_the_command_says_that_there_is_no_answer(concordance, tables):
    outcome = concordance("which", "--run", tables, "--family", "F=A,B,<C>", "--output", tables / "out")
    assert outcome.code == 0, outcome
    assert "Known to models of one family only, and so without an answer: lung_upper_lobe_left.\n" in outcome.out


def test_families_of_the_label_maps_are_taken_and_said_unless_others_are_named(concordance, tables):
    rows = [
        replace(row, family="" if row.model == "<C>" else "one data")
        for row in read_agreement(tables / "agreement.csv")
    ]
    write_agreement(tables / "agreement.csv", rows)
    outcome = concordance("which", "--run", tables, "--output", tables / "out")
    assert "Families, whose members are not held against each other: one data: A, B." in outcome.out
    assert "Lungs: Two families, each held against the other alone" in outcome.out
    outcome = concordance("which", "--run", tables, "--family", "own=B", "--output", tables / "out")
    assert re.search(r"Lungs: [AB] agrees most with the others; behind it: <C>\.", outcome.out)


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        ((), "--run"),
        (("--agreement", "agreement.csv"), "--pairwise"),
        (("--run", ".", "--family", "F="), "names no family and its models"),
        (("--run", ".", "--family", "F=A,X"), "there is no model X"),
        (("--run", ".", "--only-groups", "Rib"), "Rib: is no group of structures. Choose: Lungs, "),
    ],
)
def test_calls_that_cannot_be_meant(refused, tables, monkeypatch, words, fact):
    monkeypatch.chdir(tables)
    assert fact in refused("which", *words, "--output", "out")


STUDY = {
    *("lung_upper_lobe_left", "lung_lower_lobe_left"),
    *("lung_upper_lobe_right", "lung_middle_lobe_right", "lung_lower_lobe_right"),
    *("heart", "sternum"),
    *(f"rib_{side}_{number}" for side in ("left", "right") for number in range(3, 7)),
    *(f"vertebrae_T{number}" for number in range(2, 11)),
}
"""The 24 structures whose plots the study published."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rules", "n_kept", "lacks", "besides"),
    [
        ({}, 28, set(), {"aorta", "esophagus", "trachea", "vertebrae_T11"}),
        ({"min_case_share": 0.8, "groups": ("Lungs", "Heart", "Ribs", "Vertebrae")}, 25, set(), {"trachea"}),
        # The sample's scans end in the lower lobes, so that the rule costs them; T11 is in too few of them.
        (
            {"min_case_share": 0.8, "max_truncated_share": 0.2},
            22,
            {"lung_lower_lobe_left", "lung_lower_lobe_right"},
            set(),
        ),
    ],
)
def test_the_study_s_structures_on_the_demo_cohort_by_rule(demo, repository, rules, n_kept, lacks, besides):
    rows = read_agreement(demo / "agreement.csv")
    selection = select_structures(rows, SelectionRules(min_models=4, **rules))
    kept = {name for name, _ in selection.kept}
    assert (len(selection.reasons), len(STUDY), len(kept)) == (33, 24, n_kept)
    assert (STUDY - kept, kept - STUDY) == (lacks, besides)
    assert f"| {n_kept} |" in (repository / "docs" / "which_model.md").read_text(encoding="utf-8")
